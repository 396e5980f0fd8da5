"""What a kiosk that was shut out still tells: kept aside as evidence, up to a cap.

Its key may be in other hands, so nothing of it goes into the journal or a sum; but what it sold
before it knew is worth keeping. It is given nothing, and each of its requests is refused; the
refusal names how far the journal goes, as long as there is room for what comes after.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, select

from kiosk.domain.chain import Head, StoredEntry, link_faults, signature_is_valid
from sync.server import access, marks
from sync.server.marks import EpochKey
from sync.server.problems import ProblemError
from sync.server.schema import entry, watermark
from sync.server.set_aside import room, set_aside
from sync.server.store import Store


@dataclass(frozen=True, slots=True)
class Kept:
    """What became of entries: ``aside`` are in quarantine now or were before, ``held`` stand in
    the journal since before it was shut out. ``answer``: what the sender is told."""

    aside: int
    held: int
    answer: ProblemError


def refusal(connection: Connection, key: EpochKey, status: str) -> ProblemError:
    """What a kiosk that was shut out is told; with a mark while more would be kept.

    ``status``: of :data:`sync.server.access.SHUT_OUT`, which is also the reason to set it aside.
    """
    head = connection.execute(
        select(watermark.c.seq, watermark.c.head_hash).where(
            watermark.c.shop_id == key.shop_id,
            watermark.c.kiosk_id == key.kiosk_id,
            watermark.c.epoch == key.epoch,
        )
    ).one()
    if min(room(connection, key, status)) <= 0:
        return access.refusal(status)
    mark = marks.message(Head(key.epoch, head.seq, bytes(head.head_hash)))
    return access.refusal(status, mark)


def keep(
    store: Store,
    key: EpochKey,
    public_key: bytes,
    entries: Sequence[StoredEntry],
    now_ms: int,
    status: str = access.REVOKED,
) -> Kept:
    """Keeps aside what is new of a run of entries, as far as there is room.

    Args:
        entries: numbered without a gap. Those that do not prove themselves, or are not of that
            epoch, are no evidence: a stranger with the token alone could fill the room with them.
        status: why it was shut out.
    """
    first, last = entries[0], entries[-1]
    is_proven = (
        (last.kiosk_id, last.epoch) == (key.kiosk_id, key.epoch)
        and not any(link_faults(entries, Head(first.epoch, first.seq - 1, first.prev_hash)))
        and signature_is_valid(public_key, last.hash, last.signature)
    )
    return store.write(lambda c: _keep(c, key, entries if is_proven else (), now_ms, status))


def _keep(
    connection: Connection,
    key: EpochKey,
    entries: Sequence[StoredEntry],
    now_ms: int,
    status: str,
) -> Kept:
    # Two at once must not both find the last room.
    marks.locked(connection, [key])
    held = _held(connection, key, entries)
    others = [one for one in entries if held.get(one.seq) != one.hash]
    aside = set_aside(connection, key, others, status, now_ms) if others else 0
    return Kept(aside, len(entries) - len(others), refusal(connection, key, status))


def _held(
    connection: Connection, key: EpochKey, entries: Sequence[StoredEntry]
) -> dict[int, bytes]:
    """Hashes in the journal by number, of those that have one there."""
    if not entries:
        return {}
    rows = connection.execute(
        select(entry.c.seq, entry.c.hash).where(
            entry.c.shop_id == key.shop_id,
            entry.c.kiosk_id == key.kiosk_id,
            entry.c.epoch == key.epoch,
            entry.c.seq.between(entries[0].seq, entries[-1].seq),
        )
    )
    return {row.seq: bytes(row.hash) for row in rows}
