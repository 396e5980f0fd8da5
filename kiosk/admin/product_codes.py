"""What a code that was read means to a product: its own already, another's, or a new one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from kiosk.admin.product_form import ProductForm
from kiosk.domain.products import Catalogue, Product
from kiosk.scan_event import ScanEvent, is_case


class Meaning(StrEnum):
    """What may be done with a code on a product's page."""

    NEW = "new"
    """A barcode that no product has."""
    NEW_CASE = "new_case"
    """The code of a whole case that no product has; how many pieces are in it must be asked."""
    HERE = "here"
    """The product has it already."""
    TAKEN = "taken"
    """Another product has it."""
    NO_PRODUCT = "no_product"
    """It is no product's code at all."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """A meaning, the GTIN-14 that it is about, and who has it when it is taken."""

    meaning: Meaning
    gtin14: str = ""
    owner: Product | None = None


def judge(event: ScanEvent, form: ProductForm, product_id: str, catalogue: Catalogue) -> Verdict:
    """What a read code means to the product in the form; ``product_id`` is empty for a new one.

    A code with two readings (eight digits may be EAN-8 or UPC-E) is what is known of it.
    """
    here = next((c for c in event.candidates if c in form.codes or c in form.cases), None)
    if here is not None:
        return Verdict(Meaning.HERE, here)
    for code in event.candidates:
        owner = owner_of(catalogue, code)
        if owner is not None and owner.product_id != product_id:
            return Verdict(Meaning.TAKEN, code, owner)
    if not event.candidates:
        return Verdict(Meaning.NO_PRODUCT)
    code = event.candidates[0]
    return Verdict(Meaning.NEW_CASE if is_case(code) else Meaning.NEW, code)


def taken_code(form: ProductForm, product_id: str, catalogue: Catalogue) -> Verdict | None:
    """The first of the form's codes that another product has got meanwhile."""
    for code in (*form.codes, *form.cases):
        owner = owner_of(catalogue, code)
        if owner is not None and owner.product_id != product_id:
            return Verdict(Meaning.TAKEN, code, owner)
    return None


def owner_of(catalogue: Catalogue, gtin14: str) -> Product | None:
    """The product that has this barcode, or comes in cases with it."""
    return catalogue.by_code(gtin14) or catalogue.by_case(gtin14)


def first_owner(catalogue: Catalogue, gtin14s: Iterable[str]) -> Product | None:
    """The product of the first code that is known as a barcode or as a case's."""
    owners = (owner_of(catalogue, code) for code in gtin14s)
    return next((owner for owner in owners if owner is not None), None)
