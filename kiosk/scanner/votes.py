"""Whom to believe when the stages read one picture: pure.

Two engines can agree on the same wrong code whose check digit is right, so what the catalogue
does not know is believed with care: short codes (found inside slanted long ones) and weak reads
need two stages that agree, and of codes that claim the same place only one with more votes than
every other counts. Codes at different places do not argue: a pack may carry two.
"""

import math
from collections.abc import Callable, Iterable

from kiosk.domain.barcode import Symbology, read_code
from kiosk.domain.errors import BarcodeError
from kiosk.scanner.engines import Read

EASILY_MISREAD = frozenset({Symbology.UPCE, Symbology.EAN8})
"""All wrong reads by zxing-cpp in 286 real photographs of packs were UPC-E, but one."""
_SAME_PLACE = 0.3
"""Of the longer code's length: a piece read inside a long code has its middle no further off."""


def gtin_of(read: Read) -> str | None:
    """The product number in a read; None for an address, a serial number and the like."""
    try:
        return read_code(read.symbology, read.text)[0].gtin14
    except BarcodeError:
        return None


class Votes:
    """The reads of one picture, stage by stage."""

    def __init__(self) -> None:
        self._reads: dict[str, Read] = {}
        self._counts: dict[str, int] = {}
        self._strong: set[str] = set()
        self._argued: set[str] = set()

    def add(self, reads: Iterable[Read]) -> None:
        """One stage's reads; a code counts once a stage."""
        keys = {_key(read): read for read in reads}
        for key, read in keys.items():
            self._reads.setdefault(key, read)
            self._counts[key] = self._counts.get(key, 0) + 1
            if not read.weak:
                self._strong.add(key)
        self._argued |= {key for key in self._reads if any(self._rivals(key))}

    def known(self, is_known: Callable[[str], bool]) -> list[Read]:
        """Reads whose product number the shop knows."""
        return [read for read in self._reads.values() if (g := gtin_of(read)) and is_known(g)]

    def believed(self) -> list[Read]:
        """Reads to believe without a catalogue."""
        return [read for key, read in self._reads.items() if self._is_believed(key)]

    def _is_believed(self, key: str) -> bool:
        count = self._counts[key]
        careful = (
            self._reads[key].symbology in EASILY_MISREAD
            or key in self._argued
            or key not in self._strong
        )
        is_ahead = all(count > self._counts[rival] for rival in self._rivals(key))
        return is_ahead and count >= (2 if careful else 1)

    def _rivals(self, key: str) -> Iterable[str]:
        return (
            other
            for other in self._reads
            if other != key
            and _is_number(key)
            and _is_number(other)
            and not self._is_piece(other, key)
            and _is_same_place(self._reads[key], self._reads[other])
        )

    def _is_piece(self, key: str, of: str) -> bool:
        """A short code found inside a long one says nothing against it."""
        short, long = self._reads[key].symbology, self._reads[of].symbology
        return short in EASILY_MISREAD and long not in EASILY_MISREAD


def _key(read: Read) -> str:
    return gtin_of(read) or f"{read.symbology} {read.text}"


def _is_number(key: str) -> bool:
    """Only numbers argue: two engines may write the same address in two ways."""
    return key.isdigit()


def _is_same_place(one: Read, other: Read) -> bool:
    apart = math.dist(one.centre, other.centre)
    return apart < _SAME_PLACE * max(_length(one), _length(other))


def _length(read: Read) -> float:
    """The longest way across a code, in pixels; without corners every place is the same."""
    if len(read.corners) < 2:
        return math.inf
    return max(math.dist(a, b) for a in read.corners for b in read.corners)
