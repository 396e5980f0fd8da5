"""Batches that are here already: answered without taking them in again.

A kiosk whose answers got lost, or that was restored, sends everything again. Then only the hashes
are compared, and nothing is unpacked, checked or written.
"""

from __future__ import annotations

from binascii import a2b_base64, b2a_base64
from dataclasses import dataclass

from sqlalchemy import Connection, and_, select, update

from sync.server import access
from sync.server.ingest import EpochKey
from sync.server.schema import entry, kiosk_epoch, watermark
from sync.server.store import Store
from sync.wire import Ack, Batch

SEEN_EVERY_MS = 30_000
"""That somebody was heard of need not be written more often."""


@dataclass(frozen=True, slots=True)
class Sender:
    """A kiosk that may send, and how far the epoch of its token is held."""

    caller: access.Caller
    key: EpochKey
    public_key: bytes
    seq: int
    kiosk_head_seq: int
    last_seen_ms: int


def sender_of(connection: Connection, token: str) -> Sender:
    """Who sends; all that a batch needs to know of him, read at once.

    Raises:
        ProblemError: as :func:`sync.server.access.kiosk_of`.
    """
    caller = access.kiosk_of(connection, token)
    row = connection.execute(
        select(
            kiosk_epoch.c.public_key,
            watermark.c.seq,
            watermark.c.kiosk_head_seq,
            watermark.c.last_seen_ms,
        )
        .join(
            watermark,
            and_(
                watermark.c.shop_id == kiosk_epoch.c.shop_id,
                watermark.c.kiosk_id == kiosk_epoch.c.kiosk_id,
                watermark.c.epoch == kiosk_epoch.c.epoch,
            ),
        )
        .where(kiosk_epoch.c.kiosk_id == caller.kiosk_id, kiosk_epoch.c.epoch == caller.epoch)
    ).one()
    return Sender(
        caller,
        EpochKey(caller.shop_id, caller.kiosk_id, caller.epoch),
        row.public_key,
        row.seq,
        row.kiosk_head_seq,
        row.last_seen_ms or 0,
    )


def is_held(connection: Connection, sender: Sender, batch: Batch) -> bool:
    """Whether a batch of the token's own epoch is here, entry by entry."""
    key, last_seq = sender.key, last_seq_of(batch)
    if (batch.kiosk_id, batch.epoch) != (key.kiosk_id, key.epoch) or sender.seq < last_seq:
        return False
    held = connection.execute(
        select(entry.c.hash)
        .where(
            entry.c.shop_id == key.shop_id,
            entry.c.kiosk_id == key.kiosk_id,
            entry.c.epoch == key.epoch,
            entry.c.seq.between(batch.first_seq, last_seq),
        )
        .order_by(entry.c.seq)
    ).scalars()
    return [b2a_base64(x, newline=False).decode() for x in held] == [x.hash for x in batch.entries]


def acknowledge(store: Store, sender: Sender, batch: Batch, now_ms: int) -> Ack:
    """The answer to a batch that :func:`is_held`."""
    head_seq = max(batch.head_seq, sender.seq)
    if head_seq != sender.kiosk_head_seq or now_ms - sender.last_seen_ms > SEEN_EVERY_MS:
        store.write(lambda connection: _seen(connection, sender.key, head_seq, now_ms))
    head_hash = a2b_base64(batch.entries[-1].hash).hex()
    return Ack(batch.epoch, last_seq_of(batch), head_hash, now_ms)


def last_seq_of(batch: Batch) -> int:
    """The number of a batch's last entry."""
    return batch.first_seq + len(batch.entries) - 1


def _seen(connection: Connection, key: EpochKey, head_seq: int, now_ms: int) -> None:
    connection.execute(
        update(watermark)
        .where(
            watermark.c.shop_id == key.shop_id,
            watermark.c.kiosk_id == key.kiosk_id,
            watermark.c.epoch == key.epoch,
        )
        .values(kiosk_head_seq=head_seq, last_seen_ms=now_ms)
    )
