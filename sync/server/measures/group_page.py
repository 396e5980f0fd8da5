"""All that the page of a region says; the country's is :mod:`sync.server.measures.country`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, and_, func, select

from kiosk.domain.ledger import DayTotals, day_of
from sync.server.measures.bands import Funnel, Place, Standing
from sync.server.measures.days import Days, as_days, period_until
from sync.server.measures.group_visits import GroupVisits, group_visits
from sync.server.measures.products import SoldGoods, sold_goods
from sync.server.rollups.groups import by_day
from sync.server.rollups.sums import Sums, by_shop
from sync.server.schema import shop

PLACES = (
    Place.CLEARLY_BELOW,
    Place.PERHAPS_BELOW,
    Place.AS_OTHERS,
    Place.PERHAPS_ABOVE,
    Place.CLEARLY_ABOVE,
    Place.TOO_LITTLE,
)
"""What needs a person first stands first."""

_STEPS = 40
"""Points of a funnel's limit."""


@dataclass(frozen=True, slots=True)
class Member:
    """A shop of the group; ``till`` and ``stock`` are None when nothing was counted."""

    shop_id: int
    slug: str
    name: str
    region_code: str
    sold: DayTotals
    till: Standing | None
    stock: Standing | None

    @property
    def place(self) -> Place:
        """Where it stands at the till."""
        return self.till.place if self.till else Place.TOO_LITTLE


@dataclass(frozen=True, slots=True)
class GroupPage:
    """A region with its shops."""

    days: Days
    visits: GroupVisits
    members: list[Member]
    goods: SoldGoods

    @property
    def shop_count(self) -> int:
        """All of its shops."""
        return len(self.members)

    @property
    def till(self) -> Funnel:
        """Where the shops stand at the till."""
        return self.visits.till

    @property
    def stock(self) -> Funnel:
        """Where the shops stand at the shelf."""
        return self.visits.stock

    @property
    def ratio_floor(self) -> int:
        """Where the axis of weekly ratios begins, per mille."""
        return floor_of(
            one for week in self.visits.weeks for one in (week.till_per_mille, week.stock_per_mille)
        )

    @property
    def funnel_floor(self) -> int:
        """Where the funnel's axis begins: at the lowest shop, not at a limit of a tiny one."""
        return floor_of(member.till.per_mille for member in self.members if member.till)

    @property
    def middle_per_mille(self) -> int:
        """The ratio that shops are compared with."""
        return round(self.till.middle * 1000)

    def at(self, place: Place) -> list[Member]:
        """The shops of one band, by name: within a band nobody is better."""
        return [member for member in self.members if member.place is place]

    def points(self) -> list[list[object]]:
        """For the funnel chart: money due, ratio per mille, name."""
        return [
            [member.till.due_tenge, member.till.per_mille, member.name]
            for member in self.members
            if member.till
        ]

    def limit(self, z: float, *, is_upper: bool) -> list[list[float]]:
        """A limit's line over all sizes that occur."""
        return limit_of(self.till, z, is_upper=is_upper)


def group_page(
    connection: Connection,
    seen: ColumnElement[bool],
    region_code: str,
    now_ms: int,
    days: int,
) -> GroupPage:
    """Reads the page of a region.

    Args:
        connection: one consistent view.
        seen: the reader's own condition on ``shop``.
        region_code: a region that the reader may see; the caller has looked.
        now_ms: the server's time.
        days: how long the period is.
    """
    within = and_(seen, shop.c.region_code == region_code)
    today = day_of(now_ms)
    period = period_until(today, days)
    of_shops = by_shop(connection, within, period, today)
    of_days = by_day(connection, within, period, today)
    visits = group_visits(connection, period, of_shops, of_days)
    return GroupPage(
        as_days(period, of_days),
        visits,
        _members(connection, within, of_shops, visits),
        sold_goods(connection, region_code, period, today),
    )


def limit_of(funnel: Funnel, z: float, *, is_upper: bool) -> list[list[float]]:
    """A funnel's limit as a line over all sizes that occur."""
    sizes = [one.due_tenge for one in funnel.standings]
    low, high = min(sizes), max(sizes)
    ratio = (high / low) ** (1 / _STEPS)
    return [
        [round(low * ratio**n), round(funnel.limits_per_mille(low * ratio**n, z)[is_upper])]
        for n in range(_STEPS + 1)
    ]


def floor_of(ratios: Iterable[int | None]) -> int:
    """700 per mille, or the hundred below the lowest ratio."""
    return min(700, min((one for one in ratios if one is not None), default=700) // 100 * 100)


_NOTHING = Sums()


def _members(
    connection: Connection,
    within: ColumnElement[bool],
    sums: Mapping[int, Sums],
    visits: GroupVisits,
) -> list[Member]:
    at_till = {one.shop_id: one for one in visits.till.standings}
    at_shelf = {one.shop_id: one for one in visits.stock.standings}
    rows = connection.execute(select(shop).where(within).order_by(func.lower(shop.c.name))).all()
    return [
        Member(
            row.shop_id,
            row.slug,
            row.name,
            row.region_code,
            sums.get(row.shop_id, _NOTHING).sold,
            at_till.get(row.shop_id),
            at_shelf.get(row.shop_id),
        )
        for row in rows
    ]
