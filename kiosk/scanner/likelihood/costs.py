"""The squared error of every code at once, as sums over digits and pairs of neighbours.

With y a normalised profile (white 0, black 1), g the blurred guards and d(i, s) the blurred
pattern s at digit i, the weighted squared error of a code s(1) … s(n) is

    Σ w (y − g − Σ_i d(i, s_i))²  =  const + Σ_i unary(i, s_i) + Σ_i pair(i, s_i, s_{i+1}),

because only neighbours overlap (those two apart share at most a thin tail). Sums over bands and
over frames are sums of these terms, so a pack seen ten times costs no more to decode than once.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from kiosk.scanner.likelihood.templates import WINDOW, Floats, Looks, Templates


@dataclass(frozen=True, slots=True)
class Costs:
    """Terms for H profiles: `unary[i]` (S_i, H), `pairs[i]` (S_i, S_{i+1}, H or 1), `const` (H,).

    Profiles come last so that minima over patterns run along contiguous memory.
    """

    unary: tuple[Floats, ...]
    pairs: tuple[Floats, ...]
    const: Floats

    def weighted_sum(self, weights: NDArray[np.float64]) -> "Costs":
        """One set of terms (H = 1): the sum over profiles with these weights (H,)."""
        by = weights.astype(np.float32)
        return Costs(
            tuple((term @ by)[:, None] for term in self.unary),
            tuple((term @ by)[..., None] for term in self.pairs),
            (self.const @ by)[None],
        )

    def of_codes(self, states: NDArray[np.intp]) -> Floats:
        """The cost (C, H) of codes given as local states (C, digits)."""
        cost = np.repeat(self.const[None], len(states), axis=0)
        for place, term in enumerate(self.unary):
            cost += term[states[:, place]]
        for place, pair in enumerate(self.pairs):
            cost += pair[states[:, place], states[:, place + 1]]
        return cost


def total(parts: Sequence[Costs]) -> Costs:
    """The terms of several sums (H = 1 each) added up."""
    return Costs(
        tuple(np.sum([part.unary[i] for part in parts], 0) for i in range(len(parts[0].unary))),
        tuple(np.sum([part.pairs[i] for part in parts], 0) for i in range(len(parts[0].pairs))),
        np.sum([part.const for part in parts], 0),
    )


def costs_under(templates: Templates, blur: int, profiles: Floats) -> Costs:
    """Terms of profiles (samples, H) that all share one plain blur, every sample trusted alike.

    `pairs` have H = 1 and broadcast.
    """
    patterns = templates.digits[blur, 0]
    weight = templates.weight
    wanted = (profiles - templates.guards[blur, 0][:, None]) * weight[:, None]
    const = np.einsum("nh,nh->h", wanted, wanted)
    twice, squares = -2 * patterns, patterns * patterns
    unary = []
    for start, allowed in zip(templates.starts, templates.layout.sets, strict=True):
        seen = slice(start, start + WINDOW)
        own = slice(allowed.start, allowed.stop)
        unary.append(twice[own] @ wanted[seen] + (squares[own] @ weight[seen])[:, None])
    return Costs(tuple(unary), _pairs(templates, patterns[None], weight[None]), const)


def costs_of(templates: Templates, looks: Looks, profiles: Floats, weight: Floats) -> Costs:
    """Terms of profiles (H, samples), each with its own look and weight (H, samples)."""
    wanted = profiles - templates.guards_of(looks)
    weighted = wanted * weight
    const = np.einsum("hn,hn->h", weighted, wanted)
    starts, sets = templates.starts, templates.layout.sets
    digits = templates.digits_of(looks)
    turned = digits.transpose(0, 2, 1)
    seen = sliding_window_view(weighted, WINDOW, axis=1)[:, starts]
    trusted = sliding_window_view(weight, WINDOW, axis=1)[:, starts]
    matches = (trusted @ (turned * turned) - 2 * (seen @ turned)).transpose(1, 2, 0)
    unary = tuple(np.ascontiguousarray(matches[i, s.start : s.stop]) for i, s in enumerate(sets))
    return Costs(unary, _pairs(templates, digits, weight), const)


def _pairs(templates: Templates, digits: Floats, weight: Floats) -> tuple[Floats, ...]:
    starts, sets = templates.starts, templates.layout.sets
    pairs = []
    for place in range(len(starts) - 1):
        begin = int(starts[place + 1])
        overlap = WINDOW - begin + int(starts[place])
        first, second = sets[place], sets[place + 1]
        left = digits[:, first.start : first.stop, WINDOW - overlap :]
        right = digits[:, second.start : second.stop, :overlap]
        shared = 2 * weight[:, None, begin : begin + overlap]
        products = (left * shared) @ right.transpose(0, 2, 1)
        pairs.append(np.ascontiguousarray(products.transpose(1, 2, 0), np.float32))
    return tuple(pairs)
