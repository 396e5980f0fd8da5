"""What was approved for everybody's eyes."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import msgspec
from sqlalchemy import ColumnElement, Connection, and_, select

from sync.replies import RepliesDocument, Reply
from sync.server.schema import shop, suggestion_text
from sync.server.schema.voices import suggestion_case
from sync.server.voices.words import CLOSED, LANGUAGES, Key, Status

SHOWN_MAX = 50


@dataclass(frozen=True, slots=True)
class Shown:
    """A reply and the shop it concerns."""

    slug: str
    shop_name: str
    reply: Reply


def shown(
    connection: Connection, shops: ColumnElement[bool], limit: int = SHOWN_MAX
) -> list[Shown]:
    """Approved replies, the newest first; the shopper's words only where they are approved."""
    same = (suggestion_case.c[name] == suggestion_text.c[name] for name in Key._fields)
    rows = connection.execute(
        select(suggestion_case, suggestion_text.c.body, suggestion_text.c.received_ms)
        .add_columns(shop.c.slug, shop.c.name)
        .join(suggestion_text, and_(*same))
        .join(shop, shop.c.shop_id == suggestion_case.c.shop_id)
        .where(
            shops,
            suggestion_case.c.reply_public,
            suggestion_case.c.status.in_([status.value for status in CLOSED]),
        )
        .order_by(suggestion_case.c.closed_ms.desc(), *suggestion_case.primary_key)
        .limit(limit)
    )
    return [
        Shown(
            row.slug,
            row.name,
            Reply(
                row.suggestion_id,
                row.received_ms,
                row.closed_ms,
                {x: text for x in LANGUAGES if (text := getattr(row, f"reply_{x}"))},
                row.body if row.words_public else "",
                row.status == Status.DECLINED,
            ),
        )
        for row in rows
    ]


def replies_of(connection: Connection, shop_id: int) -> RepliesDocument:
    """What a shop's kiosks may show."""
    replies = [one.reply for one in shown(connection, shop.c.shop_id == shop_id)]
    tag = hashlib.sha256(msgspec.json.encode(replies)).hexdigest()[:16]
    return RepliesDocument(tag, replies)
