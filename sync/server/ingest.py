"""Taking a journal in: checked, exactly once, nothing thrown away.

One row per (kiosk, epoch), the watermark, says how far the centre holds that chain. It is locked
while a batch goes in, so that a batch is either entirely known, entirely new, or a known
beginning and a new end. What does not fit the chain that is here is kept aside and alarmed.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, and_, exists, select, update
from sqlalchemy.dialects import postgresql, sqlite

from kiosk.domain.chain import Head, StoredEntry, link_faults, signature_is_valid
from sync.server.bulk import EntryRow, insert_entries
from sync.server.money import books
from sync.server.problems import ProblemError
from sync.server.rollups import Reading, keep, keep_last, read_payload
from sync.server.schema import entry, quarantine, shop, watermark
from sync.server.store import Store
from sync.wire import Ack, EpochMark

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class EpochKey:
    """Whose chain it is: the primary key of a watermark."""

    shop_id: int
    kiosk_id: str
    epoch: int


def take_in(
    store: Store,
    key: EpochKey,
    public_key: bytes,
    entries: Sequence[StoredEntry],
    *,
    head_seq: int,
    now_ms: int,
) -> Ack:
    """Takes a run of entries in and says so only after the commit.

    Args:
        store: the database.
        key: the epoch that the sender may write; the entries are of its kiosk and epoch.
        public_key: the 32 raw bytes that the epoch's entries are signed for.
        entries: at least one, numbered without a gap, each following the one before.
        head_seq: the sender's own last entry.
        now_ms: the server's time.

    Raises:
        ProblemError: ``hash`` or ``signature`` when the entries prove nothing, ``fork`` when they
            contradict what is here (both kept aside), ``gap`` when earlier ones are missing.
    """
    fault = _fault(entries, public_key)
    if fault is not None:
        store.write(lambda connection: _keep_aside(connection, key, entries, fault, now_ms))
        _log.error(
            "Kept aside (%s): %d entries of %s from %d", fault, len(entries), key, entries[0].seq
        )
        raise ProblemError(fault, _FAULT_MESSAGES[fault])
    # Reading costs time and needs no lock.
    readings = [read_payload(x.payload) for x in entries]

    def work(connection: Connection) -> ProblemError | None:
        mark, region_code = _lock_mark(connection, key)
        if entries[0].seq > mark.seq + 1:
            return _after_a_gap(connection, key, mark, entries, now_ms)
        fork_at = _fork_index(connection, key, mark, entries)
        known = sum(one.seq <= mark.seq for one in entries[:fork_at])
        new = readings[known:fork_at]
        head = _append(connection, key, mark, entries[known:fork_at], new, now_ms)
        connection.execute(
            update(watermark)
            .where(_is(key))
            .values(
                seq=head.seq,
                head_hash=head.hash,
                kiosk_head_seq=max(head_seq, head.seq),
                last_seen_ms=now_ms,
            )
        )
        keep_last(connection, region_code, new)
        if fork_at == len(entries):
            return None
        return _set_fork_aside(connection, key, entries[fork_at:], now_ms)

    problem = store.write(work)
    if problem is not None:
        if problem.problem.code == "fork":
            _log.error("Kept aside (fork): entries of %s from %s", key, problem.problem.fork_seq)
        raise problem
    last = entries[-1]
    return Ack(last.epoch, last.seq, last.hash.hex(), now_ms)


_FAULT_MESSAGES = {
    "hash": "An entry's hash does not fit its bytes; the batch was kept aside. "
    "Check the kiosk's disk: adal-kiosk journal verify.",
    "signature": "The batch was not signed by this kiosk's key and was kept aside. "
    "Enrol the kiosk again.",
}


def _fault(entries: Sequence[StoredEntry], public_key: bytes) -> str | None:
    """What is wrong with the entries in themselves.

    All hashes are checked but only the last signature: the chain makes it speak for the rest.
    """
    first, last = entries[0], entries[-1]
    if any(link_faults(entries, Head(first.epoch, first.seq - 1, first.prev_hash))):
        return "hash"
    if not signature_is_valid(public_key, last.hash, last.signature):
        return "signature"
    return None


def _lock_mark(connection: Connection, key: EpochKey) -> tuple[Head, str]:
    """How far the epoch is held, locked until the commit; and the shop's region."""
    row = connection.execute(
        select(watermark.c.seq, watermark.c.head_hash, shop.c.region_code)
        .join(shop, shop.c.shop_id == watermark.c.shop_id)
        .where(_is(key))
        .with_for_update(of=watermark)
    ).one()
    return Head(key.epoch, row.seq, row.head_hash), row.region_code


def _fork_index(
    connection: Connection, key: EpochKey, mark: Head, entries: Sequence[StoredEntry]
) -> int:
    """Index of the first entry that contradicts what is here; ``len(entries)`` for none."""
    if entries[0].seq == mark.seq + 1:
        return len(entries) if entries[0].prev_hash == mark.hash else 0
    rows = connection.execute(
        select(entry.c.seq, entry.c.hash).where(
            entry.c.shop_id == key.shop_id,
            entry.c.kiosk_id == key.kiosk_id,
            entry.c.epoch == key.epoch,
            entry.c.seq.between(entries[0].seq, entries[-1].seq),
        )
    )
    held = {row.seq: row.hash for row in rows}
    for index, one in enumerate(entries):
        if one.seq <= mark.seq and held.get(one.seq) != one.hash:
            return index
    return len(entries)


def _append(
    connection: Connection,
    key: EpochKey,
    mark: Head,
    entries: Sequence[StoredEntry],
    readings: Sequence[Reading],
    now_ms: int,
) -> Head:
    """Writes new entries with what follows from them for their shop; the new head."""
    if not entries:
        return mark
    rows = [_row(key, *both, now_ms) for both in zip(entries, readings, strict=True)]
    insert_entries(connection, rows)
    keep(connection, key.shop_id, (key.kiosk_id, key.epoch), readings)
    if any(reading.type in books.MONEY_TYPES for reading in readings):
        books.keep(connection, [(key.shop_id, key.kiosk_id, key.epoch)])
    return entries[-1].head


def _row(key: EpochKey, one: StoredEntry, reading: Reading, now_ms: int) -> EntryRow:
    return (
        key.shop_id,
        key.kiosk_id,
        key.epoch,
        one.seq,
        reading.type,
        reading.at_ms,
        reading.type is not None,
        now_ms,
        one.hash,
        one.signature,
        one.payload,
    )


def _after_a_gap(
    connection: Connection,
    key: EpochKey,
    mark: Head,
    entries: Sequence[StoredEntry],
    now_ms: int,
) -> ProblemError:
    """Entries beyond the next one: the continuation of a fork kept aside, or a gap."""
    first = entries[0]
    continues_fork = connection.execute(
        select(
            exists().where(
                quarantine.c.shop_id == key.shop_id,
                quarantine.c.kiosk_id == key.kiosk_id,
                quarantine.c.epoch == key.epoch,
                quarantine.c.seq == first.seq - 1,
                quarantine.c.hash == first.prev_hash,
                quarantine.c.reason == "fork",
            )
        )
    ).scalar_one()
    if continues_fork:
        return _set_fork_aside(connection, key, entries, now_ms)
    return ProblemError(
        "gap",
        f"Entries {mark.seq + 1} to {first.seq - 1} are missing here; send them first.",
        mark=mark_message(mark),
    )


def _set_fork_aside(
    connection: Connection, key: EpochKey, entries: Sequence[StoredEntry], now_ms: int
) -> ProblemError:
    _keep_aside(connection, key, entries, "fork", now_ms)
    connection.execute(update(watermark).where(_is(key)).values(forked=True))
    first = entries[0]
    return ProblemError(
        "fork",
        f"Entry {first.seq} of this kiosk is here already with another content: its card was "
        "copied or restored from a backup. Everything is kept; enrol the kiosk again.",
        mark=mark_message(_lock_mark(connection, key)[0]),
        fork_seq=first.seq,
    )


def _keep_aside(
    connection: Connection,
    key: EpochKey,
    entries: Sequence[StoredEntry],
    reason: str,
    now_ms: int,
) -> None:
    """Puts entries into quarantine; the same ones again change nothing."""
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    statement = dialect.insert(quarantine).on_conflict_do_nothing()
    connection.execute(
        statement,
        [
            {
                "shop_id": key.shop_id,
                "kiosk_id": key.kiosk_id,
                "epoch": key.epoch,
                "seq": one.seq,
                "content_sha256": _content_hash(one),
                "reason": reason,
                "received_ms": now_ms,
                "prev_hash": one.prev_hash,
                "hash": one.hash,
                "signature": one.signature,
                "payload": one.payload,
            }
            for one in entries
        ],
    )


def _content_hash(one: StoredEntry) -> bytes:
    fixed = one.prev_hash + one.hash + one.signature
    return hashlib.sha256(fixed + one.payload).digest()


def mark_message(mark: Head) -> EpochMark:
    """A head as it travels."""
    return EpochMark(mark.epoch, mark.seq, mark.hash.hex())


def _is(key: EpochKey) -> ColumnElement[bool]:
    return and_(
        watermark.c.shop_id == key.shop_id,
        watermark.c.kiosk_id == key.kiosk_id,
        watermark.c.epoch == key.epoch,
    )
