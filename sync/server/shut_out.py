"""What a kiosk that was shut out still tells: kept aside as evidence, up to a cap.

Its key may be in other hands, so nothing of it goes into the journal or a sum; but what it sold
before it knew is worth keeping. It is given nothing, and each of its requests is refused; the
refusal names how far the journal goes, as long as there is room for what comes after.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, func, select

from kiosk.domain.chain import Head, StoredEntry, link_faults, signature_is_valid
from sync.server import access, marks
from sync.server.marks import EpochKey
from sync.server.problems import ProblemError
from sync.server.schema import entry, quarantine, watermark
from sync.server.set_aside import content_hash, set_aside
from sync.server.store import Store

REASON = "revoked"
ENTRIES_MAX = 10_000
"""Of an epoch; a busy shop's year. Whoever has the key could otherwise fill the disk with it."""
SIZE_BYTES_MAX = 16 * 1024 * 1024
"""Of payloads, likewise."""


@dataclass(frozen=True, slots=True)
class Kept:
    """What became of entries: ``aside`` are in quarantine now or were before, ``held`` stand in
    the journal since before it was shut out. ``answer``: what the sender is told."""

    aside: int
    held: int
    answer: ProblemError


def refusal(connection: Connection, key: EpochKey) -> ProblemError:
    """What a kiosk that was shut out is told; with a mark while more would be kept."""
    head = connection.execute(
        select(watermark.c.seq, watermark.c.head_hash).where(
            watermark.c.shop_id == key.shop_id,
            watermark.c.kiosk_id == key.kiosk_id,
            watermark.c.epoch == key.epoch,
        )
    ).one()
    if min(_room(connection, key)) <= 0:
        return access.refusal(access.REVOKED)
    mark = marks.message(Head(key.epoch, head.seq, bytes(head.head_hash)))
    return access.refusal(access.REVOKED, mark)


def keep(
    store: Store, key: EpochKey, public_key: bytes, entries: Sequence[StoredEntry], now_ms: int
) -> Kept:
    """Keeps aside what is new of a run of entries, as far as there is room.

    Args:
        entries: numbered without a gap. Those that do not prove themselves, or are not of that
            epoch, are no evidence: a stranger with the token alone could fill the room with them.
    """
    first, last = entries[0], entries[-1]
    is_proven = (
        (last.kiosk_id, last.epoch) == (key.kiosk_id, key.epoch)
        and not any(link_faults(entries, Head(first.epoch, first.seq - 1, first.prev_hash)))
        and signature_is_valid(public_key, last.hash, last.signature)
    )
    return store.write(lambda c: _keep(c, key, entries if is_proven else (), now_ms))


def _keep(
    connection: Connection, key: EpochKey, entries: Sequence[StoredEntry], now_ms: int
) -> Kept:
    # Two at once must not both find the last room.
    marks.locked(connection, [key])
    held = _held(connection, key, entries)
    others = [one for one in entries if held.get(one.seq) != one.hash]
    here = _aside(connection, key, others)
    fresh = _fitting(
        [one for one in others if content_hash(one) not in here], *_room(connection, key)
    )
    if fresh:
        set_aside(connection, key, fresh, REASON, now_ms)
    known = len(entries) - len(others)
    return Kept(len(here) + len(fresh), known, refusal(connection, key))


def _fitting(entries: Sequence[StoredEntry], count: int, size_bytes: int) -> list[StoredEntry]:
    """The leading entries that there is room for."""
    fitting: list[StoredEntry] = []
    for one in entries[: max(0, count)]:
        size_bytes -= len(one.payload)
        if size_bytes < 0:
            break
        fitting.append(one)
    return fitting


def _room(connection: Connection, key: EpochKey) -> tuple[int, int]:
    """How many entries more, and how many bytes."""
    count, size_bytes = connection.execute(
        select(func.count(), func.coalesce(func.sum(func.length(quarantine.c.payload)), 0)).where(
            quarantine.c.shop_id == key.shop_id,
            quarantine.c.kiosk_id == key.kiosk_id,
            quarantine.c.epoch == key.epoch,
            quarantine.c.reason == REASON,
        )
    ).one()
    return ENTRIES_MAX - int(count), SIZE_BYTES_MAX - int(size_bytes)


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


def _aside(connection: Connection, key: EpochKey, entries: Sequence[StoredEntry]) -> set[bytes]:
    """Which of them are in quarantine already, by their content."""
    if not entries:
        return set()
    rows = connection.execute(
        select(quarantine.c.content_sha256).where(
            quarantine.c.shop_id == key.shop_id,
            quarantine.c.kiosk_id == key.kiosk_id,
            quarantine.c.epoch == key.epoch,
            quarantine.c.seq.between(entries[0].seq, entries[-1].seq),
        )
    )
    return {content_hash(one) for one in entries} & {bytes(row[0]) for row in rows}
