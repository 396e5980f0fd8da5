"""What came in, checked by itself, before anything is asked of the database."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from kiosk.domain.chain import Head, StoredEntry, link_faults, signature_is_valid
from sync.server import marks
from sync.server.marks import EpochKey
from sync.server.problems import ProblemError
from sync.server.rollups import Reading, read_payload
from sync.server.set_aside import full, set_aside
from sync.server.store import Store

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Arrival:
    """A run of entries that prove themselves.

    ``readings``: what each of them says. ``head_seq``: the sender's own last entry. ``now_ms``:
    when they came.
    """

    key: EpochKey
    entries: Sequence[StoredEntry]
    readings: Sequence[Reading]
    head_seq: int
    now_ms: int


def checked(
    store: Store,
    key: EpochKey,
    public_key: bytes,
    entries: Sequence[StoredEntry],
    *,
    head_seq: int,
    now_ms: int,
) -> Arrival:
    """Entries that prove themselves, and what they say: all that costs time and needs no lock.

    Raises:
        ProblemError: ``hash`` or ``signature``; the entries are set aside. ``aside_full`` when
            there is no room for them.
    """
    fault = _fault(entries, public_key)
    if fault is not None:
        is_kept = store.write(lambda c: _set_aside(c, key, entries, fault, now_ms))
        what = "Kept aside" if is_kept else "No room aside"
        _log.error("%s (%s): %d of %s from %d", what, fault, len(entries), key, entries[0].seq)
        if not is_kept:
            raise full(key)
        raise ProblemError(fault, _FAULT_MESSAGES[fault])
    readings = [read_payload(one.payload) for one in entries]
    return Arrival(key, entries, readings, head_seq, now_ms)


def _set_aside(
    connection: Connection, key: EpochKey, entries: Sequence[StoredEntry], fault: str, now_ms: int
) -> bool:
    marks.locked(connection, [key])
    return set_aside(connection, key, entries, fault, now_ms) == len(entries)


_FAULT_MESSAGES = {
    "hash": "An entry's hash does not fit its bytes; the batch was kept aside. "
    "Check the kiosk's disk: adal-kiosk journal verify.",
    "signature": "The batch was not signed by this kiosk's key and was kept aside. "
    "Enrol the kiosk again.",
}


def _fault(entries: Sequence[StoredEntry], public_key: bytes) -> str | None:
    """What is wrong with the entries in themselves.

    All hashes are checked but only the last signature: the chain makes it speak for the rest.
    """
    first, last = entries[0], entries[-1]
    if any(link_faults(entries, Head(first.epoch, first.seq - 1, first.prev_hash))):
        return "hash"
    if not signature_is_valid(public_key, last.hash, last.signature):
        return "signature"
    return None
