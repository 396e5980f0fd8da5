"""Barcodes for goods that came without one: numbers that a shop gives out for itself.

GS1 leaves the prefixes 200–299 to each shop (General Specifications, 1.4): such a number means
something here only, so it is kept whole, never read as a weight or a price. Own numbers begin
with 200 and count upwards: ``2000000000015``, ``2000000000022``, …
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

from kiosk.domain.barcode import check_digit
from kiosk.domain.products import Catalogue

_PREFIX = "02"
"""A GTIN-14's place for the indicator, then the first digit of every in-store number."""
_SERIAL_LENGTH = 11
_FIRST_PREFIX_ENDS = 10**9
"""Serials below it have the prefix 200; those above spill over into 201–299."""


def next_code(catalogue: Catalogue, taken: Collection[str] = ()) -> str:
    """The GTIN-14 for the next product without a barcode.

    One more than the highest that was given out, so that a tag left hanging after its product
    was deleted does not name another one. When that block is full, the lowest that is free.

    Args:
        catalogue: its codes are never given out again.
        taken: further GTIN-14s that are promised already, say to a product not yet saved.
    """
    return _gtin14(_following({*_serials_of(catalogue), *_serials_in(taken)}))


def next_codes(catalogue: Catalogue, count: int) -> tuple[str, ...]:
    """So many GTIN-14s, all different, in the order in which they are to be given out."""
    used = set(_serials_of(catalogue))
    codes: list[str] = []
    for _ in range(count):
        serial = _following(used)
        used.add(serial)
        codes.append(_gtin14(serial))
    return tuple(codes)


def _following(used: set[int]) -> int:
    highest = max((serial for serial in used if serial < _FIRST_PREFIX_ENDS), default=0)
    if highest + 1 < _FIRST_PREFIX_ENDS:
        return highest + 1
    # A catalogue holds far fewer products than there are serials: a gap is always found.
    return next(serial for serial in range(1, len(used) + 2) if serial not in used)


def _serials_of(catalogue: Catalogue) -> Iterator[int]:
    for product in catalogue.products:
        yield from _serials_in((*product.codes, *product.cases))


def _serials_in(codes: Collection[str]) -> Iterator[int]:
    for code in codes:
        digits = code[len(_PREFIX) : -1]
        if code.startswith(_PREFIX) and len(digits) == _SERIAL_LENGTH and digits.isdigit():
            yield int(digits)


def _gtin14(serial: int) -> str:
    payload = f"{_PREFIX}{serial:0{_SERIAL_LENGTH}d}"
    return payload + check_digit(payload)
