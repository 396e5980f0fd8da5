"""Change-making against a brute force that shares no code with it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.domain.change import (
    OFFER_PIECES_MAX,
    make_change,
    nearest_below,
    one_per_value,
    payable_instead,
    plenty,
)
from kiosk.domain.money import NOTHING, Denomination, Pieces, coin, note
from tests.domain import brute_change
from tests.domain.strategies import DENOMINATIONS, SMALL, pieces

AMOUNTS = st.integers(0, 800)


def kinds_of(pool: Pieces) -> list[brute_change.Kind]:
    return [(d.value_tenge, count) for d, count in pool.items()]


def rank_of(taken: Pieces, pool: Pieces) -> tuple[int, int]:
    return brute_change.rank(kinds_of(pool), [taken[d] for d in pool])


def test_sixty_comes_from_three_twenties_and_not_from_the_fifty():
    box = Pieces({coin(50): 1, coin(20): 3})
    assert make_change(60, box) == Pieces({coin(20): 3})


def test_no_change_is_always_possible():
    assert make_change(0, NOTHING) == NOTHING


def test_what_the_box_cannot_make_is_none():
    assert make_change(30, Pieces({coin(20): 5})) is None
    assert make_change(1, NOTHING) is None


def test_the_last_piece_of_a_kind_is_spared_when_as_few_pieces_do_it():
    box = Pieces({coin(200): 1, note(200): 50})
    assert make_change(200, box) == Pieces({note(200): 1})
    box = Pieces({coin(200): 50, note(200): 1})
    assert make_change(200, box) == Pieces({coin(200): 1})


@pytest.mark.parametrize(
    ("box", "change"),
    [
        ({coin(50): 1, coin(5): 2, coin(20): 40}, {coin(20): 3}),
        ({coin(50): 40, coin(5): 40, coin(20): 3}, {coin(50): 1, coin(5): 2}),
    ],
)
def test_of_two_ways_with_as_many_pieces_the_one_that_spares_what_is_scarce_is_taken(box, change):
    assert make_change(60, Pieces(box)) == Pieces(change)


TIES = (note(200), coin(200), coin(50), coin(20), coin(5))
"""50 + 5 + 5 and three 20s are as many pieces, and so are the two kinds of 200."""


@given(pieces(TIES, 6), st.lists(st.sampled_from([50, 20, 20, 20, 5, 5, 200]), max_size=9))
def test_scarcity_decides_among_as_few_pieces(pool: Pieces, some: list[int]):
    amount_tenge = sum(some)
    change = make_change(amount_tenge, pool)
    best = brute_change.best_ranks_up_to(amount_tenge, kinds_of(pool)).get(amount_tenge)
    assert best == (None if change is None else rank_of(change, pool))


def test_fewest_pieces_come_before_sparing_the_last_one():
    box = Pieces({coin(100): 1, coin(50): 50})
    assert make_change(100, box) == Pieces({coin(100): 1})


@given(pieces(SMALL, 3), AMOUNTS)
def test_change_is_the_best_of_all_there_is(pool: Pieces, amount_tenge: int):
    best = brute_change.best_rank_by_trying(amount_tenge, kinds_of(pool))
    change = make_change(amount_tenge, pool)
    if best is None:
        assert change is None
    else:
        assert change is not None
        assert change.total_tenge == amount_tenge
        assert rank_of(change, pool) == best


@given(pieces(DENOMINATIONS, 50), st.integers(0, 3000))
def test_change_from_a_full_box_is_the_best_too(pool: Pieces, amount_tenge: int):
    ranks = brute_change.best_ranks_up_to(amount_tenge, kinds_of(pool))
    change = make_change(amount_tenge, pool)
    if change is None:
        assert amount_tenge not in ranks
    else:
        assert rank_of(change, pool) == ranks[amount_tenge]


@given(pieces(SMALL, 3), AMOUNTS)
def test_the_two_brute_forces_agree(pool: Pieces, amount_tenge: int):
    by_table = brute_change.best_ranks_up_to(amount_tenge, kinds_of(pool))
    by_trying = brute_change.best_rank_by_trying(amount_tenge, kinds_of(pool))
    assert by_table.get(amount_tenge) == by_trying


@given(pieces(most=50), pieces(most=5), st.integers(0, 30_000))
def test_change_never_takes_what_is_not_there(available: Pieces, tendered: Pieces, due_tenge: int):
    pool = available + tendered
    change = make_change(due_tenge, pool)
    assert change is None or (pool - change) + change == pool


@given(pieces(SMALL, 3), st.integers(0, 1500))
def test_the_nearest_smaller_change_is_the_largest_that_can_be_made(pool: Pieces, limit: int):
    nearest = nearest_below(limit, pool)
    assert nearest.total_tenge == max(brute_change.makeable(limit, kinds_of(pool)))
    assert make_change(nearest.total_tenge, pool) == nearest


def test_an_uncounted_box_gives_the_fewest_pieces_and_coins_for_both_kinds_of_two_hundred():
    kinds = [note(500), note(200), coin(200), coin(100), coin(20), coin(10)]
    assert one_per_value(kinds) == [note(500), coin(200), coin(100), coin(20), coin(10)]
    assert make_change(430, plenty(kinds, 430)) == Pieces({coin(200): 2, coin(20): 1, coin(10): 1})


@given(st.integers(1, 20_000))
def test_from_plenty_every_amount_comes_out_in_the_fewest_pieces(amount_tenge: int):
    # With 1-2-5 pieces and no end of them, taking the largest first is right.
    fewest, left = 0, amount_tenge
    for value in sorted({d.value_tenge for d in DENOMINATIONS}, reverse=True):
        fewest, left = fewest + left // value, left % value
    change = make_change(amount_tenge, plenty(DENOMINATIONS, amount_tenge))
    assert change is not None
    assert (change.total_tenge, change.count) == (amount_tenge, fewest)


OFFER_KINDS = tuple(d for d in DENOMINATIONS if d.value_tenge in (50, 100, 200, 500, 1000, 2000))


@given(
    st.integers(1, 120).map(lambda n: n * 10),
    pieces(tuple(d for d in SMALL if d.value_tenge >= 10), 3),
    pieces(OFFER_KINDS, 3),
)
def test_offers_are_payable_and_spare_and_the_fewest_come_first(
    due_tenge: int, box: Pieces, tapped: Pieces
):
    offers = payable_instead(due_tenge, box, OFFER_KINDS, tapped=tapped)
    by_trying = brute_change.offers_by_trying(
        due_tenge,
        kinds_of(box),
        sorted({d.value_tenge for d in OFFER_KINDS}),
        OFFER_PIECES_MAX,
    )
    values = [values_of(offer) for offer in offers]
    assert len(offers) == min(3, len(by_trying))
    assert len(set(values)) == len(values)
    assert set(values) <= set(by_trying)
    sizes = sorted(map(len, by_trying))[: len(offers)]
    assert [offer.count for offer in offers] == sizes
    for offer in offers:
        change = make_change(offer.total_tenge - due_tenge, box)
        assert change is not None


def values_of(offer: Pieces) -> tuple[int, ...]:
    return tuple(d.value_tenge for d, count in offer.items() for _ in range(count))


def test_among_offers_of_one_size_those_with_what_is_already_tapped_come_first():
    box = Pieces({coin(50): 1, coin(100): 1})
    kinds = [coin(100), coin(200), note(500)]
    least_change, two_200 = Pieces({coin(200): 1, coin(100): 1}), Pieces({coin(200): 2})
    assert payable_instead(250, box, kinds, tapped=NOTHING)[:2] == (least_change, two_200)
    assert payable_instead(250, box, kinds, tapped=two_200)[:2] == (two_200, least_change)


def test_without_any_money_there_is_nothing_to_offer():
    assert payable_instead(100, Pieces({coin(50): 1}), [], tapped=NOTHING) == ()


@pytest.mark.parametrize("denomination", DENOMINATIONS)
def test_one_piece_can_always_be_given_back(denomination: Denomination):
    one = Pieces({denomination: 1})
    assert make_change(denomination.value_tenge, one) == one
