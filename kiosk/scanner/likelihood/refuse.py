"""When to believe a decoded code, and when to say nothing.

The best code of all always exists, also in a picture of a fence. It is believed when it explains
nearly all of the picture (fit), when the next code explains it clearly worse (margin), and when
several bands were weighed. With a catalogue only its codes compete, which needs less from the
picture; but one of them is believed only if it explains the picture about as well as the best
code of all does (excess), or a pack that the shop does not sell would be taken for its neighbour.
"""

from dataclasses import dataclass

import numpy as np

from kiosk.scanner.likelihood.catalogue import CodeList
from kiosk.scanner.likelihood.costs import Costs
from kiosk.scanner.likelihood.templates import Layout
from kiosk.scanner.likelihood.viterbi import best_codes

_BANDS_MIN = 3
_FIT_MAX, _MARGIN_MIN = 0.10, 0.42
"""Drawn pictures under glare and strong blur gave wrong codes with margins up to 0.37. It is no less
with many looks: a lamp's mirror image can make one wrong code look right in all of them alike."""
_BEYOND_DOUBT = 0.6
"""A margin far above what wrong geometries reached in drawn pictures."""
_DULLED_MARGIN_MIN = 0.7
"""Under a lamp that was taken out a wrong code reached 0.60 in a thousand drawn films."""
_KNOWN_FIT_MAX, _KNOWN_MARGIN_MIN, _EXCESS_MAX = 0.08, 0.90, 0.10
_SUM_KNOWN_MARGIN_MIN = 0.30
"""All bands of one picture share its geometry, and so its mistakes: in single looks near-twins of a
catalogue came to margins of 0.67. Several pictures do not share them, and a near-twin is refused by
the excess: of 135 sums over looks at 22 drawn films of blurred and dazzled packs, those with a good
fit were compared with 40 catalogues each of near-twins without the true code. None came so near to
the best of all codes, whatever its margin."""
_DULLED_KNOWN_MARGIN_MIN = 1.5
"""What a lamp leaves can make a near-twin look right in all looks alike: one reached 1.09 in a thousand
drawn films with the true code in the catalogue. Right codes come far above."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """A code that is believed, and how clearly; `is_sure` if no other look need be asked."""

    text: str
    margin: float
    known: bool
    is_sure: bool


def verdict(
    layout: Layout,
    costs: Costs,
    bands: int,
    fit: float,
    known: CodeList | None,
    *,
    looks: int = 1,
    is_dulled: bool = False,
) -> Verdict | None:
    """The code that costs (H = 1) of so many looks speak for; None when none is clear.

    The costs are sums over `bands` bands in all. `is_dulled`: a lamp was taken out of a look.
    """
    if bands < _BANDS_MIN or fit > max(_FIT_MAX, _KNOWN_FIT_MAX):
        return None
    best = best_codes(layout, costs)
    text, cost = best.texts[0], float(best.costs[0])
    margin = (float(best.second_costs[0]) - cost) / bands
    is_sure = margin >= _BEYOND_DOUBT
    margin_min = _DULLED_MARGIN_MIN if is_dulled else _MARGIN_MIN
    is_clear = fit <= _FIT_MAX and margin >= margin_min
    if known is None or not known.texts:
        return Verdict(text, margin, known=False, is_sure=is_sure) if is_clear else None
    if is_clear:
        return Verdict(text, margin, text in known.texts, is_sure)
    return _among(known, costs, bands, fit, cost, _known_margin_min(looks, is_dulled))


def _known_margin_min(looks: int, is_dulled: bool) -> float:
    if is_dulled:
        return _DULLED_KNOWN_MARGIN_MIN
    return _KNOWN_MARGIN_MIN if looks == 1 else _SUM_KNOWN_MARGIN_MIN


def _among(
    known: CodeList, costs: Costs, bands: int, fit: float, best_cost: float, margin_min: float
) -> Verdict | None:
    """The code of the catalogue that stands out, if it is nearly the best of all codes."""
    each = costs.of_codes(known.states)[:, 0] / bands
    order = np.argsort(each)[:2]
    first = float(each[order[0]])
    margin = float(each[order[1]]) - first if len(order) > 1 else float("inf")
    excess = first - best_cost / bands
    if fit > _KNOWN_FIT_MAX or margin < margin_min or excess > _EXCESS_MAX:
        return None
    return Verdict(known.texts[int(order[0])], margin, known=True, is_sure=False)
