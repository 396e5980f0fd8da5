"""All that the page of a region or of the country says."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from operator import attrgetter

from sqlalchemy import ColumnElement, Connection, and_, func, select

from kiosk.domain.ledger import DayTotals, day_of
from sync.server.measures.bands import Funnel, Place, Standing
from sync.server.measures.days import Days, as_days, period_until
from sync.server.measures.group_visits import GroupVisits, group_visits
from sync.server.measures.products import SoldGoods, sold_goods
from sync.server.rollups.sums import Sums, by_day, by_shop
from sync.server.schema import region, shop

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
class RegionLine:
    """A region of the country."""

    code: str
    names: Mapping[str, str]
    shops: int
    sold: DayTotals
    till_per_mille: int | None
    stock_per_mille: int | None


@dataclass(frozen=True, slots=True)
class GroupPage:
    """A region, or the country with its regions."""

    days: Days
    visits: GroupVisits
    members: list[Member]
    goods: SoldGoods
    regions: list[RegionLine]

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
        return _floor(
            one for week in self.visits.weeks for one in (week.till_per_mille, week.stock_per_mille)
        )

    @property
    def funnel_floor(self) -> int:
        """Where the funnel's axis begins: at the lowest shop, not at a limit of a tiny one."""
        return _floor(member.till.per_mille for member in self.members if member.till)

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
        sizes = [one.due_tenge for one in self.till.standings]
        low, high = min(sizes), max(sizes)
        ratio = (high / low) ** (1 / _STEPS)
        return [
            [round(low * ratio**n), round(self.till.limits_per_mille(low * ratio**n, z)[is_upper])]
            for n in range(_STEPS + 1)
        ]


def group_page(
    connection: Connection,
    seen: ColumnElement[bool],
    region_code: str | None,
    now_ms: int,
    days: int,
) -> GroupPage:
    """Reads the page of a region, or of the country when ``region_code`` is None.

    Args:
        connection: one consistent view.
        seen: the reader's own condition on ``shop``.
        region_code: a region that the reader may see; the caller has looked.
        now_ms: the server's time.
        days: how long the period is.
    """
    within = seen if region_code is None else and_(seen, shop.c.region_code == region_code)
    today = day_of(now_ms)
    period = period_until(today, days)
    of_shops = by_shop(connection, within, period, today)
    of_days = by_day(connection, within, period, today)
    visits = group_visits(connection, period, of_shops, of_days)
    members = _members(connection, within, of_shops, visits)
    return GroupPage(
        as_days(period, of_days),
        visits,
        members,
        sold_goods(connection, region_code, period, today),
        [] if region_code else _regions(connection, members),
    )


def _floor(ratios: Iterable[int | None]) -> int:
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


def _regions(connection: Connection, members: list[Member]) -> list[RegionLine]:
    lines = []
    by_region: dict[str, list[Member]] = {}
    for member in members:
        by_region.setdefault(member.region_code, []).append(member)
    for row in connection.execute(select(region).order_by(region.c.region_code)):
        if own := by_region.get(row.region_code):
            names = {"kk": row.name_kk, "ru": row.name_ru, "en": row.name_en}
            lines.append(_region(row.region_code, names, own))
    return lines


def _region(code: str, names: Mapping[str, str], own: list[Member]) -> RegionLine:
    sold = DayTotals(*map(sum, zip(*(_numbers(member.sold) for member in own), strict=True)))
    return RegionLine(
        code,
        names,
        len(own),
        sold,
        _ratio(member.till for member in own),
        _ratio(member.stock for member in own),
    )


_numbers = attrgetter(*DayTotals.__slots__)


def _ratio(standings: Iterable[Standing | None]) -> int | None:
    told = [one for one in standings if one]
    due = sum(one.due_tenge for one in told)
    return sum(one.paid_tenge for one in told) * 1000 // due if due else None
