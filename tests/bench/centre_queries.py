"""How fast dashboards' questions are answered, at the size of some years of a country's shops."""

from __future__ import annotations

import math
import os
import random
import statistics
import time
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Connection, Select, func, insert, select, text

from kiosk.domain.ledger import day_of
from sync.fleet.places import GOODS, REGIONS
from sync.server import migrate
from sync.server.bulk import EntryRow, insert_entries
from sync.server.rollups import add_to_days, add_to_products, read_payload, sum_by_day
from sync.server.rollups.goods import sum_by_product
from sync.server.schema import entry, shop, shop_day
from sync.server.schema.rollups import region_product_day, visit
from sync.server.store import Store
from tests.bench.centre_ingest import database

SHOPS = 300
REGION_OF = [REGIONS[0]] * 100 + [REGIONS[1 + n % (len(REGIONS) - 1)] for n in range(200)]
"""One region with a hundred shops, as Mangystau has; the others with ten each."""
DAYS = 365
LINES_A_SALE = 2
START_MS = 1_760_000_000_000
DAY_MS = 86_400_000
WRITE_AT_ONCE = 5_000
ASKED = 30

Question = Callable[[random.Random], Select[Any]]


def measure(*, sqlite_lines: int, pg_lines: int) -> dict[str, Any]:
    """``query_p95_ms``: the slowest question's p95 on either database; ``rollup_speedup``: of a
    region's thirty days against its raw rows, the smaller one.
    """
    figures: dict[str, Any] = {}
    for backend, lines in (("sqlite", sqlite_lines), ("pg", pg_lines)):
        with database(backend) as url:
            store = Store(url)
            try:
                figures |= {f"{backend}_{k}": v for k, v in _one(store, lines).items()}
            finally:
                store.close()
    return {
        **figures,
        "query_p95_ms": max(figures["sqlite_query_p95_ms"], figures["pg_query_p95_ms"]),
        "rollup_speedup": min(figures["sqlite_rollup_speedup"], figures["pg_rollup_speedup"]),
    }


def _one(store: Store, lines: int) -> dict[str, Any]:
    began_s = time.perf_counter()
    _fill(store, lines)
    filled_s = time.perf_counter() - began_s
    slowest = {name: _p95_ms(store, question) for name, question in _QUESTIONS.items()}
    raw_ms = _raw_ms(store)
    worst = max(slowest, key=lambda name: slowest[name])
    return {
        "lines": lines,
        "fill_s": round(filled_s),
        "query_p95_ms": round(slowest[worst], 1),
        "p95_ms": {name: round(value, 1) for name, value in slowest.items()},
        "slowest_question": worst,
        "raw_region_month_ms": round(raw_ms),
        "rollup_speedup": round(raw_ms / _median_ms(store), 1),
    }


# --- the data ---


def _fill(store: Store, lines: int) -> None:
    migrate.upgrade(store)
    a_shop = math.ceil(lines / LINES_A_SALE / SHOPS)
    store.write(_add_shops)
    for number in range(SHOPS):
        for some in _chunks(number, a_shop):
            store.write(lambda connection, n=number, s=some: _write(connection, n, s))  # type: ignore[misc]
    store.write(lambda connection: connection.execute(text("ANALYZE")))


def _add_shops(connection: Connection) -> None:
    connection.execute(
        insert(shop),
        [
            {
                "shop_id": number,
                "slug": f"bench-{number}",
                "name": "Дүкен",
                "cause": "",
                "region_code": REGION_OF[number],
                "created_ms": START_MS,
            }
            for number in range(SHOPS)
        ],
    )
    rng = random.Random(1)
    # A visit every third day, as volunteers do.
    for number in range(SHOPS):
        connection.execute(insert(visit), [_visit(number, day, rng) for day in range(0, DAYS, 3)])


def _visit(number: int, day: int, rng: random.Random) -> dict[str, Any]:
    at_ms = START_MS + day * DAY_MS
    sums = {
        column.name: rng.randrange(10_000)
        for column in visit.c
        if column.name.endswith(("_tenge", "_pieces"))
    }
    return {
        **sums,
        "shop_id": number,
        "kiosk_id": f"{number:016x}",
        "visit_id": f"visit-{day}",
        "day": day_of(at_ms),
        "began_ms": at_ms,
        "ended_ms": at_ms + 600_000,
        "epoch": 1,
        "last_seq": day + 1,
    }


def _chunks(number: int, count: int) -> Iterator[list[EntryRow]]:
    rows: list[EntryRow] = []
    rng = random.Random(number)
    for seq in range(1, count + 1):
        at_ms = START_MS + seq * DAYS * DAY_MS // count
        payload = _payload(seq, at_ms, rng)
        fake = os.urandom(96)
        key = (number, f"{number:016x}", 1, seq)
        rows.append((*key, "sale", at_ms, True, at_ms, fake[:32], fake[32:], payload))
        if len(rows) == WRITE_AT_ONCE:
            yield rows
            rows = []
    if rows:
        yield rows


def _payload(seq: int, at_ms: int, rng: random.Random) -> bytes:
    """As a kiosk writes it; made of text, since millions are needed."""
    goods = rng.sample(GOODS, LINES_A_SALE)
    lines = ",".join(
        f'{{"name":"{x.name}","unit_price_tenge":{x.price_tenge},"quantity":1,'
        f'"product_id":"{x.product_id}"}}'
        for x in goods
    )
    total = sum(x.price_tenge for x in goods)
    return (
        f'{{"type":"sale","v":1,"at_ms":{at_ms},"boot":"b","mono_ms":{seq},'
        f'"checkout_id":"{seq:032x}","language":"kk","lines":[{lines}],"total_tenge":{total},'
        f'"tender":{{"type":"qr","claimed_tenge":{total}}}}}'
    ).encode()


def _write(connection: Connection, number: int, rows: list[EntryRow]) -> None:
    insert_entries(connection, rows)
    readings = [read_payload(row[-1]) for row in rows]
    add_to_days(connection, number, sum_by_day(readings))
    add_to_products(connection, REGION_OF[number], sum_by_product(readings))


# --- the questions ---


def _month(rng: random.Random) -> tuple[date, date]:
    first = day_of(START_MS) + timedelta(days=rng.randrange(DAYS - 31))
    return first, first + timedelta(days=29)


def _shop_days(rng: random.Random) -> Select[Any]:
    return (
        select(shop_day)
        .where(shop_day.c.shop_id == rng.randrange(SHOPS), shop_day.c.day.between(*_month(rng)))
        .order_by(shop_day.c.day)
    )


def _region_shops(rng: random.Random) -> Select[Any]:
    return (
        select(shop_day.c.shop_id, func.sum(shop_day.c.cash_tenge + shop_day.c.qr_tenge))
        .join(shop, shop.c.shop_id == shop_day.c.shop_id)
        .where(shop.c.region_code == rng.choice(REGIONS), shop_day.c.day.between(*_month(rng)))
        .group_by(shop_day.c.shop_id)
    )


def _regions(rng: random.Random) -> Select[Any]:
    return (
        select(shop.c.region_code, func.sum(shop_day.c.cash_tenge + shop_day.c.qr_tenge))
        .join(shop, shop.c.shop_id == shop_day.c.shop_id)
        .where(shop_day.c.day.between(*_month(rng)))
        .group_by(shop.c.region_code)
    )


def _region_products(rng: random.Random) -> Select[Any]:
    return (
        select(
            region_product_day.c.product_id,
            func.sum(region_product_day.c.quantity),
            func.sum(region_product_day.c.tenge),
        )
        .where(
            region_product_day.c.region_code == rng.choice(REGIONS),
            region_product_day.c.day.between(*_month(rng)),
        )
        .group_by(region_product_day.c.product_id)
    )


def _all_products(rng: random.Random) -> Select[Any]:
    return (
        select(region_product_day.c.product_id, func.sum(region_product_day.c.tenge))
        .where(
            region_product_day.c.region_code.in_(REGIONS),
            region_product_day.c.day.between(*_month(rng)),
        )
        .group_by(region_product_day.c.product_id)
    )


def _region_visits(rng: random.Random) -> Select[Any]:
    return (
        select(
            visit.c.shop_id, func.sum(visit.c.cash_due_tenge), func.sum(visit.c.difference_tenge)
        )
        .join(shop, shop.c.shop_id == visit.c.shop_id)
        .where(shop.c.region_code == rng.choice(REGIONS), visit.c.day.between(*_month(rng)))
        .group_by(visit.c.shop_id)
    )


def _newest_entries(rng: random.Random) -> Select[Any]:
    number = rng.randrange(SHOPS)
    return (
        select(entry.c.seq, entry.c.type, entry.c.payload)
        .where(entry.c.shop_id == number, entry.c.kiosk_id == f"{number:016x}", entry.c.epoch == 1)
        .order_by(entry.c.seq.desc())
        .limit(50)
    )


_QUESTIONS: dict[str, Question] = {
    "shop_30_days": _shop_days,
    "region_shops_30_days": _region_shops,
    "all_regions_30_days": _regions,
    "region_products_30_days": _region_products,
    "all_products_30_days": _all_products,
    "region_visits_30_days": _region_visits,
    "newest_50_entries": _newest_entries,
}


def _p95_ms(store: Store, question: Question) -> float:
    rng = random.Random(2)
    times_ms = []
    for _ in range(ASKED):
        asked = question(rng)
        began_s = time.perf_counter()
        store.read(lambda connection, asked=asked: connection.execute(asked).all())  # type: ignore[misc]
        times_ms.append((time.perf_counter() - began_s) * 1e3)
    return statistics.quantiles(times_ms, n=20)[-1]


def _median_ms(store: Store) -> float:
    """The same region's goods of thirty days, from the sums."""
    first = day_of(START_MS + 100 * DAY_MS)
    asked = (
        select(region_product_day.c.product_id, func.sum(region_product_day.c.quantity))
        .where(
            region_product_day.c.region_code == REGIONS[0],
            region_product_day.c.day.between(first, first + timedelta(days=30)),
        )
        .group_by(region_product_day.c.product_id)
    )
    times_ms = []
    for _ in range(ASKED):
        began_s = time.perf_counter()
        store.read(lambda connection: connection.execute(asked).all())
        times_ms.append((time.perf_counter() - began_s) * 1e3)
    return statistics.median(times_ms)


def _raw_ms(store: Store) -> float:
    """A region's goods of thirty days, from the entries by the database's own JSON functions."""
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
    since = START_MS + 100 * DAY_MS
    values = {"region": REGIONS[0], "since": since, "until": since + 30 * DAY_MS}
    times_ms = []
    for _ in range(3):
        began_s = time.perf_counter()
        store.read(lambda connection: connection.execute(asked, values).all())
        times_ms.append((time.perf_counter() - began_s) * 1e3)
    return statistics.median(times_ms)
