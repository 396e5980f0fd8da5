"""What the invented country sells, and when: sizes, days and prices of a filled centre."""

from __future__ import annotations

import msgspec

from kiosk.domain.entries import SaleLine
from kiosk.domain.products import Product
from sync.fleet.places import GOODS

DAYS = 730
DAY_MS = 86_400_000
START_MS = 1_735_671_600_000
"""2025-01-01 00:00 in Kazakhstan."""
NOW_MS = START_MS + (DAYS - 1) * DAY_MS + 15 * 3_600_000
"""In the afternoon of the last day."""

LINES_A_SHOP = 10_000
LINES_PER_SALE = 2.5
SALES_A_DAY = LINES_A_SHOP / LINES_PER_SALE / DAYS
PRODUCTS = 60
QR_SHARE = 0.4
CREDITED_SHARE = 0.98
FIRST_REGION_SHARE = 0.12
"""Mangystau has over a hundred shops; the others share the rest evenly."""
DENOMINATIONS = (
    *(("n20000", 20_000), ("n5000", 5_000), ("n2000", 2_000), ("n1000", 1_000), ("n500", 500)),
    *(("c200", 200), ("c100", 100), ("c50", 50), ("c20", 20), ("c10", 10)),
)
FLOAT_TENGE = 5_000


def catalogue() -> list[Product]:
    found = []
    for number in range(PRODUCTS):
        goods = GOODS[number % len(GOODS)]
        again = number // len(GOODS)
        # The first fifteen carry their barcodes; the others are variants without one.
        codes = (goods.code,) if goods.code and not again else ()
        names = {x: f"{goods.name} {again or ''}".strip() for x in ("kk", "ru")}
        found.append(
            Product(f"{goods.product_id}-{again}", names, goods.price_tenge, "other", codes)
        )
    return found


CATALOGUE = catalogue()
_WEIGHTS = [GOODS[n % len(GOODS)].weight / (1 + n // len(GOODS)) for n in range(PRODUCTS)]
LINES = [
    [
        SaleLine(x.names["kk"], x.price_tenge, quantity, x.product_id, next(iter(x.codes), None))
        for quantity in (1, 2)
    ]
    for x in CATALOGUE
]
_LINE_TEXTS = [[msgspec.json.encode(line).decode() for line in some] for some in LINES]
SOLD = [(text_, line.total_tenge) for texts, some in zip(_LINE_TEXTS, LINES, strict=True)
         for text_, line in zip(texts, some, strict=True)]  # fmt: skip
SOLD_WEIGHTS = [w * share for w in _WEIGHTS for share in (0.85, 0.15)]
