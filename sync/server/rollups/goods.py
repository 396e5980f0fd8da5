"""``region_product_day``: what a region sold of a product on a day."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from sqlalchemy import Connection

from sync.server.rollups.adding import Adding
from sync.server.rollups.reading import Reading
from sync.server.schema.rollups import region_product_day

ProductDay = tuple[date, str]
"""In the order of the table's key."""
Sums = tuple[int, int, int]
"""Pieces, tenge, corrections."""

SUMS = ("quantity", "tenge", "corrections")
_ADDING = Adding(region_product_day, ("region_code", "day", "product_id"), SUMS)


def sum_by_product(readings: Iterable[Reading]) -> dict[ProductDay, Sums]:
    """Pieces, tenge and corrections of each product on each day, in order."""
    sums: dict[ProductDay, Sums] = {}
    for reading in readings:
        day = reading.day
        if day is None:
            continue
        once = -1 if reading.is_taken_off else 1
        sign = -once if reading.is_correction else once
        # Counted once, however many lines the product stands on.
        corrected: set[str] = set()
        for product_id, quantity, tenge in reading.goods:
            key = (day, product_id)
            had = sums.get(key, (0, 0, 0))
            is_first = reading.is_correction and product_id not in corrected
            corrected.add(product_id)
            sums[key] = (had[0] + sign * quantity, had[1] + sign * tenge, had[2] + once * is_first)
    return {key: sums[key] for key in sorted(sums)}


def add_to_products(
    connection: Connection, region_code: str, sums: Mapping[ProductDay, Sums]
) -> None:
    """Adds to a region's products; in order, or two writers could lock each other out."""
    _ADDING.to(connection, [(region_code, *key, *sums[key]) for key in sorted(sums)])
