"""What was sold today, this week and in four weeks: sums, a small chart, what goes best.

Days and their sums come from the ledger at once; hours and products are read from the journal's
last four weeks in the background. What was sold under a wrong clock goes to its true day then, once
the kiosk heard the right time.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from enum import StrEnum

from kiosk.admin.desk import Desk
from kiosk.admin.ports import AdminJournal, Room
from kiosk.admin.true_entries import true_entries
from kiosk.domain.entries import Correction, Entry, Sale
from kiosk.domain.ledger import DayTotals, day_of, fold_all
from kiosk.domain.products import Product

DAY_MS = 86_400_000
HOUR_MS = 3_600_000
OPEN_HOUR, CLOSE_HOUR = 8, 20
"""The day's chart shows at least these hours, more when something was sold outside of them."""
TOP_MAX = 6


class Span(StrEnum):
    """How far back."""

    TODAY = "today"
    WEEK = "week"
    MONTH = "month"

    @property
    def days(self) -> int:
        """Today included."""
        return {Span.TODAY: 1, Span.WEEK: 7, Span.MONTH: 28}[self]


@dataclass(frozen=True, slots=True)
class ChartBar:
    """One bar: an hour (``hour``, of the first day of the chart) or a day.

    Amounts are never below 0: a day on which older sales were taken back draws nothing.
    """

    day: date
    hour: int | None
    cash_tenge: int
    qr_tenge: int

    @property
    def total_tenge(self) -> int:
        """Its whole height."""
        return self.cash_tenge + self.qr_tenge


@dataclass(frozen=True, slots=True)
class TopProduct:
    """What goes best; ``name`` is the one on the last receipt, for goods that are no more."""

    product_id: str
    name: str
    pieces: int
    total_tenge: int


@dataclass(frozen=True, slots=True)
class SalesState:
    """What the page shows; ``top`` is None until the journal was read."""

    span: Span = Span.TODAY
    totals: DayTotals = field(default_factory=DayTotals)
    bars: tuple[ChartBar, ...] = ()
    top: tuple[TopProduct, ...] | None = None
    products: Mapping[str, Product] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Sold:
    """The journal's last weeks, at their true times.

    ``sales``: those that were not taken back, oldest first. ``days``: sums as the ledger has them.
    """

    sales: tuple[Entry, ...]
    days: Mapping[str, DayTotals]


class SalesDesk(Desk[SalesState]):
    """Shows one span at a time."""

    def __init__(self, room: Room) -> None:
        super().__init__(room, SalesState())
        self._sold: Sold | None = None

    def open(self, argument: object = None) -> None:
        """Today first; the journal's last four weeks are read meanwhile."""
        self._sold = None
        self.choose(Span.TODAY)
        journal, since_ms = self.room.journal, _start_of_day_ms(self._first_day(Span.MONTH))
        self.room.work(lambda: read_sales(journal, since_ms), self._took)

    def choose(self, span: Span) -> None:
        """Another span."""
        today, first = self._today(), self._first_day(span)
        sold = self._sold or Sold((), self.room.journal.ledger.days)
        chosen = [first + timedelta(n) for n in range(span.days)]
        totals = [sold.days.get(day.isoformat(), DayTotals()) for day in chosen]
        entries = [e for e in sold.sales if first <= day_of(e.stamp.at_ms) <= today]
        self.show(
            span=span,
            totals=summed(totals),
            bars=hour_bars(entries, today) if span is Span.TODAY else day_bars(chosen, totals),
            top=None if self._sold is None else top_products(entries),
            products={p.product_id: p for p in self.room.shelf.catalogue.products},
        )

    def back(self) -> None:
        """The page before."""
        self.room.back()

    def _took(self, sold: Sold) -> None:
        self._sold = sold
        self.choose(self._state.span)

    def _today(self) -> date:
        return day_of(self.room.now_ms())

    def _first_day(self, span: Span) -> date:
        return self._today() - timedelta(span.days - 1)


def summed(totals: Iterable[DayTotals]) -> DayTotals:
    """All days together."""
    days = list(totals)
    return DayTotals(**{n: sum(getattr(day, n) for day in days) for n in DayTotals.__slots__})


def day_bars(days: Sequence[date], totals: Sequence[DayTotals]) -> tuple[ChartBar, ...]:
    """A bar for each day."""
    return tuple(
        ChartBar(day, None, max(0, x.cash_tenge), max(0, x.qr_tenge))
        for day, x in zip(days, totals, strict=True)
    )


def hour_bars(entries: Iterable[Entry], today: date) -> tuple[ChartBar, ...]:
    """A bar for each hour of the day at UTC+5."""
    by_hour: dict[int, list[Entry]] = {}
    for entry in entries:
        by_hour.setdefault((entry.stamp.at_ms // HOUR_MS + 5) % 24, []).append(entry)
    first, last = min([OPEN_HOUR, *by_hour]), max([CLOSE_HOUR - 1, *by_hour])
    return tuple(_hour_bar(today, h, by_hour.get(h, [])) for h in range(first, last + 1))


def _hour_bar(today: date, hour: int, entries: Iterable[Entry]) -> ChartBar:
    totals = summed(fold_all(entries).days.values())
    return ChartBar(today, hour, totals.cash_tenge, totals.qr_tenge)


def top_products(entries: Iterable[Entry]) -> tuple[TopProduct, ...]:
    """What brought most."""
    sums: dict[str, TopProduct] = {}
    for entry in entries:
        if isinstance(entry.body, Sale):
            for line in entry.body.lines:
                key = line.product_id or f"code {line.code}"
                had = sums.get(key, TopProduct(key, line.name, 0, 0))
                sums[key] = replace(
                    had,
                    pieces=had.pieces + line.quantity,
                    total_tenge=had.total_tenge + line.total_tenge,
                )
    best = sorted(sums.values(), key=lambda x: (-x.total_tenge, -x.pieces, x.product_id))
    return tuple(best[:TOP_MAX])


def read_sales(journal: AdminJournal, since_ms: int) -> Sold:
    """What was sold since then; for ``room.work``."""
    found = list(true_entries(journal, {"sale", "correction"}, since_ms))[::-1]
    taken_back = {
        (entry.body.sale.epoch, entry.body.sale.seq)
        for _, entry in found
        if isinstance(entry.body, Correction)
    }
    sales = (
        entry
        for stored, entry in found
        if isinstance(entry.body, Sale) and (stored.epoch, stored.seq) not in taken_back
    )
    return Sold(tuple(sales), fold_all(entry for _, entry in found).days)


def _start_of_day_ms(day: date) -> int:
    """The first moment of a day at UTC+5, in milliseconds UTC."""
    return max(0, (day - date(1970, 1, 1)).days * DAY_MS - 5 * HOUR_MS)
