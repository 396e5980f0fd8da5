"""What many shops sold and what visits found there, by day and by region.

From the days that are kept of whole regions where they are, else from the shops' own.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any, NamedTuple

from sqlalchemy import BigInteger, ColumnElement, Connection, Select, and_, cast, func, select

from sync.server.accounts.roles import of_shops
from sync.server.rollups.period_sums import SOLD_SUMS, Period, sold_sums, visit_sums
from sync.server.rollups.periods import kept_periods
from sync.server.rollups.sums import Places, Sums, add_up, places_of
from sync.server.schema import shop, shop_day
from sync.server.schema.rollups import DAY_SUMS, VISIT_SUMS, region_day, shop_period, visit

_DAY = timedelta(days=1)
_WIDTH, _SOLD = len(DAY_SUMS), len(SOLD_SUMS)
_KEPT_SUMS: dict[str, ColumnElement[Any]] = {
    name: cast(func.sum(region_day.c[name]), BigInteger) for name in DAY_SUMS
}

_PERIOD_SUMS = [cast(func.sum(shop_period.c[name]), BigInteger) for name in DAY_SUMS]
LONG_DAYS = 100
"""A region has some fifty shops."""


class Country(NamedTuple):
    """The same sums by region and by day; empty ones are missing."""

    regions: dict[str, Sums]
    days: dict[date, Sums]


class _Split(NamedTuple):
    """A period: ``closed`` days kept of the regions ``codes``; days and shops to be added up."""

    codes: list[str]
    closed: Period
    loose: list[tuple[Period, ColumnElement[bool]]]


def by_day(
    connection: Connection, seen: ColumnElement[bool], period: Period, today: date
) -> dict[date, Sums]:
    """Each day's sums, of all shops that fit the condition ``seen``; empty days are missing."""
    split = _split(seen, period, today, places_of(connection, seen, today))
    found: dict[date, tuple[int, ...]] = {}
    if split.codes:
        asked = _kept(region_day.c.day, split, DAY_SUMS)
        add_up(found, 0, _WIDTH, connection.execute(asked).all())
    for days, shops in split.loose:
        _add_days(connection, found, days, shops)
    return {day: Sums(*found[day]) for day in sorted(found)}


def by_region_and_day(
    connection: Connection,
    seen: ColumnElement[bool],
    period: Period,
    today: date,
    places: Places,
) -> Country:
    """What fits the condition ``seen`` on ``shop``, whose places are known, in both ways at once."""
    split = _split(seen, period, today, places)
    regions: dict[str, tuple[int, ...]] = {}
    days: dict[date, tuple[int, ...]] = {}
    if split.codes:
        add_up(regions, 0, _WIDTH, connection.execute(_regions_kept(split, today)).all())
        of_days_kept = _kept(region_day.c.day, split, DAY_SUMS)
        add_up(days, 0, _WIDTH, connection.execute(of_days_kept).all())
    for some, shops in split.loose:
        fresh: dict[str, tuple[int, ...]] = {}
        _add_regions(connection, fresh, some, shops, DAY_SUMS)
        add_up(regions, 0, _WIDTH, [(code, *one) for code, one in fresh.items()])
        if some.first == some.last:
            add_up(days, 0, _WIDTH, [(some.first, *one) for one in fresh.values()])
        else:
            _add_days(connection, days, some, shops)
    return Country(
        {code: Sums(*regions[code]) for code in sorted(regions)},
        {day: Sums(*days[day]) for day in sorted(days)},
    )


def some_by_region(
    connection: Connection,
    seen: ColumnElement[bool],
    period: Period,
    today: date,
    names: Sequence[str],
) -> dict[str, tuple[int, ...]]:
    """Some of each region's sums, of its shops that fit the condition ``seen``.

    Args:
        names: of :class:`sync.server.rollups.sums.Sums`, in its order.
    """
    split = _split(seen, period, today, places_of(connection, seen, today))
    found: dict[str, tuple[int, ...]] = {}
    if split.codes:
        asked = _kept(region_day.c.region_code, split, names)
        add_up(found, 0, len(names), connection.execute(asked).all())
    for days, shops in split.loose:
        _add_regions(connection, found, days, shops, names)
    return found


def of_regions(of_shops: Select[Any]) -> Select[Any]:
    """Sums of shops, a shop's id first, as sums of their regions.

    Made of the whole statement and not by a join within it: SQLite would then read whole shops
    instead of the index of their days.
    """
    each = of_shops.subquery("each")
    shop_id, *names = each.c
    sums = (cast(func.sum(one), BigInteger) for one in names)
    return (
        select(shop.c.region_code, *sums)
        .join(each, shop_id == shop.c.shop_id)
        .group_by(shop.c.region_code)
    )


def _split(seen: ColumnElement[bool], period: Period, today: date, places: Places) -> _Split:
    codes = places.whole & places.kept
    first_kept = min(one.first for one in kept_periods(today))
    closed = Period(max(period.first, first_kept), min(period.last, today - _DAY))
    if not codes or closed.first > closed.last:
        return _Split([], closed, [(period, seen)])
    loose = [
        (Period(period.first, closed.first - _DAY), seen),
        (Period(closed.last + _DAY, period.last), seen),
    ]
    if places.seen - codes:
        loose.append((closed, and_(seen, shop.c.region_code.not_in(sorted(codes)))))
    return _Split(sorted(codes), closed, [one for one in loose if one[0].first <= one[0].last])


def _kept(key: ColumnElement[Any], split: _Split, names: Sequence[str]) -> Select[Any]:
    sums = [_KEPT_SUMS[name] for name in names]
    return (
        select(key, *sums)
        .where(region_day.c.region_code.in_(split.codes), region_day.c.day.between(*split.closed))
        .group_by(key)
    )


def _regions_kept(split: _Split, today: date) -> Select[Any]:
    """Of a long period the shops' own sums are fewer rows than the days."""
    days = (split.closed.last - split.closed.first).days + 1
    if days <= LONG_DAYS or split.closed not in kept_periods(today):
        return _kept(region_day.c.region_code, split, DAY_SUMS)
    first, last = split.closed
    return (
        select(shop.c.region_code, *_PERIOD_SUMS)
        .join(shop_period, shop_period.c.shop_id == shop.c.shop_id)
        .where(
            shop.c.region_code.in_(split.codes),
            shop_period.c.first_day == first,
            shop_period.c.last_day == last,
        )
        .group_by(shop.c.region_code)
    )


def _add_days(
    connection: Connection,
    found: dict[date, tuple[int, ...]],
    days: Period,
    shops: ColumnElement[bool],
) -> None:
    sold = sold_sums(shop_day.c.day, days, of_shops(shop_day.c.shop_id, shops))
    came = visit_sums(visit.c.day, days, of_shops(visit.c.shop_id, shops))
    add_up(found, 0, _WIDTH, connection.execute(sold).all())
    add_up(found, _SOLD, _WIDTH, connection.execute(came).all())


def _add_regions(
    connection: Connection,
    found: dict[str, tuple[int, ...]],
    days: Period,
    shops: ColumnElement[bool],
    names: Sequence[str],
) -> None:
    sold_names = [name for name in names if name in SOLD_SUMS]
    visit_names = [name for name in names if name in VISIT_SUMS]
    if sold_names:
        sold = sold_sums(shop_day.c.shop_id, days, of_shops(shop_day.c.shop_id, shops), sold_names)
        add_up(found, 0, len(names), connection.execute(of_regions(sold)).all())
    if visit_names:
        came = visit_sums(visit.c.shop_id, days, of_shops(visit.c.shop_id, shops), visit_names)
        rows = connection.execute(of_regions(came)).all()
        add_up(found, len(sold_names), len(names), rows)
