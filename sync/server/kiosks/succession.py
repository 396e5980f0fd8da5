"""A machine in the place of a broken one: noted where the old journal ends, as far as it came."""

from __future__ import annotations

from sqlalchemy import Connection, and_, delete, insert, select, update

from sync.server.access import APPROVED, PENDING, SUSPENDED
from sync.server.schema import kiosk_epoch, watermark
from sync.server.schema.kiosks import kiosk_successor


def note(
    connection: Connection, kiosk_id: str, old_kiosk_id: str, shop_id: int, at_ms: int
) -> None:
    """Notes that a kiosk came for the place of another, after the last entry that is here."""
    head = connection.execute(
        select(watermark.c.epoch, watermark.c.seq, watermark.c.head_hash)
        .where(watermark.c.kiosk_id == old_kiosk_id, watermark.c.shop_id == shop_id)
        .order_by(watermark.c.epoch.desc())
        .limit(1)
    ).one_or_none()
    if head is None:
        return
    connection.execute(delete(kiosk_successor).where(kiosk_successor.c.kiosk_id == kiosk_id))
    connection.execute(
        insert(kiosk_successor).values(
            kiosk_id=kiosk_id,
            old_kiosk_id=old_kiosk_id,
            shop_id=shop_id,
            old_epoch=head.epoch,
            old_seq=head.seq,
            old_head_hash=head.head_hash,
            at_ms=at_ms,
        )
    )


def take_place(connection: Connection, kiosk_id: str, epoch: int) -> None:
    """The approved kiosk takes the place it came for; the old one only sends what it still has.

    Not shut out: should its card be read once more, those sales are wanted. Only the epoch that
    was enrolled for the place does this, so that an old machine somebody resumed stays resumed.
    """
    old = connection.execute(
        select(kiosk_successor.c.old_kiosk_id, kiosk_successor.c.shop_id)
        .join(
            kiosk_epoch,
            and_(
                kiosk_epoch.c.kiosk_id == kiosk_successor.c.kiosk_id,
                kiosk_epoch.c.enrolled_ms == kiosk_successor.c.at_ms,
            ),
        )
        .where(kiosk_epoch.c.kiosk_id == kiosk_id, kiosk_epoch.c.epoch == epoch)
    ).one_or_none()
    if old is not None:
        connection.execute(
            update(kiosk_epoch)
            .where(
                kiosk_epoch.c.kiosk_id == old.old_kiosk_id,
                kiosk_epoch.c.shop_id == old.shop_id,
                kiosk_epoch.c.status.in_((APPROVED, PENDING)),
            )
            .values(status=SUSPENDED)
        )
