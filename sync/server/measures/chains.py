"""Parts of a shop's journal, read by key range.

No index by time stands on the journal. The rare entries of a volunteer's visit have one; they say
from which number on a kiosk's chain has to be read. Order is (epoch, seq), never a clock.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

import msgspec
from sqlalchemy import Connection, func, select, tuple_

from kiosk.domain.entries import Entry, decode
from kiosk.domain.errors import EntryError
from sync.server.schema import IS_ATTENTION, entry, watermark

VISIT_ENTRIES_MAX = 3_000
"""Of one shop for one page: years of visits."""
ENTRIES_READ_MAX = 3_000
"""Of one kiosk for one page: weeks of the busiest shop."""
_COUNTED_TYPES = ("cash_count", "restock", "stocktake", "write_off")


class Place(NamedTuple):
    """Where an entry stands in a kiosk's journal."""

    epoch: int
    seq: int


@dataclass(frozen=True, slots=True)
class Numbered:
    """An entry and where it stands."""

    kiosk_id: str
    place: Place
    entry: Entry


@dataclass(frozen=True, slots=True)
class Numbereds:
    """Entries, oldest first; ``is_cut`` when there would have been older ones."""

    entries: list[Numbered]
    is_cut: bool


@dataclass(frozen=True, slots=True)
class Done:
    """What volunteers did at a shop since then, oldest first."""

    entries: list[Numbered]
    since_ms: int


def kiosks_of(connection: Connection, shop_id: int) -> list[str]:
    """Kiosks with a journal at this shop, the one heard of last first."""
    heard = func.max(func.coalesce(watermark.c.last_seen_ms, 0))
    rows = connection.execute(
        select(watermark.c.kiosk_id)
        .where(watermark.c.shop_id == shop_id, watermark.c.seq > 0)
        .group_by(watermark.c.kiosk_id)
        .order_by(heard.desc(), watermark.c.kiosk_id)
    )
    return list(rows.scalars())


def visit_entries(connection: Connection, shop_id: int, since_ms: int) -> Done:
    """What volunteers counted and brought since then, by the kiosks' clocks.

    Without the money that they moved, which the kept rows of visits tell.
    """
    rows = connection.execute(
        select(entry.c.kiosk_id, entry.c.epoch, entry.c.seq, entry.c.payload)
        .where(
            IS_ATTENTION,
            entry.c.shop_id == shop_id,
            entry.c.type.in_(_COUNTED_TYPES),
            entry.c.at_ms >= since_ms,
        )
        .order_by(entry.c.epoch.desc(), entry.c.seq.desc())
        .limit(VISIT_ENTRIES_MAX)
    ).all()
    return Done(_read(rows), since_ms)


def products_before(
    connection: Connection, shop_id: int, kiosk_id: str, before_ms: int
) -> set[str]:
    """Products that came to a kiosk's shelf, or were counted there, before that moment."""
    payloads = connection.execute(
        select(entry.c.payload)
        .where(
            IS_ATTENTION,
            entry.c.shop_id == shop_id,
            entry.c.type.in_(("restock", "stocktake")),
            entry.c.kiosk_id == kiosk_id,
            entry.c.at_ms < before_ms,
        )
        .limit(VISIT_ENTRIES_MAX)
    ).scalars()
    found = (msgspec.json.decode(payload, type=_Handled) for payload in payloads)
    return {line.product_id for handled in found for line in handled.lines}


class _Line(msgspec.Struct):
    product_id: str


class _Handled(msgspec.Struct):
    """Only what is asked for: reading all of it takes several times as long."""

    lines: list[_Line]


def entries_from(
    connection: Connection, shop_id: int, kiosk_id: str, start: Place, types: Iterable[str]
) -> Numbereds:
    """A kiosk's entries of some types from a place on."""
    rows = connection.execute(
        select(entry.c.kiosk_id, entry.c.epoch, entry.c.seq, entry.c.payload)
        .where(
            entry.c.shop_id == shop_id,
            entry.c.kiosk_id == kiosk_id,
            tuple_(entry.c.epoch, entry.c.seq) >= tuple_(*start),
            entry.c.type.in_(sorted(types)),
        )
        .order_by(entry.c.epoch.desc(), entry.c.seq.desc())
        .limit(ENTRIES_READ_MAX)
    ).all()
    return Numbereds(_read(rows), len(rows) == ENTRIES_READ_MAX)


def _read(newest_first: Iterable[tuple[str, int, int, bytes]]) -> list[Numbered]:
    """Oldest first, without what an older version could read and this one cannot any more."""
    found = []
    for kiosk_id, epoch, seq, payload in newest_first:
        try:
            found.append(Numbered(kiosk_id, Place(epoch, seq), decode(payload)))
        except EntryError:
            continue
    return found[::-1]
