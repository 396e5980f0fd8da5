"""Outlines as lists of points: pure functions, in the units of the sheet they are drawn on.

Angles are in degrees, clockwise from three o'clock (the y axis points down).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise
from math import acos, ceil, cos, hypot, radians, sin, tan

Point = tuple[float, float]
Outline = list[Point]

_CURVE_STEPS = 28
_DEGREES_PER_STEP = 4.0


def arc(cx: float, cy: float, r: float, start: float, end: float) -> Outline:
    """Points of a circular arc from angle `start` to angle `end`."""
    return oval_arc(cx, cy, r, r, start, end)


def oval_arc(cx: float, cy: float, rx: float, ry: float, start: float, end: float) -> Outline:
    """Points of an elliptical arc from angle `start` to angle `end`."""
    steps = max(2, ceil(abs(end - start) / _DEGREES_PER_STEP))
    angles = [radians(start + (end - start) * i / steps) for i in range(steps + 1)]
    return [(cx + rx * cos(a), cy + ry * sin(a)) for a in angles]


def circle(cx: float, cy: float, r: float) -> Outline:
    """A circle."""
    return arc(cx, cy, r, 0, 360)[:-1]


def oval(cx: float, cy: float, rx: float, ry: float) -> Outline:
    """An upright ellipse."""
    return oval_arc(cx, cy, rx, ry, 0, 360)[:-1]


def box(x: float, y: float, width: float, height: float, r: float = 0) -> Outline:
    """An upright rectangle with corners of radius `r`."""
    corners = [(x, y), (x + width, y), (x + width, y + height), (x, y + height)]
    return rounded(corners, r)


def rounded(corners: Sequence[Point], r: float | Sequence[float]) -> Outline:
    """A closed polygon with its corners rounded by `r`, one radius for all or one for each."""
    radii = [float(r)] * len(corners) if isinstance(r, int | float) else list(r)
    outline: Outline = []
    for i, corner in enumerate(corners):
        outline += _rounded_corner(
            corners[i - 1], corner, corners[(i + 1) % len(corners)], radii[i]
        )
    return outline


def _rounded_corner(before: Point, corner: Point, after: Point, r: float) -> Outline:
    ax, ay = before[0] - corner[0], before[1] - corner[1]
    bx, by = after[0] - corner[0], after[1] - corner[1]
    a, b = hypot(ax, ay), hypot(bx, by)
    if r <= 0 or a == 0 or b == 0:
        return [corner]
    turn = acos(max(-1.0, min(1.0, (ax * bx + ay * by) / (a * b))))
    if tan(turn / 2) == 0:
        return [corner]
    cut = min(r / tan(turn / 2), a / 2, b / 2)
    start = (corner[0] + ax / a * cut, corner[1] + ay / a * cut)
    end = (corner[0] + bx / b * cut, corner[1] + by / b * cut)
    return _bezier([start, _towards(start, corner), _towards(end, corner), end], 8)


def _towards(point: Point, corner: Point) -> Point:
    # 0.55 of the way to the corner makes a cubic curve pass for a quarter of a circle
    return (point[0] + (corner[0] - point[0]) * 0.55, point[1] + (corner[1] - point[1]) * 0.55)


def _bezier(control: Sequence[Point], steps: int = _CURVE_STEPS) -> Outline:
    """A Bézier curve of any degree, by De Casteljau's algorithm."""
    outline: Outline = []
    for i in range(steps + 1):
        t = i / steps
        points = list(control)
        while len(points) > 1:
            points = [
                (p[0] + (q[0] - p[0]) * t, p[1] + (q[1] - p[1]) * t) for p, q in pairwise(points)
            ]
        outline.append(points[0])
    return outline


def path(text: str) -> Outline:
    """One outline from absolute path commands: M and L (points), Q (quadratic), C (cubic)."""
    outline: Outline = []
    tokens = text.replace(",", " ").split()
    arity = {"M": 1, "L": 1, "Q": 2, "C": 3}
    command = "M"
    i = 0
    while i < len(tokens):
        if tokens[i] in arity:
            command = tokens[i]
            i += 1
        count = arity[command]
        numbers = [float(token) for token in tokens[i : i + 2 * count]]
        points = list(zip(numbers[::2], numbers[1::2], strict=True))
        outline += points if count == 1 else _bezier([outline[-1], *points])[1:]
        i += 2 * count
    return outline


def turned(outline: Iterable[Point], degrees: float, about: Point) -> Outline:
    """The outline turned clockwise about a point."""
    c, s = cos(radians(degrees)), sin(radians(degrees))
    ox, oy = about
    return [
        (ox + (x - ox) * c - (y - oy) * s, oy + (x - ox) * s + (y - oy) * c) for x, y in outline
    ]


def moved(outline: Iterable[Point], dx: float, dy: float) -> Outline:
    """The outline moved."""
    return [(x + dx, y + dy) for x, y in outline]


def scaled(outline: Iterable[Point], factor: float, about: Point = (0, 0)) -> Outline:
    """The outline grown from a point."""
    ox, oy = about
    return [(ox + (x - ox) * factor, oy + (y - oy) * factor) for x, y in outline]


def mirrored(outline: Iterable[Point], x_axis: float) -> Outline:
    """The outline reflected left to right about a vertical line."""
    return [(2 * x_axis - x, y) for x, y in outline]


def star(cx: float, cy: float, outer: float, inner: float, rays: int, turn: float = -90) -> Outline:
    """A star of `rays` points."""
    outline: Outline = []
    for i in range(rays * 2):
        a = radians(turn + 180 * i / rays)
        r = outer if i % 2 == 0 else inner
        outline.append((cx + r * cos(a), cy + r * sin(a)))
    return outline
