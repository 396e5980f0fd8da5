"""Counting the shelf: before the first scan, in the middle, a number being typed, all counted."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from kiosk.admin.goods_lines import Ask
from kiosk.admin.stocktake_state import CountRow, StocktakeState, Tab
from kiosk.domain.products import Product
from kiosk.domain.stock_plan import Why


def examples(products: dict[str, Product], _language: str) -> Iterator[tuple[str, StocktakeState]]:
    """Names and states."""
    goods = list(products.values())
    first = tuple(CountRow(p, why=why) for p, why in zip(goods, Why, strict=False))
    begin = StocktakeState(rows=first, first_left=6, all_left=len(goods))
    yield "begin", begin
    short = CountRow(goods[5], 9, 12, Why.GAP)
    counting = replace(
        begin,
        rows=first[:4],
        card=short,
        chosen=goods[5].product_id,
        first_left=4,
        all_left=len(goods) - 2,
        counted=2,
        pieces=21,
        difference_tenge=short.difference_tenge or 0,
    )
    yield "counting", counting
    yield "chosen", replace(counting, card=CountRow(goods[8], why=Why.FAST))
    yield "typing", replace(counting, ask=Ask.QUANTITY)
    counted = tuple(CountRow(p, 10 + n, 11 if n % 2 else 10) for n, p in enumerate(goods[:13]))
    yield (
        "counted",
        replace(
            counting,
            tab=Tab.COUNTED,
            rows=(short, *counted),
            first_left=0,
            counted=14,
            pieces=999,
            difference_tenge=-12_345,
        ),
    )
    yield "nothing-pressing", replace(counting, rows=(), first_left=0)
    yield "pick", replace(counting, picking=True, listing=tuple(goods))
