"""A region's week in figures: what was sold, what was there of what was due, what needs a look.

All of it is of the week itself, so that a report of long ago is the same whenever it is made; a
sale that came in later, from a kiosk without a network, is in it the next time.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import msgspec
from sqlalchemy import Connection, func, select

from kiosk.domain.visit_report import Ratio
from sync.server import catalogues
from sync.server.accounts.roles import Scope
from sync.server.export.weekly_events import EVENTS, events
from sync.server.problems import ProblemError
from sync.server.schema import region, shop, shop_day
from sync.server.schema.rollups import region_product_day, visit

WEEK_DAYS = 7
PRODUCTS_SHOWN = 10
GAP_TENGE_MIN = 500
GAP_PER_MILLE_MIN = 50
"""A gap is worth a line from 500 ₸ and 5 % on: less is a wrong coin."""
_WEEK = re.compile("([0-9]{4})-W([0-9]{2})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Note:
    """Something to look at: a code and its figure, an amount or a count."""

    code: str
    figure: int = 0


@dataclass(frozen=True, slots=True)
class ShopWeek:
    """One shop's week. Ratios as of :mod:`kiosk.domain.visit_report`, of the week's visits."""

    name: str
    slug: str
    sales: int
    cash_tenge: int
    qr_tenge: int
    left_to_cause_tenge: int
    till: Ratio | None
    stock: Ratio | None
    taken_out_tenge: int
    visits: int
    notes: tuple[Note, ...]

    @property
    def collected_tenge(self) -> int:
        """What shoppers say they left."""
        return self.cash_tenge + self.qr_tenge + self.left_to_cause_tenge


@dataclass(frozen=True, slots=True)
class ProductWeek:
    """A product's week; ``names`` by language, empty for goods without a number."""

    product_id: str
    names: Mapping[str, str]
    quantity: int
    tenge: int


@dataclass(frozen=True, slots=True)
class RegionWeek:
    """A region's week."""

    region_code: str
    region_names: Mapping[str, str]
    first_day: date
    shops: Sequence[ShopWeek]
    products: Sequence[ProductWeek]

    @property
    def last_day(self) -> date:
        """Its Sunday."""
        return self.first_day + timedelta(days=WEEK_DAYS - 1)

    @property
    def till(self) -> Ratio | None:
        """Of all shops together."""
        return _sum_ratio([one.till for one in self.shops])

    @property
    def stock(self) -> Ratio | None:
        """Of all shops together."""
        return _sum_ratio([one.stock for one in self.shops])


def first_day_of(week: str) -> date:
    """``2026-W47`` → its Monday (ISO 8601).

    Raises:
        ProblemError: ``bad_message`` for what is no week.
    """
    match = _WEEK.fullmatch(week)
    try:
        if match:
            return date.fromisocalendar(int(match[1]), int(match[2]), 1)
    except ValueError:
        pass
    raise ProblemError("bad_message", f"{week[:20]!r} is no week; write 2026-W47.")


def week_name(day: date) -> str:
    """``2026-W47`` for any of its days."""
    year, week, _ = day.isocalendar()
    return f"{year:04}-W{week:02}"


def report(connection: Connection, scope: Scope, region_code: str, first_day: date) -> RegionWeek:
    """The week of a region that this person sees as a whole.

    Raises:
        ProblemError: ``not_found`` for any other region, whether it is there or not.
    """
    found = connection.execute(
        select(region).where(region.c.region_code == region_code[:2])
    ).one_or_none()
    if found is None or found.region_code != region_code or not _sees_whole(scope, region_code):
        raise ProblemError("not_found", "There is no such region here.")
    names = {"kk": found.name_kk, "ru": found.name_ru, "en": found.name_en}
    shops = connection.execute(
        select(shop).where(shop.c.region_code == region_code).order_by(shop.c.name, shop.c.slug)
    ).all()
    return RegionWeek(
        region_code,
        names,
        first_day,
        _shops(connection, shops, first_day),
        _products(connection, region_code, first_day),
    )


def _sees_whole(scope: Scope, region_code: str) -> bool:
    return scope.is_national or (scope.shop_id is None and scope.region_code == region_code)


def _shops(connection: Connection, shops: Sequence[Any], first_day: date) -> list[ShopWeek]:
    ids = [one.shop_id for one in shops]
    days = _sums(connection, shop_day, ("sales", "cash_tenge", "qr_tenge", "left_to_cause_tenge"),
                 ids, first_day)  # fmt: skip
    visits = _visits(connection, ids, first_day)
    noted = events(connection, ids, first_day, WEEK_DAYS)
    return [
        _shop_week(
            one, days.get(one.shop_id, {}), visits.get(one.shop_id, []), noted.get(one.shop_id, {})
        )
        for one in shops
    ]


def _shop_week(
    place: Any, sold: Mapping[str, int], visits: Sequence[Any], noted: Mapping[str, int]
) -> ShopWeek:
    counts = [v for v in visits if v.difference_tenge is not None and (v.cash_due_tenge or 0) > 0]
    shelves = [v for v in visits if (v.goods_due_tenge or 0) > 0]
    till = _ratio(
        sum(v.cash_due_tenge + v.difference_tenge for v in counts),
        sum(v.cash_due_tenge for v in counts),
    )
    stock = _ratio(
        sum(v.goods_paid_tenge or 0 for v in shelves), sum(v.goods_due_tenge for v in shelves)
    )
    notes = []
    if not sold.get("sales"):
        notes.append(Note("no_sales"))
    if not visits:
        notes.append(Note("no_visit"))
    notes += [
        Note(code, gap) for code, gap in (("cash", _gap(till)), ("goods", _gap(stock))) if gap
    ]
    notes += [Note(code, noted[code]) for code in EVENTS if noted.get(code)]
    return ShopWeek(
        place.name,
        place.slug,
        sold.get("sales", 0),
        sold.get("cash_tenge", 0),
        sold.get("qr_tenge", 0),
        sold.get("left_to_cause_tenge", 0),
        till,
        stock,
        sum(v.taken_out_tenge for v in visits),
        len(visits),
        tuple(notes),
    )


def _ratio(paid_tenge: int, due_tenge: int) -> Ratio | None:
    return Ratio(paid_tenge, due_tenge) if due_tenge > 0 else None


def _sum_ratio(ratios: Sequence[Ratio | None]) -> Ratio | None:
    known = [one for one in ratios if one is not None]
    return _ratio(sum(one.paid_tenge for one in known), sum(one.due_tenge for one in known))


def _gap(ratio: Ratio | None) -> int:
    """What is missing, or (negative) too much, when it is worth a line; else 0."""
    if ratio is None:
        return 0
    gap_tenge = ratio.due_tenge - ratio.paid_tenge
    is_large = abs(gap_tenge) * 1000 >= ratio.due_tenge * GAP_PER_MILLE_MIN
    return gap_tenge if is_large and abs(gap_tenge) >= GAP_TENGE_MIN else 0


def _sums(
    connection: Connection, table: Any, names: tuple[str, ...], ids: Sequence[int], first_day: date
) -> dict[int, Mapping[str, int]]:
    sums = [func.sum(table.c[name]).label(name) for name in names]
    rows = connection.execute(
        select(table.c.shop_id, *sums)
        .where(table.c.shop_id.in_(ids), *_in_week(table.c.day, first_day))
        .group_by(table.c.shop_id)
    ).mappings()
    # PostgreSQL adds bigints up to numerics.
    return {row["shop_id"]: {name: int(row[name]) for name in names} for row in rows}


def _visits(connection: Connection, ids: Sequence[int], first_day: date) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = {}
    for row in connection.execute(
        select(visit).where(visit.c.shop_id.in_(ids), *_in_week(visit.c.day, first_day))
    ):
        found.setdefault(row.shop_id, []).append(row)
    return found


def _products(connection: Connection, region_code: str, first_day: date) -> list[ProductWeek]:
    table = region_product_day
    tenge = func.sum(table.c.tenge)
    rows = connection.execute(
        select(table.c.product_id, func.sum(table.c.quantity), tenge)
        .where(table.c.region_code == region_code, *_in_week(table.c.day, first_day))
        .group_by(table.c.product_id)
        .having(tenge > 0)
        .order_by(tenge.desc(), table.c.product_id)
        .limit(PRODUCTS_SHOWN)
    ).all()
    names = _names(connection)
    return [ProductWeek(p, names.get(p, {}), int(count), int(sum_)) for p, count, sum_ in rows]


class _Named(msgspec.Struct):
    product_id: str
    names: dict[str, str]


class _Names(msgspec.Struct):
    products: list[_Named]


def _names(connection: Connection) -> dict[str, dict[str, str]]:
    found = catalogues.current_document(connection)
    if found is None:
        return {}
    document = msgspec.json.decode(found[1], type=_Names)
    return {product.product_id: product.names for product in document.products}


def _in_week(column: Any, first_day: date) -> tuple[Any, Any]:
    return column >= first_day, column < first_day + timedelta(days=WEEK_DAYS)
