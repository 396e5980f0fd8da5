"""Who wants to be told of what, and how; and what waits to be told."""

from __future__ import annotations

import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import Connection, Row, delete, func, insert, select

from kiosk.domain.errors import ConfigError
from sync.server.accounts import audit
from sync.server.accounts.roles import Person, Scope
from sync.server.alarms import outbox
from sync.server.alarms.kinds import Kind, Severity
from sync.server.problems import ProblemError
from sync.server.schema import region, shop
from sync.server.schema.alarms import alarm_channel, alarm_outbox

CHANNELS_MAX = 10
TARGET_LENGTH_MAX = 500
_UNSEEN = re.compile(r"[\x00-\x20\x7f]")
_ADDRESS = re.compile(r"[^@\s\x00-\x20\x7f<>,;:\"\\]{1,64}@[A-Za-z0-9.-]{1,180}\.[A-Za-z0-9-]{2,}")


class ChannelKind(StrEnum):
    """How somebody is told."""

    MAIL = "mail"
    WEBHOOK = "webhook"


@dataclass(frozen=True, slots=True)
class Wish:
    """A channel as somebody asks for it; no ``kinds`` means all, an empty scope all he sees."""

    kind: ChannelKind
    target: str
    kinds: frozenset[Kind]
    severity_min: Severity
    scope: Scope
    language: str


def add(
    connection: Connection,
    person: Person,
    wish: Wish,
    now_ms: int,
    *,
    private_webhooks: bool = False,
) -> tuple[str, str]:
    """Makes a channel of one's own.

    Returns:
        Its id, and the secret that webhooks are signed with (empty for mail), to be shown once.

    Raises:
        ConfigError: for an address that cannot be, or too many channels.
        ProblemError: ``not_found`` for a part that is not this person's.
    """
    _check_target(wish, private_webhooks=private_webhooks)
    _check_scope(connection, person.scope, wish.scope)
    mine = alarm_channel.c.account_id == person.account_id
    count = select(func.count()).select_from(alarm_channel).where(mine)
    if connection.execute(count).scalar_one() >= CHANNELS_MAX:
        raise ConfigError("That is as many as one person can have; take one away first.")
    channel_id = secrets.token_hex(8)
    secret = secrets.token_urlsafe(32) if wish.kind is ChannelKind.WEBHOOK else ""
    connection.execute(
        insert(alarm_channel).values(
            channel_id=channel_id,
            account_id=person.account_id,
            kind=wish.kind.value,
            target=wish.target,
            alarm_kinds=" ".join(sorted(wish.kinds)),
            severity_min=int(wish.severity_min),
            region_code=wish.scope.region_code,
            shop_id=wish.scope.shop_id,
            language=wish.language,
            secret=secret,
            created_ms=now_ms,
            next_ms=0,
            failures=0,
            sent_ms=None,
            trouble="",
        )
    )
    _note(connection, person, "alarm.channel.add", channel_id, now_ms, wish.kind.value)
    return channel_id, secret


def remove(connection: Connection, person: Person, channel_id: str, now_ms: int) -> None:
    """Takes a channel of one's own away, with what waits for it.

    Raises:
        ProblemError: ``not_found``.
    """
    row = own(connection, person, channel_id)
    connection.execute(delete(alarm_outbox).where(alarm_outbox.c.channel_id == channel_id))
    connection.execute(delete(alarm_channel).where(alarm_channel.c.channel_id == channel_id))
    _note(connection, person, "alarm.channel.remove", channel_id, now_ms, row.kind)


def try_out(connection: Connection, person: Person, channel_id: str, now_ms: int) -> None:
    """A message that says only that messages arrive.

    Raises:
        ProblemError: ``not_found``.
    """
    row = own(connection, person, channel_id)
    outbox.put(connection, channel_id, now_ms, None, "", "", outbox.TEST, {})
    _note(connection, person, "alarm.channel.test", channel_id, now_ms, row.kind)


def own(connection: Connection, person: Person, channel_id: str) -> Row[Any]:
    """One's own channel; others' are as if they were not there.

    Raises:
        ProblemError: ``not_found``.
    """
    # Looked for among one's own few, so that no strange text ever reaches the database.
    mine = connection.execute(
        select(alarm_channel).where(alarm_channel.c.account_id == person.account_id)
    )
    row = next((row for row in mine if row.channel_id == channel_id), None)
    if row is None:
        raise ProblemError("not_found", "There is no such channel of yours.")
    return row


def of_person(connection: Connection, person: Person) -> Sequence[Row[Any]]:
    """One's own channels, each with how many messages wait (``waiting``)."""
    waiting = (
        select(func.count())
        .select_from(alarm_outbox)
        .where(alarm_outbox.c.channel_id == alarm_channel.c.channel_id)
        .scalar_subquery()
    )
    return connection.execute(
        select(alarm_channel, waiting.label("waiting"), shop.c.name.label("shop_name"))
        .outerjoin(shop, shop.c.shop_id == alarm_channel.c.shop_id)
        .where(alarm_channel.c.account_id == person.account_id)
        .order_by(alarm_channel.c.created_ms)
    ).all()


def _check_target(wish: Wish, *, private_webhooks: bool) -> None:
    if len(wish.target) > TARGET_LENGTH_MAX:
        raise ConfigError("That address is too long.")
    if wish.kind is ChannelKind.MAIL:
        if not _ADDRESS.fullmatch(wish.target):
            raise ConfigError("That is no mail address; write it like name@example.kz.")
        return
    try:
        url = urlsplit(wish.target)
        host, _port = url.hostname, url.port
    except ValueError:
        url, host = urlsplit(""), None
    schemes = ("https", "http") if private_webhooks else ("https",)
    if not host or url.scheme not in schemes or url.username or _UNSEEN.search(wish.target):
        raise ConfigError(
            "That is no address for a webhook; write it like https://example.kz/hook."
        )


def _check_scope(connection: Connection, mine: Scope, wanted: Scope) -> None:
    """Nobody listens to shops that he cannot see."""
    if wanted.is_national:
        return
    region_of_shop = ""
    if wanted.shop_id is not None:
        found = connection.execute(
            select(shop.c.region_code).where(shop.c.shop_id == wanted.shop_id, mine.shops())
        ).scalar_one_or_none()
        if found is None:
            raise ProblemError("not_found", "There is no such shop here.")
        region_of_shop = str(found)
    elif not mine.holds(wanted.region_code, None) or wanted.region_code not in set(
        connection.execute(select(region.c.region_code)).scalars()
    ):
        raise ProblemError("not_found", "There is no such region here.")
    assert mine.holds(wanted.region_code, wanted.shop_id, shop_region=region_of_shop)


def _note(
    connection: Connection, person: Person, action: str, channel_id: str, now_ms: int, kind: str
) -> None:
    audit.note(
        connection,
        person,
        action,
        channel_id,
        now_ms=now_ms,
        region_code=person.scope.region_code,
        shop_id=person.scope.shop_id,
        kind=kind,
    )
