"""Changed prices in the states that matter."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from kiosk.admin.ports import PendingTag
from kiosk.admin.tags import TagsState
from kiosk.domain.products import Product


def examples(products: dict[str, Product], _language: str) -> Iterator[tuple[str, TagsState]]:
    """Names and states."""
    tags = tuple(
        PendingTag(product, product.price_tenge + 20 * place - 30)
        for place, product in enumerate(list(products.values())[:8])
    )
    every = frozenset(tag.product.product_id for tag in tags)
    some = TagsState(tags=tags, chosen=every - {tags[1].product.product_id})
    yield "some", some
    yield "few", TagsState(tags=tags[:3], chosen=frozenset(t.product.product_id for t in tags[:3]))
    yield "saving", replace(some, saving=True)
    yield "none", TagsState()
