"""Sales made under a wrong clock: counted on the day on which they really were.

A kiosk's clock may be wrong until it hears the centre; then it writes a ``clock_set`` entry. The
monotonic clock of the same boot tells how long before that each sale was made. Entries are never
rewritten: what was added to the wrong day is taken off it again and added to the right one, in the
transaction that takes the ``clock_set`` in. Each entry is moved by the first one that follows it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from msgspec.structs import replace
from sqlalchemy import Connection, select

from kiosk.domain.ledger import day_of
from kiosk.domain.true_times import CLOCK_SET, Anchor, anchor_of, told
from sync.server.marks import EpochKey
from sync.server.rollups.reading import Reading, read_payload
from sync.server.schema import entry

__all__ = ["CLOCK_SET", "moves"]

MOVED_TYPES = frozenset({"sale", "correction"})
ROWS_AT_ONCE = 500


def moves(
    connection: Connection, key: EpochKey, clock_sets: Iterable[tuple[int, bytes]]
) -> list[Reading]:
    """What leaves one day and comes to another, by numbers and payloads of ``clock_set`` entries.

    The entries before them are in the database already.
    """
    return [
        moved
        for seq, payload in clock_sets
        if (anchor := _anchor(seq, payload)) is not None
        for earlier in _of_the_same_boot(connection, key, seq, anchor.boot)
        for moved in _moved(earlier, anchor)
    ]


def _of_the_same_boot(
    connection: Connection, key: EpochKey, before_seq: int, boot: str
) -> Iterator[bytes]:
    """Payloads back to where the machine started, or the clock was set before."""
    while rows := connection.execute(
        select(entry.c.seq, entry.c.payload)
        .where(
            entry.c.shop_id == key.shop_id,
            entry.c.kiosk_id == key.kiosk_id,
            entry.c.epoch == key.epoch,
            entry.c.seq < before_seq,
        )
        .order_by(entry.c.seq.desc())
        .limit(ROWS_AT_ONCE)
    ).all():
        for row in rows:
            payload = bytes(row.payload)
            said = told(payload)
            if said is None:
                continue
            if said.boot != boot or said.type == CLOCK_SET:
                return
            if said.type in MOVED_TYPES:
                yield payload
        before_seq = rows[-1].seq


def _anchor(seq: int, payload: bytes) -> Anchor | None:
    said = told(payload)
    if said is None or said.heard_ms is None:
        return None
    return anchor_of(seq, 0, said, said.heard_ms)


def _moved(payload: bytes, anchor: Anchor) -> Iterator[Reading]:
    said, reading = told(payload), read_payload(payload)
    if said is None or reading.totals is None:
        return
    day = day_of(anchor.true_ms(said.stamp))
    if day != reading.day:
        taken_off = tuple(-number for number in reading.totals)
        yield replace(reading, totals=taken_off, is_taken_off=True)
        yield replace(reading, day=day)
