"""How fast a coordinator's pages are answered, at the size of two years of a country's shops.

Every page that somebody opens is asked for over HTTP, of a real server on a real database, by a
national and by a region's coordinator.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import asdict
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, func, select, text

from kiosk.domain.ledger import day_of
from sync.server.public.figures import figures
from sync.server.rollups import periods
from sync.server.schema.rollups import region_product_day
from sync.server.store import Store
from tests.bench import centre_life
from tests.bench.centre_goods import DAY_MS, DAYS, NOW_MS, START_MS
from tests.bench.centre_ingest import database
from tests.bench.centre_life import Sizes, Tell
from tests.bench.centre_pages import ASKED, REGION, ask_all, p95

COLD_ASKED = 3
STATEMENT_SHOWN = 80
"""Letters of the slowest statement's text."""


def measure(*, sqlite_lines: int, pg_lines: int, pg_url: str = "", tell: Tell) -> dict[str, Any]:
    """Figures of both databases; 0 lines leave one out.

    ``query_p95_ms``: all that a page asks the database, statement after statement, until the last
    row is read; the slowest page's p95 on either database, which ``query_worst`` names.
    ``statement_p95_ms``: the slowest single statement of any page; ``statement_worst`` names its
    page and begins its text. ``page_p95_ms``: the same queries with the Python between and after
    them, until all that the page shows is worked out; ``page_worst`` names it and ``page_cpu_ms``
    is the most that any page costs in processor time, median.
    ``public_cold_ms``: the public figures when nobody made them yet (the server makes them before
    somebody asks). ``rollup_speedup``: of a region's thirty days against its raw rows, the smaller.

    Args:
        sqlite_lines: how many lines are filled in.
        pg_lines: the same.
        pg_url: a PostgreSQL database that is filled if it is empty, and kept.
        tell: told how far filling is.
    """
    made: dict[str, dict[str, Any]] = {}
    for backend, lines in (("sqlite", sqlite_lines), ("pg", pg_lines)):
        if not lines:
            continue
        place = nullcontext(pg_url) if backend == "pg" and pg_url else database(backend)
        with place as url:
            began_s = time.perf_counter()
            sizes = _filled(url, lines, tell)
            fill_s = round(time.perf_counter() - began_s)
            made[backend] = {"fill_s": fill_s, **asdict(sizes), **of(url, sizes.shops)}
    figures = {f"{name}_{key}": x for name, found in made.items() for key, x in found.items()}
    return {
        **figures,
        **_slowest(made, "query"),
        **_slowest(made, "statement"),
        **_slowest(made, "page"),
        "page_cpu_ms": max(found["page_cpu_ms"] for found in made.values()),
        "public_cold_ms": max(found["public_cold_ms"] for found in made.values()),
        "rollup_speedup": min(found["rollup_speedup"] for found in made.values()),
    }


def _slowest(made: dict[str, dict[str, Any]], what: str) -> dict[str, Any]:
    """The slower database's p95, and which of its pages that was."""
    slow = max(made, key=lambda name: made[name][f"{what}_p95_ms"])
    return {
        f"{what}_p95_ms": made[slow][f"{what}_p95_ms"],
        f"{what}_worst": f"{slow}: {made[slow][f'{what}_worst']}",
    }


def _filled(url: str, lines: int, tell: Tell) -> Sizes:
    store = Store(url)
    try:
        sizes = centre_life.sizes_of(store) or centre_life.fill(store, lines, tell)
        # A database of last month's bench: its version of the sums may be another.
        periods.bring_up_to_date(store, NOW_MS)
        return sizes
    finally:
        store.close()


def of(url: str, shops: int, only: str = "") -> dict[str, Any]:
    """The figures of a database that is filled; a table of pages, slowest first."""
    found = ask_all(url, shops, only)
    slow = sorted(found, key=lambda name: -p95(found[name].queries_ms))
    table = {
        name: {
            "queries_p95_ms": round(p95(found[name].queries_ms), 1),
            "statement_p95_ms": round(found[name].worst_statement[0], 1),
            "page_p95_ms": round(p95(found[name].data_ms), 1),
            "page_median_ms": round(statistics.median(found[name].data_ms), 1),
            "cpu_ms": round(statistics.median(found[name].cpu_ms), 1),
            "http_p95_ms": round(p95(found[name].http_ms), 1),
            "kb": round(found[name].size_bytes / 1000),
        }
        for name in slow
    }
    page = max(table, key=lambda name: table[name]["page_p95_ms"])
    slowest = max(found, key=lambda name: found[name].worst_statement)
    statement_ms, statement = found[slowest].worst_statement
    store = Store(url)
    try:
        raw_ms, kept_ms = _raw_ms(store), _kept_ms(store)
        cold_ms = _median_ms(store, lambda connection: figures(connection, NOW_MS), COLD_ASKED)
    finally:
        store.close()
    return {
        "query_p95_ms": table[slow[0]]["queries_p95_ms"],
        "query_worst": slow[0],
        "statement_p95_ms": round(statement_ms, 1),
        "statement_worst": f"{slowest}: {statement[:STATEMENT_SHOWN]}",
        "page_p95_ms": table[page]["page_p95_ms"],
        "page_worst": page,
        "page_cpu_ms": max(one["cpu_ms"] for one in table.values()),
        "pages": table,
        "public_cold_ms": round(cold_ms),
        "raw_region_month_ms": round(raw_ms),
        "rollup_speedup": round(raw_ms / kept_ms, 1),
    }


# --- a region's thirty days, from the sums and from the raw rows ---


def _kept_ms(store: Store) -> float:
    """A region's goods of thirty days, from the sums."""
    first = day_of(START_MS + (DAYS - 60) * DAY_MS)
    asked = (
        select(region_product_day.c.product_id, func.sum(region_product_day.c.quantity))
        .where(
            region_product_day.c.region_code == REGION,
            region_product_day.c.day.between(first, first + timedelta(days=29)),
        )
        .group_by(region_product_day.c.product_id)
    )
    return _median_ms(store, lambda connection: connection.execute(asked).all(), ASKED)


def _raw_ms(store: Store) -> float:
    """The same, from the entries by the database's own JSON functions."""
    if store.is_sqlite:
        goods = (
            "SELECT json_extract(l.value, '$.product_id'), sum(json_extract(l.value, '$.quantity')) "
            "FROM entry e JOIN shop s ON s.shop_id = e.shop_id, "
            "json_each(CAST(e.payload AS TEXT), '$.lines') l "
        )
    else:
        goods = (
            "SELECT l->>'product_id', sum((l->>'quantity')::int) "
            "FROM entry e JOIN shop s ON s.shop_id = e.shop_id, "
            "json_array_elements(convert_from(e.payload, 'UTF8')::json->'lines') l "
        )
    asked = text(
        f"{goods} WHERE s.region_code = :region AND e.type = 'sale' "
        "AND e.at_ms BETWEEN :since AND :until GROUP BY 1"
    )
    since = START_MS + (DAYS - 60) * DAY_MS
    values = {"region": REGION, "since": since, "until": since + 30 * DAY_MS}
    return _median_ms(store, lambda connection: connection.execute(asked, values).all(), 3)


def _median_ms(store: Store, work: Callable[[Connection], Any], count: int) -> float:
    times_ms = []
    for _ in range(count):
        began_s = time.perf_counter()
        store.read(work)
        times_ms.append((time.perf_counter() - began_s) * 1e3)
    return statistics.median(times_ms)
