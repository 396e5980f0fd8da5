"""What is set where: for a region's shops, for one shop over that; else as it is on the kiosk."""

from __future__ import annotations

import hashlib
from typing import Any, NamedTuple

import msgspec
from sqlalchemy import Connection, delete, insert, select

from kiosk.domain.remote_settings import SETTINGS, Setting
from sync.server.accounts import audit
from sync.server.accounts.roles import Person, Role
from sync.server.problems import ProblemError
from sync.server.schema import account, shop
from sync.server.schema.kiosk_settings import kiosk_setting as table


class Place(NamedTuple):
    """A region (shop 0), or one shop in it."""

    region_code: str
    shop_id: int = 0


class Held(NamedTuple):
    """A value that is set at a place, and who set it when."""

    value: Any
    account_name: str | None
    changed_ms: int


def held_at(connection: Connection, place: Place) -> dict[str, Held]:
    """What is set at exactly that place, by key."""
    rows = connection.execute(
        select(table.c.key, table.c.value, table.c.changed_ms, account.c.name)
        .outerjoin(account, account.c.account_id == table.c.account_id)
        .where(table.c.region_code == place.region_code, table.c.shop_id == place.shop_id)
    )
    return {row.key: Held(msgspec.json.decode(row.value), row.name, row.changed_ms) for row in rows}


def for_shop(connection: Connection, place: Place) -> dict[str, Any]:
    """What a shop's kiosks get: the shop's own values over its region's."""
    both = {**held_at(connection, Place(place.region_code)), **held_at(connection, place)}
    return {s.key: both[s.key].value for s in SETTINGS if s.key in both}


def seen_mark(held: dict[str, Held]) -> str:
    """Changes whenever something at the place does; a form says by it what its writer had seen."""
    plain = {key: (one.value, one.changed_ms) for key, one in held.items()}
    return hashlib.sha256(msgspec.json.encode(plain, order="sorted")).hexdigest()[:16]


def may_set(person: Person, setting: Setting) -> bool:
    """Whether the person's role lets him set this one."""
    is_office = person.role in (Role.NATIONAL, Role.REGION)
    return person.is_changer and (is_office or not setting.by_office)


def lock(connection: Connection, place: Place) -> list[int]:
    """Whoever changes a place waits for whoever is changing it; gives the shops it is about.

    Or the second of two could publish without what the first has not committed yet.
    """
    shops = select(shop.c.shop_id).where(shop.c.region_code == place.region_code)
    if place.shop_id:
        shops = shops.where(shop.c.shop_id == place.shop_id)
    locked = shops.order_by(shop.c.shop_id).with_for_update()
    return list(connection.execute(locked).scalars())


def change(
    connection: Connection, person: Person, place: Place, wanted: dict[str, Any], now_ms: int
) -> int:
    """Sets what is given, and takes back what is given as None; how many really changed.

    Args:
        wanted: by key; checked values. Keys that are missing stay.

    Raises:
        ProblemError: ``forbidden`` for one that the role may not set.
    """
    held = held_at(connection, place)
    before = {key: one.value for key, one in held.items()}
    changed = [s for s in SETTINGS if s.key in wanted and wanted[s.key] != before.get(s.key)]
    for setting in changed:
        if not may_set(person, setting):
            raise ProblemError("forbidden", "This is for the region's office to set.")
        _put(connection, person, place, setting.key, wanted[setting.key], now_ms)
        audit.note(
            connection,
            person,
            "settings.set" if wanted[setting.key] is not None else "settings.reset",
            setting.key,
            now_ms=now_ms,
            region_code=place.region_code,
            shop_id=place.shop_id or None,
            before=before.get(setting.key),
            after=wanted[setting.key],
        )
    return len(changed)


def _put(
    connection: Connection, person: Person, place: Place, key: str, value: Any, now_ms: int
) -> None:
    at = {"region_code": place.region_code, "shop_id": place.shop_id, "key": key}
    connection.execute(delete(table).where(*(table.c[name] == of for name, of in at.items())))
    if value is not None:
        connection.execute(
            insert(table).values(
                **at,
                value=msgspec.json.encode(value).decode(),
                account_id=person.account_id,
                changed_ms=now_ms,
            )
        )
