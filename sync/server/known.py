"""Batches that are here already: answered without taking them in again.

A kiosk whose answers got lost, or that was restored, sends everything again. Then only the hashes
are read and compared; nothing else is unpacked, checked or written.
"""

from __future__ import annotations

from dataclasses import dataclass

import msgspec
from sqlalchemy import Connection, and_, bindparam, select, text, update

from sync.server import access
from sync.server.marks import EpochKey
from sync.server.schema import kiosk_epoch, watermark
from sync.server.store import Store
from sync.wire import Ack, Epoch, Hash, KioskId, Seq

SEEN_EVERY_MS = 30_000
"""That somebody was heard of need not be written more often."""


class _HashAlone(msgspec.Struct, frozen=True, gc=False):
    hash: Hash


class Glance(msgspec.Struct, frozen=True):
    """A :class:`sync.wire.Batch`, as far as it must be read to know whether it is here."""

    kiosk_id: KioskId
    epoch: Epoch
    first_seq: Seq
    entries: list[_HashAlone]
    head_seq: Seq

    @property
    def last_seq(self) -> int:
        """The number of the last entry."""
        return self.first_seq + len(self.entries) - 1


GLANCE_DECODER = msgspec.json.Decoder(Glance)


@dataclass(frozen=True, slots=True)
class Sender:
    """A kiosk whose entries are kept, and how far the epoch of its token is held."""

    caller: access.Caller
    key: EpochKey
    public_key: bytes
    seq: int
    kiosk_head_seq: int
    last_seen_ms: int


_EPOCH_OF_TOKEN = (
    select(
        kiosk_epoch.c.shop_id,
        kiosk_epoch.c.token_hash,
        kiosk_epoch.c.status,
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
    .where(
        kiosk_epoch.c.kiosk_id == bindparam("kiosk_id"), kiosk_epoch.c.epoch == bindparam("epoch")
    )
)


def sender_of(connection: Connection, token: str) -> Sender:
    """Who sends; all that a batch needs to know of him, read at once.

    Raises:
        ProblemError: as :func:`sync.server.access.kiosk_that_tells`.
    """
    kiosk_id, epoch = access.named_in(token)
    row = connection.execute(_EPOCH_OF_TOKEN, {"kiosk_id": kiosk_id, "epoch": epoch}).one_or_none()
    if row is None:
        raise access.unknown_token()
    shop_id, token_hash, status, public_key, seq, head_seq, seen_ms = row
    access.require_proof(token, token_hash, status, access.TELLING)
    return Sender(
        access.Caller(shop_id, kiosk_id, epoch, status),
        EpochKey(shop_id, kiosk_id, epoch),
        public_key,
        seq,
        head_seq,
        seen_ms or 0,
    )


_HELD = (
    "FROM entry WHERE shop_id = :shop_id AND kiosk_id = :kiosk_id AND epoch = :epoch "
    "AND seq BETWEEN :first_seq AND :last_seq"
)
_HASHES = {
    "postgresql": text(f"SELECT string_agg(hash, CAST('' AS bytea) ORDER BY seq) {_HELD}"),
    "sqlite": text(
        f"SELECT group_concat(hex(hash), '') FROM (SELECT hash {_HELD} ORDER BY seq)"  # noqa: S608  constants only
    ),
}
"""Hashes in a row, as one value: fetching them one by one took longer than finding them."""


def is_held(connection: Connection, sender: Sender, sent: Glance) -> bool:
    """Whether a batch of the token's own epoch is here, entry by entry."""
    key = sender.key
    is_own = (sent.kiosk_id, sent.epoch) == (key.kiosk_id, key.epoch)
    if not is_own or not sent.entries or sent.last_seq > sender.seq:
        return False
    numbers = {"first_seq": sent.first_seq, "last_seq": sent.last_seq}
    query = _HASHES[connection.dialect.name]
    held = connection.execute(query, {**key._asdict(), **numbers}).scalar_one()
    sent_hashes = b"".join([one.hash for one in sent.entries])
    return bool(held == (sent_hashes if isinstance(held, bytes) else sent_hashes.hex().upper()))


def acknowledge(store: Store, sender: Sender, sent: Glance, now_ms: int) -> Ack:
    """The answer to a batch that :func:`is_held`."""
    head_seq = max(sent.head_seq, sender.seq)
    if head_seq != sender.kiosk_head_seq or now_ms - sender.last_seen_ms > SEEN_EVERY_MS:
        store.write(lambda connection: _seen(connection, sender.key, head_seq, now_ms))
    return Ack(sent.epoch, sent.last_seq, sent.entries[-1].hash.hex(), now_ms)


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
