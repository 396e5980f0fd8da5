"""The cheapest code of all that obey a symbology's rules, and the cheapest of all others, exactly.

Costs are sums over digits and neighbours, so dynamic programming applies. Forward and backward sums
give for every digit the cost of the best valid code through it: the best code is the cheapest at
each place, and the best *other* code is the cheapest one that differs somewhere.

Tables are (value, H, residue, F), with one family for all where they no longer differ.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kiosk.scanner.likelihood.costs import Costs
from kiosk.scanner.likelihood.families import NEVER, Rules, rules_of
from kiosk.scanner.likelihood.templates import Floats, Layout


@dataclass(frozen=True, slots=True)
class Best:
    """The cheapest valid codes for H profiles.

    `texts` (H); `states` (H, digits) local; `costs` and `second_costs` (H,), const included.
    """

    texts: tuple[str, ...]
    states: NDArray[np.intp]
    costs: Floats
    second_costs: Floats


def best_codes(layout: Layout, costs: Costs) -> Best:
    """Exact minimum over all valid codes, and over all but that one."""
    rules = rules_of(layout, checked=True)
    unary, pairs = _by_value(rules, costs)
    forward = _forward(rules, unary, pairs)
    backward = _backward(rules, unary, pairs)
    # for each digit (value, H, F): the best valid code with that value at that place
    through = [(ahead + behind).min(2) for ahead, behind in zip(forward, backward, strict=True)]
    return _chosen(rules, through, costs.const)


def best_costs(layout: Layout, costs: Costs) -> Floats:
    """What the cheapest valid codes cost (H,), const included."""
    rules = rules_of(layout, checked=True)
    *_, last = _forward(rules, *_by_value(rules, costs))
    return np.asarray(last[:, :, 0].min((0, 2)) + costs.const)


def best_states(layout: Layout, costs: Costs) -> NDArray[np.intp]:
    """The local states (H, digits) of the cheapest codes whose check digit may be anything."""
    rules = rules_of(layout, checked=False)
    unary, pairs = _by_value(rules, costs)
    tables = [table[:, :, 0] for table in _forward(rules, unary, pairs)]
    rows = np.arange(tables[0].shape[1])
    family = tables[-1].min(0).argmin(-1)
    value = tables[-1][:, rows, family].argmin(0)
    values = [value]
    for place in range(len(pairs) - 1, -1, -1):
        # (value, H, F): the ways into the digit behind, whose value is known
        ways = tables[place] + pairs[place][:, value, rows if pairs[place].shape[2] > 1 else 0]
        if place + 1 == rules.alike:
            family = ways.min(0).argmin(-1)
        value = ways[:, rows, family if place < rules.alike else 0].argmin(0)
        values.append(value)
    chosen = np.stack(values[::-1])
    return np.asarray(rules.states[np.arange(len(chosen))[:, None], chosen, family].T)


def _chosen(rules: Rules, through: list[Floats], const: Floats) -> Best:
    rows = np.arange(len(const))
    families = through[0].min(0)
    family = families.argmin(-1)
    best = families[rows, family]
    values, others = [], []
    for table in through:
        own = family if table.shape[2] > 1 else 0
        value = table[:, rows, own].argmin(0)
        table[value, rows, own] = np.inf
        values.append(value)
        others.append(table.min((0, 2)))
    texts = tuple(
        rules.families[f].prefix + "".join(map(str, v)) + rules.families[f].suffix
        for f, v in zip(family, zip(*values, strict=True), strict=True)
    )
    places = np.arange(len(values))[:, None]
    states = rules.states[places, np.stack(values), family].T
    return Best(texts, states, best + const, np.min(others, 0) + const)


def _by_value(rules: Rules, costs: Costs) -> tuple[list[Floats], list[Floats]]:
    """The terms of each digit (10, H, F) and of neighbours (10, 10, H, F), by their values."""
    unary = [
        np.ascontiguousarray(term[rules.states[place, :, : rules.own(place)]].swapaxes(1, 2))
        for place, term in enumerate(costs.unary)
    ]
    unary[-1] = unary[-1] + rules.forbidden[:, None, : rules.own(len(unary) - 1)]
    pairs = []
    for place, pair in enumerate(costs.pairs):
        first = rules.states[place, :, None, : rules.own(place)]
        second = rules.states[place + 1, None, :, : rules.own(place)]
        pairs.append(np.ascontiguousarray(pair[first, second].swapaxes(2, 3)))
    return unary, pairs


def _forward(rules: Rules, unary: list[Floats], pairs: list[Floats]) -> list[Floats]:
    """For each digit (value, H, residue after it, F): the best way there, itself included."""
    _, profiles, families = unary[0].shape
    table = np.full((10, profiles, rules.residues, families), NEVER, np.float32)
    table[:, :, rules.starts[:families], np.arange(families)] = 0
    table = _moved(table, rules.before[0]) + unary[0][:, :, None]
    tables = [table]
    for place, pair in enumerate(pairs, 1):
        best = (table[:, None] + pair[:, :, :, None]).min(0)
        if place == rules.alike:
            best = best.min(3, keepdims=True)
        table = _moved(best, rules.before[place]) + unary[place][:, :, None]
        tables.append(table)
    return tables


def _backward(rules: Rules, unary: list[Floats], pairs: list[Floats]) -> list[Floats]:
    """For each digit (value, H, residue after it, F): the best way on from there, without it."""
    profiles = unary[0].shape[1]
    last = len(pairs)
    table = np.full((10, profiles, rules.residues, rules.own(last)), NEVER, np.float32)
    table[:, :, 0] = 0
    tables = [table]
    for place in range(last, 0, -1):
        # from the residue before digit `place` on, that digit included
        onward = _moved(table, rules.after[place]) + unary[place][:, :, None]
        table = (onward[None] + pairs[place - 1][:, :, :, None]).min(1)
        tables.append(table)
    return tables[::-1]


def _moved(table: Floats, source: NDArray[np.intp]) -> Floats:
    """A table with its residues where `source` (value, residue · F) says they come from."""
    if table.shape[2] == 1:
        return table
    flat = table.reshape(*table.shape[:2], -1)
    return np.take_along_axis(flat, source[:, None], 2).reshape(table.shape)


def free_costs(costs: Costs) -> Floats:
    """The cheapest sequence of patterns (H,) without any rules: a quick bound from below."""
    table = costs.unary[0]
    for pair, unary in zip(costs.pairs, costs.unary[1:], strict=True):
        table = (table[:, None] + pair).min(0) + unary
    return np.asarray(table.min(0) + costs.const)
