"""The epochs of a kiosk: each with its key, its shop for ever, and how far it came here."""

from __future__ import annotations

from sqlalchemy import Connection, insert, select, update

from kiosk.domain.chain import GENESIS
from sync.server import access
from sync.server.kiosks import succession
from sync.server.problems import ProblemError
from sync.server.schema import kiosk, kiosk_epoch, watermark


def approve(connection: Connection, kiosk_id: str, epoch: int) -> None:
    """Lets an epoch's token in and shuts the earlier ones out; the kiosk moves to its shop."""
    same = kiosk_epoch.c.kiosk_id == kiosk_id
    connection.execute(
        update(kiosk_epoch)
        .where(same, kiosk_epoch.c.epoch < epoch, kiosk_epoch.c.status != access.REVOKED)
        .values(status=access.REPLACED)
    )
    connection.execute(
        update(kiosk_epoch).where(same, kiosk_epoch.c.epoch == epoch).values(status=access.APPROVED)
    )
    shop_id = connection.execute(
        select(kiosk_epoch.c.shop_id).where(same, kiosk_epoch.c.epoch == epoch)
    ).scalar_one()
    connection.execute(update(kiosk).where(kiosk.c.kiosk_id == kiosk_id).values(shop_id=shop_id))
    succession.take_place(connection, kiosk_id, epoch)


def save(connection: Connection, row: dict[str, object], link_hash: bytes | None = None) -> bytes:
    """Writes a new epoch with its watermark, or a new token for one that exists.

    ``link_hash``: what its first entry follows; None for the last entry that the centre holds.
    """
    same = kiosk_epoch.c.kiosk_id == row["kiosk_id"]
    this = kiosk_epoch.c.epoch == row["epoch"]
    held = connection.execute(
        select(kiosk_epoch.c.link_hash, kiosk_epoch.c.shop_id).where(same, this)
    ).one_or_none()
    if held is not None:
        if held.shop_id != row["shop_id"]:
            raise ProblemError(
                "kiosk_name", "This key belongs to another shop for ever; make a new key first."
            )
        changed = {name: row[name] for name in ("token_hash", "status", "enrolled_ms")}
        connection.execute(update(kiosk_epoch).where(same, this).values(changed))
        return bytes(held.link_hash)
    if link_hash is None:
        link_hash = head_of(connection, str(row["kiosk_id"]))
    connection.execute(insert(kiosk_epoch).values(link_hash=link_hash, **row))
    connection.execute(
        insert(watermark).values(
            shop_id=row["shop_id"],
            kiosk_id=row["kiosk_id"],
            epoch=row["epoch"],
            seq=0,
            head_hash=link_hash,
            kiosk_head_seq=0,
            last_seen_ms=row["enrolled_ms"],
            forked=False,
        )
    )
    return link_hash


def head_of(connection: Connection, kiosk_id: str) -> bytes:
    """The last entry that the centre holds of a kiosk, whatever the epoch."""
    head = connection.execute(
        select(watermark.c.head_hash)
        .join(
            kiosk_epoch,
            (kiosk_epoch.c.kiosk_id == watermark.c.kiosk_id)
            & (kiosk_epoch.c.epoch == watermark.c.epoch)
            & (kiosk_epoch.c.shop_id == watermark.c.shop_id),
        )
        .where(watermark.c.kiosk_id == kiosk_id)
        .order_by(watermark.c.epoch.desc())
        .limit(1)
    ).scalar_one_or_none()
    return GENESIS if head is None else bytes(head)
