"""What people see of the open alarms, and what they do to them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, func, select, true, update

from sync.server.accounts import audit
from sync.server.accounts.roles import Person, shop_for
from sync.server.alarms.book import is_named
from sync.server.alarms.kinds import Kind
from sync.server.problems import ProblemError
from sync.server.schema import account, region, shop
from sync.server.schema.alarms import alarm

NOTE_LENGTH_MAX = 500
_IS_OPEN = and_(alarm.c.closed_ms.is_(None), alarm.c.kind.in_([kind.value for kind in Kind]))


@dataclass(frozen=True, slots=True)
class OpenAlarm:
    """An alarm as a page shows it."""

    kind: str
    key: str
    severity: int
    since_ms: int
    detail: Mapping[str, Any]
    shop_name: str
    slug: str
    region_code: str
    region_names: Mapping[str, str]
    acked_ms: int | None
    acked_by: str | None
    note: str


def open_alarms(
    connection: Connection, seen: ColumnElement[bool], kind: str = "", limit: int | None = None
) -> list[OpenAlarm]:
    """The alarms that are open, most urgent first; acknowledged ones last."""
    of_kind = alarm.c.kind == kind if kind else true()
    rows = connection.execute(
        select(
            alarm,
            shop.c.name.label("shop_name"),
            shop.c.slug,
            shop.c.region_code,
            region.c.name_kk,
            region.c.name_ru,
            region.c.name_en,
            account.c.name.label("acked_name"),
        )
        .join(shop, shop.c.shop_id == alarm.c.shop_id)
        .join(region, region.c.region_code == shop.c.region_code)
        .outerjoin(account, account.c.account_id == alarm.c.acked_by)
        .where(_IS_OPEN, of_kind, seen)
        .order_by(
            alarm.c.acked_ms.is_not(None),
            alarm.c.severity.desc(),
            alarm.c.since_ms,
            alarm.c.shop_id,
            alarm.c.kind,
            alarm.c.key,
        )
        .limit(limit)
    )
    return [
        OpenAlarm(
            row.kind,
            row.key,
            row.severity,
            row.since_ms,
            json.loads(row.detail),
            row.shop_name,
            row.slug,
            row.region_code,
            {"kk": row.name_kk, "ru": row.name_ru, "en": row.name_en},
            row.acked_ms,
            row.acked_name,
            row.ack_note,
        )
        for row in rows
    ]


def kind_counts(connection: Connection, seen: ColumnElement[bool]) -> list[tuple[str, int]]:
    """How many alarms of each kind are open, the most frequent first."""
    count = func.count()
    rows = connection.execute(
        select(alarm.c.kind, count)
        .join(shop, shop.c.shop_id == alarm.c.shop_id)
        .where(_IS_OPEN, seen)
        .group_by(alarm.c.kind)
        .order_by(count.desc(), alarm.c.kind)
    )
    return [(row[0], row[1]) for row in rows]


def open_calls(connection: Connection, seen: ColumnElement[bool]) -> int:
    """Calls for a volunteer that nobody has answered by coming, as the open alarms count them."""
    details = connection.execute(
        select(alarm.c.detail)
        .join(shop, shop.c.shop_id == alarm.c.shop_id)
        .where(_IS_OPEN, alarm.c.kind == Kind.HELP.value, seen)
    ).scalars()
    return sum(int(json.loads(detail)["count"]) for detail in details)


def acknowledge(
    connection: Connection,
    person: Person,
    slug: str,
    kind: str,
    key: str,
    note: str,
    now_ms: int,
) -> None:
    """Somebody looks after it: it goes to the end of the list until it gets worse.

    Raises:
        ProblemError: ``not_found`` when there is no such open alarm in this person's part.
    """
    # PostgreSQL takes no NUL in a text, and no name of ours has one.
    if "\x00" in slug + kind + key:
        raise ProblemError("not_found", "There is no such shop here.")
    place = shop_for(connection, person.scope, slug)
    note = note.replace("\x00", "")[:NOTE_LENGTH_MAX]
    done = connection.execute(
        update(alarm)
        .where(is_named((place.shop_id, kind, key)), alarm.c.closed_ms.is_(None))
        .values(
            acked_ms=now_ms,
            acked_by=person.account_id,
            acked_level=alarm.c.level,
            ack_note=note,
        )
    )
    if done.rowcount == 0:
        raise ProblemError("not_found", "This alarm is not open any more.")
    audit.note(
        connection,
        person,
        "alarm.acknowledge",
        f"{slug} {kind} {key}".strip(),
        now_ms=now_ms,
        region_code=place.region_code,
        shop_id=place.shop_id,
        note=note,
    )
