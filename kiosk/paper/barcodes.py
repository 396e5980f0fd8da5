"""EAN-13, EAN-8 and UPC-A for printing: bars as rectangles, with the digits a person can read.

Sources: GS1 General Specifications 5.2 (bars, light margins, where the digits stand) and 5.12.3
(a module of 0.264 to 0.660 mm). Bars are not thinned for spreading ink: laser and thermal
printers do not need it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from kiosk.domain.errors import BarcodeError
from kiosk.paper.fonts import CAPITAL, Ruler
from kiosk.paper.marks import Block, Mark, Words
from kiosk.scanner.bars import QUIET_MODULES, ean_modules

LASER_DOT_MM = 25.4 / 300
"""What an office printer draws at least; finer ones have a whole number of dots in it."""
MODULE_MM = 4 * LASER_DOT_MM
"""A module on A4: 0.339 mm, a little more than the nominal 0.330, and made of whole dots."""
_DIGIT = 8.5
"""Type size of the digits, in modules: seven modules, a digit's share of the bars, stay wider."""
_DESCENDING = 5
"""By how many modules the guard bars reach down between the digits."""
_ABOVE_DIGITS = 1
_DIGITS_HEIGHT = _ABOVE_DIGITS + _DIGIT * CAPITAL
_MODULES_OF_A_DIGIT = 7
_GUARD, _MIDDLE = 3, 5


def is_drawable(gtin14: str) -> bool:
    """Whether it is the number of a single pack; a case's has other bars."""
    try:
        ean_modules(gtin14)
    except BarcodeError:
        return False
    return True


def width_mm(gtin14: str, module_mm: float) -> float:
    """With the light margins on both sides."""
    return (len(ean_modules(gtin14)) + 2 * QUIET_MODULES) * module_mm


def digits_height_mm(module_mm: float) -> float:
    """What the digits need below the bars."""
    return _DIGITS_HEIGHT * module_mm


def barcode_marks(
    gtin14: str, *, left_mm: float, top_mm: float, height_mm: float, module_mm: float, ruler: Ruler
) -> Iterator[Mark]:
    """Bars and digits, ``height_mm`` in all; ``left_mm`` is where the light margin begins.

    Raises:
        BarcodeError: when it is the number of a case.
    """
    modules = ean_modules(gtin14)
    first_mm = left_mm + QUIET_MODULES * module_mm
    bars_mm = height_mm - digits_height_mm(module_mm)
    digits = _digits(gtin14)
    tall = _tall_modules(len(modules), digits)
    at = 0
    for value, run in groupby(modules):
        length = len(list(run))
        if value == "1":
            down_mm = _DESCENDING * module_mm if at in tall else 0.0
            yield Block(first_mm + at * module_mm, top_mm, length * module_mm, bars_mm + down_mm)
        at += length
    baseline_mm = top_mm + height_mm
    for digit, middle in digits:
        size_mm = _DIGIT * module_mm
        half_mm = ruler.width(digit, bold=False) * size_mm / 2
        yield Words(digit, first_mm + middle * module_mm - half_mm, baseline_mm, size_mm)


def _digits(gtin14: str) -> Sequence[tuple[str, float]]:
    """Each digit with the module that it stands under; those beside the bars are outside."""
    if gtin14.startswith("000000"):
        return _row(gtin14[6:10], _GUARD) + _row(gtin14[10:], _second_half(4))
    if gtin14.startswith("00"):  # UPC-A: the first and the last digit stand beside the bars.
        outside = [(gtin14[2], -6.0), (gtin14[13], 95 + 6.0)]
        left = _row(gtin14[3:8], _GUARD + _MODULES_OF_A_DIGIT)
        return [*outside, *left, *_row(gtin14[8:13], _second_half(6))]
    outside = [(gtin14[1], -6.0)]
    return [*outside, *_row(gtin14[2:8], _GUARD), *_row(gtin14[8:], _second_half(6))]


def _second_half(digits: int) -> int:
    return _GUARD + digits * _MODULES_OF_A_DIGIT + _MIDDLE


def _row(digits: str, start: int) -> list[tuple[str, float]]:
    width = _MODULES_OF_A_DIGIT
    return [(digit, start + width * (place + 0.5)) for place, digit in enumerate(digits)]


def _tall_modules(length: int, digits: Sequence[tuple[str, float]]) -> frozenset[int]:
    """Modules under which no digit stands: guards, the middle, UPC-A's outer digits."""
    half = _MODULES_OF_A_DIGIT / 2
    under = {
        module for _, middle in digits for module in range(int(middle - half), int(middle + half))
    }
    return frozenset(range(length)) - under
