"""Sums that are kept while entries are taken in.

``shop_day``: what a shop sold on a day. ``region_product_day``: what a region sold of a product on
a day. ``visit``: what a volunteer found. All are made of entries alone, in the transaction that
takes the entries in, and can be made again and compared (:mod:`sync.server.rollups.rebuild`).
The meanings are the domain's own folds, so that the kiosk and the centre count alike.
"""

from __future__ import annotations

from sync.server.rollups.goods import add_to_products, sum_by_product
from sync.server.rollups.keeping import keep, keep_last
from sync.server.rollups.plain_sale import Goods
from sync.server.rollups.reading import UNREADABLE, Reading, read_payload
from sync.server.rollups.shop_days import TOTALS, add_to_days, sum_by_day

__all__ = [
    "TOTALS",
    "UNREADABLE",
    "Goods",
    "Reading",
    "add_to_days",
    "add_to_products",
    "keep",
    "keep_last",
    "read_payload",
    "sum_by_day",
    "sum_by_product",
]
