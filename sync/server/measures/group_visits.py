"""What the visits to many shops found, from the sums that are kept while journals come in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import Connection, select

from sync.server.measures.bands import Found, Funnel, Total, funnel
from sync.server.rollups.period_sums import Period
from sync.server.rollups.sums import Sums
from sync.server.schema.rollups import visit

SPREAD_VISITS_MAX = 500
"""Of so many visits the spread is known to 7 %, the limits' width to 4 %: a large group's other
visits would only take time."""
_GOLDEN = 2_654_435_761
"""2³² ÷ the golden ratio: multiplied by it, neighbouring numbers end up far from each other."""


@dataclass(frozen=True, slots=True)
class Week:
    """Seven days from a Monday, all shops of a group together; None where nothing was counted."""

    monday: date
    till_per_mille: int | None
    stock_per_mille: int | None
    visits: int


@dataclass(frozen=True, slots=True)
class GroupVisits:
    """The visits of a period: where shops stand by them at the till and at the shelf, and when."""

    till: Funnel
    stock: Funnel
    count: int
    weeks: list[Week]


def group_visits(
    connection: Connection, period: Period, shops: Mapping[int, Sums], days: Mapping[date, Sums]
) -> GroupVisits:
    """All visits of a period to a group of shops.

    Args:
        connection: one consistent view.
        period: its days.
        shops: the sums of each shop that the reader may see.
        days: the sums of each day.
    """
    till = [
        Total(shop_id, x.till_visits, x.cash_due_tenge, x.cash_paid_tenge)
        for shop_id, x in shops.items()
    ]
    stock = [
        Total(shop_id, x.shelf_visits, x.goods_due_tenge, x.goods_paid_tenge)
        for shop_id, x in shops.items()
    ]
    at_till, at_shelf = _one_by_one(connection, period, shops)
    return GroupVisits(
        funnel(till, at_till),
        funnel(stock, at_shelf),
        sum(one.visits for one in shops.values()),
        list(weeks_of(period, days)),
    )


def _one_by_one(
    connection: Connection, period: Period, shops: Mapping[int, Sums]
) -> tuple[list[Found], list[Found]]:
    """The visits to shops that chance chose, the same ones each time: at the till, at the shelf."""
    rows = connection.execute(
        select(
            visit.c.shop_id,
            visit.c.difference_tenge,
            visit.c.cash_due_tenge,
            visit.c.goods_due_tenge,
            visit.c.goods_paid_tenge,
        ).where(
            visit.c.shop_id.in_(_chosen({key: one.visits for key, one in shops.items()})),
            visit.c.day.between(*period),
        )
    ).all()
    till, stock = [], []
    for shop_id, difference, cash_due, goods_due, goods_paid in rows:
        if difference is not None and cash_due is not None:
            till.append(Found(shop_id, cash_due, cash_due + difference))
        if goods_due is not None and goods_paid is not None:
            stock.append(Found(shop_id, goods_due, goods_paid))
    return till, stock


def at_till(connection: Connection, period: Period, visits: Mapping[int, int]) -> list[Found]:
    """What single visits found at the till, of shops that chance chose.

    Args:
        connection: one consistent view.
        period: its days.
        visits: how many of them compared cash, of each shop.
    """
    rows = connection.execute(
        select(
            visit.c.shop_id,
            visit.c.cash_due_tenge,
            visit.c.cash_due_tenge + visit.c.difference_tenge,
        ).where(
            visit.c.shop_id.in_(_chosen(visits)),
            visit.c.day.between(*period),
            visit.c.difference_tenge.is_not(None),
            visit.c.cash_due_tenge > 0,
        )
    )
    return [Found(*row) for row in rows.all()]


def _chosen(visits: Mapping[int, int]) -> list[int]:
    """As many shops as have enough visits together."""
    visited = (shop_id for shop_id, count in visits.items() if count)
    found, count = [], 0
    for shop_id in sorted(visited, key=lambda shop_id: shop_id * _GOLDEN % 2**32):
        found.append(shop_id)
        count += visits[shop_id]
        if count >= SPREAD_VISITS_MAX:
            break
    return found


def weeks_of(period: Period, days: Mapping[date, Sums]) -> Iterator[Week]:
    """From the Monday of the first day on."""
    monday = period.first - timedelta(days=period.first.weekday())
    while monday <= period.last:
        found = [days[day] for n in range(7) if (day := monday + timedelta(days=n)) in days]
        yield Week(
            monday,
            _ratio(sum(x.cash_paid_tenge for x in found), sum(x.cash_due_tenge for x in found)),
            _ratio(sum(x.goods_paid_tenge for x in found), sum(x.goods_due_tenge for x in found)),
            sum(x.visits for x in found),
        )
        monday += timedelta(days=7)


def _ratio(paid: int, due: int) -> int | None:
    """Per mille, cut off."""
    return paid * 1000 // due if due else None
