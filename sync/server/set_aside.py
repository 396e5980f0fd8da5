"""Quarantine: entries that prove nothing or contradict what is here. Kept, never folded.

There is room for so many of each epoch: a kiosk that went wrong, or whoever has its token, could
otherwise fill the disk. What its own key signed has a room of its own, so that nobody without the
key can push evidence out. Beyond the room entries are refused and stay where they are.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from sqlalchemy import Connection, case, exists, func, select
from sqlalchemy.dialects import postgresql, sqlite

from kiosk.domain.chain import StoredEntry
from sync.server.marks import EpochKey
from sync.server.problems import ProblemError
from sync.server.schema import quarantine

UNPROVEN = ("hash", "signature")
"""Reasons of entries that nobody's key vouches for."""
ENTRIES_MAX = 10_000
"""Of an epoch, in either room; a busy shop's year."""
SIZE_BYTES_MAX = 16 * 1024 * 1024
"""Of payloads, likewise."""
FULL_SHARE = 0.95
"""Of the bytes: the next entry may not fit where the last did."""


def set_aside(
    connection: Connection,
    key: EpochKey,
    entries: Sequence[StoredEntry],
    reason: str,
    now_ms: int,
) -> int:
    """Puts entries into quarantine as far as there is room; the same ones again change nothing.

    The caller holds the epoch's watermark, so that two at once do not both find the last room.

    Returns:
        How many of them are there now.
    """
    here = _here(connection, key, entries)
    others = [one for one in entries if content_hash(one) not in here]
    fresh = _fitting(others, *room(connection, key, reason))
    if fresh:
        _insert(connection, key, fresh, reason, now_ms)
    return len(entries) - len(others) + len(fresh)


def full(key: EpochKey) -> ProblemError:
    """What a sender is told whose entries find no room."""
    return ProblemError(
        "aside_full",
        f"The centre has set aside as much of kiosk {key.kiosk_id} as it keeps; these entries stay "
        "at the kiosk. A coordinator must look at it and enrol it again.",
    )


def room(connection: Connection, key: EpochKey, reason: str) -> tuple[int, int]:
    """How many entries more may be set aside for such a reason, and how many bytes."""
    is_unproven = quarantine.c.reason.in_(UNPROVEN)
    count, size_bytes = connection.execute(
        select(func.count(), func.coalesce(func.sum(func.length(quarantine.c.payload)), 0)).where(
            quarantine.c.shop_id == key.shop_id,
            quarantine.c.kiosk_id == key.kiosk_id,
            quarantine.c.epoch == key.epoch,
            is_unproven if reason in UNPROVEN else ~is_unproven,
        )
    ).one()
    return ENTRIES_MAX - int(count), SIZE_BYTES_MAX - int(size_bytes)


def full_shops(connection: Connection) -> set[int]:
    """Shops with an epoch that has no room aside left, or next to none."""
    size_bytes = func.sum(func.length(quarantine.c.payload))
    is_unproven = case((quarantine.c.reason.in_(UNPROVEN), 1), else_=0)
    rows = connection.execute(
        select(quarantine.c.shop_id)
        .group_by(quarantine.c.shop_id, quarantine.c.kiosk_id, quarantine.c.epoch, is_unproven)
        .having((func.count() >= ENTRIES_MAX) | (size_bytes >= SIZE_BYTES_MAX * FULL_SHARE))
    )
    return set(rows.scalars())


def _fitting(entries: Sequence[StoredEntry], count: int, size_bytes: int) -> list[StoredEntry]:
    """The leading entries that there is room for."""
    fitting: list[StoredEntry] = []
    for one in entries[: max(0, count)]:
        size_bytes -= len(one.payload)
        if size_bytes < 0:
            break
        fitting.append(one)
    return fitting


def _here(connection: Connection, key: EpochKey, entries: Sequence[StoredEntry]) -> set[bytes]:
    """What is in quarantine already of those numbers, by content."""
    rows = connection.execute(
        select(quarantine.c.content_sha256).where(
            quarantine.c.shop_id == key.shop_id,
            quarantine.c.kiosk_id == key.kiosk_id,
            quarantine.c.epoch == key.epoch,
            quarantine.c.seq.between(entries[0].seq, entries[-1].seq),
        )
    )
    return {bytes(row[0]) for row in rows}


def _insert(
    connection: Connection,
    key: EpochKey,
    entries: Sequence[StoredEntry],
    reason: str,
    now_ms: int,
) -> None:
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    statement = dialect.insert(quarantine).on_conflict_do_nothing()
    connection.execute(
        statement,
        [
            {
                "shop_id": key.shop_id,
                "kiosk_id": key.kiosk_id,
                "epoch": key.epoch,
                "seq": one.seq,
                "content_sha256": content_hash(one),
                "reason": reason,
                "received_ms": now_ms,
                "prev_hash": one.prev_hash,
                "hash": one.hash,
                "signature": one.signature,
                "payload": one.payload,
            }
            for one in entries
        ],
    )


def continues_fork(connection: Connection, key: EpochKey, one: StoredEntry) -> bool:
    """Whether an entry follows one that was set aside for being another branch's."""
    return bool(
        connection.execute(
            select(
                exists().where(
                    quarantine.c.shop_id == key.shop_id,
                    quarantine.c.kiosk_id == key.kiosk_id,
                    quarantine.c.epoch == key.epoch,
                    quarantine.c.seq == one.seq - 1,
                    quarantine.c.hash == one.prev_hash,
                    quarantine.c.reason == "fork",
                )
            )
        ).scalar_one()
    )


def content_hash(one: StoredEntry) -> bytes:
    """What tells one entry in quarantine from another of the same number."""
    fixed = one.prev_hash + one.hash + one.signature
    return hashlib.sha256(fixed + one.payload).digest()
