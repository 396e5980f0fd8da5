"""The journal's entries as the back room's lists want them: at the time they were really made."""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterator

from msgspec.structs import replace

from kiosk.admin.ports import AdminJournal
from kiosk.domain.chain import StoredEntry
from kiosk.domain.entries import Entry, decode
from kiosk.domain.errors import EntryError
from kiosk.domain.true_times import CLOCK_SET, LookingBack, told

log = logging.getLogger(__name__)


def true_entries(
    journal: AdminJournal, types: Collection[str], not_before_ms: int, limit: int | None = None
) -> Iterator[tuple[StoredEntry, Entry]]:
    """Entries of these types since then, newest first, each as it is kept and as it was. Reads the disk.

    A stamp is corrected where the kiosk heard the right time later. What a newer program wrote is
    left out. ``limit``: no more than so many are looked at.
    """
    back = LookingBack()
    # A clock is set after all that it speaks of, so it comes first here.
    for stored in journal.recent({*types, CLOCK_SET}, not_before_ms=not_before_ms, limit=limit):
        said = told(stored.payload)
        if said is None:
            continue
        at_ms = back.true_ms(stored.epoch, stored.seq, said)
        entry = _read(stored) if said.type in types else None
        if entry is not None:
            yield stored, replace(entry, stamp=replace(entry.stamp, at_ms=at_ms))


def _read(stored: StoredEntry) -> Entry | None:
    try:
        return decode(stored.payload)
    except EntryError:
        log.warning("entry %s/%s cannot be read here and is left out", stored.epoch, stored.seq)
        return None
