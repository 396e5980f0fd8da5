"""The cheapest code and the next one, against a search through every code of a small alphabet."""

from itertools import pairwise, product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk.domain.barcode import check_digit
from kiosk.scanner.likelihood.costs import Costs
from kiosk.scanner.likelihood.families import rules_of, states_of
from kiosk.scanner.likelihood.templates import EAN8, EAN13, UPCE
from kiosk.scanner.likelihood.viterbi import best_codes, best_costs, best_states, free_costs

_DEAR = 1e4
"""What a digit outside the small alphabet costs."""


def random_costs(layout, seed, profiles=2):
    rng = np.random.default_rng(seed)
    sizes = [len(allowed) for allowed in layout.sets]
    return Costs(
        tuple(rng.random((size, profiles), np.float32) for size in sizes),
        tuple(rng.random((one, two, profiles), np.float32) for one, two in pairwise(sizes)),
        rng.random(profiles, np.float32),
    )


def only(costs, layout, values):
    """Costs under which digits other than `values[place]` are never worth having."""
    unary = []
    for term, allowed, own in zip(costs.unary, layout.sets, values, strict=True):
        dear = np.isin((np.arange(allowed.start, allowed.stop)) % 10, own, invert=True)
        unary.append(term + np.float32(_DEAR) * dear[:, None].astype(np.float32))
    return Costs(tuple(unary), costs.pairs, costs.const)


def cheapest_two(layout, costs, texts):
    """The best text, its cost and that of the next, for each profile, by trying all."""
    codes = [(text, states) for text in texts if (states := states_of(layout, text)) is not None]
    each = np.zeros((len(codes), len(costs.const)))
    for number, (_, states) in enumerate(codes):
        each[number] = costs.const
        for place, term in enumerate(costs.unary):
            each[number] += term[states[place]]
        for place, pair in enumerate(costs.pairs):
            each[number] += pair[states[place], states[place + 1]]
    order = np.argsort(each, 0)
    rows = np.arange(each.shape[1])
    return [codes[i][0] for i in order[0]], each[order[0], rows], each[order[1], rows]


def assert_same(layout, costs, texts):
    best = best_codes(layout, costs)
    wanted, cost, second = cheapest_two(layout, costs, texts)
    assert list(best.texts) == wanted
    np.testing.assert_allclose(best.costs, cost, rtol=1e-4)
    np.testing.assert_allclose(best.second_costs, second, rtol=1e-4)
    found = [states_of(layout, text) for text in best.texts]
    np.testing.assert_array_equal(best.states, found)


@given(seed=st.integers(0, 10**6))
@settings(max_examples=8, deadline=None)
def test_the_best_ean_8_and_the_next_are_those_of_a_search_through_all(seed):
    rng = np.random.default_rng(seed)
    values = [rng.choice(10, 3, replace=False) for _ in range(8)]
    texts = ("".join(map(str, digits)) for digits in product(*values))
    assert_same(EAN8, only(random_costs(EAN8, seed), EAN8, values), texts)


@given(seed=st.integers(0, 10**6))
@settings(max_examples=4, deadline=None)
def test_the_best_ean_13_and_the_next_are_those_of_a_search_through_all(seed):
    rng = np.random.default_rng(seed)
    values = [rng.choice(10, 2, replace=False) for _ in range(12)]
    texts = ("".join(map(str, digits)) for digits in product(range(10), *values))
    assert_same(EAN13, only(random_costs(EAN13, seed), EAN13, values), texts)


@given(seed=st.integers(0, 10**6))
@settings(max_examples=4, deadline=None)
def test_the_best_upc_e_and_the_next_are_those_of_a_search_through_all(seed):
    rng = np.random.default_rng(seed)
    values = [rng.choice(10, 3, replace=False) for _ in range(6)]
    texts = ("".join(map(str, digits)) for digits in product("01", *values, range(10)))
    assert_same(UPCE, only(random_costs(UPCE, seed), UPCE, values), texts)


@given(payload=st.text("0123456789", min_size=12, max_size=12), wrong=st.integers(1, 9))
def test_only_a_right_check_digit_makes_a_code(payload, wrong):
    right = check_digit(payload)
    assert states_of(EAN13, payload + right) is not None
    assert states_of(EAN13, payload + str((int(right) + wrong) % 10)) is None


@pytest.mark.parametrize("layout", [EAN13, EAN8, UPCE])
def test_no_code_is_cheaper_than_digits_without_rules(layout):
    costs = random_costs(layout, 5, profiles=20)
    assert (free_costs(costs) <= best_codes(layout, costs).costs + 1e-4).all()


@pytest.mark.parametrize("layout", [EAN13, EAN8, UPCE])
def test_costs_of_profiles_add_up(layout):
    costs = random_costs(layout, 6, profiles=3)
    weights = np.array([1.0, 0.5, 2.0])
    together = costs.weighted_sum(weights)
    text = best_codes(layout, together).texts[0]
    states = states_of(layout, text)[None]
    np.testing.assert_allclose(
        together.of_codes(states)[0, 0], costs.of_codes(states)[0] @ weights, rtol=1e-4
    )


@pytest.mark.parametrize("layout", [EAN13, EAN8, UPCE])
def test_the_quick_cost_is_that_of_the_best_code(layout):
    costs = random_costs(layout, 7, profiles=20)
    best = best_codes(layout, costs)
    np.testing.assert_allclose(best_costs(layout, costs), best.costs, rtol=1e-5)


@pytest.mark.parametrize("layout", [EAN13, EAN8, UPCE])
def test_without_a_check_digit_no_code_is_cheaper_and_the_first_digit_still_counts(layout):
    costs = random_costs(layout, 8, profiles=20)
    states = best_states(layout, costs)
    cheap = costs.of_codes(states)[np.arange(20), np.arange(20)]
    assert (cheap <= best_costs(layout, costs) + 1e-4).all()
    assert (cheap >= free_costs(costs) - 1e-4).all()
    sets = {tuple(family) for family in rules_of(layout, checked=False).states[:, 0].T}
    assert {tuple(own - own % 10) for own in states} <= sets


@pytest.mark.parametrize("layout", [EAN13, EAN8, UPCE])
def test_a_code_without_noise_is_its_own_best_with_or_without_the_check(layout):
    texts = {EAN13: "4870001157937", EAN8: "40099637", UPCE: "01234565"}
    states = states_of(layout, texts[layout])
    costs = random_costs(layout, 9, profiles=1)
    for term, own in zip(costs.unary, states, strict=True):
        term[own] -= 100
    assert (best_states(layout, costs)[0] == states).all()
    assert best_codes(layout, costs).texts == (texts[layout],)
