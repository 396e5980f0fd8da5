"""One kiosk's epochs, each linked to the head before it, and whose place it took."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, and_, or_, select

from kiosk.domain.chain import GENESIS
from sync.server.accounts.roles import Scope
from sync.server.measures.health import Health, health
from sync.server.schema import kiosk_epoch, shop, watermark
from sync.server.schema.kiosks import kiosk_successor


@dataclass(frozen=True, slots=True)
class Epoch:
    """One epoch at a shop within scope.

    ``follows``: ``start`` of the journal; ``head`` of the epoch before as it is here now; ``point``
    for an entry of the epoch before that later ones came after; ``elsewhere`` when that lies at a
    shop out of sight, or is not here.
    """

    epoch: int
    status: str
    slug: str
    shop_name: str
    enrolled_ms: int
    link_hash: str
    follows: str
    seq: int
    head_hash: str
    waiting: int
    last_seen_ms: int | None
    forked: bool


@dataclass(frozen=True, slots=True)
class Place:
    """A machine that took another one's place, after the entry of the old one that was here."""

    kiosk_id: str
    old_kiosk_id: str
    old_epoch: int
    old_seq: int
    old_head_hash: str
    at_ms: int


def epochs_of(connection: Connection, scope: Scope, kiosk_id: str) -> list[Epoch]:
    """A kiosk's epochs, the newest first."""
    rows = connection.execute(
        select(
            kiosk_epoch.c.epoch,
            kiosk_epoch.c.status,
            shop.c.slug,
            shop.c.name,
            kiosk_epoch.c.enrolled_ms,
            kiosk_epoch.c.link_hash,
            watermark.c.seq,
            watermark.c.head_hash,
            watermark.c.kiosk_head_seq,
            watermark.c.last_seen_ms,
            watermark.c.forked,
        )
        .join(shop, shop.c.shop_id == kiosk_epoch.c.shop_id)
        .join(
            watermark,
            and_(
                watermark.c.shop_id == kiosk_epoch.c.shop_id,
                watermark.c.kiosk_id == kiosk_epoch.c.kiosk_id,
                watermark.c.epoch == kiosk_epoch.c.epoch,
            ),
        )
        .where(kiosk_epoch.c.kiosk_id == kiosk_id, scope.shops())
        .order_by(kiosk_epoch.c.epoch.desc())
    ).all()
    before = {row.epoch: bytes(row.head_hash) for row in rows}
    return [_epoch(row, before) for row in rows]


def places_of(connection: Connection, scope: Scope, kiosk_id: str) -> list[Place]:
    """Whose place this kiosk took, and who took its own."""
    rows = connection.execute(
        select(kiosk_successor)
        .join(shop, shop.c.shop_id == kiosk_successor.c.shop_id)
        .where(
            scope.shops(),
            or_(
                kiosk_successor.c.kiosk_id == kiosk_id,
                kiosk_successor.c.old_kiosk_id == kiosk_id,
            ),
        )
        .order_by(kiosk_successor.c.at_ms)
    )
    return [
        Place(
            row.kiosk_id,
            row.old_kiosk_id,
            row.old_epoch,
            row.old_seq,
            bytes(row.old_head_hash).hex(),
            row.at_ms,
        )
        for row in rows
    ]


def health_of(
    connection: Connection, shop_id: int, kiosk_id: str, epoch: int, now_ms: int
) -> Health | None:
    """What the journal itself says of the machine: program, last start, clock."""
    found = health(connection, shop_id, now_ms)
    return next((x for x in found if (x.kiosk_id, x.epoch) == (kiosk_id, epoch)), None)


def _epoch(row: Any, heads: dict[int, bytes]) -> Epoch:
    link = bytes(row.link_hash)
    return Epoch(
        row.epoch,
        row.status,
        row.slug,
        row.name,
        row.enrolled_ms,
        link.hex(),
        _follows(link, row.epoch, heads),
        row.seq,
        bytes(row.head_hash).hex(),
        max(0, row.kiosk_head_seq - row.seq),
        row.last_seen_ms,
        bool(row.forked),
    )


def _follows(link: bytes, epoch: int, heads: dict[int, bytes]) -> str:
    if link == GENESIS:
        return "start"
    earlier = max((number for number in heads if number < epoch), default=0)
    if not earlier:
        return "elsewhere"
    return "head" if heads[earlier] == link else "point"
