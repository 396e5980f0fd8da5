"""Sales day by day, of a shop, a region or the country."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import Connection

from kiosk.domain.ledger import DayTotals
from sync.server.rollups.period_sums import Period, sold_sums
from sync.server.rollups.periods import PERIODS_DAYS
from sync.server.rollups.sums import Sums
from sync.server.schema import shop_day

TOTALS = tuple(DayTotals.__slots__)
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


def days_of(connection: Connection, shop_id: int, today: date, count: int) -> Days:
    """A shop's last ``count`` days; the caller answers for the reader seeing it."""
    period = period_until(today, count)
    rows = connection.execute(sold_sums(shop_day.c.day, period, shop_day.c.shop_id == shop_id))
    return as_days(period, {day: Sums(*map(int, sums)) for day, *sums in rows})


def period_until(today: date, count: int) -> Period:
    """So many days, today the last of them."""
    return Period(today - timedelta(days=count - 1), today)


def as_days(period: Period, sums: Mapping[date, Sums]) -> Days:
    """Every day of a period."""
    days = [period.first + timedelta(days=n) for n in range((period.last - period.first).days + 1)]
    return Days(tuple(days), tuple(sums.get(day, _NOTHING).sold for day in days))


_NOTHING = Sums()
