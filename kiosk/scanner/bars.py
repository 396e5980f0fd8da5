"""The bars of EAN-13 and EAN-8, for drawing them. Source: GS1 General Specifications, 5.2.1-2."""

from kiosk.domain.errors import BarcodeError

_LEFT_ODD = (
    "0001101", "0011001", "0010011", "0111101", "0100011",
    "0110001", "0101111", "0111011", "0110111", "0001011",
)  # fmt: skip
_RIGHT = tuple(pattern.translate(str.maketrans("01", "10")) for pattern in _LEFT_ODD)
_LEFT_EVEN = tuple(pattern[::-1] for pattern in _RIGHT)
_LEFT = {"O": _LEFT_ODD, "E": _LEFT_EVEN}
# The first digit of an EAN-13 has no bars: it is told by which of the next six are even.
_PARITY_OF_FIRST_DIGIT = (
    "OOOOOO", "OOEOEE", "OOEEOE", "OOEEEO", "OEOOEE",
    "OEEOOE", "OEEEOO", "OEOEOE", "OEOEEO", "OEEOEO",
)  # fmt: skip
_GUARD = "101"
_MIDDLE = "01010"

QUIET_MODULES = 11
"""White that must stay free beside the bars: the wider side of EAN-13's."""


def ean_modules(gtin14: str) -> str:
    """The modules of a unit's code from left to right: "1" is a bar, "0" a space.

    EAN-8 (67 modules) when the number has eight digits, else EAN-13 (95; a UPC-A is one with
    a zero first). Raises BarcodeError for the number of a case, which has no such bars.
    """
    if len(gtin14) != 14 or not gtin14.isdigit() or gtin14[0] != "0":
        raise BarcodeError(f"{gtin14} is not the number of a single pack; only those are drawn.")
    if gtin14.startswith("000000"):
        return _framed(_coded(gtin14[6:10], "OOOO"), gtin14[10:])
    parity = _PARITY_OF_FIRST_DIGIT[int(gtin14[1])]
    return _framed(_coded(gtin14[2:8], parity), gtin14[8:])


def _coded(digits: str, parity: str) -> str:
    return "".join(_LEFT[side][int(digit)] for digit, side in zip(digits, parity, strict=True))


def _framed(left: str, right_digits: str) -> str:
    right = "".join(_RIGHT[int(digit)] for digit in right_digits)
    return f"{_GUARD}{left}{_MIDDLE}{right}{_GUARD}"
