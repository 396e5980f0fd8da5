"""How a shop's kiosks are: in touch, up to date, on time, with one unbroken journal."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, func, select, text

from kiosk.domain.entries import Boot, ClockSet, Entry, decode
from kiosk.domain.errors import EntryError
from sync.server.kiosks.aside import open_of
from sync.server.schema import entry, kiosk, kiosk_epoch, quarantine, watermark
from sync.server.schema.journals import IS_LATELY

CONNECTED_MS = 15 * 60 * 1000


@dataclass(frozen=True, slots=True)
class Health:
    """One epoch of a kiosk.

    ``waiting``: entries that it said it has and that are not here. ``started_ms`` and
    ``clock_ahead_ms``: at its last start and at the last time the centre's clock was heard; None
    when its journal does not say.
    """

    kiosk_id: str
    epoch: int
    status: str
    software: str
    entries: int
    waiting: int
    last_seen_ms: int | None
    is_connected: bool
    started_ms: int | None
    clock_ahead_ms: int | None
    clock_heard_ms: int | None
    aside: int
    unreadable: int
    forked: bool


def health(connection: Connection, shop_id: int, now_ms: int) -> list[Health]:
    """All epochs of a shop's kiosks, the newest first."""
    rows = connection.execute(
        select(
            kiosk_epoch.c.kiosk_id,
            kiosk_epoch.c.epoch,
            kiosk_epoch.c.status,
            kiosk.c.software,
            func.coalesce(watermark.c.seq, 0).label("seq"),
            func.coalesce(watermark.c.kiosk_head_seq, 0).label("kiosk_head_seq"),
            watermark.c.last_seen_ms,
            func.coalesce(watermark.c.forked, False).label("forked"),
        )
        .join(kiosk, kiosk.c.kiosk_id == kiosk_epoch.c.kiosk_id)
        .outerjoin(
            watermark,
            (watermark.c.shop_id == kiosk_epoch.c.shop_id)
            & (watermark.c.kiosk_id == kiosk_epoch.c.kiosk_id)
            & (watermark.c.epoch == kiosk_epoch.c.epoch),
        )
        .where(kiosk_epoch.c.shop_id == shop_id)
        .order_by(kiosk_epoch.c.enrolled_ms.desc(), kiosk_epoch.c.epoch.desc())
    ).all()
    return [_health(connection, shop_id, row, now_ms) for row in rows]


def _health(connection: Connection, shop_id: int, row: Any, now_ms: int) -> Health:
    boot = _last(connection, shop_id, row, "boot")
    clock = _last(connection, shop_id, row, "clock_set")
    heard = clock.body if clock and isinstance(clock.body, ClockSet) else None
    seen_ms = row.last_seen_ms
    return Health(
        row.kiosk_id,
        row.epoch,
        row.status,
        boot.body.software if boot and isinstance(boot.body, Boot) else row.software,
        row.seq,
        max(0, row.kiosk_head_seq - row.seq),
        seen_ms,
        seen_ms is not None and now_ms - seen_ms <= CONNECTED_MS,
        boot.stamp.at_ms if boot else None,
        heard.local_ms - heard.server_ms if heard else None,
        heard.server_ms if heard else None,
        _count(connection, shop_id, row),
        _unreadable(connection, shop_id, row),
        bool(row.forked),
    )


def _last(connection: Connection, shop_id: int, row: Any, name: str) -> Entry | None:
    payload = connection.execute(
        select(entry.c.payload)
        .where(
            IS_LATELY,
            entry.c.shop_id == shop_id,
            entry.c.type == name,
            entry.c.kiosk_id == row.kiosk_id,
            entry.c.epoch == row.epoch,
        )
        # An epoch's entries come in their order.
        .order_by(entry.c.received_ms.desc(), entry.c.seq.desc())
        .limit(1)
    ).scalar_one_or_none()
    try:
        return None if payload is None else decode(payload)
    except EntryError:
        return None


def _count(connection: Connection, shop_id: int, row: Any) -> int:
    return int(
        connection.execute(
            select(func.count()).where(
                quarantine.c.shop_id == shop_id,
                quarantine.c.kiosk_id == row.kiosk_id,
                quarantine.c.epoch == row.epoch,
                open_of(),
            )
        ).scalar_one()
    )


def _unreadable(connection: Connection, shop_id: int, row: Any) -> int:
    return int(
        connection.execute(
            select(func.count()).where(
                text("NOT readable"),  # said so, or SQLite would not use its index
                entry.c.shop_id == shop_id,
                entry.c.kiosk_id == row.kiosk_id,
                entry.c.epoch == row.epoch,
            )
        ).scalar_one()
    )
