"""The shelf's products and prices: what the centre published, and what was changed here since.

A version from the centre names the last local change that it has taken in; later local changes
are applied again on top. A new price from the centre takes effect when a volunteer confirms that
its paper tag hangs, unless the centre marked it urgent.

What was changed here is a fold over the journal's product and price changes, so it can be made
again from the entries; only which price hung on a tag before the first change is not in them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass
from functools import singledispatch
from typing import Any

import msgspec

from kiosk.domain.entries import Body, PriceChange, ProductChange
from kiosk.domain.products import Catalogue, Product

Position = tuple[int, int]
"""(epoch, seq) of an entry."""


class Published(msgspec.Struct, frozen=True):
    """A catalogue as the centre publishes it.

    ``includes_local_epoch`` and ``includes_local_seq`` name this kiosk's last local change that it
    has taken in. ``urgent``: ids of products whose price takes effect without waiting for a tag.
    """

    version: int
    products: tuple[Product, ...]
    includes_local_epoch: int = 0
    includes_local_seq: int = 0
    urgent: tuple[str, ...] = ()


NOTHING_PUBLISHED = Published(0, ())


class LocalProduct(msgspec.Struct, frozen=True):
    """A product as it was last edited here, and by which entry.

    ``price_epoch`` and ``price_seq``: the entry that last gave it another price here; 0 when its
    price was only carried along.
    """

    product: Product
    epoch: int
    seq: int
    price_epoch: int = 0
    price_seq: int = 0


class LocalPrice(msgspec.Struct, frozen=True):
    """A price that was set here, and by which entry."""

    price_tenge: int
    epoch: int
    seq: int


class LocalChanges(msgspec.Struct, frozen=True):
    """What was changed on this kiosk.

    ``tags``: the price on the paper tag by product id. ``epoch`` and ``seq``: the last entry that
    was looked at.
    """

    products: dict[str, LocalProduct] = {}
    prices: dict[str, LocalPrice] = {}
    tags: dict[str, int] = {}
    epoch: int = 0
    seq: int = 0

    def apply(self, body: Body, at: Position) -> LocalChanges:
        """The changes after one more entry."""
        changed: LocalChanges = _fold(body, self, at)
        return msgspec.structs.replace(changed, epoch=at[0], seq=at[1])


@dataclass(frozen=True, slots=True)
class InEffect:
    """What a shopper finds, and which new prices wait for their tags (product id → price)."""

    catalogue: Catalogue
    waiting: dict[str, int]


@dataclass(frozen=True, slots=True)
class PendingTag:
    """A price from the centre that waits until its paper tag hangs on the shelf.

    ``product`` is as it is in effect, at the old price; ``price_tenge`` is the new one.
    """

    product: Product
    price_tenge: int


def in_effect(published: Published, local: LocalChanges) -> InEffect:
    """Puts the local changes on top of what was published.

    A barcode that both gave to different products stays with the one that was edited here: its
    tag hangs on the shelf.
    """
    taken_in = (published.includes_local_epoch, published.includes_local_seq)
    later = {
        product_id: change
        for product_id, change in local.products.items()
        if (change.epoch, change.seq) > taken_in
    }
    prices = {
        product_id: change.price_tenge
        for product_id, change in local.prices.items()
        if (change.epoch, change.seq) > taken_in
    }
    here = {
        code for change in later.values() for code in (*change.product.codes, *change.product.cases)
    }
    waiting = {}
    products = []
    for product in published.products:
        product_id = product.product_id
        if product_id in later:
            change = later.pop(product_id)
            price_tenge = prices.get(product_id, change.product.price_tenge)
            if product_id not in prices and (change.price_epoch, change.price_seq) <= taken_in:
                # A barcode or "sold out" was edited here; the price is still the centre's to say.
                price_tenge = _price_in_effect(product, published, local, prices)
                if price_tenge != product.price_tenge:
                    waiting[product_id] = product.price_tenge
            products.append(_priced(change.product, price_tenge))
            continue
        price_tenge = _price_in_effect(product, published, local, prices)
        if price_tenge != product.price_tenge and product_id not in prices:
            waiting[product_id] = product.price_tenge
        products.append(_priced(_without_codes(product, here), price_tenge))
    products += [
        _priced(c.product, prices.get(name, c.product.price_tenge)) for name, c in later.items()
    ]
    return InEffect(Catalogue(published.version, products), waiting)


def _price_in_effect(
    product: Product, published: Published, local: LocalChanges, prices: Mapping[str, int]
) -> int:
    """Set here, or urgent, or what hangs on the tag, or, for a new product, the centre's."""
    product_id = product.product_id
    if product_id in prices:
        return prices[product_id]
    if product_id in published.urgent:
        return product.price_tenge
    return local.tags.get(product_id, product.price_tenge)


def with_tags_of(local: LocalChanges, catalogue: Catalogue) -> LocalChanges:
    """Notes the prices in effect as those on the tags."""
    tags = {product.product_id: product.price_tenge for product in catalogue.products}
    return msgspec.structs.replace(local, tags=tags)


@singledispatch
def _fold(_body: Body, local: LocalChanges, _at: Position) -> LocalChanges:
    """Most entries change no product."""
    return local


@_fold.register
def _(body: ProductChange, local: LocalChanges, at: Position) -> LocalChanges:
    ids = {product.product_id for product in body.products}
    return msgspec.structs.replace(
        local,
        products={
            **local.products,
            **{
                p.product_id: LocalProduct(p, *at, *_priced_at(p, local, at)) for p in body.products
            },
        },
        # The product carries its price; one that was set before is no longer the last word.
        prices={name: price for name, price in local.prices.items() if name not in ids},
        tags={**local.tags, **{p.product_id: p.price_tenge for p in body.products}},
    )


@_fold.register
def _(body: PriceChange, local: LocalChanges, at: Position) -> LocalChanges:
    tags = {**local.tags, **{line.product_id: line.price_tenge for line in body.lines}}
    if body.why == "tags":
        return msgspec.structs.replace(local, tags=tags)
    prices = {line.product_id: LocalPrice(line.price_tenge, *at) for line in body.lines}
    return msgspec.structs.replace(local, tags=tags, prices={**local.prices, **prices})


def _priced_at(product: Product, local: LocalChanges, at: Position) -> Position:
    """The entry that gave the product the price it has: this one only if it changed the price."""
    product_id = product.product_id
    if local.tags.get(product_id) != product.price_tenge:
        return at
    if product_id in local.prices:
        return local.prices[product_id].epoch, local.prices[product_id].seq
    before = local.products.get(product_id)
    return (before.price_epoch, before.price_seq) if before else (0, 0)


def _without_codes(product: Product, taken: Set[str]) -> Product:
    if taken.isdisjoint((*product.codes, *product.cases)):
        return product
    return msgspec.structs.replace(
        product,
        codes=tuple(code for code in product.codes if code not in taken),
        cases={code: pieces for code, pieces in product.cases.items() if code not in taken},
    )


def _priced(product: Product, price_tenge: int) -> Product:
    if price_tenge == product.price_tenge:
        return product
    return msgspec.structs.replace(product, price_tenge=price_tenge)


def merged(catalogue: Catalogue, products: Iterable[Product]) -> Catalogue:
    """The catalogue with these products new or changed.

    Raises:
        ProductError: when an id or a barcode would stand twice.
    """
    changed: dict[str, Any] = {product.product_id: product for product in products}
    kept = [changed.pop(p.product_id, p) for p in catalogue.products]
    return Catalogue(catalogue.version, [*kept, *changed.values()])
