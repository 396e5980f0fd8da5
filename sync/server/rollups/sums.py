"""What shops sold and what visits found over days: from kept sums where they are, else from days.

Kept sums (:mod:`sync.server.rollups.periods`) are of closed days; today's are always added up.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from operator import add
from typing import Any, NamedTuple, TypeVar

from sqlalchemy import (
    ColumnElement,
    Connection,
    Integer,
    Select,
    and_,
    case,
    cast,
    func,
    select,
)

from kiosk.domain.ledger import DayTotals
from sync.server.accounts.roles import of_shops
from sync.server.rollups.period_sums import SOLD_SUMS, Period, sold_sums, visit_sums
from sync.server.rollups.periods import kept_periods, regions_kept
from sync.server.schema import shop, shop_day
from sync.server.schema.rollups import DAY_SUMS, VISIT_SUMS, shop_period, visit

_DAY = timedelta(days=1)
_ZEROS = (0,) * len(DAY_SUMS)
_SOLD = len(SOLD_SUMS)


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


class Places(NamedTuple):
    """Regions with shops that fit a condition; those of which it leaves no shop out, whose own sums
    are therefore the reader's; those whose sums of closed days are kept."""

    seen: set[str]
    whole: set[str]
    kept: set[str]


def places_of(connection: Connection, seen: ColumnElement[bool], today: date) -> Places:
    """Of the condition ``seen`` on ``shop``."""
    seen_shops = func.sum(cast(case((seen, 1), else_=0), Integer))
    rows = connection.execute(
        select(shop.c.region_code, seen_shops, func.count()).group_by(shop.c.region_code)
    ).all()
    return Places(
        {code for code, some, _ in rows if some},
        {code for code, some, every in rows if some == every},
        regions_kept(connection, today),
    )


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
    found = some_by_shop(connection, seen, period, today, DAY_SUMS)
    return {shop_id: Sums(*one) for shop_id, one in found.items()}


def some_by_shop(
    connection: Connection,
    seen: ColumnElement[bool],
    period: Period,
    today: date,
    names: Sequence[str],
    places: Places | None = None,
) -> dict[int, tuple[int, ...]]:
    """As :func:`by_shop`, some of the sums alone: a thousand shops' thirteen take their time.

    Args:
        names: of :class:`Sums`, in its order.
        places: of the same condition, if they are known already.
    """
    found: dict[int, tuple[int, ...]] = {}
    places = places or places_of(connection, seen, today)
    kept = places.kept
    sold_names = [name for name in names if name in SOLD_SUMS]
    visit_names = [name for name in names if name in VISIT_SUMS]
    for part in parts_of(period, today):
        loose = seen
        if part.is_kept and kept:
            in_kept = shop.c.region_code.in_(sorted(kept))
            asked = _kept(part.period, and_(seen, in_kept), names)
            add_up(found, 0, len(names), connection.execute(asked).all())
            loose = and_(seen, ~in_kept)
            if not places.seen - kept:
                continue
        if sold_names:
            here = of_shops(shop_day.c.shop_id, loose)
            sold = sold_sums(shop_day.c.shop_id, part.period, here, sold_names)
            add_up(found, 0, len(names), connection.execute(sold).all())
        if visit_names:
            here = of_shops(visit.c.shop_id, loose)
            came = visit_sums(visit.c.shop_id, part.period, here, visit_names)
            add_up(found, len(sold_names), len(names), connection.execute(came).all())
    return {shop_id: found[shop_id] for shop_id in sorted(found)}


K = TypeVar("K")


def add_up(
    found: dict[K, tuple[int, ...]], at: int, width: int, rows: Iterable[Sequence[Any]]
) -> None:
    """Adds rows of a key and its sums, which begin at a place of so many."""
    for key, *sums in rows:
        more = (*_ZEROS[:at], *sums, *_ZEROS[at + len(sums) : width])
        had = found.get(key)
        found[key] = more if had is None else tuple(map(add, had, more))


def _kept(period: Period, seen: ColumnElement[bool], names: Sequence[str]) -> Select[Any]:
    return (
        select(shop_period.c.shop_id, *(shop_period.c[name] for name in names))
        .join(shop, shop.c.shop_id == shop_period.c.shop_id)
        .where(seen, shop_period.c.first_day == period.first, shop_period.c.last_day == period.last)
    )


def _any(connection: Connection, seen: ColumnElement[bool]) -> bool:
    return connection.execute(select(shop.c.shop_id).where(seen).limit(1)).first() is not None
