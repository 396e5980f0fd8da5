"""``unknown_scan``: each scan of a code that nobody knows, without its entry's bytes.

A month of a thousand shops is two thousand entries that lie far apart among the sales; here they
lie side by side. Kept in the transaction that takes entries in, and made again from them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import msgspec
from sqlalchemy import Connection, delete, insert, select

from kiosk.domain.chain import StoredEntry
from sync.server.marks import EpochKey
from sync.server.rollups.ids import stored_id
from sync.server.rollups.reading import Reading
from sync.server.schema import entry
from sync.server.schema.journals import IS_LATELY
from sync.server.schema.rollups import unknown_scan

UNKNOWN_SCAN = "unknown_scan"

Wrong = tuple[str, str, str, str]
"""Table, key, what is kept, what is right."""


class _Code(msgspec.Struct):
    text: str
    gtin14: str | None = None


_read = msgspec.json.Decoder(_Code).decode


class Row(NamedTuple):
    """A row of the table; ``gtin14`` is empty for a code of no product."""

    shop_id: int
    kiosk_id: str
    epoch: int
    seq: int
    received_ms: int
    at_ms: int
    code: str
    gtin14: str


def keep(
    connection: Connection,
    came: Iterable[tuple[EpochKey, Sequence[StoredEntry], Sequence[Reading], int]],
) -> None:
    """Keeps what is new: of each epoch its entries, what they say, and when they came (ms)."""
    rows = [
        _row(key, one.seq, said.at_ms, now_ms, one.payload)
        for key, entries, readings, now_ms in came
        for one, said in zip(entries, readings, strict=True)
        if said.type == UNKNOWN_SCAN
    ]
    _add(connection, rows)


def rebuild(connection: Connection, shop_id: int) -> None:
    """Makes a shop's rows again from its entries."""
    connection.execute(delete(unknown_scan).where(unknown_scan.c.shop_id == shop_id))
    _add(connection, _truth(connection, shop_id))


def differences(connection: Connection, shop_id: int) -> list[Wrong]:
    """Rows of a shop that are not what its entries say."""
    rows = connection.execute(select(unknown_scan).where(unknown_scan.c.shop_id == shop_id))
    kept = {row[:4]: tuple(row) for row in rows}
    right = {row[:4]: tuple(row) for row in _truth(connection, shop_id)}
    return [
        (unknown_scan.name, " ".join(map(str, key)), str(kept.get(key)), str(right.get(key)))
        for key in sorted({*kept, *right})
        if kept.get(key) != right.get(key)
    ]


def _truth(connection: Connection, shop_id: int) -> list[Row]:
    at = entry.c
    rows = connection.execute(
        select(at.kiosk_id, at.epoch, at.seq, at.at_ms, at.received_ms, at.payload).where(
            IS_LATELY, at.shop_id == shop_id, at.type == UNKNOWN_SCAN, at.readable
        )
    ).all()
    return [
        _row(EpochKey(shop_id, kiosk_id, epoch), seq, at_ms, received_ms, payload)
        for kiosk_id, epoch, seq, at_ms, received_ms, payload in rows
    ]


def _row(key: EpochKey, seq: int, at_ms: int | None, received_ms: int, payload: bytes) -> Row:
    said = _read(payload)
    made_ms = received_ms if at_ms is None else at_ms
    return Row(*key, seq, received_ms, made_ms, stored_id(said.text), stored_id(said.gtin14))


def _add(connection: Connection, rows: Sequence[Row]) -> None:
    if rows:
        named: list[dict[str, Any]] = [row._asdict() for row in rows]
        connection.execute(insert(unknown_scan), named)
