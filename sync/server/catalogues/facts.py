"""What is known of products at which place, and the list that follows for one shop."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

import msgspec
from sqlalchemy import Connection, func, select

from sync.server.catalogues.places import EVERYWHERE, Place
from sync.server.schema import shop
from sync.server.schema.catalogue import catalogue_draft, own_code, picture, price_rule, product
from sync.wire import ProductMessage

PICTURE_PREFIX = "p-"
PICTURE_DIGITS = 12
_IN_STORE_PREFIX = "02"
"""A GTIN-14 of the prefixes 200–299: the indicator 0, then the first digit."""

PRODUCT, PRICE, CODES = "product", "price", "codes"


class ProductFact(msgspec.Struct, frozen=True):
    """A product at one place; ``urgent``: its price does not wait for a paper tag."""

    product: ProductMessage
    urgent: bool = False
    position: int = 0


class PriceFact(msgspec.Struct, frozen=True):
    """A price at one place."""

    price_tenge: int
    urgent: bool = False


class Key(NamedTuple):
    """Which product at which place."""

    product_id: str
    place: Place


class Draft(msgspec.Struct, frozen=True):
    """A change that nobody published yet; a value of None takes the published one away.

    ``origin``: the shop's own change that it takes over, "" for none.
    """

    kind: str
    product_id: str
    place: Place
    value: ProductFact | PriceFact | tuple[str, ...] | None
    origin: str = ""
    account_id: int | None = None
    changed_ms: int = 0

    @property
    def key(self) -> Key:
        """What it changes."""
        return Key(self.product_id, self.place)


@dataclass(frozen=True, slots=True)
class Rendered:
    """What one shop gets."""

    products: tuple[ProductMessage, ...]
    urgent: tuple[str, ...]


@dataclass(slots=True)
class Facts:
    """Everything that is known; ``codes``: in-store codes by product and shop."""

    products: dict[Key, ProductFact] = field(default_factory=dict)
    prices: dict[Key, PriceFact] = field(default_factory=dict)
    codes: dict[Key, tuple[str, ...]] = field(default_factory=dict)

    def with_drafts(self, drafts: Iterable[Draft]) -> Facts:
        """The facts as they would be."""
        changed = Facts(dict(self.products), dict(self.prices), dict(self.codes))
        for draft in drafts:
            changed._take(draft)
        return changed

    def ids(self) -> set[str]:
        """All products' ids."""
        return {key.product_id for key in self.products}

    def places(self) -> set[Place]:
        """All places with words of their own."""
        return {key.place for table in (self.products, self.prices, self.codes) for key in table}

    def at(self, product_id: str, place: Place) -> tuple[Place, ProductFact] | None:
        """The narrowest word on a product that holds at that place."""
        for where in _upwards(place):
            if found := self.products.get(Key(product_id, where)):
                return where, found
        return None

    def price_at(self, product_id: str, place: Place) -> PriceFact | None:
        """The price there: the narrowest word, be it a price or the product itself."""
        for where in _upwards(place):
            if rule := self.prices.get(Key(product_id, where)):
                return rule
            if fact := self.products.get(Key(product_id, where)):
                return PriceFact(fact.product.price_tenge, fact.urgent)
        return None

    def rendered(self, place: Place) -> Rendered:
        """The list for a shop, or for a region's or any shop without words of its own.

        A barcode that two products claim stays with the one that was defined more narrowly.
        """
        found = []
        for product_id in self.ids():
            if (at := self.at(product_id, place)) is not None:
                found.append((*at, self.codes.get(Key(product_id, place), ())))
        claimed: dict[str, str] = {}
        for _where, fact, own in found:
            claimed.update(dict.fromkeys(own, fact.product.product_id))
        for _where, fact, _own in sorted(found, key=_narrowest_first):
            for code in fact.product.codes:
                claimed.setdefault(code, fact.product.product_id)
        products, urgent = [], []
        for _where, fact, own in sorted(found, key=_in_order):
            one = fact.product
            price = self.price_at(one.product_id, place)
            assert price is not None, "a product that is here has a price"
            codes = tuple(c for c in (*one.codes, *own) if claimed[c] == one.product_id)
            products.append(
                msgspec.structs.replace(
                    one, price_tenge=price.price_tenge, codes=tuple(dict.fromkeys(codes))
                )
            )
            if price.urgent:
                urgent.append(one.product_id)
        return Rendered(tuple(products), tuple(urgent))

    def _take(self, draft: Draft) -> None:
        table: dict[Key, object] = {
            PRODUCT: self.products,
            PRICE: self.prices,
            CODES: self.codes,
        }[draft.kind]  # type: ignore[assignment]  # each kind has its own value type
        if draft.value is None or draft.value == ():
            table.pop(draft.key, None)
        else:
            table[draft.key] = draft.value


def published(connection: Connection) -> Facts:
    """What kiosks were given, or would be if they asked now."""
    facts = Facts()
    for row in connection.execute(select(product)):
        body = msgspec.json.decode(row.body, type=ProductMessage)
        facts.products[Key(row.product_id, Place(row.region_code, row.shop_id))] = ProductFact(
            body, row.urgent, row.position
        )
    for row in connection.execute(select(price_rule)):
        facts.prices[Key(row.product_id, Place(row.region_code, row.shop_id))] = PriceFact(
            row.price_tenge, row.urgent
        )
    codes = (
        select(own_code, func.coalesce(shop.c.region_code, "").label("region_code"))
        .outerjoin(shop, shop.c.shop_id == own_code.c.shop_id)
        .order_by(own_code.c.shop_id, own_code.c.code)
    )
    for row in connection.execute(codes):
        key = Key(row.product_id, Place(row.region_code, row.shop_id))
        facts.codes[key] = (*facts.codes.get(key, ()), row.code)
    return facts


def drafts(connection: Connection) -> list[Draft]:
    """All changes that wait, in the order in which they were made."""
    rows = connection.execute(
        select(catalogue_draft).order_by(
            catalogue_draft.c.changed_ms, catalogue_draft.c.kind, catalogue_draft.c.product_id
        )
    )
    return [
        Draft(
            row.kind,
            row.product_id,
            Place(row.region_code, row.shop_id),
            _value(row.kind, row.value),
            row.origin,
            row.account_id,
            row.changed_ms,
        )
        for row in rows
    ]


def pictures(connection: Connection) -> dict[str, str]:
    """SHA-256 in hex of each picture, by the name that products use."""
    digests = connection.execute(select(picture.c.sha256)).scalars()
    return {picture_name(digest): digest for digest in digests}


def picture_name(sha256: str) -> str:
    """``p-`` and the first digits of what the picture is."""
    return PICTURE_PREFIX + sha256[:PICTURE_DIGITS]


def is_in_store(code: str) -> bool:
    """Whether a shop gives out that number for itself."""
    return code.startswith(_IN_STORE_PREFIX)


def used_pictures(names: Mapping[str, str], used: Iterable[str | None]) -> dict[str, str]:
    """Those of the pictures that are asked for."""
    return {name: names[name] for name in sorted({n for n in used if n}) if name in names}


def encoded(value: object) -> str:
    """A draft's value as it is kept."""
    return json.dumps(msgspec.to_builtins(value), ensure_ascii=False)


def _value(kind: str, text: str | None) -> ProductFact | PriceFact | tuple[str, ...] | None:
    if text is None:
        return None
    kinds: dict[str, type] = {PRODUCT: ProductFact, PRICE: PriceFact}
    value: ProductFact | PriceFact | tuple[str, ...] = msgspec.json.decode(
        text, type=kinds.get(kind, tuple[str, ...])
    )
    return value


def _upwards(place: Place) -> Iterator[Place]:
    """From the place itself to everywhere."""
    if place.shop_id:
        yield place
    if place.region_code:
        yield Place(place.region_code)
    yield EVERYWHERE


def _narrowest_first(found: tuple[Place, ProductFact, tuple[str, ...]]) -> tuple[int, int]:
    where, fact, _own = found
    return -where.narrowness, fact.position


def _in_order(found: tuple[Place, ProductFact, tuple[str, ...]]) -> tuple[int, str]:
    return found[1].position, found[1].product.product_id
