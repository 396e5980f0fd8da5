"""Goods that go: nothing yet, some with a reason, more than the books know, other words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from kiosk.admin.write_off import OffRow, Reason, WriteOffState
from kiosk.domain.products import Product


def examples(products: dict[str, Product], _language: str) -> Iterator[tuple[str, WriteOffState]]:
    """Names and states."""
    goods = list(products.values())
    begin = WriteOffState()
    yield "begin", begin
    rows = tuple(OffRow(product, n + 1, 12) for n, product in enumerate(goods[5:10]))
    some = replace(
        begin,
        rows=rows,
        card=rows[0],
        chosen=rows[0].product.product_id,
        reason=Reason.EXPIRED,
        pieces=sum(row.quantity for row in rows),
        value_tenge=sum(row.value_tenge for row in rows),
        ready=True,
    )
    yield "some", some
    beyond = OffRow(goods[12], 9, 4)
    yield "beyond", replace(some, card=beyond, rows=(beyond,), reason=None, ready=False)
    words = replace(some, reason=Reason.OTHER, words="Мектептегі мерекеге")
    yield "other", words
    yield "writing", replace(words, writing=True)
