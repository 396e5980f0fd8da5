"""Products and the catalogue: what is sold, under which codes, for how much."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum

import msgspec

from kiosk.domain.errors import ProductError

_ALPHABET = "аәбвгғдеёжзийкқлмнңоөпрстуұүфхһцчшщъыіьэюя"
"""The Kazakh alphabet; Russian's is part of it in the same order. Unicode puts Қ after Я."""

_IN_ORDER = {ord(letter): ord("а") + place for place, letter in enumerate(_ALPHABET)}

CATEGORIES = ("drinks", "snacks", "sweets", "bakery", "household", "stationery", "other")


def name_in(names: Mapping[str, str], language: str) -> str:
    """The name in that language, or the first there is."""
    return names.get(language) or next(name for name in names.values() if name)


class Status(StrEnum):
    """What a shopper may do with a product."""

    ON_SALE = "on_sale"
    SOLD_OUT = "sold_out"
    HIDDEN = "hidden"
    NOT_FOR_SALE = "not_for_sale"


class Product(msgspec.Struct, frozen=True):
    """One thing on the shelf.

    ``names`` maps a language code to a name; ``codes`` are GTIN-14 digits, in-store codes of
    this shop included; ``picture`` is the stem of a file in assets/products or of one that was
    taken here. ``cases`` maps the GTIN-14 of a case to how many pieces it holds.
    """

    product_id: str
    names: dict[str, str]
    price_tenge: int
    category: str = "other"
    codes: tuple[str, ...] = ()
    picture: str | None = None
    status: Status = Status.ON_SALE
    cases: dict[str, int] = {}

    def __post_init__(self) -> None:
        if not self.product_id or not any(self.names.values()):
            raise ProductError(f"Product {self.product_id!r} needs an id and at least one name.")
        if self.price_tenge < 0:
            raise ProductError(
                f"Product {self.product_id!r} costs {self.price_tenge} ₸; 0 or more."
            )

    def name_in(self, language: str) -> str:
        """The name in that language, or the first there is."""
        return name_in(self.names, language)


class Catalogue:
    """All products of one version, found by id or code; immutable once made."""

    def __init__(self, version: int, products: Iterable[Product]) -> None:
        self.version = version
        self.products: tuple[Product, ...] = tuple(products)
        self._by_id = _index_ids(self.products)
        _require_one_owner(self.products)
        self._by_code = {code: p for p in self.products for code in p.codes}
        self._by_case = {code: p for p in self.products for code in p.cases}

    def by_id(self, product_id: str) -> Product | None:
        """The product with that id."""
        return self._by_id.get(product_id)

    def by_code(self, gtin14: str) -> Product | None:
        """The product with that barcode; hidden goods are found too, so that they are refused."""
        return self._by_code.get(gtin14)

    def by_case(self, gtin14: str) -> Product | None:
        """The product that comes in cases with that code; ``cases`` says how many are in one."""
        return self._by_case.get(gtin14)

    def first_known(self, gtin14s: Iterable[str]) -> Product | None:
        """The product of the first code that the catalogue knows."""
        return next((p for code in gtin14s if (p := self._by_code.get(code))), None)

    def categories(self) -> tuple[str, ...]:
        """Categories with something to show, in a fixed order, unknown ones last."""
        present = {p.category for p in self.products if p.status is not Status.HIDDEN}
        known = [c for c in CATEGORIES if c in present]
        return (*known, *sorted(present.difference(CATEGORIES)))

    def listing(self, *, category: str | None, query: str, language: str) -> tuple[Product, ...]:
        """What the picture list shows: goods without a barcode first, then by name.

        Args:
            category: only this one, or all when None.
            query: a part of a name in any language, as typed; empty for no filter.
            language: names are sorted in this language.
        """
        wanted = query.casefold().strip()
        shown = (
            p
            for p in self.products
            if p.status in (Status.ON_SALE, Status.SOLD_OUT)
            and (category is None or p.category == category)
            and (not wanted or any(wanted in name.casefold() for name in p.names.values()))
        )
        return tuple(sorted(shown, key=lambda p: (bool(p.codes), sort_key(p.name_in(language)))))


def sort_key(name: str) -> str:
    """Names compared by it stand as in a Kazakh or Russian dictionary, digits and Latin first."""
    return name.casefold().translate(_IN_ORDER)


def _index_ids(products: Iterable[Product]) -> Mapping[str, Product]:
    index: dict[str, Product] = {}
    for product in products:
        if product.product_id in index:
            raise ProductError(f"Product id {product.product_id!r} stands twice in the catalogue.")
        index[product.product_id] = product
    return index


def _require_one_owner(products: Iterable[Product]) -> None:
    """A barcode, of a piece or of a case, belongs to one product."""
    index: dict[str, Product] = {}
    for product in products:
        for code in (*product.codes, *product.cases):
            if code in index:
                raise ProductError(
                    f"Barcode {code} belongs to both {index[code].product_id!r} and "
                    f"{product.product_id!r}; take it off one of them."
                )
            index[code] = product
