"""What needs attention, who was told, and what was noted about it."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary, String, Table, Text

from sync.server.schema.base import metadata
from sync.server.schema.columns import kiosk_key, shop_key

kiosk_fold = Table(
    "kiosk_fold",
    metadata,
    # What a kiosk's journal amounts to up to (epoch, seq): a cache that can be thrown away.
    *kiosk_key(),
    Column("version", Integer, nullable=False),
    Column("epoch", Integer, nullable=False),
    Column("seq", BigInteger, nullable=False),
    # Of the last four weeks' counts, for ratios of many shops without reading each state.
    Column("cash_due_tenge", BigInteger, nullable=False),
    Column("cash_difference_tenge", BigInteger, nullable=False),
    Column("state", LargeBinary, nullable=False),
)

alarm = Table(
    "alarm",
    metadata,
    shop_key(),
    Column("kind", String(24), primary_key=True),
    # The kiosk it is about, or empty for the whole shop.
    Column("key", String(16), primary_key=True),
    Column("severity", Integer, nullable=False),
    # How bad it is, in coarse steps: a higher one brings an acknowledged alarm back.
    Column("level", Integer, nullable=False),
    # When it began, as far as that is known; when it was found; when it last changed.
    Column("since_ms", BigInteger, nullable=False),
    Column("opened_ms", BigInteger, nullable=False),
    Column("last_ms", BigInteger, nullable=False),
    Column("closed_ms", BigInteger),
    Column("detail", Text, nullable=False),
    Column("acked_ms", BigInteger),
    Column("acked_by", Integer),
    Column("acked_level", Integer),
    Column("ack_note", Text, nullable=False),
    # The level that channels were told of; empty: nobody was told yet.
    Column("told_level", Integer),
)
Index("ix_alarm_closed_ms", alarm.c.closed_ms)

alarm_channel = Table(
    "alarm_channel",
    metadata,
    Column("channel_id", String(16), primary_key=True),
    Column("account_id", Integer, nullable=False, index=True),
    # mail or webhook, and the address.
    Column("kind", String(8), nullable=False),
    Column("target", Text, nullable=False),
    # Kinds of alarms with blanks between them; empty: all.
    Column("alarm_kinds", Text, nullable=False),
    Column("severity_min", Integer, nullable=False),
    # A part of what the owner sees, or all of it when both are empty.
    Column("region_code", String(2)),
    Column("shop_id", Integer),
    Column("language", String(2), nullable=False),
    # Webhooks are signed with it, so it is needed as it is; empty for mail.
    Column("secret", Text, nullable=False),
    Column("created_ms", BigInteger, nullable=False),
    # Nothing is sent before this time: the digest's pause, or the wait after a failure.
    Column("next_ms", BigInteger, nullable=False),
    Column("failures", Integer, nullable=False),
    Column("sent_ms", BigInteger),
    Column("trouble", Text, nullable=False),
)

alarm_outbox = Table(
    "alarm_outbox",
    metadata,
    Column("channel_id", String(16), primary_key=True),
    Column("message_id", String(32), primary_key=True),
    Column("at_ms", BigInteger, nullable=False),
    Column("shop_id", Integer),
    Column("alarm_kind", String(24), nullable=False),
    Column("key", String(16), nullable=False),
    # opened, worse, closed or test; and the alarm as it was then, as JSON.
    Column("what", String(8), nullable=False),
    Column("body", Text, nullable=False),
)

alarm_run = Table(
    "alarm_run",
    metadata,
    # One row: which worker looks after the alarms now, and when it last went through them.
    Column("name", String(16), primary_key=True),
    Column("holder", String(32), nullable=False),
    Column("until_ms", BigInteger, nullable=False),
    Column("finished_ms", BigInteger),
)
