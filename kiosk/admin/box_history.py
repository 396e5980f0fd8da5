"""What the last weeks did to the box, as the plan for the float needs it."""

from __future__ import annotations

from kiosk.admin.ports import AdminJournal, Shelf
from kiosk.admin.true_entries import true_entries
from kiosk.domain.cash_plan import LOOK_BACK_DAYS, Usage, movement_of, step_of, usage
from kiosk.domain.chain import StoredEntry
from kiosk.domain.entries import Entry, decode
from kiosk.domain.errors import EntryError
from kiosk.domain.ledger import day_of
from kiosk.domain.products import Status

_DAY_MS = 86_400_000


def read_usage(journal: AdminJournal, now_ms: int) -> Usage:
    """What the last weeks' shoppers did to the box, by piece. Reads the disk."""
    since_ms = max(0, now_ms - LOOK_BACK_DAYS * _DAY_MS)
    found = list(true_entries(journal, {"sale", "correction"}, since_ms))
    moved = (movement for _, e in reversed(found) if (movement := movement_of(e)) is not None)
    return usage(moved, day_of(now_ms).toordinal())


def shelf_step(shelf: Shelf) -> int:
    """What all prices on the shelf are multiples of: no change needs smaller pieces."""
    sold = (Status.ON_SALE, Status.SOLD_OUT)
    return step_of(p.price_tenge for p in shelf.catalogue.products if p.status in sold)


def readable_entry(stored: StoredEntry) -> Entry | None:
    """None for what a newer program wrote."""
    try:
        return decode(stored.payload)
    except EntryError:
        return None
