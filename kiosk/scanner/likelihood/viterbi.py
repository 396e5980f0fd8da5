"""The cheapest code of all that obey a symbology's rules, and the cheapest of all others, exactly.

Costs are sums over digits and neighbours, so dynamic programming applies; the check digit is
carried along as a residue modulo ten, and the digit that has no bars of its own (the first of an
EAN-13, told by which patterns the left half uses) as a family. Forward and backward sums give for
every digit the cost of the best valid code through it: the best code is the cheapest at each
place, and the best *other* code is the cheapest one that differs somewhere.
"""

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from kiosk.scanner.likelihood.costs import Costs
from kiosk.scanner.likelihood.templates import EAN8, EAN13, UPCE, Floats, Layout

_TEN = np.arange(10)
_NEVER = np.float32(1e9)
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
class Best:
    """The cheapest valid codes for H profiles.

    `texts` (H); `states` (H, digits) local; `costs` and `second_costs` (H,), const included.
    """

    texts: tuple[str, ...]
    states: NDArray[np.intp]
    costs: Floats
    second_costs: Floats


@dataclass(frozen=True, slots=True)
class _Rules:
    """`states` (digits, 10 values, F): the local state; `starts` (F,); `forbidden` (10, F);
    `before` and `after` (digits, value, residue, F): where in a table (residue · F) the residue
    stands before and after a digit of that value."""

    families: tuple[Family, ...]
    states: NDArray[np.intp]
    starts: NDArray[np.intp]
    forbidden: Floats
    residues: int
    before: NDArray[np.intp]
    after: NDArray[np.intp]


@cache
def _rules(layout: Layout, *, checked: bool) -> _Rules:
    """Unchecked, the check digit may be anything: quicker, and enough to find the geometry."""
    families = families_of(layout)
    offset = {"A": 0, "B": 10, "C": 20}
    states = np.array(
        [
            [offset[kind] - own.start + _TEN for kind, own in zip(f.sets, layout.sets, strict=True)]
            for f in families
        ]
    ).transpose(1, 2, 0)
    forbidden = np.full((10, len(families)), _NEVER, np.float32)
    for number, family in enumerate(families):
        forbidden[family.last.start : family.last.stop, number] = 0
    residues = 10 if checked else 1
    weights = np.array([f.weights for f in families]).T
    change = weights[:, None, None, :] * _TEN[None, :, None, None]
    residue = np.arange(residues)[:, None]
    column = np.arange(len(families))
    return _Rules(
        families,
        states,
        np.array([f.start for f in families]) % residues,
        forbidden,
        residues,
        ((residue - change) % residues) * len(families) + column,
        ((residue + change) % residues) * len(families) + column,
    )


def best_codes(layout: Layout, costs: Costs, *, checked: bool = True) -> Best:
    """Exact minimum over all valid codes, and over all but that one."""
    rules = _rules(layout, checked=checked)
    unary = _by_value(rules, costs)
    pairs = [
        np.ascontiguousarray(
            pair[rules.states[i, :, None], rules.states[i + 1, None]].swapaxes(2, 3)
        )
        for i, pair in enumerate(costs.pairs)
    ]
    forward = _forward(rules, unary, pairs)
    backward = _backward(rules, unary, pairs)
    # (digits, value, H, F): the best valid code with that value at that place
    through = np.stack(
        [(ahead + behind).min(2) for ahead, behind in zip(forward, backward, strict=True)]
    )
    return _chosen(rules, through, costs.const)


def _chosen(rules: _Rules, through: Floats, const: Floats) -> Best:
    digits, _, profiles, _ = through.shape
    rows, places = np.arange(profiles), np.arange(digits)[:, None]
    family = through[0].min(0).argmin(-1)
    own = through[:, :, rows, family]
    values = own.argmin(1)
    best = own[0].min(0)
    through[places, values, rows, family] = np.inf
    second = through.min((0, 1, 3))
    texts = tuple(
        rules.families[f].prefix + "".join(map(str, v)) + rules.families[f].suffix
        for f, v in zip(family, values.T, strict=True)
    )
    states = rules.states[places, values, family].T
    return Best(texts, states, best + const, second + const)


def _by_value(rules: _Rules, costs: Costs) -> list[Floats]:
    """(10, H, F) for each digit."""
    unary = [
        np.ascontiguousarray(term[rules.states[place]].swapaxes(1, 2))
        for place, term in enumerate(costs.unary)
    ]
    unary[-1] = unary[-1] + rules.forbidden[:, None]
    return unary


def _forward(rules: _Rules, unary: list[Floats], pairs: list[Floats]) -> list[Floats]:
    """For each digit (value, H, residue after it, F): the best way there, itself included."""
    _, profiles, families = unary[0].shape
    table = np.full((10, profiles, rules.residues, families), _NEVER, np.float32)
    table[:, :, rules.starts, np.arange(families)] = 0
    table = _moved(table, rules.before[0]) + unary[0][:, :, None]
    tables = [table]
    for place, pair in enumerate(pairs, 1):
        best = (table[:, None] + pair[:, :, :, None]).min(0)
        table = _moved(best, rules.before[place]) + unary[place][:, :, None]
        tables.append(table)
    return tables


def _backward(rules: _Rules, unary: list[Floats], pairs: list[Floats]) -> list[Floats]:
    """For each digit (value, H, residue after it, F): the best way on from there, without it."""
    _, profiles, families = unary[0].shape
    table = np.full((10, profiles, rules.residues, families), _NEVER, np.float32)
    table[:, :, 0] = 0
    tables = [table]
    for place in range(len(pairs), 0, -1):
        # from the residue before digit `place` on, that digit included
        onward = _moved(table, rules.after[place]) + unary[place][:, :, None]
        table = (onward[None] + pairs[place - 1][:, :, :, None]).min(1)
        tables.append(table)
    return tables[::-1]


def _moved(table: Floats, source: NDArray[np.intp]) -> Floats:
    """A table with its residues where `source` (value, residue · F) says they come from."""
    if table.shape[2] == 1:
        return table
    values, profiles = table.shape[:2]
    flat = table.reshape(values, profiles, -1)
    at = source.reshape(values, 1, -1)
    return np.take_along_axis(flat, at, 2).reshape(table.shape)


def states_of(layout: Layout, text: str) -> NDArray[np.intp] | None:
    """The local states (digits,) of a code; None when it breaks the symbology's rules."""
    rules = _rules(layout, checked=True)
    for number, family in enumerate(rules.families):
        digits = text.removeprefix(family.prefix).removesuffix(family.suffix)
        if len(digits) != len(layout.digits) or f"{family.prefix}{digits}{family.suffix}" != text:
            continue
        values = np.array([int(digit) for digit in digits])
        residue = family.start + int(values @ np.array(family.weights))
        if residue % 10 == 0 and values[-1] in family.last:
            return np.asarray(rules.states[np.arange(len(values)), values, number])
    return None


def free_costs(costs: Costs) -> Floats:
    """The cheapest sequence of patterns (H,) without any rules: a quick bound from below."""
    table = costs.unary[0]
    for pair, unary in zip(costs.pairs, costs.unary[1:], strict=True):
        table = (table[:, None] + pair).min(0) + unary
    return np.asarray(table.min(0) + costs.const)
