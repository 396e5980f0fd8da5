"""All sums that new entries change, in the transaction that writes the entries."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import Connection

from sync.server.rollups.goods import add_to_products, sum_by_product
from sync.server.rollups.reading import Reading
from sync.server.rollups.shop_days import add_to_shops, sum_by_day
from sync.server.rollups.visit_rows import keep_visits
from sync.server.rollups.visits import OPENING_TYPES


def keep(
    connection: Connection, new: Sequence[tuple[tuple[int, str, int], Sequence[Reading]]]
) -> dict[int, date]:
    """Adds what was just written to the shops' own sums.

    Args:
        connection: in the transaction, the entries already written.
        new: shop, kiosk and epoch with the readings of their new entries.

    Returns:
        The earliest day that changed, of each shop where any did.
    """
    shops: dict[int, list[Reading]] = {}
    changed: dict[int, list[date]] = {}
    for (shop_id, kiosk_id, epoch), readings in new:
        if any(reading.type in OPENING_TYPES for reading in readings):
            first = keep_visits(connection, shop_id, kiosk_id, epoch)
            changed.setdefault(shop_id, []).append(first)
        shops.setdefault(shop_id, []).extend(readings)
    days = {shop_id: sum_by_day(shops[shop_id]) for shop_id in shops}
    add_to_shops(connection, days)
    for shop_id in shops:
        changed.setdefault(shop_id, []).extend(days[shop_id])
    return {shop_id: min(found) for shop_id, found in changed.items() if found}


def keep_last(connection: Connection, new: Sequence[tuple[str, Sequence[Reading]]]) -> None:
    """Adds to the regions' sums: the transaction's last statement.

    All shops of a region meet in those rows, which stay locked until the commit: whatever came
    after it, other writers would wait for.

    Args:
        connection: in the transaction.
        new: the region's code with the readings of new entries.
    """
    regions: dict[str, list[Reading]] = {}
    for region_code, readings in new:
        regions.setdefault(region_code, []).extend(readings)
    for region_code in sorted(regions):
        add_to_products(connection, region_code, sum_by_product(regions[region_code]))
