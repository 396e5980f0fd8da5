"""Shops, kiosks, and the journals that came in."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    text,
)

from sync.server.schema.base import metadata
from sync.server.schema.columns import entry_key, journal_key, kiosk_key, shop_key

region = Table(
    "region",
    metadata,
    # The two digits of ISO 3166-2:KZ, as KATO codes begin.
    Column("region_code", String(2), primary_key=True),
    Column("name_kk", Text, nullable=False),
    Column("name_ru", Text, nullable=False),
    Column("name_en", Text, nullable=False),
)

shop = Table(
    "shop",
    metadata,
    shop_key(),
    Column("slug", String(64), nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("cause", Text, nullable=False),
    Column("region_code", String(2), nullable=False),
    Column("created_ms", BigInteger, nullable=False),
)

kiosk = Table(
    "kiosk",
    metadata,
    Column("kiosk_id", String(16), primary_key=True),
    # Where it stands now; what it wrote stays with the shop of each epoch.
    Column("shop_id", Integer, nullable=False),
    Column("software", Text, nullable=False),
    Column("created_ms", BigInteger, nullable=False),
)

kiosk_epoch = Table(
    "kiosk_epoch",
    metadata,
    Column("kiosk_id", String(16), primary_key=True),
    Column("epoch", Integer, primary_key=True, autoincrement=False),
    # For ever: an epoch never changes shops.
    Column("shop_id", Integer, nullable=False),
    Column("public_key", LargeBinary, nullable=False),
    Column("link_hash", LargeBinary, nullable=False),
    Column("status", String(16), nullable=False),
    Column("token_hash", LargeBinary, nullable=False),
    Column("enrolled_ms", BigInteger, nullable=False),
)

enrol_code = Table(
    "enrol_code",
    metadata,
    Column("code_hash", LargeBinary, primary_key=True),
    Column("shop_id", Integer, nullable=False),
    Column("auto_approve", Boolean, nullable=False),
    Column("created_ms", BigInteger, nullable=False),
    Column("expires_ms", BigInteger, nullable=False),
    Column("used_ms", BigInteger),
    # Who used it: the same key may ask again when the answer was lost.
    Column("used_by_key", LargeBinary),
    # By which pages name it; the hash of a short code stays here.
    Column("code_id", String(16)),
    # The kiosk that comes again, or whose place the new one takes; empty: any new kiosk.
    Column("kiosk_id", String(16)),
    # Who made it; empty: a command on the server itself.
    Column("account_id", Integer),
    Column("taken_back_ms", BigInteger),
)

access_token = Table(
    "access_token",
    metadata,
    Column("token_hash", LargeBinary, primary_key=True),
    Column("name", String(64), nullable=False, unique=True),
    Column("created_ms", BigInteger, nullable=False),
    Column("revoked_ms", BigInteger),
    # Whose it is and whose eyes it has; empty: made on the server itself, sees everything.
    Column("account_id", Integer),
)

catalogue_version = Table(
    "catalogue_version",
    metadata,
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("document", LargeBinary, nullable=False),
    Column("created_ms", BigInteger, nullable=False),
)

watermark = Table(
    "watermark",
    metadata,
    *journal_key(),
    Column("seq", BigInteger, nullable=False),
    Column("head_hash", LargeBinary, nullable=False),
    # What the kiosk said it has; seq is what is here.
    Column("kiosk_head_seq", BigInteger, nullable=False),
    Column("last_seen_ms", BigInteger),
    Column("forked", Boolean, nullable=False),
)

VISIT_TYPES = ("cash_count", "cash_out", "float_in", "restock", "stocktake", "write_off")
"""Entries that only a volunteer makes: someone was there."""
ATTENTION_TYPES = ("help_call", "unknown_scan", *VISIT_TYPES)
IS_ATTENTION = text(f"type IN ({', '.join(repr(name) for name in ATTENTION_TYPES)})")
"""SQLite uses the index only where this very condition is said; join no second table to it."""
IS_VISIT = text(f"type IN ({', '.join(repr(name) for name in VISIT_TYPES)})")
"""As :data:`IS_ATTENTION`, for an index by place in the journal."""
LATELY_TYPES = ("help_call", "unknown_scan", "boot", "clock_set")
IS_LATELY = text(f"type IN ({', '.join(repr(name) for name in LATELY_TYPES)})")
"""As :data:`IS_ATTENTION`, for an index by when entries came."""

entry = Table(
    "entry",
    metadata,
    *entry_key(),
    # None with readable false: the chain vouches for it, this version cannot read it.
    Column("type", String(32)),
    Column("at_ms", BigInteger),
    Column("readable", Boolean, nullable=False),
    Column("received_ms", BigInteger, nullable=False),
    Column("hash", LargeBinary, nullable=False),
    Column("signature", LargeBinary, nullable=False),
    Column("payload", LargeBinary, nullable=False),
)
# Rare types only: sales, the many, cost nothing here.
Index(
    "ix_entry_attention",
    entry.c.shop_id,
    entry.c.type,
    entry.c.kiosk_id,
    entry.c.epoch,
    entry.c.seq,
    sqlite_where=IS_ATTENTION,
    postgresql_where=IS_ATTENTION,
)
# Whether somebody came after a call.
Index(
    "ix_entry_visit",
    entry.c.shop_id,
    entry.c.kiosk_id,
    entry.c.epoch,
    entry.c.seq,
    sqlite_where=IS_VISIT,
    postgresql_where=IS_VISIT,
)
# The last of a shop's calls, unknown codes and starts, without reading all of them.
Index(
    "ix_entry_lately",
    entry.c.shop_id,
    entry.c.type,
    entry.c.received_ms,
    sqlite_where=IS_LATELY,
    postgresql_where=IS_LATELY,
)
Index(
    "ix_entry_unreadable",
    entry.c.shop_id,
    sqlite_where=text("NOT readable"),
    postgresql_where=text("NOT readable"),
)

quarantine = Table(
    "quarantine",
    metadata,
    *entry_key(),
    # SHA-256 of all that came, so that each different thing is kept once.
    Column("content_sha256", LargeBinary, primary_key=True),
    Column("reason", String(16), nullable=False),
    Column("received_ms", BigInteger, nullable=False),
    Column("prev_hash", LargeBinary, nullable=False),
    Column("hash", LargeBinary, nullable=False),
    Column("signature", LargeBinary, nullable=False),
    Column("payload", LargeBinary, nullable=False),
)

shop_day = Table(
    "shop_day",
    metadata,
    shop_key(),
    Column("day", Date, primary_key=True),
    Column("sales", BigInteger, nullable=False),
    Column("items", BigInteger, nullable=False),
    Column("cash_tenge", BigInteger, nullable=False),
    Column("qr_tenge", BigInteger, nullable=False),
    Column("left_to_cause_tenge", BigInteger, nullable=False),
    Column("corrections", BigInteger, nullable=False),
)
# A month of many shops; sums that grow leave it alone.
Index("ix_shop_day_by_day", shop_day.c.day, shop_day.c.shop_id)

suggestion_text = Table(
    "suggestion_text",
    metadata,
    *kiosk_key(),
    Column("suggestion_id", String(64), primary_key=True),
    Column("salt", LargeBinary, nullable=False),
    Column("body", Text, nullable=False),
    Column("received_ms", BigInteger, nullable=False),
)
# The newest and the oldest of them, without their words.
Index(
    "ix_suggestion_text_received",
    suggestion_text.c.received_ms,
    suggestion_text.c.shop_id,
    suggestion_text.c.kiosk_id,
    suggestion_text.c.suggestion_id,
)
