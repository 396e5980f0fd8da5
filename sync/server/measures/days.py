"""Sales day by day, of a shop, a region or the country, from the rollup."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import ColumnElement, Connection, func, select

from kiosk.domain.ledger import DayTotals
from sync.server.schema import shop, shop_day

TOTALS = tuple(DayTotals.__slots__)
PERIODS_DAYS = (7, 30, 90, 365)
PERIOD_DAYS_DEFAULT = 30


@dataclass(frozen=True, slots=True)
class Days:
    """Consecutive days up to today, those without a sale among them."""

    days: tuple[date, ...]
    totals: tuple[DayTotals, ...]

    @property
    def sum(self) -> DayTotals:
        """Of the whole period."""
        return DayTotals(
            **{name: sum(getattr(one, name) for one in self.totals) for name in TOTALS}
        )

    def values(self, name: str) -> list[int]:
        """One figure of each day, for a chart."""
        return [getattr(one, name) for one in self.totals]


def period_of(days: int | None) -> int:
    """One of the periods that pages offer."""
    return days if days in PERIODS_DAYS else PERIOD_DAYS_DEFAULT


def days_of(connection: Connection, seen: ColumnElement[bool], today: date, count: int) -> Days:
    """The last ``count`` days of all shops that fit the condition ``seen`` on ``shop``."""
    first = today - timedelta(days=count - 1)
    sums = [func.sum(shop_day.c[name]).label(name) for name in TOTALS]
    rows = connection.execute(
        select(shop_day.c.day, *sums)
        .join(shop, shop.c.shop_id == shop_day.c.shop_id)
        .where(seen, shop_day.c.day.between(first, today))
        .group_by(shop_day.c.day)
    ).mappings()
    # PostgreSQL sums big integers into decimals.
    found = {row["day"]: DayTotals(**{name: int(row[name]) for name in TOTALS}) for row in rows}
    days = tuple(first + timedelta(days=n) for n in range(count))
    return Days(days, tuple(found.get(day, DayTotals()) for day in days))


def sums_by_shop(
    connection: Connection, seen: ColumnElement[bool], today: date, count: int
) -> dict[int, DayTotals]:
    """What each shop sold in the last ``count`` days; shops without sales are missing."""
    sums = [func.sum(shop_day.c[name]).label(name) for name in TOTALS]
    rows = connection.execute(
        select(shop_day.c.shop_id, *sums)
        .join(shop, shop.c.shop_id == shop_day.c.shop_id)
        .where(seen, shop_day.c.day.between(today - timedelta(days=count - 1), today))
        .group_by(shop_day.c.shop_id)
    ).mappings()
    return {row["shop_id"]: DayTotals(**{name: int(row[name]) for name in TOTALS}) for row in rows}
