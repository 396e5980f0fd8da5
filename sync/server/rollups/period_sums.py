"""What days add up to, as statements: of shops, of days, of products."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Insert,
    Select,
    Table,
    and_,
    case,
    cast,
    func,
    insert,
    literal,
    select,
)

from sync.server.schema import shop, shop_day
from sync.server.schema.rollups import (
    DAY_SUMS,
    VISIT_SUMS,
    product_period,
    region_day,
    region_product_day,
    shop_period,
    visit,
)


class Period(NamedTuple):
    """Days from ``first`` to ``last``, both included."""

    first: date
    last: date


def making(
    region_code: str, periods: Sequence[Period], only: Table | None = None
) -> Iterator[Insert]:
    """The statements that make a region's sums of periods; of one of the tables alone."""
    if only in (None, shop_period):
        for period in periods:
            yield insert(shop_period).from_select(
                list(shop_period.c.keys()), _of_shops(region_code, period)
            )
    if only in (None, product_period):
        for period in periods:
            yield insert(product_period).from_select(
                list(product_period.c.keys()), _of_products(region_code, period)
            )
    if only in (None, region_day):
        all_days = Period(min(x.first for x in periods), max(x.last for x in periods))
        yield insert(region_day).from_select(
            list(region_day.c.keys()), _of_days(region_code, all_days)
        )


def shops_of(region_code: str) -> Select[Any]:
    """The ids of a region's shops."""
    return select(shop.c.shop_id).where(shop.c.region_code == region_code)


def _of_shops(region_code: str, period: Period) -> Select[Any]:
    """Every shop, also one without a sale: who is missing has no sums yet."""
    sold = sold_sums(shop_day.c.shop_id, period, shop_day.c.shop_id.in_(shops_of(region_code)))
    seen = visit_sums(visit.c.shop_id, period, visit.c.shop_id.in_(shops_of(region_code)))
    a, b = sold.subquery("sold"), seen.subquery("seen")
    sums = [func.coalesce((b if x in VISIT_SUMS else a).c[x], 0).label(x) for x in DAY_SUMS]
    return (
        select(
            shop.c.shop_id, _day(period.first, "first_day"), _day(period.last, "last_day"), *sums
        )
        .outerjoin(a, a.c.shop_id == shop.c.shop_id)
        .outerjoin(b, b.c.shop_id == shop.c.shop_id)
        .where(shop.c.region_code == region_code)
    )


def _of_days(region_code: str, period: Period) -> Select[Any]:
    """Days on which something was sold or somebody came."""
    here = shops_of(region_code)
    sold = sold_sums(shop_day.c.day, period, shop_day.c.shop_id.in_(here))
    seen = visit_sums(visit.c.day, period, visit.c.shop_id.in_(here))
    a, b = sold.subquery("sold"), seen.subquery("seen")
    days = select(a.c.day).union(select(b.c.day)).subquery("days")
    sums = [func.coalesce((b if x in VISIT_SUMS else a).c[x], 0).label(x) for x in DAY_SUMS]
    return (
        select(literal(region_code).label("region_code"), days.c.day, *sums)
        .outerjoin(a, a.c.day == days.c.day)
        .outerjoin(b, b.c.day == days.c.day)
    )


def _of_products(region_code: str, period: Period) -> Select[Any]:
    goods = region_product_day
    return (
        select(
            goods.c.region_code,
            _day(period.first, "first_day"),
            _day(period.last, "last_day"),
            goods.c.product_id,
            func.sum(goods.c.quantity).label("quantity"),
            func.sum(goods.c.tenge).label("tenge"),
        )
        .where(goods.c.region_code == region_code, goods.c.day.between(*period))
        .group_by(goods.c.region_code, goods.c.product_id)
    )


def _day(day: date, name: str) -> ColumnElement[Any]:
    return literal(day, shop_period.c.first_day.type).label(name)


_TILL = and_(visit.c.difference_tenge.is_not(None), visit.c.cash_due_tenge > 0)
_SHELF = and_(visit.c.goods_paid_tenge.is_not(None), visit.c.goods_due_tenge > 0)
_ONE = literal(1)


def _sum(column: ColumnElement[Any]) -> ColumnElement[int]:
    """PostgreSQL sums big integers into decimals, which are slow to read."""
    return cast(func.sum(column), BigInteger)


_VISIT_SUMS: Mapping[str, ColumnElement[Any]] = {
    "visits": func.count(),
    "till_visits": _sum(case((_TILL, _ONE), else_=0)),
    "cash_due_tenge": _sum(case((_TILL, visit.c.cash_due_tenge), else_=0)),
    "cash_paid_tenge": _sum(
        case((_TILL, visit.c.cash_due_tenge + visit.c.difference_tenge), else_=0)
    ),
    "shelf_visits": _sum(case((_SHELF, _ONE), else_=0)),
    "goods_due_tenge": _sum(case((_SHELF, visit.c.goods_due_tenge), else_=0)),
    "goods_paid_tenge": _sum(case((_SHELF, visit.c.goods_paid_tenge), else_=0)),
}


SOLD_SUMS = tuple(name for name in DAY_SUMS if name not in VISIT_SUMS)
# Made once: a page asks for thirteen of them five times over.
_LABELLED: Mapping[str, ColumnElement[Any]] = {
    **{name: _sum(shop_day.c[name]).label(name) for name in SOLD_SUMS},
    **{name: found.label(name) for name, found in _VISIT_SUMS.items()},
}


def sold_sums(
    by: ColumnElement[Any],
    period: Period,
    where: ColumnElement[bool],
    names: Sequence[str] = SOLD_SUMS,
) -> Select[Any]:
    """Of ``shop_day``, by one of its columns."""
    sums = [_LABELLED[name] for name in names]
    return select(by, *sums).where(where, shop_day.c.day.between(*period)).group_by(by)


def visit_sums(
    by: ColumnElement[Any],
    period: Period,
    where: ColumnElement[bool],
    names: Sequence[str] = VISIT_SUMS,
) -> Select[Any]:
    """Of ``visit``, by one of its columns."""
    sums = [_LABELLED[name] for name in names]
    return select(by, *sums).where(where, visit.c.day.between(*period)).group_by(by)
