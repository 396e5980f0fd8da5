"""Quarantine: entries that prove nothing or contradict what is here. Kept, never folded."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from sqlalchemy import Connection, exists, select
from sqlalchemy.dialects import postgresql, sqlite

from kiosk.domain.chain import StoredEntry
from sync.server.marks import EpochKey
from sync.server.schema import quarantine


def set_aside(
    connection: Connection,
    key: EpochKey,
    entries: Sequence[StoredEntry],
    reason: str,
    now_ms: int,
) -> None:
    """Puts entries into quarantine; the same ones again change nothing."""
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
