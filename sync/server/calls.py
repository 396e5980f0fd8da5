"""What shoppers asked for lately: a volunteer, and goods that nobody knows."""

from __future__ import annotations

from collections import Counter

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Select,
    TextClause,
    exists,
    func,
    select,
    tuple_,
)

from sync.server.accounts.roles import of_shops
from sync.server.alarms.find import known_codes
from sync.server.schema import IS_VISIT, entry, shop
from sync.server.schema.journals import IS_LATELY
from sync.server.schema.rollups import unknown_scan

LOOK_BACK_MS = 30 * 24 * 3600 * 1000
CODES_SHOWN_MAX = 12


def open_help_calls(
    connection: Connection, now_ms: int, seen: ColumnElement[bool]
) -> dict[int, int]:
    """Calls after which no volunteer has left an entry at that kiosk."""
    visit = entry.alias("visit")
    answered = exists().where(
        # In here the condition of an index speaks of the visit's type.
        IS_VISIT,
        visit.c.shop_id == entry.c.shop_id,
        visit.c.kiosk_id == entry.c.kiosk_id,
        tuple_(visit.c.epoch, visit.c.seq) > tuple_(entry.c.epoch, entry.c.seq),
    )
    return counts(
        connection,
        entry.c.shop_id,
        IS_LATELY,
        entry.c.shop_id.in_(ids(seen)),
        entry.c.type == "help_call",
        entry.c.received_ms >= now_ms - LOOK_BACK_MS,
        ~answered,
    )


def unknown_codes(
    connection: Connection, now_ms: int, seen: ColumnElement[bool]
) -> tuple[tuple[str, int], ...]:
    """Codes scanned lately that today's catalogue still does not know, the most wanted first."""
    name = (unknown_scan.c.code, unknown_scan.c.gtin14)
    rows = connection.execute(
        select(*name, func.count())
        .where(
            of_shops(unknown_scan.c.shop_id, seen),
            unknown_scan.c.received_ms >= now_ms - LOOK_BACK_MS,
        )
        .group_by(*name)
    ).all()
    known = known_codes(connection)
    counted: Counter[str] = Counter()
    for code, gtin14, count in rows:
        if gtin14 not in known:
            counted[(gtin14.lstrip("0") or code)[:80]] += count
    return tuple(counted.most_common(CODES_SHOWN_MAX))


def counts(
    connection: Connection, shop_id: Column[int], *where: ColumnElement[bool] | TextClause
) -> dict[int, int]:
    """How many rows each shop has."""
    rows = connection.execute(select(shop_id, func.count()).where(*where).group_by(shop_id))
    return {row[0]: row[1] for row in rows}


def ids(seen: ColumnElement[bool]) -> Select[tuple[int]]:
    """The ids of the shops that a condition names."""
    return select(shop.c.shop_id).where(seen)
