"""What an entry adds to its shop's day, kept while the entry is taken in.

The meaning is the domain's own fold, so that the kiosk and the centre count alike.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import date

from sqlalchemy import Connection
from sqlalchemy.dialects import postgresql, sqlite

from kiosk.domain.entries import decode, type_of
from kiosk.domain.errors import AdalError
from kiosk.domain.ledger import DayTotals, Ledger
from sync.server.schema import shop_day

TOTALS = tuple(field.name for field in fields(DayTotals))


@dataclass(frozen=True, slots=True)
class Reading:
    """What this version understands of a payload; ``type`` None when it cannot be read."""

    type: str | None
    at_ms: int | None
    day: date | None
    totals: DayTotals | None


UNREADABLE = Reading(None, None, None, None)


def read_payload(payload: bytes) -> Reading:
    """Reads an entry as far as it goes; never raises, since the chain already vouches for it."""
    try:
        entry = decode(payload)
        days = Ledger().apply(entry).days
    except (AdalError, ValueError, OverflowError, RecursionError):
        return UNREADABLE
    name, at_ms = type_of(entry.body), entry.stamp.at_ms
    if not days:
        return Reading(name, at_ms, None, None)
    [(day, totals)] = days.items()
    return Reading(name, at_ms, date.fromisoformat(day), totals)


def sum_by_day(readings: Iterable[Reading]) -> dict[date, DayTotals]:
    """The totals of each day, days in order."""
    sums: dict[date, dict[str, int]] = {}
    for reading in readings:
        if reading.day is None or reading.totals is None:
            continue
        day = sums.setdefault(reading.day, dict.fromkeys(TOTALS, 0))
        for name in TOTALS:
            day[name] += getattr(reading.totals, name)
    return {day: DayTotals(**sums[day]) for day in sorted(sums)}


def add_to_days(connection: Connection, shop_id: int, days: dict[date, DayTotals]) -> None:
    """Adds totals to a shop's days; days come sorted, or two writers could lock each other out."""
    if not days:
        return
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    insert = dialect.insert(shop_day)
    statement = insert.on_conflict_do_update(
        index_elements=["shop_id", "day"],
        set_={name: shop_day.c[name] + insert.excluded[name] for name in TOTALS},
    )
    rows = [
        {"shop_id": shop_id, "day": day, **{name: getattr(totals, name) for name in TOTALS}}
        for day, totals in days.items()
    ]
    for row in rows:
        connection.execute(statement, row)
