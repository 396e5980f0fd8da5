"""The list of products in the states that matter."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from msgspec.structs import replace as changed

from kiosk.admin.products import Filter, ProductRow, ProductsState
from kiosk.domain.products import CATEGORIES, Product, Status


def examples(products: dict[str, Product], language: str) -> Iterator[tuple[str, ProductsState]]:
    """Names and states."""
    rows = [ProductRow(product, place % 17) for place, product in enumerate(products.values())]
    rows[2] = ProductRow(changed(rows[2].product, status=Status.SOLD_OUT), 0)
    rows[5] = ProductRow(changed(rows[5].product, status=Status.HIDDEN), None)
    rows[6] = ProductRow(rows[6].product, None)
    every = ProductsState(rows=tuple(rows), total=len(rows), categories=CATEGORIES)
    yield "all", every
    yield "category", replace(every, rows=tuple(rows[:3]), category="drinks")
    yield "choosing", replace(every, choosing_category=True)
    yield "nothing", replace(every, rows=(), filter=Filter.SOLD_OUT)
    finding = replace(every, finding="04870028006041")
    yield "finding", finding
    yield "finding-asked", replace(finding, asked=rows[0].product)
