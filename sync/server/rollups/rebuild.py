"""The sums, made again from the raw entries: to compare them, or to put them in place."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, astuple, dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import Connection, delete, func, select

from kiosk.domain.ledger import DayTotals
from sync.server.marks import EpochKey
from sync.server.money import bank_sums, books, checking
from sync.server.rollups import periods, unknown_scans, visit_rows
from sync.server.rollups.clock_moves import CLOCK_SET, moves
from sync.server.rollups.goods import SUMS, ProductDay, Sums, add_to_products, sum_by_product
from sync.server.rollups.reading import Reading, read_payload
from sync.server.rollups.shop_days import TOTALS, add_to_days, sum_by_day
from sync.server.rollups.true_times import clocks_of
from sync.server.rollups.visits import Visits
from sync.server.schema import entry, region, shop, shop_day, watermark
from sync.server.schema.rollups import region_product_day, visit, visit_mark
from sync.server.store import Store

ROWS_AT_ONCE = 5_000
EXAMPLES_MAX = 20
Progress = Callable[[int], None]
"""Told how many more entries were read."""


@dataclass(slots=True)
class Truth:
    """What the sums of one region's shops must be."""

    days: dict[tuple[int, date], DayTotals] = field(default_factory=dict)
    products: dict[ProductDay, Sums] = field(default_factory=dict)
    visits: dict[tuple[int, str], Visits] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Difference:
    """One row that is not what the entries say; None where there is or should be none."""

    table: str
    key: str
    kept: str | None
    should_be: str | None


def entries_in_all(connection: Connection) -> int:
    """How many entries there are, without counting them one by one."""
    total = connection.execute(select(func.sum(watermark.c.seq))).scalar_one()
    return int(total or 0)


def region_codes(connection: Connection) -> list[str]:
    """All regions, in order."""
    return list(connection.execute(select(region.c.region_code).order_by("region_code")).scalars())


def check(store: Store, progress: Progress = lambda _: None) -> list[Difference]:
    """Compares every sum with the entries; changes nothing."""

    def work(connection: Connection) -> list[Difference]:
        if not store.is_sqlite:
            # One view of everything, however long it takes; SQLite gives that by itself.
            connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        return [
            difference
            for code in region_codes(connection)
            for difference in _differences(connection, code, _truth(connection, code, progress))
        ]

    return store.read(work)


def rebuild(store: Store, progress: Progress = lambda _: None) -> None:
    """Makes every sum again, region by region; kiosks wait meanwhile and lose nothing."""

    def work(code: str) -> Callable[[Connection], None]:
        def one(connection: Connection) -> None:
            if not store.is_sqlite:
                # Nothing may come in between reading and writing; whoever sends, waits.
                connection.exec_driver_sql("LOCK TABLE entry, bank_line IN SHARE MODE")
            _put(connection, code, _truth(connection, code, progress))

        return one

    for code in store.read(region_codes):
        store.write(work(code))


def _truth(connection: Connection, region_code: str, progress: Progress) -> Truth:
    truth = Truth()
    for shop_id in _shops(connection, region_code):
        clocks = clocks_of(connection, shop_id)
        for kiosk_id in _kiosks(connection, shop_id):
            visits = Visits()
            has_visits = visit_rows.has_visits(connection, shop_id, kiosk_id)
            for rows in _rows(connection, shop_id, kiosk_id):
                progress(len(rows))
                # Each entry is read once, for all the sums.
                readings = [read_payload(row.payload) for row in rows]
                counted = [*readings, *_moved_by_clocks(connection, shop_id, kiosk_id, rows)]
                days = sum_by_day(counted)
                _add(truth.days, {(shop_id, d): t for d, t in days.items()}, DayTotals)
                _add(truth.products, sum_by_product(counted), lambda *sums: sums)
                if has_visits:
                    visits.add(visit_rows.numbered(rows, readings, kiosk_id, clocks))
            if visits.touched:
                truth.visits[shop_id, kiosk_id] = visits
    return truth


def _rows(connection: Connection, shop_id: int, kiosk_id: str) -> Iterator[Sequence[Any]]:
    """A kiosk's entries in the journal's order, some at a time."""
    rows = connection.execute(
        select(entry.c.epoch, entry.c.seq, entry.c.type, entry.c.at_ms, entry.c.payload)
        .where(entry.c.shop_id == shop_id, entry.c.kiosk_id == kiosk_id, entry.c.readable)
        .order_by(entry.c.epoch, entry.c.seq)
        .execution_options(yield_per=ROWS_AT_ONCE)
    )
    return rows.partitions()


def _moved_by_clocks(
    connection: Connection, shop_id: int, kiosk_id: str, rows: Sequence[Any]
) -> list[Reading]:
    """As when they came in: each ``clock_set`` moves what was sold before it."""
    return [
        moved
        for row in rows
        if row.type == CLOCK_SET
        for moved in moves(
            connection, EpochKey(shop_id, kiosk_id, row.epoch), [(row.seq, bytes(row.payload))]
        )
    ]


def _add(into: dict[Any, Any], more: Mapping[Any, Any], make: Callable[..., Any]) -> None:
    for key, sums in more.items():
        had = into.get(key)
        if had is None:
            into[key] = sums
        else:
            pairs = zip(_numbers(had), _numbers(sums), strict=True)
            into[key] = make(*(a + b for a, b in pairs))


def _numbers(sums: DayTotals | Sums) -> tuple[int, ...]:
    return astuple(sums) if isinstance(sums, DayTotals) else sums


def _put(connection: Connection, region_code: str, truth: Truth) -> None:
    shop_ids = _shops(connection, region_code)
    connection.execute(
        delete(region_product_day).where(region_product_day.c.region_code == region_code)
    )
    for shop_id in shop_ids:
        for table in (shop_day, visit, visit_mark):
            connection.execute(delete(table).where(table.c.shop_id == shop_id))
        days = {day: totals for (owner, day), totals in truth.days.items() if owner == shop_id}
        add_to_days(connection, shop_id, days)
        bank_sums.rebuild(connection, shop_id)
        books.rebuild(connection, shop_id)
        unknown_scans.rebuild(connection, shop_id)
    add_to_products(connection, region_code, truth.products)
    for (shop_id, kiosk_id), visits in truth.visits.items():
        visit_rows.store(connection, shop_id, kiosk_id, visits)
    # Of what stands there now; the server makes them again.
    periods.drop(connection, region_code)


def _differences(connection: Connection, region_code: str, truth: Truth) -> list[Difference]:
    found = []
    products = connection.execute(
        select(
            region_product_day.c.day,
            region_product_day.c.product_id,
            *(region_product_day.c[name] for name in SUMS),
        ).where(region_product_day.c.region_code == region_code)
    )
    kept_products = {(row[0], row[1]): tuple(row[2:]) for row in products}
    found += _compare("region_product_day", kept_products, truth.products, f"{region_code} ")
    for shop_id in _shops(connection, region_code):
        rows = connection.execute(
            select(shop_day.c.day, *(shop_day.c[name] for name in TOTALS)).where(
                shop_day.c.shop_id == shop_id
            )
        )
        kept_days = {(shop_id, row[0]): tuple(row[1:]) for row in rows}
        days = {key: astuple(x) for key, x in truth.days.items() if key[0] == shop_id}
        found += _compare("shop_day", kept_days, days)
        found += [Difference(*wrong) for wrong in checking.differences(connection, shop_id)]
        found += [Difference(*wrong) for wrong in unknown_scans.differences(connection, shop_id)]
        for kiosk_id in _kiosks(connection, shop_id):
            visits = truth.visits.get((shop_id, kiosk_id), Visits()).touched
            should_be = {k: visit_rows.bounded(asdict(x)) for k, x in visits.items()}
            kept = {k: asdict(x) for k, x in visit_rows.kept(connection, shop_id, kiosk_id).items()}
            found += _compare("visit", kept, should_be, f"{shop_id} {kiosk_id} ")
    return found + [Difference(*x) for x in periods.differences(connection, region_code)]


def _compare(
    table: str, kept: Mapping[Any, Any], should_be: Mapping[Any, Any], prefix: str = ""
) -> list[Difference]:
    return [
        Difference(table, f"{prefix}{_text(key)}", _shown(kept, key), _shown(should_be, key))
        for key in sorted({*kept, *should_be})
        if kept.get(key) != should_be.get(key)
    ]


def _shown(sums: Mapping[Any, Any], key: object) -> str | None:
    return str(sums[key]) if key in sums else None


def _text(key: object) -> str:
    return " ".join(map(str, key)) if isinstance(key, tuple) else str(key)


def _shops(connection: Connection, region_code: str) -> list[int]:
    query = select(shop.c.shop_id).where(shop.c.region_code == region_code).order_by("shop_id")
    return list(connection.execute(query).scalars())


def _kiosks(connection: Connection, shop_id: int) -> list[str]:
    query = select(watermark.c.kiosk_id).where(watermark.c.shop_id == shop_id).distinct()
    return sorted(connection.execute(query).scalars())
