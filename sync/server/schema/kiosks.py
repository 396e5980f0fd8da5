"""Which kiosk took another one's place, and what was decided about entries that were set aside."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary, String, Table, Text

from sync.server.schema.base import metadata
from sync.server.schema.columns import entry_key

kiosk_successor = Table(
    "kiosk_successor",
    metadata,
    # The new machine. The old one's journal ends at (epoch, seq) with that hash, as far as it
    # came here; what it still holds is taken, and then lies beyond this mark.
    Column("kiosk_id", String(16), primary_key=True),
    Column("old_kiosk_id", String(16), nullable=False),
    Column("shop_id", Integer, nullable=False),
    Column("old_epoch", Integer, nullable=False),
    Column("old_seq", BigInteger, nullable=False),
    Column("old_head_hash", LargeBinary, nullable=False),
    Column("at_ms", BigInteger, nullable=False),
)
Index("ix_kiosk_successor_old", kiosk_successor.c.old_kiosk_id)

quarantine_decision = Table(
    "quarantine_decision",
    metadata,
    # Of one entry in quarantine, which itself never changes. No row: nobody decided yet.
    *entry_key(),
    Column("content_sha256", LargeBinary, primary_key=True),
    # genuine or aside.
    Column("decision", String(16), nullable=False),
    Column("note", Text, nullable=False),
    Column("account_id", Integer),
    Column("decided_ms", BigInteger, nullable=False),
)
