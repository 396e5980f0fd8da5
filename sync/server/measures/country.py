"""All that the page of the country says: its regions, and the few shops that stand out.

Regions are compared as shops are within a region (:mod:`sync.server.measures.bands`); the shops of
a region take the place of a shop's visits: how much they differ among themselves says how far a
region may be from the others by chance.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, func, select

from kiosk.domain.ledger import DayTotals, day_of
from sync.server.measures.bands import Found, Funnel, Place, Standing, Total, funnel
from sync.server.measures.days import Days, as_days, period_until
from sync.server.measures.group_page import floor_of, limit_of
from sync.server.measures.group_visits import Week, at_till, weeks_of
from sync.server.measures.products import SoldGoods, sold_goods
from sync.server.rollups.groups import by_region_and_day
from sync.server.rollups.period_sums import Period
from sync.server.rollups.sums import Sums, places_of, some_by_shop
from sync.server.schema import region, shop

STANDING_OUT_MAX = 25
"""Of a thousand shops that are all alike two are outside the outer limits by chance."""
_TILL = ("till_visits", "cash_due_tenge", "cash_paid_tenge")


@dataclass(frozen=True, slots=True)
class RegionLine:
    """A region; ``till`` is None when nothing was counted there."""

    code: str
    names: Mapping[str, str]
    shops: int
    sold: DayTotals
    till: Standing | None
    stock_per_mille: int | None

    @property
    def place(self) -> Place:
        """Where it stands at the till."""
        return self.till.place if self.till else Place.TOO_LITTLE


@dataclass(frozen=True, slots=True)
class OddShop:
    """A shop clearly below all others of the country."""

    slug: str
    name: str
    region_code: str
    till: Standing


@dataclass(frozen=True, slots=True)
class CountryPage:
    """The country. ``till``: its regions; ``places``: how many shops stand where;
    ``odd_shops``: the first of those clearly below the others, by name."""

    days: Days
    weeks: list[Week]
    visit_count: int
    regions: list[RegionLine]
    till: Funnel
    stock_per_mille: int | None
    places: Mapping[Place, int]
    odd_shops: list[OddShop]
    goods: SoldGoods

    @property
    def shop_count(self) -> int:
        """All shops."""
        return sum(line.shops for line in self.regions)

    @property
    def ratio_floor(self) -> int:
        """Where the axis of weekly ratios begins, per mille."""
        return floor_of(
            x for week in self.weeks for x in (week.till_per_mille, week.stock_per_mille)
        )

    @property
    def funnel_floor(self) -> int:
        """Where the funnel's axis begins."""
        return floor_of(line.till.per_mille for line in self.regions if line.till)

    @property
    def middle_per_mille(self) -> int:
        """The ratio that regions are compared with."""
        return round(self.till.middle * 1000)

    def at(self, place: Place) -> list[RegionLine]:
        """The regions of one band, by code: within a band none is better."""
        return [line for line in self.regions if line.place is place]

    def points(self, language: str) -> list[list[object]]:
        """For the funnel chart: money due, ratio per mille, name."""
        return [
            [line.till.due_tenge, line.till.per_mille, line.names[language]]
            for line in self.regions
            if line.till
        ]

    def limit(self, z: float, *, is_upper: bool) -> list[list[float]]:
        """A limit's line over all sizes that occur."""
        return limit_of(self.till, z, is_upper=is_upper)


def country_page(
    connection: Connection, seen: ColumnElement[bool], now_ms: int, days: int
) -> CountryPage:
    """Reads the country's page.

    Args:
        connection: one consistent view.
        seen: the reader's own condition on ``shop``.
        now_ms: the server's time.
        days: how long the period is.
    """
    today = day_of(now_ms)
    period = period_until(today, days)
    places = places_of(connection, seen, today)
    of_regions, of_days = by_region_and_day(connection, seen, period, today, places)
    of_shops = some_by_shop(connection, seen, period, today, _TILL, places)
    rows = connection.execute(select(shop.c.shop_id, shop.c.region_code).where(seen)).all()
    where = {int(row.shop_id): str(row.region_code) for row in rows}
    regions = _funnel_of_regions(of_regions, of_shops, where)
    shops = _funnel_of_shops(connection, period, of_shops)
    return CountryPage(
        as_days(period, of_days),
        list(weeks_of(period, of_days)),
        sum(one.visits for one in of_regions.values()),
        _lines(connection, of_regions, Counter(where.values()), regions),
        regions,
        _stock_per_mille(of_regions.values()),
        Counter(one.place for one in shops.standings),
        _odd(connection, seen, shops),
        sold_goods(connection, None, period, today),
    )


def _funnel_of_regions(
    sums: Mapping[str, Sums], of_shops: Mapping[int, tuple[int, ...]], where: Mapping[int, str]
) -> Funnel:
    """Where regions stand; a standing's ``shop_id`` is the number that a region's code is."""
    counted = [
        Found(int(where[shop_id]), due, paid)
        for shop_id, (_, due, paid) in of_shops.items()
        if due > 0
    ]
    shops = Counter(one.shop_id for one in counted)
    totals = (
        Total(int(code), shops[int(code)], one.cash_due_tenge, one.cash_paid_tenge)
        for code, one in sums.items()
    )
    return funnel(totals, counted)


def _funnel_of_shops(
    connection: Connection, period: Period, of_shops: Mapping[int, tuple[int, ...]]
) -> Funnel:
    totals = [Total(shop_id, *one) for shop_id, one in of_shops.items()]
    visits = {shop_id: count for shop_id, (count, *_) in of_shops.items()}
    return funnel(totals, at_till(connection, period, visits))


def _lines(
    connection: Connection, sums: Mapping[str, Sums], shops: Mapping[str, int], till: Funnel
) -> list[RegionLine]:
    standings = {one.shop_id: one for one in till.standings}
    nothing = Sums()
    return [
        RegionLine(
            row.region_code,
            {"kk": row.name_kk, "ru": row.name_ru, "en": row.name_en},
            shops[row.region_code],
            sums.get(row.region_code, nothing).sold,
            standings.get(int(row.region_code)),
            _stock_per_mille([sums.get(row.region_code, nothing)]),
        )
        for row in connection.execute(select(region).order_by(region.c.region_code))
        if row.region_code in shops
    ]


def _stock_per_mille(sums: Iterable[Sums]) -> int | None:
    found = list(sums)
    due = sum(one.goods_due_tenge for one in found)
    return sum(one.goods_paid_tenge for one in found) * 1000 // due if due else None


def _odd(connection: Connection, seen: ColumnElement[bool], shops: Funnel) -> list[OddShop]:
    below = {one.shop_id: one for one in shops.standings if one.place is Place.CLEARLY_BELOW}
    if not below:
        return []
    rows = connection.execute(
        select(shop.c.shop_id, shop.c.slug, shop.c.name, shop.c.region_code)
        .where(seen, shop.c.shop_id.in_(sorted(below)))
        .order_by(func.lower(shop.c.name), shop.c.shop_id)
        .limit(STANDING_OUT_MAX)
    )
    return [OddShop(slug, name, code, below[key]) for key, slug, name, code in rows]
