"""Money that was taken out and that nobody has said to have received yet."""

from __future__ import annotations

from dataclasses import dataclass

from kiosk.admin.box_history import readable_entry
from kiosk.admin.ports import AdminJournal
from kiosk.domain.chain import StoredEntry
from kiosk.domain.entries import (
    AdminOpened,
    CashOut,
    CashReceived,
    EntryRef,
    VolunteerChanged,
)
from kiosk.domain.money import Pieces

_LOOK_BACK_MS = 90 * 86_400_000
"""What is older is for the centre to ask about."""


@dataclass(frozen=True, slots=True)
class WaitingCash:
    """One cash-out without its confirmation; ``by`` is a volunteer's id."""

    epoch: int
    seq: int
    at_ms: int
    amount_tenge: int
    to: str
    by: str
    by_name: str = ""

    @property
    def ref(self) -> EntryRef:
        """Names its entry."""
        return EntryRef(self.epoch, self.seq)


def waiting_of(stored: StoredEntry) -> WaitingCash | None:
    """A cash-out as it waits; None for another entry."""
    entry = readable_entry(stored)
    if entry is None or not isinstance(entry.body, CashOut):
        return None
    amount_tenge = Pieces.from_codes(entry.body.pieces).total_tenge
    return WaitingCash(
        stored.epoch, stored.seq, entry.stamp.at_ms, amount_tenge, entry.body.to, entry.body.by
    )


def read_waiting(journal: AdminJournal, now_ms: int) -> tuple[WaitingCash, ...]:
    """All cash-outs that wait, newest first. Reads the disk."""
    stored = journal.recent(
        {"cash_out", "cash_received"}, not_before_ms=max(0, now_ms - _LOOK_BACK_MS)
    )
    received = {
        (entry.body.cash_out.epoch, entry.body.cash_out.seq)
        for one in stored
        if (entry := readable_entry(one)) is not None and isinstance(entry.body, CashReceived)
    }
    waiting = (found for one in stored if (found := waiting_of(one)) is not None)
    return tuple(one for one in waiting if (one.epoch, one.seq) not in received)


def is_own_making(journal: AdminJournal, who: str, taker: str) -> bool:
    """Whether the one who took the cash also gave ``who`` that PIN, and ``who`` never came in since.

    Reads the disk.
    """
    for stored in journal.recent({"volunteer_changed", "admin_opened"}):
        entry = readable_entry(stored)
        body = entry.body if entry is not None else None
        if isinstance(body, AdminOpened) and body.by == who:
            return False
        if isinstance(body, VolunteerChanged) and body.volunteer_id == who:
            return body.by == taker
    return False
