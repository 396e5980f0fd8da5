"""How large everything is drawn on a panel: keys as wide as a finger, in millimetres of real glass.

Pure: sizes in, sizes out. Lengths in kv are dp; ``Shape.density`` is how many pixels one dp has.
Two sets of layouts exist. The **full** one needs 1280 x 800 dp (or 800 x 1280 standing). Where a
panel is so small, or the print so large, that full keys would be narrower than a finger, the
**compact** one shows less at a time.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import hypot

KEY_MM = 20.0
"""Standing people hit keys of 20 mm; 10 to 15 mm are measurably worse (Colle & Hiszem 2004)."""
KEY_DP = 84.0
"""The narrowest key that any layout has, both ways; letters of the keyboard excepted."""
FULL_DP = (1280.0, 800.0)
COMPACT_LEAST_DP = (640.0, 384.0)
"""What the compact layouts need at the least: 7 inches of 800 x 480."""
COMPACT_BEST_DP = (900.0, 560.0)
"""On what they look best; more room than that makes everything larger."""
LARGE = 1.25
"""How much larger large print is than what the same panel shows otherwise."""
BACK_ROOM_TALLEST = 1.0
"""Height ÷ width of volunteers' pages at most; stretched more, their keys would be towers."""
BACK_ROOM_LETTERS_MOST = 1.2
"""How much larger letters become on a small panel, where there is room."""
INCH_MM = 25.4
PANEL_INCHES = 15.6


@dataclass(frozen=True, slots=True)
class Panel:
    """A screen: pixels, and the diagonal of its glass in inches."""

    width_px: int
    height_px: int
    inches: float = PANEL_INCHES

    @property
    def px_per_mm(self) -> float:
        """How dense its pixels are."""
        return hypot(self.width_px, self.height_px) / (self.inches * INCH_MM)


@dataclass(frozen=True, slots=True)
class Look:
    """What a shopper may set for himself; the next one finds the shop's own again."""

    theme: str = "light"
    large: bool = False
    low: bool = False


@dataclass(frozen=True, slots=True)
class Shape:
    """Pixels per dp, which layouts, how much larger than drawn the type is, how high it reaches.

    ``height_share`` is the part of the panel's height, from below, that is used.
    """

    density: float
    compact: bool = False
    type_scale: float = 1.0
    height_share: float = 1.0


def fit(width_px: float, height_px: float, drawn_dp: tuple[float, float]) -> float:
    """The density at which what was drawn for that size just fits, whichever way it stands."""
    long_px, short_px = max(width_px, height_px), min(width_px, height_px)
    return min(long_px / drawn_dp[0], short_px / drawn_dp[1])


def finger_density(panel: Panel) -> float:
    """The least density at which the narrowest key is as wide as a finger."""
    return KEY_MM * panel.px_per_mm / KEY_DP


def low_is_offered(panel: Panel) -> bool:
    """Whether the lower half has room for keys as wide as a finger.

    Where it has not, the glass is under some 20 cm high: hung well, all of it is within reach.
    """
    return _flat_fit(panel.width_px, panel.height_px / 2) >= finger_density(panel)


def shape_for(panel: Panel, look: Look) -> Shape:
    """The shape in which a look is drawn on a panel."""
    share = 0.5 if look.low and low_is_offered(panel) else 1.0
    width_px, height_px = panel.width_px, panel.height_px * share
    finger = finger_density(panel)
    full = fit(width_px, height_px, FULL_DP)
    stands = height_px > width_px
    if stands or (full >= finger and not look.large):
        return Shape(full, False, LARGE if look.large else 1.0, share)
    most = _flat_fit(width_px, height_px)
    best = min(width_px / COMPACT_BEST_DP[0], height_px / COMPACT_BEST_DP[1])
    usual = full if full >= finger else max(finger, best)
    density = min(most, max(finger, best, usual * (LARGE if look.large else 1.0)))
    # What the glass has no room for, the letters alone make up for where they have some.
    scale = max(1.0, LARGE * usual / density) if look.large else 1.0
    return Shape(density, True, scale, share)


def shape_of_back_room(panel: Panel) -> Shape:
    """Volunteers' pages lie: they take the whole width and, of an upright panel, the lower part.

    There all of it is within reach, sitting or standing; what is higher than on other panels gives
    lists more room. Where the glass is small, letters grow into what room their places have.
    """
    density = panel.width_px / FULL_DP[0]
    if panel.height_px < panel.width_px:
        density = min(density, panel.height_px / FULL_DP[1])
    tallest_px = panel.width_px * BACK_ROOM_TALLEST
    share = min(1.0, tallest_px / panel.height_px)
    scale = min(BACK_ROOM_LETTERS_MOST, max(1.0, finger_density(panel) / density))
    return Shape(density, False, scale, share)


def _flat_fit(width_px: float, height_px: float) -> float:
    """The most that a compact layout, which always lies, can be enlarged."""
    return min(width_px / COMPACT_LEAST_DP[0], height_px / COMPACT_LEAST_DP[1])
