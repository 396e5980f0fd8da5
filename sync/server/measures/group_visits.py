"""What the visits to many shops found, from the rows that are kept while journals come in."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import ColumnElement, Connection, select

from sync.server.measures.bands import Found
from sync.server.schema import shop
from sync.server.schema.rollups import visit


@dataclass(frozen=True, slots=True)
class Week:
    """Seven days from a Monday, all shops of a group together; None where nothing was counted."""

    monday: date
    till_per_mille: int | None
    stock_per_mille: int | None
    visits: int


@dataclass(frozen=True, slots=True)
class GroupVisits:
    """The visits of a period: as found at the till and at the shelf, and when."""

    till: list[Found]
    stock: list[Found]
    count: int
    weeks: list[Week]


def group_visits(
    connection: Connection, seen: ColumnElement[bool], first: date, last: date
) -> GroupVisits:
    """All visits from ``first`` to ``last`` to shops that fit the condition ``seen`` on ``shop``."""
    rows = connection.execute(
        select(
            visit.c.shop_id,
            visit.c.day,
            visit.c.difference_tenge,
            visit.c.cash_due_tenge,
            visit.c.goods_due_tenge,
            visit.c.goods_paid_tenge,
        )
        .join(shop, shop.c.shop_id == visit.c.shop_id)
        .where(seen, visit.c.day.between(first, last))
    ).all()
    till, stock, days = [], [], []
    for shop_id, day, difference, cash_due, goods_due, goods_paid in rows:
        days.append(day)
        if difference is not None and cash_due is not None and cash_due > 0:
            till.append((day, Found(shop_id, cash_due, cash_due + difference)))
        if goods_due is not None and goods_paid is not None and goods_due > 0:
            stock.append((day, Found(shop_id, goods_due, goods_paid)))
    mondays = sorted({_monday(first + timedelta(days=n)) for n in range((last - first).days + 1)})
    return GroupVisits(
        [found for _, found in till],
        [found for _, found in stock],
        len(rows),
        [
            Week(
                monday,
                _ratio(found for day, found in till if _monday(day) == monday),
                _ratio(found for day, found in stock if _monday(day) == monday),
                sum(_monday(day) == monday for day in days),
            )
            for monday in mondays
        ],
    )


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _ratio(found: Iterable[Found]) -> int | None:
    """Paid ÷ due of all together, per mille, cut off."""
    all_found = list(found)
    due = sum(one.due_tenge for one in all_found)
    return sum(one.paid_tenge for one in all_found) * 1000 // due if due else None
