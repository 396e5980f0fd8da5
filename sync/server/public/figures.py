"""What honesty earned, and the two ratios by week, so that no figure tells of one single visit.

* **Earned** (:mod:`sync.server.money.earned`) is given for whole stretches: weeks are put together
  from the first on until they hold :data:`VISITS_MIN` counts of the box, and a shop's sum ends with
  its last whole stretch. So two sums of different weeks always differ by that many counts, and
  keeping yesterday's page tells nothing about the visit between. A region's sum is the sum of what
  its shops show, so that nothing hides in their difference.
* **Ratios** of a week are given where at least :data:`VISITS_MIN` visits found one; their money is
  not, so that no visit can be worked out from the rest.
* Only weeks that are over count, Monday to Sunday at UTC+5.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from operator import add, itemgetter
from typing import NamedTuple

from sqlalchemy import ColumnElement, Connection, func, select

from kiosk.domain.ledger import day_of
from sync.server.money.earned import Earned, earned_by_shop
from sync.server.rollups.period_sums import Period, visit_sums
from sync.server.schema import region, shop
from sync.server.schema.rollups import visit

VISITS_MIN = 3
WEEKS_SHOWN = 12
_WEEK = timedelta(days=7)
_BEGINNING = date(2000, 1, 1)
_SHOPS_PER_QUERY = 500


@dataclass(frozen=True, slots=True)
class Week:
    """Seven days from a Monday. A ratio is per mille; None where too few visits found one.

    ``visits``: how many there were; None when fewer than :data:`VISITS_MIN`.
    """

    monday: date
    visits: int | None
    till_per_mille: int | None
    stock_per_mille: int | None

    @property
    def is_suppressed(self) -> bool:
        """Somebody was there, but too few times to say more."""
        return self.visits is None


@dataclass(frozen=True, slots=True)
class PublicShop:
    """One shop. ``until``: the last day of the sum; None while there are too few counts."""

    slug: str
    name: str
    cause: str
    region_code: str
    until: date | None
    earned: Earned | None
    weeks: tuple[Week, ...]


@dataclass(frozen=True, slots=True)
class PublicRegion:
    """One region and its shops. ``earned``: of the shops that show a sum; None when none does."""

    code: str
    names: Mapping[str, str]
    shops: tuple[PublicShop, ...]
    earned: Earned | None
    weeks: tuple[Week, ...]


@dataclass(frozen=True, slots=True)
class Figures:
    """The whole country."""

    regions: tuple[PublicRegion, ...]
    earned: Earned | None
    weeks: tuple[Week, ...]
    last_day: date

    @property
    def shops(self) -> list[PublicShop]:
        """All shops."""
        return [one for part in self.regions for one in part.shops]


class _Sums(NamedTuple):
    """What the visits of one week found, together; as the tables of sums have it."""

    visits: int = 0
    till_visits: int = 0
    cash_due_tenge: int = 0
    cash_paid_tenge: int = 0
    shelf_visits: int = 0
    goods_due_tenge: int = 0
    goods_paid_tenge: int = 0

    def to_week(self, monday: date) -> Week:
        return Week(
            monday,
            self.visits if self.visits >= VISITS_MIN else None,
            _per_mille(self.till_visits, self.cash_due_tenge, self.cash_paid_tenge),
            _per_mille(self.shelf_visits, self.goods_due_tenge, self.goods_paid_tenge),
        )


_Weeks = dict[date, _Sums]
_NOTHING = _Sums()


def figures(connection: Connection, now_ms: int, weeks: int = WEEKS_SHOWN) -> Figures:
    """Everything that the public pages show."""
    last_day = last_sunday(day_of(now_ms))
    by_shop = _weeks_of_shops(connection, last_day - weeks * _WEEK, last_day)
    earned = _earned_of_shops(connection, last_day)
    shops: dict[str, list[PublicShop]] = defaultdict(list)
    of_region: dict[str, _Weeks] = defaultdict(dict)
    for row in connection.execute(select(shop).order_by(shop.c.name, shop.c.slug)):
        own = by_shop.get(row.shop_id, {})
        until, sums = earned.get(row.shop_id, (None, None))
        shops[row.region_code].append(
            PublicShop(row.slug, row.name, row.cause, row.region_code, until, sums, _as_weeks(own))
        )
        _add_weeks(of_region[row.region_code], own)
    regions = []
    country: _Weeks = {}
    for row in connection.execute(select(region).order_by(region.c.region_code)):
        code = row.region_code
        if code not in shops:
            continue
        names = {"kk": row.name_kk, "ru": row.name_ru, "en": row.name_en}
        own_shops = tuple(shops[code])
        regions.append(
            PublicRegion(
                code,
                names,
                own_shops,
                _sum(one.earned for one in own_shops),
                _as_weeks(of_region[code]),
            )
        )
        _add_weeks(country, of_region[code])
    return Figures(
        tuple(regions), _sum(part.earned for part in regions), _as_weeks(country), last_day
    )


def last_sunday(today: date) -> date:
    """The end of the last week that is over."""
    return today - timedelta(days=today.weekday() + 1)


def monday_of(day: date) -> date:
    """The Monday of a day's week."""
    return day - timedelta(days=day.weekday())


def stretch_end(counts: Iterable[tuple[int, int]]) -> int | None:
    """The last week of the last whole stretch.

    Args:
        counts: week, and how many counts of the box it had on a day or in all; weeks in order.
    """
    gathered, end, week_before = 0, None, None
    for week, count in counts:
        if week != week_before and gathered >= VISITS_MIN:
            gathered = 0
        gathered, week_before = gathered + count, week
        if gathered >= VISITS_MIN:
            end = week
    return end


def _earned_of_shops(connection: Connection, last_day: date) -> dict[int, tuple[date, Earned]]:
    rows = connection.execute(
        select(visit.c.shop_id, visit.c.day, func.count())
        .where(visit.c.day <= last_day, visit.c.counted_tenge.isnot(None))
        .group_by(visit.c.shop_id, visit.c.day)
        .order_by(visit.c.shop_id, visit.c.day)
    ).all()
    alike: dict[date, list[int]] = defaultdict(list)
    for shop_id, days in groupby(rows, itemgetter(0)):
        # Weeks by number: a date's arithmetic would cost most of the page.
        week = stretch_end(((day.toordinal() - 1) // 7, count) for _, day, count in days)
        if week is not None:
            alike[date.fromordinal(7 * week + 7)].append(shop_id)
    found = {}
    for end, ids in alike.items():
        for start in range(0, len(ids), _SHOPS_PER_QUERY):
            which = shop.c.shop_id.in_(ids[start : start + _SHOPS_PER_QUERY])
            for shop_id, sums in earned_by_shop(connection, which, _BEGINNING, end).items():
                found[shop_id] = end, sums
    return found


def _weeks_of_shops(connection: Connection, after: date, last_day: date) -> dict[int, _Weeks]:
    days = Period(after + timedelta(days=1), last_day)
    asked = visit_sums(visit.c.day, days, _measured())
    rows = connection.execute(asked.add_columns(visit.c.shop_id).group_by(visit.c.shop_id)).all()
    found: dict[int, _Weeks] = defaultdict(dict)
    mondays: dict[date, date] = {}
    for day, *sums, shop_id in rows:
        monday = mondays.get(day) or mondays.setdefault(day, monday_of(day))
        _add(found[shop_id], monday, sums)
    return found


def _measured() -> ColumnElement[bool]:
    """Visits that counted the box or the shelf; somebody who only filled up found nothing out."""
    return visit.c.counted_tenge.isnot(None) | visit.c.goods_due_tenge.isnot(None)


def _add_weeks(into: _Weeks, more: _Weeks) -> None:
    for monday, sums in more.items():
        _add(into, monday, sums)


def _add(into: _Weeks, monday: date, sums: Iterable[int]) -> None:
    into[monday] = _Sums(*map(add, into.get(monday, _NOTHING), sums))


def _as_weeks(found: Mapping[date, _Sums]) -> tuple[Week, ...]:
    """The newest week first."""
    return tuple(found[monday].to_week(monday) for monday in sorted(found, reverse=True))


def _per_mille(visits: int, due_tenge: int, paid_tenge: int) -> int | None:
    """Paid ÷ due of all together, cut off; None where too few visits stand behind it."""
    if visits < VISITS_MIN or due_tenge <= 0:
        return None
    return paid_tenge * 1000 // due_tenge


def _sum(parts: Iterable[Earned | None]) -> Earned | None:
    known = [part for part in parts if part is not None]
    return sum(known, Earned()) if known else None
