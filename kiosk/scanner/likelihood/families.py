"""The rules of the symbologies: which patterns go together, and what their check digit asks for.

A digit that has no bars of its own (the first of an EAN-13, told by which patterns the left half
uses) makes a family of codes; the check digit is carried along as a residue modulo ten.
"""

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from kiosk.scanner.likelihood.templates import EAN8, EAN13, UPCE, Floats, Layout

_TEN = np.arange(10)
NEVER = np.float32(1e9)
_FIRST_DIGIT_SETS = (
    "AAAAAA", "AABABB", "AABBAB", "AABBBA", "ABAABB",
    "ABBAAB", "ABBBAA", "ABABAB", "ABABBA", "ABBABA",
)  # fmt: skip
_UPCE_SETS = (
    "BBBAAA", "BBABAA", "BBAABA", "BBAAAB", "BABBAA",
    "BAABBA", "BAAABB", "BABABA", "BABAAB", "BAABAB",
)  # fmt: skip
"""Number system 0, by check digit; number system 1 has A and B exchanged."""


@dataclass(frozen=True, slots=True)
class Family:
    """Codes that use the same sets of patterns and the same weights of the check digit.

    `prefix` and `suffix` are digits told by the family; `start` their part of the residue, which
    must come to zero; `last` the values that the last digit may have.
    """

    sets: str
    weights: tuple[int, ...]
    start: int
    last: range = range(10)
    prefix: str = ""
    suffix: str = ""


@cache
def families_of(layout: Layout) -> tuple[Family, ...]:
    """Every family of a symbology."""
    if layout is EAN13:
        weights = (3, 1) * 6
        return tuple(
            Family(sets + "C" * 6, weights, first, prefix=str(first))
            for first, sets in enumerate(_FIRST_DIGIT_SETS)
        )
    if layout is EAN8:
        return (Family("A" * 4 + "C" * 4, (3, 1) * 4, 0),)
    if layout is UPCE:
        return tuple(_upce_families())
    raise ValueError(f"no rules for {layout.symbology}")


_UPCE_WEIGHTS = (
    (range(3), (1, 3, 3, 1, 3, 1)),
    (range(3, 4), (1, 3, 1, 1, 3, 0)),
    (range(4, 5), (1, 3, 1, 3, 3, 0)),
    (range(5, 10), (1, 3, 1, 3, 1, 3)),
)
"""The check digit is that of the UPC-A behind it, whose zeros go where the last digit says."""


def _upce_families() -> list[Family]:
    families = []
    for system in (0, 1):
        for check, sets in enumerate(_UPCE_SETS):
            shown = sets if system == 0 else sets.translate(str.maketrans("AB", "BA"))
            for last, weights in _UPCE_WEIGHTS:
                start = 3 * system + check
                families.append(Family(shown, weights, start, last, str(system), str(check)))
    return families


@dataclass(frozen=True, slots=True)
class Rules:
    """`states` (digits, 10 values, F): the local state; `starts` (F,); `forbidden` (10, F);
    `before` and `after` (digits, value, residue, F): where in a table (residue · F) the residue
    stands before and after a digit of that value. From digit `alike` on all families are the same,
    and one stands for all."""

    families: tuple[Family, ...]
    states: NDArray[np.intp]
    starts: NDArray[np.intp]
    forbidden: Floats
    residues: int
    before: tuple[NDArray[np.intp], ...]
    after: tuple[NDArray[np.intp], ...]
    alike: int

    def own(self, place: int) -> int:
        """How many families differ at a digit."""
        return len(self.families) if place < self.alike else 1


@cache
def rules_of(layout: Layout, *, checked: bool) -> Rules:
    """Unchecked, the check digit may be anything: quicker, and enough to find the geometry."""
    families = families_of(layout)
    offset = {"A": 0, "B": 10, "C": 20}
    states = np.array(
        [
            [offset[kind] - own.start + _TEN for kind, own in zip(f.sets, layout.sets, strict=True)]
            for f in families
        ]
    ).transpose(1, 2, 0)
    forbidden = np.full((10, len(families)), NEVER, np.float32)
    for number, family in enumerate(families):
        forbidden[family.last.start : family.last.stop, number] = 0
    residues = 10 if checked else 1
    weights = np.array([f.weights for f in families]).T
    alike = _alike(states, weights, forbidden)
    return Rules(
        families,
        states,
        np.array([f.start for f in families]) % residues,
        forbidden,
        residues,
        _ways(-weights, residues, alike),
        _ways(weights, residues, alike),
        alike,
    )


def _alike(states: NDArray[np.intp], weights: NDArray[np.intp], forbidden: Floats) -> int:
    """The digit from which on all families are the same; their number if they never are."""
    if (forbidden != forbidden[:, :1]).any():
        return len(states)
    differ = (states != states[:, :, :1]).any((1, 2)) | (weights != weights[:, :1]).any(1)
    return int(np.flatnonzero(differ).max(initial=0)) + 1


def _ways(changes: NDArray[np.intp], residues: int, alike: int) -> tuple[NDArray[np.intp], ...]:
    """For each digit (value, residue · F): where the residue stands once that has changed it."""
    ways = []
    residue = np.arange(residues)[:, None]
    for place, change in enumerate(changes):
        own = change if place < alike else change[:1]
        moved = (residue + own * _TEN[:, None, None]) % residues
        ways.append((moved * len(own) + np.arange(len(own))).reshape(10, -1))
    return tuple(ways)


def states_of(layout: Layout, text: str) -> NDArray[np.intp] | None:
    """The local states (digits,) of a code; None when it breaks the symbology's rules."""
    rules = rules_of(layout, checked=True)
    for number, family in enumerate(rules.families):
        digits = text.removeprefix(family.prefix).removesuffix(family.suffix)
        if len(digits) != len(layout.digits) or f"{family.prefix}{digits}{family.suffix}" != text:
            continue
        values = np.array([int(digit) for digit in digits])
        residue = family.start + int(values @ np.array(family.weights))
        if residue % 10 == 0 and values[-1] in family.last:
            return np.asarray(rules.states[np.arange(len(values)), values, number])
    return None
