"""What a shop's kiosks get: one signed document, whose versions only grow."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import msgspec
from sqlalchemy import Connection, delete, insert, select

from kiosk.domain.remote_values import VERSION_MAX, SettingsDocument
from sync.kiosk_settings import settings_bytes
from sync.server.kiosk_settings import values, volunteers
from sync.server.schema import shop
from sync.server.schema.kiosk_settings import shop_settings as table
from sync.server.server_key import key_in

AHEAD_MAX = 10_000
"""Versions that a centre restored from a backup may be behind; each is a change somebody made."""


class Published(NamedTuple):
    """A version, its exact bytes, and the centre's signature over them."""

    version: int
    document: bytes
    signature: bytes


def published(connection: Connection, shop_id: int) -> Published | None:
    """The newest version of a shop; None when nothing was ever set for it."""
    row = connection.execute(select(table).where(table.c.shop_id == shop_id)).one_or_none()
    if row is None:
        return None
    return Published(row.version, bytes(row.document), bytes(row.signature))


def publish(
    connection: Connection, shop_ids: Sequence[int], now_ms: int, *, above: int = 0
) -> None:
    """Makes a new version for each shop where something differs from the last one.

    Args:
        shop_ids: locked by :func:`values.lock`.
        above: a version that a kiosk has already; then there is a new one in any case.
    """
    key = key_in(connection)
    rows = connection.execute(
        select(shop.c.shop_id, shop.c.region_code).where(shop.c.shop_id.in_(shop_ids))
    )
    regions = {row.shop_id: row.region_code for row in rows}
    for shop_id in shop_ids:
        old = published(connection, shop_id)
        before = (
            msgspec.json.decode(old.document, type=SettingsDocument)
            if old
            else SettingsDocument(1, shop_id)
        )
        fresh = msgspec.structs.replace(
            before,
            values=values.for_shop(connection, values.Place(regions[shop_id], shop_id)),
            volunteers=volunteers.let_in(connection, shop_id),
        )
        if fresh == before and not above:
            continue
        version = max(old.version if old else 0, above) + 1
        document = msgspec.json.encode(msgspec.structs.replace(fresh, version=version))
        connection.execute(delete(table).where(table.c.shop_id == shop_id))
        connection.execute(
            insert(table).values(
                shop_id=shop_id,
                version=version,
                document=document,
                signature=key.sign(settings_bytes(shop_id, document)),
                made_ms=now_ms,
            )
        )


def bring_up(connection: Connection, shop_id: int, have: int, now_ms: int) -> None:
    """Makes a version where a kiosk finds none that it could take.

    A shop that was added after its region's values were set has none yet. And a kiosk may have a
    higher one than its shop: this centre was restored from a backup. Kiosks take no lower one, so
    what holds goes out again above it; not above any number that somebody makes up, or one kiosk
    could use up its shop's versions and nothing could ever be set there again.
    """
    region_code = connection.execute(
        select(shop.c.region_code).where(shop.c.shop_id == shop_id)
    ).scalar_one()
    shop_ids = values.lock(connection, values.Place(region_code, shop_id))
    now = published(connection, shop_id)
    version = now.version if now else 0
    is_behind = version < have <= min(version + AHEAD_MAX, VERSION_MAX - 1)
    if now is None or is_behind:
        publish(connection, shop_ids, now_ms, above=have if is_behind else 0)
