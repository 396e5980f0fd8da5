"""Watermarks: how far the centre holds each kiosk's chains."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy import ColumnElement, Connection, and_, bindparam, or_, select, update

from kiosk.domain.chain import Head
from sync.server.schema import shop, watermark
from sync.wire import EpochMark


class EpochKey(NamedTuple):
    """Whose chain it is: the primary key of a watermark."""

    shop_id: int
    kiosk_id: str
    epoch: int


@dataclass(frozen=True, slots=True)
class Held:
    """How far an epoch is held, and the region that its shop belongs to."""

    head: Head
    region_code: str


@dataclass(frozen=True, slots=True)
class Moved:
    """Where an epoch stands now. ``kiosk_head_seq``: the kiosk's own last entry, as it says."""

    key: EpochKey
    head: Head
    kiosk_head_seq: int
    seen_ms: int


def locked(connection: Connection, keys: Sequence[EpochKey]) -> dict[EpochKey, Held]:
    """How far epochs are held; locked until the commit, and in order, or two writers could lock
    each other out."""
    rows = connection.execute(
        select(
            watermark.c.shop_id,
            watermark.c.kiosk_id,
            watermark.c.epoch,
            watermark.c.seq,
            watermark.c.head_hash,
            shop.c.region_code,
        )
        .join(shop, shop.c.shop_id == watermark.c.shop_id)
        .where(or_(*map(_is, keys)))
        .order_by(watermark.c.shop_id, watermark.c.kiosk_id, watermark.c.epoch)
        .with_for_update(of=watermark)
    )
    return {
        EpochKey(shop_id, kiosk_id, epoch): Held(Head(epoch, seq, head_hash), region_code)
        for shop_id, kiosk_id, epoch, seq, head_hash, region_code in rows
    }


_MOVE = (
    update(watermark)
    .where(
        watermark.c.shop_id == bindparam("of_shop"),
        watermark.c.kiosk_id == bindparam("of_kiosk"),
        watermark.c.epoch == bindparam("of_epoch"),
    )
    .values(
        seq=bindparam("seq"),
        head_hash=bindparam("head_hash"),
        kiosk_head_seq=bindparam("kiosk_head_seq"),
        last_seen_ms=bindparam("last_seen_ms"),
    )
)


def move(connection: Connection, moves: Iterable[Moved]) -> None:
    """Says where epochs stand now; at least one."""
    connection.execute(
        _MOVE,
        [
            {
                "of_shop": one.key.shop_id,
                "of_kiosk": one.key.kiosk_id,
                "of_epoch": one.key.epoch,
                "seq": one.head.seq,
                "head_hash": one.head.hash,
                "kiosk_head_seq": max(one.kiosk_head_seq, one.head.seq),
                "last_seen_ms": one.seen_ms,
            }
            for one in moves
        ],
    )


def fork(connection: Connection, key: EpochKey) -> None:
    """Says that two branches of an epoch came in."""
    connection.execute(update(watermark).where(_is(key)).values(forked=True))


def message(head: Head) -> EpochMark:
    """A head as it travels."""
    return EpochMark(head.epoch, head.seq, head.hash.hex())


def _is(key: EpochKey) -> ColumnElement[bool]:
    return and_(
        watermark.c.shop_id == key.shop_id,
        watermark.c.kiosk_id == key.kiosk_id,
        watermark.c.epoch == key.epoch,
    )
