"""Pictures of the cash count."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from kiosk.admin.count import CountStage, CountState, compare
from kiosk.admin.money_form import all_kinds
from kiosk.config import Cash
from kiosk.domain.ledger import Box
from kiosk.domain.money import Pieces, note
from kiosk.domain.products import Product

BOOK = Pieces.from_codes(
    {"n2000": 2, "n1000": 5, "n500": 9, "c200": 14, "c100": 8, "c50": 3, "c20": 11, "c10": 6}
)
COUNTED = Pieces.from_codes(
    {"n2000": 2, "n1000": 4, "n500": 9, "c200": 15, "c100": 8, "c50": 3, "c20": 11, "c10": 6}
)


def examples(_products: dict[str, Product], _language: str) -> Iterator[tuple[str, CountState]]:
    """From the first coin to the comparison."""
    begun = CountState(kinds=Cash().kinds)
    yield "begun", begun
    counted = replace(begun, pieces=COUNTED)
    yield "counting", counted
    yield "old-note", replace(counted, kinds=all_kinds(begun.kinds, [note(200)]))
    yield "typing", replace(counted, typing=note(500), typed="12")
    compared = replace(counted, stage=CountStage.COMPARED)
    short = compare(COUNTED, Box(BOOK.total_tenge + 350, BOOK))
    yield "short", replace(compared, comparison=short)
    yield (
        "agrees",
        replace(compared, comparison=compare(COUNTED, Box(COUNTED.total_tenge, COUNTED))),
    )
    yield "first", replace(compared, comparison=compare(COUNTED, Box()))
    strange = Pieces(dict.fromkeys(begun.kinds, 1))
    many = compare(COUNTED, Box(strange.total_tenge, strange))
    yield "many-gaps", replace(compared, comparison=many, saving=True)
