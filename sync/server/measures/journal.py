"""A kiosk's journal as it is read by a person: newest first, each entry with its proof.

No index by time, kind or hash stands on the journal: a filtered page looks through so many
entries at most and says where the next page goes on.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from sqlalchemy import Connection, Select, and_, select, tuple_

from kiosk.domain.chain import RECEIPT_LENGTH
from kiosk.domain.entries import BODY_TYPES
from kiosk.domain.ledger import KAZAKHSTAN
from sync.server.measures.proof import Line, with_proof
from sync.server.schema import entry, quarantine

PAGE_ROWS = 40
SCANNED_MAX = 100_000
"""Entries that one page looks through; the next page goes on from there."""
TYPES = tuple(sorted(BODY_TYPES))
RECEIPT_TYPES = ("sale", "correction")
_DAY_MS = 86_400_000


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which entries; all None or empty means all."""

    kiosk_id: str = ""
    type: str = ""
    day: date | None = None
    receipt: str = ""
    before: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class JournalPage:
    """Lines, and where older ones go on: (epoch, seq), None at the journal's beginning."""

    lines: list[Line]
    older: tuple[int, int] | None


def journal_page(connection: Connection, shop_id: int, wanted: Wanted) -> JournalPage:
    """One page of a kiosk's journal, newest first."""
    place = tuple_(entry.c.epoch, entry.c.seq)
    statement = _of_kiosk(shop_id, wanted.kiosk_id)
    if wanted.before is not None:
        statement = statement.where(place < tuple_(*wanted.before))
    floor = _floor(connection, shop_id, wanted)
    if floor is not None:
        statement = statement.where(place >= tuple_(*floor))
    rows = connection.execute(_filtered(statement, wanted).limit(PAGE_ROWS + 1)).all()
    lines = with_proof(connection, shop_id, rows[:PAGE_ROWS])
    if len(rows) > PAGE_ROWS:
        return JournalPage(lines, (lines[-1].epoch, lines[-1].seq))
    return JournalPage(lines, floor)


def entry_at(
    connection: Connection, shop_id: int, kiosk_id: str, epoch: int, seq: int
) -> Line | None:
    """One entry of a shop, or None."""
    row = connection.execute(
        _of_kiosk(shop_id, kiosk_id).where(entry.c.epoch == epoch, entry.c.seq == seq)
    ).one_or_none()
    return None if row is None else with_proof(connection, shop_id, [row])[0]


def neighbours(
    connection: Connection, shop_id: int, line: Line
) -> tuple[tuple[int, int] | None, tuple[int, int] | None]:
    """(epoch, seq) of the entry before and of the one after, of the same kiosk at this shop."""
    place, here = tuple_(entry.c.epoch, entry.c.seq), tuple_(line.epoch, line.seq)
    keys = select(entry.c.epoch, entry.c.seq).where(
        entry.c.shop_id == shop_id, entry.c.kiosk_id == line.kiosk_id
    )
    before = connection.execute(
        keys.where(place < here).order_by(entry.c.epoch.desc(), entry.c.seq.desc()).limit(1)
    ).one_or_none()
    after = connection.execute(
        keys.where(place > here).order_by(entry.c.epoch, entry.c.seq).limit(1)
    ).one_or_none()
    return (
        None if before is None else (before.epoch, before.seq),
        None if after is None else (after.epoch, after.seq),
    )


def sales_of_receipt(connection: Connection, shop_id: int, receipt: str) -> list[Line]:
    """Sales and corrections with that receipt number; two may share one, so it is a list."""
    bounds = receipt_bounds(receipt)
    if bounds is None:
        return []
    rows = connection.execute(
        select(entry)
        .where(
            entry.c.shop_id == shop_id,
            entry.c.type.in_(RECEIPT_TYPES),
            _hash_within(bounds),
        )
        .order_by(entry.c.received_ms.desc())
        .limit(PAGE_ROWS)
    ).all()
    return with_proof(connection, shop_id, rows)


def set_aside(connection: Connection, shop_id: int) -> list[dict[str, Any]]:
    """Entries in quarantine, the latest first; at most one page of them."""
    rows = connection.execute(
        select(quarantine)
        .where(quarantine.c.shop_id == shop_id)
        .order_by(quarantine.c.received_ms.desc(), quarantine.c.seq)
        .limit(PAGE_ROWS)
    ).mappings()
    return [dict(row) for row in rows]


def receipt_bounds(receipt: str) -> tuple[bytes, bytes | None] | None:
    """The hashes that a receipt number may stand for: from, and up to (None: no end)."""
    text = receipt.strip().lower()
    if len(text) != RECEIPT_LENGTH or any(letter not in "0123456789abcdef" for letter in text):
        return None
    number = int(text, 16)
    size = RECEIPT_LENGTH // 2
    end = number + 1
    is_last = end >> (8 * size) > 0
    return number.to_bytes(size, "big"), None if is_last else end.to_bytes(size, "big")


def _of_kiosk(shop_id: int, kiosk_id: str) -> Select[Any]:
    return (
        select(entry)
        .where(entry.c.shop_id == shop_id, entry.c.kiosk_id == kiosk_id)
        .order_by(entry.c.epoch.desc(), entry.c.seq.desc())
    )


def _filtered(statement: Select[Any], wanted: Wanted) -> Select[Any]:
    if wanted.type == "unreadable":
        statement = statement.where(~entry.c.readable)
    elif wanted.type:
        statement = statement.where(entry.c.type == wanted.type)
    if wanted.day is not None:
        start_ms = int(datetime.combine(wanted.day, time(), KAZAKHSTAN).timestamp() * 1000)
        statement = statement.where(entry.c.at_ms >= start_ms, entry.c.at_ms < start_ms + _DAY_MS)
    bounds = receipt_bounds(wanted.receipt)
    if bounds is not None:
        statement = statement.where(_hash_within(bounds))
    return statement


def _hash_within(bounds: tuple[bytes, bytes | None]) -> Any:
    start, end = bounds
    return entry.c.hash >= start if end is None else and_(entry.c.hash >= start, entry.c.hash < end)


def _floor(connection: Connection, shop_id: int, wanted: Wanted) -> tuple[int, int] | None:
    """Where this page stops looking; None when it may look to the beginning."""
    if not (wanted.type or wanted.day or wanted.receipt):
        return None
    place = tuple_(entry.c.epoch, entry.c.seq)
    keys = select(entry.c.epoch, entry.c.seq).where(
        entry.c.shop_id == shop_id, entry.c.kiosk_id == wanted.kiosk_id
    )
    if wanted.before is not None:
        keys = keys.where(place < tuple_(*wanted.before))
    row = connection.execute(
        keys.order_by(entry.c.epoch.desc(), entry.c.seq.desc()).offset(SCANNED_MAX).limit(1)
    ).one_or_none()
    return None if row is None else (row.epoch, row.seq)
