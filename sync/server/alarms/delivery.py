"""Getting messages out: one digest per channel and pause, again and again until it is taken."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import Connection, Row, delete, select, update

from sync.server.accounts.roles import Scope
from sync.server.alarms import letters, mail, webhook
from sync.server.alarms.channels import ChannelKind
from sync.server.alarms.settings import AlarmSettings
from sync.server.alarms.webhook import SendError
from sync.server.schema import account, region, shop
from sync.server.schema.alarms import alarm_channel, alarm_outbox
from sync.server.store import Store

PAUSE_MS = 10 * 60_000
"""At most one message per channel and so long: a digest, not a flood."""
RETRY_MS = 60_000
RETRY_MS_MAX = 6 * 3_600_000
KEPT_MS = 3 * 24 * 3_600_000
"""What could not be delivered for so long is no news any more."""
ITEMS_MAX = 500

_log = logging.getLogger(__name__)


def deliver(
    store: Store, settings: AlarmSettings, now_ms: Callable[[], int], still: Callable[[], bool]
) -> int:
    """Sends what is due; returns how many digests went out.

    A digest that was taken but could not be marked so is sent again, with the same ids.

    Args:
        still: asked before each channel whether to go on.
    """
    if store.read(lambda c: _has_old(c, now_ms())):
        store.write(lambda c: _forget_old(c, now_ms()))
    sent = 0
    for channel in store.read(lambda c: _due(c, now_ms())):
        if not still():
            break
        sent += _deliver_one(store, settings, channel, now_ms())
    return sent


def _deliver_one(store: Store, settings: AlarmSettings, channel: Row[Any], now_ms: int) -> bool:
    rows = store.read(lambda c: _waiting(c, channel))
    scope = Scope(channel.owner_region, channel.owner_shop)
    items = letters.collapse(row for row in rows if _may_see(scope, row))
    trouble = ""
    if items:
        try:
            _send(settings, channel, items, now_ms)
        except SendError as error:
            trouble = str(error)
            _log.warning("Alarms of channel %s wait: %s", channel.channel_id, trouble)
    taken = [row.message_id for row in rows]

    def write(connection: Connection) -> None:
        this = alarm_channel.c.channel_id == channel.channel_id
        if trouble:
            failures = min(channel.failures + 1, 30)
            wait_ms = backoff_ms(failures)
            values = {"failures": failures, "next_ms": now_ms + wait_ms, "trouble": trouble}
        else:
            connection.execute(
                delete(alarm_outbox).where(
                    alarm_outbox.c.channel_id == channel.channel_id,
                    alarm_outbox.c.message_id.in_(taken),
                )
            )
            values = {"failures": 0, "trouble": ""}
            if items:
                values |= {"next_ms": now_ms + PAUSE_MS, "sent_ms": now_ms}
        connection.execute(update(alarm_channel).where(this).values(**values))

    store.write(write)
    return bool(items) and not trouble


def backoff_ms(failures: int) -> int:
    """Full jitter: anything up to a limit that doubles, so that nobody comes back in step."""
    limit_ms = min(RETRY_MS_MAX, RETRY_MS * 2 ** min(failures, 20))
    return RETRY_MS // 2 + secrets.randbelow(limit_ms)


def _send(
    settings: AlarmSettings, channel: Row[Any], items: Sequence[letters.Item], now_ms: int
) -> None:
    if channel.kind == ChannelKind.WEBHOOK:
        body = letters.payload(items, now_ms)
        private = settings.private_webhooks
        webhook.post(channel.target, body, channel.secret, now_ms=now_ms, private=private)
        return
    subject, text = letters.subject_and_text(items, channel.language, settings.public_url)
    made = mail.make(
        settings,
        channel.target,
        subject,
        text,
        message_id=f"{channel.channel_id}.{items[0].message_id}",
        now_ms=now_ms,
    )
    mail.send(settings, made)


def _due(connection: Connection, now_ms: int) -> Sequence[Row[Any]]:
    """Channels whose pause is over and for which something waits."""
    waits = select(alarm_outbox.c.channel_id)
    return connection.execute(
        select(
            alarm_channel,
            account.c.region_code.label("owner_region"),
            account.c.shop_id.label("owner_shop"),
        )
        .join(account, account.c.account_id == alarm_channel.c.account_id)
        .where(
            alarm_channel.c.next_ms <= now_ms,
            alarm_channel.c.channel_id.in_(waits),
            account.c.disabled_ms.is_(None),
        )
        .order_by(alarm_channel.c.next_ms, alarm_channel.c.channel_id)
    ).all()


def _waiting(connection: Connection, channel: Row[Any]) -> Sequence[Row[Any]]:
    return connection.execute(
        select(
            alarm_outbox,
            shop.c.name.label("shop_name"),
            shop.c.slug,
            shop.c.region_code,
            region.c.name_kk,
            region.c.name_ru,
            region.c.name_en,
        )
        .outerjoin(shop, shop.c.shop_id == alarm_outbox.c.shop_id)
        .outerjoin(region, region.c.region_code == shop.c.region_code)
        .where(alarm_outbox.c.channel_id == channel.channel_id)
        .order_by(alarm_outbox.c.at_ms, alarm_outbox.c.message_id)
        .limit(ITEMS_MAX)
    ).all()


def _may_see(scope: Scope, row: Row[Any]) -> bool:
    """The owner's part may have become another since the message was put there."""
    return row.shop_id is None or scope.holds(row.region_code, row.shop_id)


def _has_old(connection: Connection, now_ms: int) -> bool:
    old = select(alarm_outbox.c.message_id).where(alarm_outbox.c.at_ms < now_ms - KEPT_MS)
    return connection.execute(old.limit(1)).first() is not None


def _forget_old(connection: Connection, now_ms: int) -> None:
    connection.execute(delete(alarm_outbox).where(alarm_outbox.c.at_ms < now_ms - KEPT_MS))
