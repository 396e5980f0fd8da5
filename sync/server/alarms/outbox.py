"""What waits to be told, and whom it concerns."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import Connection, Row, insert, select

from sync.server.accounts.roles import Scope
from sync.server.alarms.book import News
from sync.server.schema import account, shop
from sync.server.schema.alarms import alarm_channel, alarm_outbox

TEST = "test"


def tell(connection: Connection, news: Iterable[News], now_ms: int) -> int:
    """Puts news into the outbox of every channel that wants them; returns how many messages."""
    found = list(news)
    if not found:
        return 0
    listeners = connection.execute(
        select(
            alarm_channel,
            account.c.region_code.label("owner_region"),
            account.c.shop_id.label("owner_shop"),
        )
        .join(account, account.c.account_id == alarm_channel.c.account_id)
        .where(account.c.disabled_ms.is_(None))
    ).all()
    if not listeners:
        return 0
    ids = sorted({one.shop_id for one in found})
    regions = {
        row.shop_id: row.region_code
        for row in connection.execute(
            select(shop.c.shop_id, shop.c.region_code).where(shop.c.shop_id.in_(ids))
        )
    }
    count = 0
    for channel in listeners:
        for one in found:
            if _wants(channel, one, regions.get(one.shop_id, "")):
                body = {
                    "severity": one.severity,
                    "since_ms": one.since_ms,
                    "detail": json.loads(one.detail),
                }
                put(
                    connection,
                    channel.channel_id,
                    now_ms,
                    one.shop_id,
                    one.kind.value,
                    one.key,
                    one.what.value,
                    body,
                )
                count += 1
    return count


def _wants(channel: Row[Any], one: News, region_code: str) -> bool:
    """Within what the owner may see *now*, within the channel's own part, and of its kinds."""
    kinds = channel.alarm_kinds.split()
    return (
        one.severity >= channel.severity_min
        and (not kinds or one.kind.value in kinds)
        and Scope(channel.owner_region, channel.owner_shop).holds(region_code, one.shop_id)
        and Scope(channel.region_code, channel.shop_id).holds(region_code, one.shop_id)
    )


def put(
    connection: Connection,
    channel_id: str,
    now_ms: int,
    shop_id: int | None,
    kind: str,
    key: str,
    what: str,
    body: Mapping[str, Any],
) -> None:
    """Lets one message wait for a channel; ``shop_id`` None for a message about no shop."""
    connection.execute(
        insert(alarm_outbox).values(
            channel_id=channel_id,
            message_id=secrets.token_hex(8),
            at_ms=now_ms,
            shop_id=shop_id,
            alarm_kind=kind,
            key=key,
            what=what,
            body=json.dumps(body, ensure_ascii=False, sort_keys=True),
        )
    )
