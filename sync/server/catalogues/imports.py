"""A sheet's rows against what is known: only what differs becomes a draft."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import msgspec

from kiosk.domain.products import Product
from sync.server.catalogues.editing import Desk
from sync.server.catalogues.facts import Facts, PriceFact, ProductFact
from sync.server.catalogues.places import Place, require_writer
from sync.wire import ProductMessage


class Counts(NamedTuple):
    """What a sheet brought."""

    new: int = 0
    changed: int = 0
    same: int = 0


def take_in(desk: Desk, place: Place, products: Iterable[Product]) -> Counts:
    """Makes drafts at a place; products that the sheet does not name stay as they are.

    Raises:
        ProblemError: ``forbidden``.
        CatalogueError: for a product that cannot be there; then nothing was changed.
    """
    require_writer(desk.person, place)
    facts = desk.facts()
    new = changed = same = 0
    for product in products:
        message = ProductMessage.from_product(product)
        held = facts.at(message.product_id, place)
        if held is None:
            new += 1
            desk.save_product(ProductFact(message), place)
        elif _is_same(facts, message, place):
            same += 1
        else:
            changed += 1
            _change(desk, facts, message, place)
    return Counts(new, changed, same)


def _is_same(facts: Facts, message: ProductMessage, place: Place) -> bool:
    price = facts.price_at(message.product_id, place)
    return (
        price is not None
        and price.price_tenge == message.price_tenge
        and not _differs_beyond_price(facts, message, place)
    )


def _differs_beyond_price(facts: Facts, message: ProductMessage, place: Place) -> bool:
    held = facts.at(message.product_id, place)
    assert held is not None, "asked only of products that are here"
    unpriced = msgspec.structs.replace(message, price_tenge=held[1].product.price_tenge)
    # A sheet need not carry what it cannot show well.
    if not message.picture:
        unpriced = msgspec.structs.replace(unpriced, picture=held[1].product.picture)
    if not message.cases:
        unpriced = msgspec.structs.replace(unpriced, cases=held[1].product.cases)
    return unpriced != held[1].product


def _change(desk: Desk, facts: Facts, message: ProductMessage, place: Place) -> None:
    held = facts.at(message.product_id, place)
    assert held is not None, "asked only of products that are here"
    if not _differs_beyond_price(facts, message, place):
        desk.set_price(message.product_id, place, PriceFact(message.price_tenge))
        return
    kept = msgspec.structs.replace(
        message,
        picture=message.picture or held[1].product.picture,
        cases=message.cases or held[1].product.cases,
    )
    desk.save_product(ProductFact(kept), place)
