"""From what a scanner, a camera or a hand gives, to the product it names.

Every retail number (UPC-A, UPC-E, EAN-8, EAN-13) is written as a GTIN-14, so that one product
has one key however it was read. Sources: GS1 General Specifications, sections 7.9 (check digit),
5.2.2.4.2 (expanding UPC-E) and 1.4 (restricted circulation numbers, indicator digit).

biip is imported where it is needed: it takes 0.1 s, which the start screen must not wait for,
and the codes of nearly every pack do without it.
"""

import re
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import urlsplit

from kiosk.domain.errors import BarcodeError

NOT_A_PRODUCT = "This code does not name a product. Look for the striped code on the pack."
WRONG_DIGIT = "A digit of this code is wrong. Please try once more."
SOLD_BY_MEASURE = "This code is for goods sold by measure. Please choose the goods from the list."


class Symbology(StrEnum):
    """How a code was written, or by which hand it came."""

    EAN13 = "ean13"
    EAN8 = "ean8"
    UPCA = "upca"
    UPCE = "upce"
    ITF14 = "itf14"
    CODE128 = "code128"
    GS1_128 = "gs1_128"
    DATABAR = "databar"
    DATAMATRIX = "datamatrix"
    QR = "qr"
    TYPED = "typed"
    WEDGE = "wedge"


class CodeKind(StrEnum):
    """What may be done with a product code."""

    UNIT = "unit"
    """One piece that a shopper may buy."""
    IN_STORE = "in_store"
    """Prefix 200-299: given out by a shop for itself, so keyed by (shop, code)."""
    CASE = "case"
    """GTIN-14 with indicator 1-8: a case of units, for restocking only."""


@dataclass(frozen=True, slots=True)
class ProductCode:
    """The number of a product: 14 digits with a right check digit, and its kind."""

    gtin14: str
    kind: CodeKind


_MODULUS = 10
_GTIN14_LENGTH = 14
_UPCE_LENGTH = 8
_NUMBER_LENGTHS = {
    Symbology.EAN13: (13, 12),
    Symbology.EAN8: (8,),
    Symbology.UPCA: (12,),
    Symbology.ITF14: (14,),
    Symbology.TYPED: (8, 12, 13, 14),
    Symbology.WEDGE: (8, 12, 13, 14),
}
_ELEMENT_STRINGS = frozenset(
    {Symbology.GS1_128, Symbology.DATABAR, Symbology.DATAMATRIX, Symbology.QR, Symbology.WEDGE}
)
_BY_HAND = frozenset({Symbology.TYPED, Symbology.WEDGE})
# "]d2" and the like: AIM symbology identifiers, which some scanners put first (ISO/IEC 15424).
_AIM_IDENTIFIER = re.compile(r"^\][A-Za-z][0-9A-Za-z]")
_GROUP_SEPARATOR = "\x1d"
# FNC1 in first place arrives as GS, or as the raw codeword 232 of DataMatrix.
_LEADING_FNC1 = f"{_GROUP_SEPARATOR}\xe8"
_BRACKETED_GTIN = re.compile(r"\(01\)(\d{14})(?!\d)")
_LEADING_GTIN = re.compile(r"01(\d{14})")


def check_digit(payload: str) -> str:
    """The digit that ends a GTIN whose other digits are `payload` (weights 3, 1 from the right)."""
    weighted = sum(
        int(digit) * (3 if place % 2 == 0 else 1) for place, digit in enumerate(reversed(payload))
    )
    return str(-weighted % _MODULUS)


def read_code(symbology: Symbology, text: str) -> tuple[ProductCode, ...]:
    """The products that `text` may name, the likeliest first; never empty.

    A camera knows what it saw, so there is one answer. Eight digits that were typed (by a
    hand or by a USB scanner) may be EAN-8 or UPC-E: then both come, EAN-8 first, and the
    catalogue decides. Raises BarcodeError when the text names no product.
    """
    cleaned = _without_envelope(text)
    if symbology is Symbology.TYPED:
        cleaned = re.sub(r"[\s-]", "", cleaned)
    if cleaned.isascii() and cleaned.isdigit():
        codes = _numbers(symbology, cleaned)
        if codes:
            return codes
    gtin = _gtin_in_data(cleaned, element_strings=symbology in _ELEMENT_STRINGS)
    if gtin is None:
        raise BarcodeError(NOT_A_PRODUCT)
    return (_product_code(gtin),)


def _without_envelope(text: str) -> str:
    return _AIM_IDENTIFIER.sub("", text.strip(" \t\r\n")).lstrip(_LEADING_FNC1)


def _numbers(symbology: Symbology, digits: str) -> tuple[ProductCode, ...]:
    """Every reading of bare digits; empty when this symbology holds no such number."""
    if symbology is Symbology.UPCE:
        return (_product_code(_gtin14(_upce_digits(digits))),)
    if symbology in (Symbology.EAN8, Symbology.UPCA):
        # Engines pad these with zeros to thirteen digits; the symbology says what was read.
        digits = _unpadded(digits, _NUMBER_LENGTHS[symbology][0])
    if len(digits) not in _NUMBER_LENGTHS.get(symbology, ()):
        return ()
    readings = [digits]
    if symbology in _BY_HAND and len(digits) == _UPCE_LENGTH:
        readings += _expanded_upce(digits)
    valid = [reading for reading in readings if _is_valid(reading)]
    if not valid:
        raise BarcodeError(WRONG_DIGIT)
    return tuple(dict.fromkeys(_product_code(_gtin14(reading)) for reading in valid))


def _unpadded(digits: str, length: int) -> str:
    padding = digits[:-length]
    return digits[-length:] if not padding.strip("0") else digits


def _upce_digits(digits: str) -> str:
    """UPC-E as the camera engines give it: eight digits, or already expanded and padded."""
    if len(digits) != _UPCE_LENGTH:
        return digits
    expanded = _expanded_upce(digits)
    if not expanded:
        raise BarcodeError(WRONG_DIGIT)
    return expanded[0]


def _expanded_upce(digits: str) -> list[str]:
    """The UPC-A behind eight digits of UPC-E; empty when they are none."""
    from biip import EncodeError, ParseError
    from biip.upc import Upc

    try:
        return [Upc.parse(digits).as_upc_a()]
    except (ParseError, EncodeError):
        return []


def _is_valid(digits: str) -> bool:
    # All zeros have a right check digit, and stand on no pack.
    return digits[-1] == check_digit(digits[:-1]) and digits.strip("0") != ""


def _gtin14(digits: str) -> str:
    if len(digits) not in (8, 12, 13, 14) or not _is_valid(digits):
        raise BarcodeError(WRONG_DIGIT)
    return digits.zfill(_GTIN14_LENGTH)


def _gtin_in_data(text: str, *, element_strings: bool) -> str | None:
    """The GTIN in a GS1 Digital Link or, where allowed, in GS1 element strings."""
    if _scheme(text) in ("http", "https"):
        return _gtin_in_link(text) if element_strings else None
    bracketed = _BRACKETED_GTIN.search(text)
    if bracketed:
        return _gtin14(bracketed[1])
    if not element_strings:
        return None
    leading = _LEADING_GTIN.match(text)
    if leading:
        # Nearly all codes start so; reading no further keeps the GTIN right even when a
        # scanner dropped the separators or a private field (91-99) follows.
        return _gtin14(leading[1])
    return _gtin_in_elements(text)


def _scheme(text: str) -> str:
    """The scheme of an address in lower case; empty when `text` is not one."""
    try:
        return urlsplit(text).scheme
    except ValueError:
        return ""


def _gtin_in_link(text: str) -> str | None:
    from biip import ParseError
    from biip.gs1_digital_link_uris import GS1DigitalLinkURI

    try:
        elements = GS1DigitalLinkURI.parse(text).element_strings
    except (ParseError, ValueError):
        return None
    return _value_of_ai_01({element.ai.ai: element.value for element in elements})


def _gtin_in_elements(text: str) -> str | None:
    """AI 01 behind other elements, as on cases that carry a date first."""
    from biip import ParseError
    from biip.gs1_messages import GS1Message

    try:
        elements = GS1Message.parse(text).element_strings
    except (ParseError, ValueError):
        return None
    return _value_of_ai_01({element.ai.ai: element.value for element in elements})


def _value_of_ai_01(elements: dict[str, str]) -> str | None:
    return _gtin14(elements["01"]) if "01" in elements else None


def _product_code(gtin14: str) -> ProductCode:
    return ProductCode(gtin14, _kind(gtin14))


def _kind(gtin14: str) -> CodeKind:
    indicator = int(gtin14[0])
    if indicator == 9:
        raise BarcodeError(SOLD_BY_MEASURE)
    if indicator:
        return CodeKind.CASE
    # An EAN-8 has six zeros before it, and its prefix after them.
    prefix = gtin14[6:9] if gtin14.startswith("000000") else gtin14[1:4]
    return CodeKind.IN_STORE if prefix.startswith("2") else CodeKind.UNIT
