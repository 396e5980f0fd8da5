"""The journals of a file that the centre knows, and whom it lets bring them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Connection, select

from sync.server.accounts.roles import Person
from sync.server.importing.source import JournalId
from sync.server.marks import EpochKey
from sync.server.schema import kiosk_epoch, shop, watermark


@dataclass(frozen=True, slots=True)
class Known:
    """A journal that the centre knows and may take in: whose key, where, how far."""

    key: EpochKey
    public_key: bytes
    slug: str
    region_code: str
    status: str
    kiosk_head_seq: int


def known_journals(
    connection: Connection, wanted: Iterable[JournalId], person: Person | None
) -> dict[JournalId, Known]:
    """Those that the centre knows and the person may see; None sees all."""
    kiosk_ids = sorted({one.kiosk_id for one in wanted})
    query = (
        select(kiosk_epoch, watermark.c.kiosk_head_seq, shop.c.slug, shop.c.region_code)
        .join(
            watermark,
            (watermark.c.shop_id == kiosk_epoch.c.shop_id)
            & (watermark.c.kiosk_id == kiosk_epoch.c.kiosk_id)
            & (watermark.c.epoch == kiosk_epoch.c.epoch),
        )
        .join(shop, shop.c.shop_id == kiosk_epoch.c.shop_id)
        .where(kiosk_epoch.c.kiosk_id.in_(kiosk_ids))
    )
    if person is not None:
        query = query.where(person.scope.shops())
    return {
        JournalId(row.kiosk_id, row.epoch): Known(
            EpochKey(row.shop_id, row.kiosk_id, row.epoch),
            bytes(row.public_key),
            row.slug,
            row.region_code,
            row.status,
            row.kiosk_head_seq,
        )
        for row in connection.execute(query)
    }
