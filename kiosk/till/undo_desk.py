"""Where a shopper takes his own purchase back, for five minutes, by its receipt number.

After that only a volunteer can. Time is the monotonic clock's and is handed in.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass

from kiosk.domain.chain import StoredEntry
from kiosk.domain.checkout import Refund, correction_of, refund_of
from kiosk.domain.entries import (
    CashTender,
    Correction,
    Entry,
    Sale,
    SaleRef,
    Stamp,
    decode,
)
from kiosk.domain.errors import EntryError
from kiosk.domain.money import Pieces
from kiosk.views import UndoView


@dataclass(frozen=True, slots=True)
class RecentSale:
    """A sale that may still be undone from the start screen."""

    at_mono_s: float
    stored: StoredEntry
    sale: Sale


class UndoDesk:
    """Remembers the last minutes' sales and works out how their money goes back."""

    def __init__(self, window_s: float) -> None:
        self._window_s = window_s
        self._recent: deque[RecentSale] = deque()
        self._found: tuple[RecentSale, Refund] | None = None

    def change_window(self, window_s: float) -> None:
        """From now on sales can be undone for that long."""
        self._window_s = window_s

    @property
    def is_open(self) -> bool:
        """Whether there is anything that could be undone."""
        return bool(self._recent)

    def remember(self, recent: RecentSale) -> None:
        """A sale was written."""
        self._recent.appendleft(recent)

    def forget_old(self, now_s: float) -> bool:
        """Lets go of what is too old; True when that closed the desk."""
        was_open = self.is_open
        while self._recent and self._recent[-1].at_mono_s < now_s - self._window_s:
            self._recent.pop()
        return was_open and not self.is_open

    def start_over(self) -> None:
        """Somebody else comes to the desk."""
        self._found = None

    def find(self, receipt: str, available: Pieces | None) -> UndoView | None:
        """The sale with that receipt number and how its money goes back; None when unknown."""
        recent = next((r for r in self._recent if r.stored.receipt == receipt), None)
        self._found = None if recent is None else (recent, refund_of(recent.sale, available))
        return None if self._found is None else _view_of(*self._found)

    def correction(self) -> Correction | None:
        """The entry that takes the found sale back."""
        if self._found is None:
            return None
        recent, refund = self._found
        stored = recent.stored
        ref = SaleRef(stored.epoch, stored.seq, stored.hash.hex())
        return correction_of(recent.sale, ref, refund, by="shopper", reason="shopper undo")

    def settle(self) -> Sale:
        """The correction is on disk: the sale cannot be undone again."""
        assert self._found is not None, "only a found sale is corrected"
        recent, _ = self._found
        self._found = None
        if recent in self._recent:
            self._recent.remove(recent)
        return recent.sale


def sales_to_undo(
    entries: Iterable[StoredEntry], now: Stamp, now_mono_s: float
) -> list[RecentSale]:
    """Sales among the journal's last entries that were not taken back, oldest first.

    A kiosk that restarts after a power cut goes on taking mistakes back. Within one boot of the
    machine the monotonic clock tells a sale's age, after another boot only the wall clock can.
    """
    sales: dict[tuple[int, int], RecentSale] = {}
    for stored in entries:
        entry = _readable(stored)
        if entry is None:
            continue
        if isinstance(entry.body, Sale):
            at_mono_s = now_mono_s - _age_s(entry.stamp, now)
            sales[stored.epoch, stored.seq] = RecentSale(at_mono_s, stored, entry.body)
        elif isinstance(entry.body, Correction):
            sales.pop((entry.body.sale.epoch, entry.body.sale.seq), None)
    return list(sales.values())


def _readable(stored: StoredEntry) -> Entry | None:
    try:
        return decode(stored.payload)
    except EntryError:
        return None


def _age_s(then: Stamp, now: Stamp) -> float:
    same_boot = then.boot == now.boot
    age_ms = now.mono_ms - then.mono_ms if same_boot else now.at_ms - then.at_ms
    return max(0, age_ms) / 1000


def _view_of(recent: RecentSale, refund: Refund) -> UndoView:
    return UndoView(
        receipt=recent.stored.receipt,
        sale=recent.sale,
        tender="cash" if isinstance(recent.sale.tender, CashTender) else "qr",
        take_back_tenge=refund.take_back_tenge,
        take_back=refund.take_back,
        put_back=refund.put_back,
    )
