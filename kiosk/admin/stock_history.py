"""What the journal says about the shelf's past: read once when a page opens, in the background."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date

from kiosk.admin.ports import AdminJournal
from kiosk.admin.true_entries import true_entries
from kiosk.domain.best_before import (
    Arrival,
    AtRisk,
    at_risk,
    pieces_left,
    products_at_risk,
)
from kiosk.domain.entries import Correction, Entry, Restock, Sale, Stocktake
from kiosk.domain.ledger import Ledger, day_of
from kiosk.domain.stock_plan import SALES_DAYS, ShelfHistory

DAY_MS = 86_400_000
LOOK_BACK_DAYS = 365
"""Nothing stays on such a shelf longer, and a count that old is none."""


@dataclass(frozen=True, slots=True)
class StockHistory:
    """The shelf's past, as the journal tells it.

    ``sold``: pieces in the last weeks, purchases taken back not among them. ``missing_tenge`` and
    ``counted_ms``: of each product's last count. ``arrivals``: newest first. ``form_ids``: forms
    that are on the disk already.
    """

    sold: dict[str, int] = field(default_factory=dict)
    missing_tenge: dict[str, int] = field(default_factory=dict)
    counted_ms: dict[str, int] = field(default_factory=dict)
    arrivals: tuple[Arrival, ...] = ()
    form_ids: frozenset[str] = frozenset()

    def risks(self, ledger: Ledger, now_ms: int) -> tuple[AtRisk, ...]:
        """Pieces whose best-before day has passed or is near, the earliest first."""
        return at_risk(pieces_left(self.arrivals, ledger.stock), day_of(now_ms))

    def for_plan(self, ledger: Ledger, now_ms: int) -> ShelfHistory:
        """The same as the plan of a stocktake wants it."""
        return ShelfHistory(
            stock=ledger.stock,
            sold=self.sold,
            missing_tenge=self.missing_tenge,
            expiring=products_at_risk(self.risks(ledger, now_ms)),
            counted_days_ago={
                product_id: max(0, now_ms - counted_ms) // DAY_MS
                for product_id, counted_ms in self.counted_ms.items()
            },
        )


def read_stock_history(journal: AdminJournal, now_ms: int) -> StockHistory:
    """Reads the journal's last year; for ``room.work``."""
    weeks_ms = max(0, now_ms - SALES_DAYS * DAY_MS)
    year_ms = max(0, now_ms - LOOK_BACK_DAYS * DAY_MS)
    sales = true_entries(journal, ("sale", "correction"), weeks_ms)
    shelf = true_entries(journal, ("stocktake", "restock"), year_ms)
    return stock_history((entry for _, entry in sales), [entry for _, entry in shelf])


def stock_history(sales: Iterable[Entry], shelf: list[Entry]) -> StockHistory:
    """What these entries amount to; both newest first."""
    missing_tenge: dict[str, int] = {}
    counted_ms: dict[str, int] = {}
    for entry in shelf:
        if isinstance(entry.body, Stocktake):
            for line in entry.body.lines:
                # The newest count comes first, and only it tells whether pieces are missing.
                missing_tenge.setdefault(line.product_id, line.gap_tenge)
                counted_ms.setdefault(line.product_id, entry.stamp.at_ms)
    restocks = [entry.body for entry in shelf if isinstance(entry.body, Restock)]
    return StockHistory(
        sold=_sold(sales),
        missing_tenge=missing_tenge,
        counted_ms=counted_ms,
        arrivals=tuple(arrival for body in restocks for arrival in _arrivals(body)),
        form_ids=frozenset(
            entry.body.form_id for entry in shelf if isinstance(entry.body, Stocktake | Restock)
        ),
    )


def _sold(sales: Iterable[Entry]) -> dict[str, int]:
    sold: dict[str, int] = {}
    for entry in sales:
        body = entry.body
        if not isinstance(body, Sale | Correction):
            continue
        sign = 1 if isinstance(body, Sale) else -1
        for line in body.lines:
            if line.product_id is not None:
                sold[line.product_id] = sold.get(line.product_id, 0) + sign * line.quantity
    return sold


def _arrivals(body: Restock) -> Iterator[Arrival]:
    for line in body.lines:
        day = None if line.best_before is None else date.fromisoformat(line.best_before)
        yield Arrival(line.product_id, line.quantity, day)
