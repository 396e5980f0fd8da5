"""All sums that new entries change, in the transaction that writes the entries."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection

from sync.server.rollups.goods import add_to_products, sum_by_product
from sync.server.rollups.reading import Reading
from sync.server.rollups.shop_days import add_to_days, sum_by_day
from sync.server.rollups.visit_rows import keep_visits
from sync.server.rollups.visits import OPENING_TYPES


def keep(
    connection: Connection, shop_id: int, kiosk: tuple[str, int], readings: Sequence[Reading]
) -> None:
    """Adds what was just written to the shop's own sums.

    Args:
        connection: in the transaction, the entries already written.
        shop_id: whose they are.
        kiosk: its id and the entries' epoch.
        readings: of the new entries.
    """
    if any(reading.type in OPENING_TYPES for reading in readings):
        keep_visits(connection, shop_id, *kiosk)
    add_to_days(connection, shop_id, sum_by_day(readings))


def keep_last(connection: Connection, region_code: str, readings: Sequence[Reading]) -> None:
    """Adds to the region's sums: the transaction's last statement.

    All shops of a region meet in those rows, which stay locked until the commit: whatever came
    after it, the other kiosks would wait for.
    """
    add_to_products(connection, region_code, sum_by_product(readings))
