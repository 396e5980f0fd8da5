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
_FIT_MAX, _MARGIN_MIN = 0.10, 0.20
_KNOWN_FIT_MAX, _KNOWN_MARGIN_MIN, _EXCESS_MAX = 0.08, 0.30, 0.10


@dataclass(frozen=True, slots=True)
class Verdict:
    """A code that is believed, and how clearly."""

    text: str
    margin: float
    known: bool


def verdict(
    layout: Layout, costs: Costs, bands: int, fit: float, known: CodeList | None
) -> Verdict | None:
    """The code that summed costs (H = 1, over `bands` bands) speak for; None when none is clear."""
    if bands < _BANDS_MIN or fit > max(_FIT_MAX, _KNOWN_FIT_MAX):
        return None
    best = best_codes(layout, costs)
    text, cost = best.texts[0], float(best.costs[0])
    margin = (float(best.second_costs[0]) - cost) / bands
    is_clear = fit <= _FIT_MAX and margin >= _MARGIN_MIN
    if known is None or not known.texts:
        return Verdict(text, margin, known=False) if is_clear else None
    if is_clear:
        return Verdict(text, margin, known=text in known.texts)
    return _among(known, costs, bands, fit, cost)


def _among(
    known: CodeList, costs: Costs, bands: int, fit: float, best_cost: float
) -> Verdict | None:
    """The code of the catalogue that stands out, if it is nearly the best of all codes."""
    each = costs.of_codes(known.states)[:, 0] / bands
    order = np.argsort(each)[:2]
    first = float(each[order[0]])
    margin = float(each[order[1]]) - first if len(order) > 1 else float("inf")
    excess = first - best_cost / bands
    if fit > _KNOWN_FIT_MAX or margin < _KNOWN_MARGIN_MIN or excess > _EXCESS_MAX:
        return None
    return Verdict(known.texts[int(order[0])], margin, known=True)
