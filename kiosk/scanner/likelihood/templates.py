"""What each digit of a retail code adds to the profile, under each blur of the bank.

A code is guard bars plus digits that stand side by side, and blurring is linear, so a blurred
code is the sum of its blurred parts. Each digit reaches a few modules into its neighbours.
"""

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from kiosk.domain.barcode import Symbology
from kiosk.scanner.likelihood.optics import BLURS, REACH_MODULES, Blur

SAMPLES_PER_MODULE = 3
QUIET_MODULES = 5
"""White looked at on either side; UPC-A promises nine, EAN-13 seven on the right."""
DIGIT_MODULES = 7
WINDOW = (DIGIT_MODULES + 2 * REACH_MODULES) * SAMPLES_PER_MODULE
"""Samples in which one digit can be seen."""

_A = (
    "0001101", "0011001", "0010011", "0111101", "0100011",
    "0110001", "0101111", "0111011", "0110111", "0001011",
)  # fmt: skip
_C = tuple(pattern.translate(str.maketrans("01", "10")) for pattern in _A)
_B = tuple(pattern[::-1] for pattern in _C)
PATTERNS = (*_A, *_B, *_C)
"""Source: GS1 General Specifications 5.2.1.2, number sets A, B and C."""

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Layout:
    """Where the parts of a symbology stand, in modules from its first bar.

    `sets[i]` names the patterns digit i may have, as a range of `PATTERNS`.
    """

    symbology: Symbology
    modules: int
    guards: tuple[tuple[int, str], ...]
    digits: tuple[int, ...]
    sets: tuple[range, ...]

    @property
    def samples(self) -> int:
        """Of a sampled profile, quiet zones included."""
        return (self.modules + 2 * QUIET_MODULES) * SAMPLES_PER_MODULE


_AB, _ONLY_A, _ONLY_C = range(20), range(10), range(20, 30)

EAN13 = Layout(
    Symbology.EAN13,
    95,
    ((0, "101"), (45, "01010"), (92, "101")),
    (*range(3, 45, 7), *range(50, 92, 7)),
    (_AB,) * 6 + (_ONLY_C,) * 6,
)
EAN8 = Layout(
    Symbology.EAN8,
    67,
    ((0, "101"), (31, "01010"), (64, "101")),
    (*range(3, 31, 7), *range(36, 64, 7)),
    (_ONLY_A,) * 4 + (_ONLY_C,) * 4,
)
UPCE = Layout(Symbology.UPCE, 51, ((0, "101"), (45, "010101")), tuple(range(3, 45, 7)), (_AB,) * 6)


@dataclass(frozen=True, slots=True)
class Templates:
    """A layout under every blur of the bank (K blurs), black 1.

    Each in three parts: as blurred, what sharpening adds, what a module of ink spread adds.
    `guards` (K, 3, samples); `digits` (K, 3, 30, WINDOW); `starts` the first sample of each
    digit's window; `weight` (samples,): the outermost module on either side is not looked at.
    """

    layout: Layout
    guards: Floats
    digits: Floats
    starts: NDArray[np.intp]
    weight: Floats

    def guards_of(self, looks: "Looks") -> Floats:
        """(H, samples)"""
        return (looks.parts[:, None] @ self.guards[looks.blur])[:, 0]

    def digits_of(self, looks: "Looks") -> Floats:
        """(H, 30, WINDOW)"""
        flat = self.digits.reshape(len(self.digits), 3, -1)[looks.blur]
        return (looks.parts[:, None] @ flat).reshape(-1, len(PATTERNS), WINDOW)

    def profiles(self, blurs: NDArray[np.intp], patterns: NDArray[np.intp]) -> Floats:
        """The three parts (H, 3, samples) of codes with pattern numbers (H, digits)."""
        profile = self.guards[blurs]
        for place, start in enumerate(self.starts):
            profile[:, :, start : start + WINDOW] += self.digits[blurs, :, patterns[:, place]]
        return profile


@dataclass(frozen=True, slots=True)
class Looks:
    """How H codes look: `blur` (H,) numbers in the bank, `parts` (H, 3): 1, the amount of
    sharpening, the ink spread in modules."""

    blur: NDArray[np.intp]
    parts: Floats

    @classmethod
    def plain(cls, blur: NDArray[np.intp]) -> "Looks":
        """Blurred, and nothing else."""
        parts = np.zeros((len(blur), 3), np.float32)
        parts[:, 0] = 1
        return cls(blur, parts)

    def take(self, which: NDArray[np.intp]) -> "Looks":
        """These only, in this order."""
        return Looks(self.blur[which], self.parts[which])


@cache
def templates_of(layout: Layout) -> Templates:
    """All that can be worked out before a picture is seen; a few milliseconds, then kept."""
    starts = np.array(layout.digits) + QUIET_MODULES - REACH_MODULES
    weight = np.ones(layout.samples, np.float32)
    weight[:SAMPLES_PER_MODULE] = 0
    weight[-SAMPLES_PER_MODULE:] = 0
    return Templates(
        layout,
        np.stack([_guard_profiles(layout, blur) for blur in BLURS]),
        _all_digits(),
        starts * SAMPLES_PER_MODULE,
        weight,
    )


@cache
def _all_digits() -> Floats:
    x = _positions(WINDOW) - REACH_MODULES
    return np.stack(
        [np.stack([_bars(x, pattern, blur) for pattern in PATTERNS], 1) for blur in BLURS]
    )


def _guard_profiles(layout: Layout, blur: Blur) -> Floats:
    x = _positions(layout.samples) - QUIET_MODULES
    parts = [_bars(x - start, pattern, blur) for start, pattern in layout.guards]
    return np.asarray(np.sum(parts, 0), np.float32)


def _positions(samples: int) -> NDArray[np.float64]:
    return (np.arange(samples) + 0.5) / SAMPLES_PER_MODULE


def _bars(x: NDArray[np.float64], pattern: str, blur: Blur) -> Floats:
    """The three parts (3, x) at `x` modules from the pattern's start.

    Every pattern of a digit begins or ends where a guard or neighbour has the other colour, so
    the edge there is the pattern's own and ink may spread over it.
    """
    parts = np.zeros((3, len(x)))
    padded = f"0{pattern}0"
    for place in range(len(padded) - 1):
        rise = int(padded[place + 1]) - int(padded[place])
        if rise:
            parts[0] += rise * blur.step(x - place)
            parts[1] += rise * blur.sharpening(x - place)
            parts[2] += blur.spread(x - place)
    return parts.astype(np.float32)
