"""How far a shop's ratio is from its group's, given how much was sold: small shops are not shamed.

A ratio over little money moves by chance alone: one wrong note is 5 % of a quiet week and nothing
in a busy month. So a shop is compared with limits that are wide where little was due and narrow
where much was (a funnel plot; D. J. Spiegelhalter, "Funnel plots for comparing institutional
performance", Statistics in Medicine 24 (2005), 1185-1202: limits at 95 % and 99.8 %, widened by an
over-dispersion factor).

* The middle ``P`` is the ratio of the middle shop: sorted by ratio, half of all money due lies on
  either side. Unlike the group's own ratio it does not move when one shop goes wrong.
* What a visit finds missing spreads about its shop's own ratio ``r`` with a variance that grows
  with the money due: ``Var(missing) = φ · due``. ``φ`` is the mean over all visits of
  ``(paid - r · due)² ÷ due``, divided by visits - shops: the spread *within* shops, so that one bad
  shop does not make room for itself. The largest tenth of these squares counts as the largest of
  the rest (winsorised, as there), so that one slip of the finger does not either; what that takes
  away from a normal spread is given back.
* A shop's limits are ``P ± z · √(φ ÷ due)`` with z = 1.96 and 3.09.

Outside the outer limits a shop is *clearly* different, outside the inner ones *perhaps*: of 20
shops that are all alike one is expected there. Less than 1 % of the money due is never called a
difference. With fewer than :data:`VISITS_MIN` visits of a shop,
or :data:`SHOPS_MIN` shops, nothing is said.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import ceil, sqrt
from typing import NamedTuple

Z_PERHAPS = 1.96
Z_CLEARLY = 3.09
VISITS_MIN = 3
SHOPS_MIN = 5
DIFFERENCE_MIN = 0.01
"""As a share of the money due; less is not worth a word, however sure it is."""
WINSORISED_SHARE = 0.1
_WINSORISED_NORMAL = 0.8315
"""Mean of a normal variable's square when its largest tenth counts as 2.7055, the 90 % point."""


class Place(StrEnum):
    """Where a shop stands in its group."""

    CLEARLY_ABOVE = "clearly_above"
    PERHAPS_ABOVE = "perhaps_above"
    AS_OTHERS = "as_others"
    PERHAPS_BELOW = "perhaps_below"
    CLEARLY_BELOW = "clearly_below"
    TOO_LITTLE = "too_little"


class Total(NamedTuple):
    """What all visits to a shop found together: how many, money that was due and that was there."""

    shop_id: int
    visits: int
    due_tenge: int
    paid_tenge: int


class Found(NamedTuple):
    """What one visit found: money that was due (more than 0) and money that was there."""

    shop_id: int
    due_tenge: int
    paid_tenge: int


class Standing(NamedTuple):
    """One shop in its group."""

    shop_id: int
    visits: int
    due_tenge: int
    paid_tenge: int
    place: Place

    @property
    def per_mille(self) -> int | None:
        """Its ratio; None when nothing was due."""
        return self.paid_tenge * 1000 // self.due_tenge if self.due_tenge > 0 else None


@dataclass(frozen=True, slots=True)
class Funnel:
    """A group: its sums, its middle ratio, its spread, and every shop's standing."""

    due_tenge: int
    paid_tenge: int
    middle: float
    spread: float
    standings: tuple[Standing, ...]

    @property
    def per_mille(self) -> int | None:
        """The group's ratio."""
        return self.paid_tenge * 1000 // self.due_tenge if self.due_tenge > 0 else None

    @property
    def is_telling(self) -> bool:
        """Whether there is enough to compare."""
        return any(one.place is not Place.TOO_LITTLE for one in self.standings)

    def limits_per_mille(self, due_tenge: int, z: float) -> tuple[float, float]:
        """The lower and the upper limit for a shop of that size."""
        wide = z * sqrt(self.spread / due_tenge)
        return 1000 * (self.middle - wide), 1000 * (self.middle + wide)


def funnel(totals: Iterable[Total], visits: Iterable[Found]) -> Funnel:
    """Where each shop stands.

    Args:
        totals: every shop of the group.
        visits: one by one, for the spread: all of them, or all of some shops that chance chose.
    """
    told = [one for one in totals if one.due_tenge > 0]
    due, paid = sum(one.due_tenge for one in told), sum(one.paid_tenge for one in told)
    middle, spread = _middle(told), _spread(visits)
    standings = tuple(_standing(one, middle, spread) for one in told)
    return Funnel(due, paid, middle, spread or 0.0, standings)


def _middle(totals: Iterable[Total]) -> float:
    """The median of the shops' ratios, each weighing as much as was due; 1 without any."""
    ratios = sorted((one.paid_tenge / one.due_tenge, one.due_tenge) for one in totals)
    half = sum(due for _, due in ratios) / 2
    passed = 0
    for ratio, due in ratios:
        passed += due
        if passed >= half:
            return ratio
    return 1.0


def _spread(visits: Iterable[Found]) -> float | None:
    """φ: the variance of what is missing per tenge due; None when there is too little."""
    by_shop: dict[int, list[Found]] = {}
    for one in visits:
        if one.due_tenge > 0:
            by_shop.setdefault(one.shop_id, []).append(one)
    told = [found for found in by_shop.values() if len(found) >= VISITS_MIN]
    freedom = sum(len(found) for found in told) - len(told)
    if len(told) < SHOPS_MIN or freedom < 1:
        return None
    squares = sorted(square for found in told for square in _squares(found))
    cap = squares[max(0, ceil(len(squares) * (1 - WINSORISED_SHARE)) - 1)]
    if cap == 0:
        # Nearly every visit found its shop's own ratio to the tenge: the few others are the spread.
        return sum(squares) / freedom
    return sum(min(square, cap) for square in squares) / freedom / _WINSORISED_NORMAL


def _squares(found: Sequence[Found]) -> list[float]:
    ratio = sum(one.paid_tenge for one in found) / sum(one.due_tenge for one in found)
    return [(one.paid_tenge - ratio * one.due_tenge) ** 2 / one.due_tenge for one in found]


def _standing(one: Total, middle: float, spread: float | None) -> Standing:
    place = Place.TOO_LITTLE
    if spread is not None and one.visits >= VISITS_MIN:
        difference = one.paid_tenge / one.due_tenge - middle
        place = _place(difference, sqrt(spread / one.due_tenge))
    return Standing(*one, place)


def _place(difference: float, deviation: float) -> Place:
    if abs(difference) <= max(Z_PERHAPS * deviation, DIFFERENCE_MIN):
        return Place.AS_OTHERS
    if abs(difference) <= Z_CLEARLY * deviation:
        return Place.PERHAPS_ABOVE if difference > 0 else Place.PERHAPS_BELOW
    return Place.CLEARLY_ABOVE if difference > 0 else Place.CLEARLY_BELOW
