"""Sums of the periods that pages show, kept of closed days.

A month of the whole country is thirty thousand rows of ``shop_day``, a year twelve times as many.
So what the periods of today add up to until yesterday is kept per shop, and per product and day of
each region. They cost taking journals in nothing: the server makes them by itself after midnight
(:func:`bring_up_to_date`). Entries of closed days that come late only mark their region
(:func:`spoil`): its pages add up the days themselves until its sums are made again, within a
minute. So what a page shows is always what the days say.

Nobody can slip in between: whoever changes closed days takes the region's mark in the same
transaction, and whoever makes the sums takes it before he reads.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Connection, Select, Table, delete, literal, select, update
from sqlalchemy.dialects import postgresql, sqlite

from kiosk.domain.ledger import day_of
from sync.server.rollups.period_sums import Period, making, shops_of
from sync.server.schema import region, shop
from sync.server.schema.rollups import period_mark, product_period, region_day, shop_period
from sync.server.store import Store

PERIODS_DAYS = (7, 30, 90, 365)
"""The periods that pages offer, today included."""
MONTHS = 12
NIGHT_MS = 5 * 60_000
"""How long before midnight a day counts as closed for those who change it: a transaction that
began before may end after."""
_DAY = timedelta(days=1)
_NEVER = date(2000, 1, 1)


def kept_periods(today: date) -> list[Period]:
    """The periods that sums are kept of on that day."""
    yesterday = today - _DAY
    found = [Period(today - timedelta(days=n - 1), yesterday) for n in PERIODS_DAYS]
    end = yesterday
    for _ in range(MONTHS + 1):
        found.append(Period(end.replace(day=1), end))
        end = end.replace(day=1) - _DAY
    return list(dict.fromkeys(found))


def spoil(
    connection: Connection,
    regions: Mapping[int, str],
    changed: Mapping[int, date],
    now_ms: int,
) -> None:
    """Says that closed days changed, in the transaction that changed them.

    Args:
        connection: in the transaction.
        regions: shop → the code of its region.
        changed: shop → the earliest day that changed.
        now_ms: the server's time.
    """
    open_day = day_of(now_ms + NIGHT_MS)
    for code in sorted({regions[shop_id] for shop_id, day in changed.items() if day < open_day}):
        _mark(connection, code, open_day, is_kept=False)


def bring_up_to_date(store: Store, now_ms: int) -> int:
    """Makes the sums of regions whose sums are not of today's closed days.

    Returns:
        How many regions that were.
    """
    today = day_of(now_ms)
    codes = store.read(lambda connection: _outdated(connection, today))
    for code in codes:
        store.write(lambda connection, code=code: make(connection, code, today))  # type: ignore[misc]
    return len(codes)


def make(connection: Connection, region_code: str, today: date) -> None:
    """Makes a region's sums of the days before ``today``, unless they are there."""
    # The lock first: what was changed before it is seen, what comes after it marks the region.
    if _mark(connection, region_code, today, is_kept=None):
        return
    _clear(connection, region_code)
    for statement in making(region_code, kept_periods(today)):
        connection.execute(statement)
    connection.execute(
        update(period_mark)
        .where(period_mark.c.region_code == region_code)
        .values(today=today, is_kept=True)
    )


def drop(connection: Connection, region_code: str) -> None:
    """Takes a region's sums away: its pages add up the days until they are made again."""
    _mark(connection, region_code, _NEVER, is_kept=False)
    _clear(connection, region_code)


def _clear(connection: Connection, region_code: str) -> None:
    for table in (region_day, product_period):
        connection.execute(delete(table).where(table.c.region_code == region_code))
    connection.execute(delete(shop_period).where(shop_period.c.shop_id.in_(shops_of(region_code))))


def differences(connection: Connection, region_code: str) -> list[tuple[str, str, str, str]]:
    """Rows of a region that are not what its days say: table, key, what is kept, what is right.

    None of a region that is marked: nobody reads its sums.
    """
    mark = connection.execute(
        select(period_mark.c.today).where(period_mark.c.region_code == region_code, _IS_KEPT)
    ).scalar_one_or_none()
    if mark is None:
        return []
    found = []
    for table, keys in _KEYS.items():
        kept = _by_key(connection.execute(_kept(table, region_code)), keys)
        right: dict[tuple[Any, ...], tuple[int, ...]] = {}
        for statement in making(region_code, kept_periods(mark), table):
            assert statement.select is not None
            right |= _by_key(connection.execute(statement.select), keys)
        found += [
            (table.name, " ".join(map(str, key)), str(kept.get(key)), str(right.get(key)))
            for key in sorted({*kept, *right})
            if kept.get(key) != right.get(key)
        ]
    return found


_IS_KEPT = period_mark.c.is_kept
_KEYS = {shop_period: 3, region_day: 2, product_period: 4}
"""How many of a table's columns are its key."""


def _by_key(rows: Iterable[Any], keys: int) -> dict[tuple[Any, ...], tuple[int, ...]]:
    return {tuple(row[:keys]): tuple(map(int, row[keys:])) for row in rows}


def _kept(table: Table, region_code: str) -> Select[Any]:
    if table is shop_period:
        return select(table).where(table.c.shop_id.in_(shops_of(region_code)))
    return select(table).where(table.c.region_code == region_code)


def _outdated(connection: Connection, today: date) -> list[str]:
    kept = select(period_mark.c.region_code).where(_IS_KEPT, period_mark.c.today == today)
    rows = connection.execute(
        select(region.c.region_code)
        .where(region.c.region_code.in_(select(shop.c.region_code)))
        .where(region.c.region_code.not_in(kept))
        .order_by(region.c.region_code)
    )
    return list(rows.scalars())


def _mark(connection: Connection, code: str, today: date, *, is_kept: bool | None) -> bool:
    """Locks a region's mark and sets it (None: leaves it); whether its sums are of ``today``."""
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    statement = dialect.insert(period_mark).values(
        region_code=code, today=today, is_kept=bool(is_kept)
    )
    kept = period_mark.c.is_kept if is_kept is None else literal(is_kept)
    connection.execute(
        statement.on_conflict_do_update(index_elements=["region_code"], set_={"is_kept": kept})
    )
    row = connection.execute(select(period_mark).where(period_mark.c.region_code == code)).one()
    return bool(row.is_kept and row.today == today)


def regions_kept(connection: Connection, today: date) -> set[str]:
    """The regions whose sums are of the days before ``today``."""
    rows = connection.execute(
        select(period_mark.c.region_code).where(_IS_KEPT, period_mark.c.today == today)
    )
    return set(rows.scalars())
