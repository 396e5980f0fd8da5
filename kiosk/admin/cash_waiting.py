"""Money that was taken out and that nobody has said to have received yet."""

from __future__ import annotations

from dataclasses import dataclass

from kiosk.admin.box_history import readable_entry
from kiosk.admin.ports import AdminJournal
from kiosk.admin.true_entries import true_entries
from kiosk.domain.chain import StoredEntry
from kiosk.domain.entries import (
    AdminOpened,
    CashOut,
    CashReceived,
    Entry,
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
    return None if entry is None else _waiting(stored, entry)


def _waiting(stored: StoredEntry, entry: Entry) -> WaitingCash | None:
    if not isinstance(entry.body, CashOut):
        return None
    amount_tenge = Pieces.from_codes(entry.body.pieces).total_tenge
    return WaitingCash(
        stored.epoch, stored.seq, entry.stamp.at_ms, amount_tenge, entry.body.to, entry.body.by
    )


def read_waiting(journal: AdminJournal, now_ms: int) -> tuple[WaitingCash, ...]:
    """All cash-outs that wait, newest first. Reads the disk."""
    since_ms = max(0, now_ms - _LOOK_BACK_MS)
    found = list(true_entries(journal, {"cash_out", "cash_received"}, since_ms))
    received = {
        (entry.body.cash_out.epoch, entry.body.cash_out.seq)
        for _, entry in found
        if isinstance(entry.body, CashReceived)
    }
    waiting = (out for pair in found if (out := _waiting(*pair)) is not None)
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
