"""What shops sold and what visits found over days: from kept sums where they are, else from days.

Kept sums (:mod:`sync.server.rollups.periods`) are of closed days; today's are always added up.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from operator import add
from typing import Any, NamedTuple

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    Integer,
    Result,
    and_,
    case,
    cast,
    func,
    select,
)

from kiosk.domain.ledger import DayTotals
from sync.server.rollups.period_sums import Period, sold_sums, visit_sums
from sync.server.rollups.periods import kept_periods, regions_kept
from sync.server.schema import shop, shop_day
from sync.server.schema.rollups import DAY_SUMS, VISIT_SUMS, region_day, shop_period, visit

_DAY = timedelta(days=1)
_ZEROS = (0,) * len(DAY_SUMS)
_SOLD = len(DAY_SUMS) - len(VISIT_SUMS)


class Sums(NamedTuple):
    """Of a shop or a day; the names are the tables' own.

    ``till_visits`` compared cash, ``shelf_visits`` goods: due is what should have been there, paid
    what was.
    """

    sales: int = 0
    items: int = 0
    cash_tenge: int = 0
    qr_tenge: int = 0
    left_to_cause_tenge: int = 0
    corrections: int = 0
    visits: int = 0
    till_visits: int = 0
    cash_due_tenge: int = 0
    cash_paid_tenge: int = 0
    shelf_visits: int = 0
    goods_due_tenge: int = 0
    goods_paid_tenge: int = 0

    @property
    def sold(self) -> DayTotals:
        """What was sold."""
        return DayTotals(*self[:_SOLD])


class Part(NamedTuple):
    """Days, and whether their sums may be kept."""

    period: Period
    is_kept: bool


def parts_of(period: Period, today: date) -> Iterator[Part]:
    """A period as kept periods and the days between them, each day once."""
    kept = kept_periods(today)
    day, loose = period.first, period.first
    while day <= period.last:
        ends = [one.last for one in kept if one.first == day and one.last <= period.last]
        if not ends:
            day += _DAY
            continue
        if loose < day:
            yield Part(Period(loose, day - _DAY), False)
        yield Part(Period(day, max(ends)), True)
        day = loose = max(ends) + _DAY
    if loose <= period.last:
        yield Part(Period(loose, period.last), False)


def by_shop(
    connection: Connection, seen: ColumnElement[bool], period: Period, today: date
) -> dict[int, Sums]:
    """Each shop's sums, of those that fit the condition ``seen`` on ``shop``.

    In their order; shops where nothing happened are missing, or all zero.
    """
    found: dict[int, tuple[int, ...]] = {}
    kept = regions_kept(connection, today)
    for part in parts_of(period, today):
        loose = seen
        if part.is_kept and kept:
            in_kept = shop.c.region_code.in_(sorted(kept))
            _add_up(found, 0, connection.execute(_kept(part.period, and_(seen, in_kept))))
            loose = and_(seen, ~in_kept)
            if not _any(connection, loose):
                continue
        shops = select(shop.c.shop_id).where(loose)
        sold = sold_sums(shop_day.c.shop_id, part.period, shop_day.c.shop_id.in_(shops))
        came = visit_sums(visit.c.shop_id, part.period, visit.c.shop_id.in_(shops))
        _add_up(found, 0, connection.execute(sold))
        _add_up(found, _SOLD, connection.execute(came))
    return {shop_id: Sums(*found[shop_id]) for shop_id in sorted(found)}


def by_day(
    connection: Connection, seen: ColumnElement[bool], period: Period, today: date
) -> dict[date, Sums]:
    """Each day's sums, of all shops that fit the condition ``seen``; empty days are missing."""
    found: dict[date, tuple[int, ...]] = {}
    codes = _whole_regions(connection, seen) & regions_kept(connection, today)
    closed = Period(max(period.first, _earliest(today)), min(period.last, today - _DAY))
    if codes and closed.first <= closed.last:
        sums = (cast(func.sum(region_day.c[name]), BigInteger) for name in DAY_SUMS)
        kept = (
            select(region_day.c.day, *sums)
            .where(region_day.c.region_code.in_(sorted(codes)), region_day.c.day.between(*closed))
            .group_by(region_day.c.day)
        )
        _add_up(found, 0, connection.execute(kept))
        before = Period(period.first, closed.first - _DAY)
        after = Period(closed.last + _DAY, period.last)
        _add_days(connection, found, seen, before)
        _add_days(connection, found, seen, after)
        seen, period = and_(seen, shop.c.region_code.not_in(sorted(codes))), closed
        if not _any(connection, seen):
            period = Period(period.last, period.first - _DAY)
    _add_days(connection, found, seen, period)
    return {day: Sums(*found[day]) for day in sorted(found)}


def _add_days(
    connection: Connection,
    found: dict[date, tuple[int, ...]],
    seen: ColumnElement[bool],
    period: Period,
) -> None:
    if period.first > period.last:
        return
    shops = select(shop.c.shop_id).where(seen)
    sold = sold_sums(shop_day.c.day, period, shop_day.c.shop_id.in_(shops))
    came = visit_sums(visit.c.day, period, visit.c.shop_id.in_(shops))
    _add_up(found, 0, connection.execute(sold))
    _add_up(found, _SOLD, connection.execute(came))


def _add_up(found: dict[Any, tuple[int, ...]], at: int, asked: Result[Any]) -> None:
    """Adds rows of a key and its sums, which begin at a place."""
    rows: Sequence[Any] = asked.all()
    for key, *sums in rows:
        more = (*_ZEROS[:at], *sums, *_ZEROS[at + len(sums) :])
        had = found.get(key)
        found[key] = more if had is None else tuple(map(add, had, more))


def _kept(period: Period, seen: ColumnElement[bool]) -> Any:
    return (
        select(shop_period.c.shop_id, *(shop_period.c[name] for name in DAY_SUMS))
        .join(shop, shop.c.shop_id == shop_period.c.shop_id)
        .where(seen, shop_period.c.first_day == period.first, shop_period.c.last_day == period.last)
    )


def _any(connection: Connection, seen: ColumnElement[bool]) -> bool:
    return connection.execute(select(shop.c.shop_id).where(seen).limit(1)).first() is not None


def _earliest(today: date) -> date:
    return min(one.first for one in kept_periods(today))


def _whole_regions(connection: Connection, seen: ColumnElement[bool]) -> set[str]:
    """Regions of which the condition leaves no shop out: only their sums are the reader's."""
    seen_shops = func.sum(cast(case((seen, 1), else_=0), Integer))
    rows = connection.execute(
        select(shop.c.region_code).group_by(shop.c.region_code).having(seen_shops == func.count())
    )
    return set(rows.scalars())
