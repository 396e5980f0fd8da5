"""``shop_day``: what a shop sold on a day."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import astuple, fields
from datetime import date
from operator import add

from sqlalchemy import Connection

from kiosk.domain.ledger import DayTotals
from sync.server.rollups.adding import Adding
from sync.server.rollups.reading import Reading
from sync.server.schema import shop_day

TOTALS = tuple(field.name for field in fields(DayTotals))
_ADDING = Adding(shop_day, ("shop_id", "day"), TOTALS)


def sum_by_day(readings: Iterable[Reading]) -> dict[date, DayTotals]:
    """The totals of each day, days in order."""
    sums: dict[date, Iterable[int]] = {}
    for reading in readings:
        day, totals = reading.day, reading.totals
        if day is None or totals is None:
            continue
        before = sums.get(day)
        sums[day] = totals if before is None else list(map(add, before, totals))
    return {day: DayTotals(*sums[day]) for day in sorted(sums)}


def add_to_days(connection: Connection, shop_id: int, days: Mapping[date, DayTotals]) -> None:
    """Adds totals to a shop's days."""
    add_to_shops(connection, {shop_id: days})


def add_to_shops(connection: Connection, shops: Mapping[int, Mapping[date, DayTotals]]) -> None:
    """Adds totals to shops' days; in order, or two writers could lock each other out."""
    rows = [
        (shop_id, day, *astuple(shops[shop_id][day]))
        for shop_id in sorted(shops)
        for day in sorted(shops[shop_id])
    ]
    _ADDING.to(connection, rows)
