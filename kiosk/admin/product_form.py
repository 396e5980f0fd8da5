"""What a product's editor holds before it is saved: frozen, and pure like the domain."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any

from kiosk.domain.products import Product, Status

NAME_LENGTH_MAX = 60
"""Longer names fit neither a shelf tag nor a basket line."""
CASE_PIECES_MAX = 9999
_OWN_CODE_PREFIX = "02"


@dataclass(frozen=True, slots=True)
class ProductForm:
    """A product as it stands in the editor; ``price_tenge`` is None while nobody has typed one."""

    names: Mapping[str, str] = field(default_factory=dict)
    price_tenge: int | None = None
    category: str = "other"
    codes: tuple[str, ...] = ()
    cases: Mapping[str, int] = field(default_factory=dict)
    picture: str | None = None
    status: Status = Status.ON_SALE

    @property
    def has_name(self) -> bool:
        """Whether it is called anything in any language."""
        return any(self.names.values())

    @property
    def has_own_code(self) -> bool:
        """Whether one of its barcodes was given out by a shop (prefix 200–299)."""
        return any(code.startswith(_OWN_CODE_PREFIX) for code in self.codes)

    def named(self, language: str, name: str) -> ProductForm:
        """With that name in that language; no name at all when it is empty."""
        others = {known: text for known, text in self.names.items() if known != language}
        return replace(self, names={**others, language: name} if name else others)

    def tidied(self) -> ProductForm:
        """Names without blanks around or doubled within them; empty ones are none."""
        tidy = {language: " ".join(name.split()) for language, name in self.names.items()}
        return replace(self, names={language: name for language, name in tidy.items() if name})

    def with_code(self, gtin14: str) -> ProductForm:
        """With one more barcode."""
        return self if gtin14 in self.codes else replace(self, codes=(*self.codes, gtin14))

    def with_case(self, gtin14: str, pieces: int) -> ProductForm:
        """With a case that holds so many pieces."""
        return replace(self, cases={**self.cases, gtin14: pieces})

    def without(self, gtin14: str) -> ProductForm:
        """Without that barcode or case."""
        codes = tuple(code for code in self.codes if code != gtin14)
        cases = {code: pieces for code, pieces in self.cases.items() if code != gtin14}
        return replace(self, codes=codes, cases=cases)


def form_of(product: Product) -> ProductForm:
    """The editor's fields, filled from a product."""
    return ProductForm(**{name: getattr(product, name) for name in _FIELDS})


def changes_of(form: ProductForm, before: ProductForm) -> dict[str, Any]:
    """The fields that were edited, by name."""
    return {
        name: getattr(form, name)
        for name in _FIELDS
        if getattr(form, name) != getattr(before, name)
    }


def edited(now: Product, form: ProductForm, before: ProductForm) -> Product:
    """The product with what was edited, and nothing else.

    ``now`` may have changed since the form was filled from it (a version from the centre): what
    nobody touched here stays as it is there.
    """
    return _product(now.product_id, replace(form_of(now), **changes_of(form, before)))


def created(product_id: str, form: ProductForm) -> Product:
    """A new product.

    Raises:
        ProductError: when it has no name; :attr:`ProductForm.has_name` tells before.
    """
    return _product(product_id, form)


def _product(product_id: str, form: ProductForm) -> Product:
    assert form.price_tenge is not None, "a form is saved when it has a price"
    return Product(
        product_id=product_id,
        names=dict(form.names),
        price_tenge=form.price_tenge,
        category=form.category,
        codes=form.codes,
        picture=form.picture,
        status=form.status,
        cases=dict(form.cases),
    )


_FIELDS = tuple(f.name for f in fields(ProductForm))
