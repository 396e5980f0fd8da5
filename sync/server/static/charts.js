/* Charts from numbers that stand in the page.
 *
 * How a page gets one (no script of its own; the page's Content-Security-Policy allows none):
 *
 *   {% from "charts.html" import chart, chart_files %}
 *   {% block head %}{{ chart_files() }}{% endblock %}
 *   …
 *   {{ chart("sales", _("Sales per day"), {
 *     "labels": days,                      one text per place on the x axis
 *     "unit": "tenge",                     tenge | percent (given per mille) | count
 *     "series": [
 *       {"name": _("Cash"), "draw": "bar", "stack": "money", "values": [1200, null, …]},
 *       {"name": _("Visits"), "draw": "points", "values": [null, 900, …]},
 *     ],
 *     "bounds": [{"name": "90 %", "value": 900}],             dashed level lines, optional
 *     "from": 0, "to": 1100,                                  the y axis' ends, optional
 *     "marks": {"name": _("Visit"), "at": [3, 9]},            places marked on the axis, optional
 *   }, x=_("Day")) }}
 *
 * `draw` is bar, line or points. With `"x_unit": "tenge"` instead of `labels` the x axis is a
 * number and `values` hold [x, y, name] (name optional: what the reading line says of a point).
 *
 * The macro writes a figure: title, legend, an empty box for the drawing, a reading line and a
 * table with every number. A series with "quiet": true stands in neither legend nor table (the
 * second half of a pair of limits); "ink": 2 gives it the colour and the dashes of another. Without this script the table is open and nothing is lost; with it the
 * table folds away, and opens again for the printer. The drawing itself is hidden from screen
 * readers, which have the table. Arrow keys walk through the places once the drawing has focus.
 * The vendored build of ECharts has neither tooltip nor legend, and its tooltip would need inline
 * styles: the reading line stands in for both. Colours are --chart-0 … --chart-5 of charts.css;
 * they are told apart by form, too (filled, line dash, marker). No motion when the reader's system
 * asks for none.
 */
"use strict";

(() => {
  const NO_BREAK = "\u00a0";
  const MARKS = ["circle", "diamond", "triangle", "rect"];
  const DASHES = ["solid", "dashed", "dotted", "solid"];
  const still = window.matchMedia("(prefers-reduced-motion: reduce)");

  /** 1234567 → "1 234 567", as the server writes amounts. */
  const grouped = (number) =>
    String(Math.round(number)).replace(/\B(?=(\d{3})+(?!\d))/g, NO_BREAK);

  /** A number with its unit; a dash for what is not known. */
  function worded(value, unit) {
    if (value === null || value === undefined) return "—";
    if (unit === "percent") {
      const tenths = Math.round(value % 10);
      return `${Math.trunc(value / 10)}${tenths ? `,${Math.abs(tenths)}` : ""}${NO_BREAK}%`;
    }
    return unit === "tenge" ? `${grouped(value)}${NO_BREAK}₸` : grouped(value);
  }

  /** On an axis the unit of money would only repeat. */
  const onAxis = (unit) => (value) => (unit === "tenge" ? grouped(value) : worded(value, unit));

  /** "21.11.2026 14:05" → "21.11"; any other label as it is. */
  const shortDay = (label) => label.replace(/^(\d\d\.\d\d)\.\d{4}.*$/, "$1");

  function colour(figure, number) {
    return getComputedStyle(figure).getPropertyValue(`--chart-${number % 6}`).trim();
  }

  function seriesOf(figure, spec) {
    const drawn = spec.series.map((one, number) => {
      const look = one.ink ?? number;
      const ink = colour(figure, look);
      const common = { name: one.name, data: one.values, itemStyle: { color: ink } };
      if (one.draw === "bar") {
        return { ...common, type: "bar", stack: one.stack, barMaxWidth: 28 };
      }
      const points = one.draw === "points";
      return {
        ...common,
        type: "line",
        connectNulls: true,
        symbol: MARKS[look % MARKS.length],
        symbolSize: points ? 11 : 6,
        showSymbol: points || (Boolean(spec.labels) && one.values.length < 60),
        silent: !points,
        lineStyle: { color: ink, width: points ? 0 : 2, type: DASHES[look % DASHES.length] },
        z: points ? 4 : 3,
      };
    });
    const levels = (spec.bounds || []).map((bound) => levelLine(figure, spec, bound));
    return drawn.concat(levels, spec.marks ? [marksOn(figure, spec)] : []);
  }

  /** A level across the whole width; the simple build has no mark lines. */
  function levelLine(figure, spec, bound) {
    const ink = colour(figure, 5);
    const data = spec.labels ? spec.labels.map(() => bound.value) : ends(spec, bound.value);
    return {
      type: "line", name: bound.name, data, symbol: "none", silent: true, z: 2, animation: false,
      lineStyle: { color: ink, width: 1.2, type: "dashed" },
    };
  }

  /** Triangles that stand on the axis at some places. */
  function marksOn(figure, spec) {
    const ink = colour(figure, 3);
    const foot = spec.from ?? 0;
    return {
      type: "line", name: spec.marks.name, silent: true, z: 5, animation: false,
      data: spec.labels.map((_, place) => (spec.marks.at.includes(place) ? foot : null)),
      symbol: "triangle", symbolSize: 12, symbolOffset: [0, -6],
      lineStyle: { width: 0 }, itemStyle: { color: ink, borderColor: "#fff", borderWidth: 1 },
    };
  }

  function ends(spec, value) {
    const all = spec.series.flatMap((one) => one.values.map((point) => point[0]));
    return [[Math.min(...all), value], [Math.max(...all), value]];
  }

  function optionsOf(figure, spec) {
    const ink = getComputedStyle(figure).color;
    const faint = getComputedStyle(figure).getPropertyValue("--line").trim();
    const font = getComputedStyle(figure).fontFamily;
    const text = { color: ink, fontFamily: font, fontSize: 12, hideOverlap: true };
    const isNarrow = figure.clientWidth < 480;
    return {
      animation: !still.matches,
      animationDuration: 250,
      textStyle: { fontFamily: font },
      grid: { left: 8, right: 28, top: 12, bottom: 8, containLabel: true },
      xAxis: {
        type: spec.labels ? "category" : "value",
        data: spec.labels,
        scale: true,
        splitNumber: isNarrow ? 3 : 6,
        axisLabel: { ...text, formatter: spec.labels ? shortDay : onAxis(spec.x_unit) },
        axisTick: { show: false },
        axisLine: { lineStyle: { color: ink } },
        splitLine: { show: false },
      },
      yAxis: {
        type: "value",
        min: spec.from ?? undefined,
        max: spec.to ?? undefined,
        minInterval: 1,
        splitNumber: 4,
        axisLabel: { ...text, formatter: onAxis(spec.unit) },
        splitLine: { lineStyle: { color: faint } },
      },
      series: seriesOf(figure, spec),
    };
  }

  /** The place nearest to the pointer: along x for labels, by distance for points. */
  function placeAt(chart, spec, x, y) {
    if (spec.labels) {
      const place = Math.round(chart.convertFromPixel({ xAxisIndex: 0 }, x));
      return Math.max(0, Math.min(spec.labels.length - 1, place));
    }
    let nearest = 0;
    let shortest = Infinity;
    points(spec).forEach((point, number) => {
      const [px, py] = chart.convertToPixel({ xAxisIndex: 0, yAxisIndex: 0 }, point.at);
      const far = (px - x) ** 2 + (py - y) ** 2;
      if (far < shortest) [nearest, shortest] = [number, far];
    });
    return nearest;
  }

  function points(spec) {
    return spec.series
      .filter((one) => one.draw === "points")
      .flatMap((one) => one.values.map((v) => ({ at: v.slice(0, 2), name: v[2] || one.name })))
      .sort((a, b) => a.at[0] - b.at[0]);
  }

  /** What the reading line says of one place. */
  function reading(spec, place) {
    if (!spec.labels) {
      const point = points(spec)[place];
      if (!point) return "";
      const [x, y] = point.at;
      return `${point.name}: ${worded(y, spec.unit)} · ${worded(x, spec.x_unit)}`;
    }
    const said = spec.series
      .filter((one) => one.values[place] !== null && one.values[place] !== undefined)
      .map((one) => `${one.name}: ${worded(one.values[place], one.unit || spec.unit)}`);
    const marked = spec.marks && spec.marks.at.includes(place) ? [spec.marks.name] : [];
    return [spec.labels[place], ...marked, ...said].join(" · ");
  }

  function listen(figure, box, chart, spec) {
    const line = figure.querySelector(".chart-reading");
    const count = spec.labels ? spec.labels.length : points(spec).length;
    let place = count - 1;
    const say = (next) => {
      place = Math.max(0, Math.min(count - 1, next));
      line.textContent = reading(spec, place);
    };
    const follow = (event) => say(placeAt(chart, spec, event.offsetX, event.offsetY));
    chart.getZr().on("mousemove", follow);
    chart.getZr().on("click", follow);
    box.addEventListener("keydown", (event) => {
      const step = { ArrowLeft: -1, ArrowRight: 1, Home: -count, End: count }[event.key];
      if (step === undefined) return;
      event.preventDefault();
      say(place + step);
    });
    if (count) say(place);
  }

  function draw(figure) {
    const spec = JSON.parse(figure.querySelector("script[type='application/json']").textContent);
    const box = figure.querySelector(".chart-drawing");
    const numbers = figure.querySelector("details");
    box.hidden = false;
    numbers.open = false;
    const chart = window.echarts.init(box, null, { renderer: "canvas" });
    chart.setOption(optionsOf(figure, spec));
    listen(figure, box, chart, spec);
    new ResizeObserver(() => chart.resize()).observe(box);
    window.addEventListener("beforeprint", () => { numbers.open = true; });
    window.addEventListener("afterprint", () => { numbers.open = false; });
    figure.dataset.drawn = "true";
  }

  function drawAll(root) {
    root.querySelectorAll("figure.chart:not([data-drawn])").forEach(draw);
  }

  document.addEventListener("DOMContentLoaded", () => drawAll(document));
  document.addEventListener("htmx:load", (event) => drawAll(event.detail.elt));
})();
