"""Suggestions' way through the offices, and the checkpoints that everybody may keep."""

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
)

from sync.server.schema.base import metadata
from sync.server.schema.columns import kiosk_key

suggestion_case = Table(
    "suggestion_case",
    metadata,
    # Of the words in suggestion_text; without a row here nobody has looked at them yet.
    *kiosk_key(),
    Column("suggestion_id", String(64), primary_key=True),
    Column("status", String(16), nullable=False),
    # Who has it: the office of the shop's region, or the national one.
    Column("office", String(16), nullable=False),
    # What the shopper is told; for a declined one the reason.
    Column("reply_kk", Text, nullable=False),
    Column("reply_ru", Text, nullable=False),
    Column("reply_en", Text, nullable=False),
    # Approved for the public page and the kiosk's screen, each by itself.
    Column("words_public", Boolean, nullable=False),
    Column("reply_public", Boolean, nullable=False),
    Column("closed_ms", BigInteger),
    Column("deleted_ms", BigInteger),
    Column("changed_ms", BigInteger, nullable=False),
)

# How many there are of each status, without their replies.
Index("ix_suggestion_case_status", suggestion_case.c.status, suggestion_case.c.shop_id)

suggestion_step = Table(
    "suggestion_step",
    metadata,
    # Its way; never changed, never deleted, and never holding the shopper's words.
    *kiosk_key(),
    Column("suggestion_id", String(64), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("at_ms", BigInteger, nullable=False),
    Column("account_id", Integer),
    Column("what", String(24), nullable=False),
    # The office that has it from this step on.
    Column("office", String(16), nullable=False),
    Column("note", Text, nullable=False),
)

checkpoint = Table(
    "checkpoint",
    metadata,
    Column("region_code", String(2), primary_key=True),
    # At UTC+5.
    Column("day", Date, primary_key=True),
    # The exact bytes that were signed.
    Column("document", LargeBinary, nullable=False),
    Column("signature", LargeBinary, nullable=False),
    Column("hash", LargeBinary, nullable=False),
    Column("made_ms", BigInteger, nullable=False),
)
