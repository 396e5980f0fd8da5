"""Goods that come: what expires first, a scanned case, a day being typed, an unknown code."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

from kiosk.admin.goods_lines import Ask
from kiosk.admin.restock_state import CameRow, ExpiringRow, RestockState, Tab
from kiosk.domain.products import Product

DAYS = (date(2026, 11, 19), date(2026, 11, 24), date(2026, 12, 2))


def examples(products: dict[str, Product], _language: str) -> Iterator[tuple[str, RestockState]]:
    """Names and states."""
    goods = list(products.values())
    expiring = tuple(
        ExpiringRow(product, day, 3 + n, (day - date(2026, 11, 21)).days)
        for n, (product, day) in enumerate(zip(goods[12:], DAYS, strict=False))
    )
    begin = RestockState(expiring=expiring)
    yield "begin", begin
    yield "expiring", replace(begin, tab=Tab.EXPIRING)
    rows = (
        CameRow(goods[0], 24, 5, 95, date(2027, 3, 31)),
        *(CameRow(product, 2 * n + 1, n) for n, product in enumerate(goods[4:11])),
    )
    came = replace(
        begin,
        rows=rows,
        card=rows[0],
        chosen=goods[0].product_id,
        pieces=sum(row.quantity for row in rows),
        cost_tenge=24 * 95,
    )
    yield "came", came
    yield "chosen", replace(came, card=CameRow(goods[5], 0, -2))
    yield "case", replace(came, ask=Ask.CASE_PIECES)
    yield "day", replace(came, ask=Ask.BEST_BEFORE)
    yield "unknown", replace(came, card=None, chosen="", unknown_code="04870001999990")
