"""What happened in a shop's week beside sales and visits: calls, unknown codes, entries set aside."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Connection, and_, func, or_, select

from kiosk.domain.true_times import told
from sync.server.export.paging import day_start_ms
from sync.server.export.true_days import Days
from sync.server.rollups.true_times import Clocks, clocks_of
from sync.server.schema import IS_ATTENTION, entry, quarantine

EVENTS = ("help_call", "unknown_scan", "aside")
_TYPES = EVENTS[:2]


def events(
    connection: Connection, ids: Sequence[int], first_day: date, day_count: int
) -> Mapping[int, Mapping[str, int]]:
    """Per shop how often what happened in some days.

    Calls and unknown codes on the days on which they really were, what was set aside by the
    server's clock.
    """
    days = Days(day_start_ms(first_day), day_start_ms(first_day + timedelta(days=day_count)))
    found = {shop_id: _told(connection, shop_id, days) for shop_id in ids}
    rows = connection.execute(
        select(quarantine.c.shop_id, func.count())
        .where(
            quarantine.c.shop_id.in_(ids),
            quarantine.c.received_ms >= days.since_ms,
            quarantine.c.received_ms < days.until_ms,
        )
        .group_by(quarantine.c.shop_id)
    )
    for shop_id, count in rows:
        found[shop_id]["aside"] = count
    return found


def _told(connection: Connection, shop_id: int, days: Days) -> Counter[str]:
    """What its kiosks told of."""
    clocks = clocks_of(connection, shop_id)
    stamped = and_(entry.c.at_ms >= days.since_ms, entry.c.at_ms < days.until_ms)
    rows = connection.execute(
        select(entry.c.kiosk_id, entry.c.epoch, entry.c.seq, entry.c.type, entry.c.payload).where(
            IS_ATTENTION,
            entry.c.shop_id == shop_id,
            entry.c.type.in_(_TYPES),
            or_(stamped, *clocks.near(days.since_ms, days.until_ms)),
        )
    )
    return Counter(row.type for row in rows if days.holds(_true_ms(clocks, row)))


def _true_ms(clocks: Clocks, row: Any) -> int | None:
    said = told(row.payload)
    return None if said is None else clocks.true_ms(row.kiosk_id, row.epoch, row.seq, said.stamp)
