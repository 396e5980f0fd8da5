from hypothesis import given
from hypothesis import strategies as st

from kiosk.domain.change import make_change
from kiosk.domain.money import NOTHING, Pieces, coin, note
from kiosk.domain.tender import ChangeChoice, advise, round_down
from tests.domain.strategies import DENOMINATIONS, pieces

KINDS = DENOMINATIONS
BOX = Pieces({coin(100): 2, coin(50): 1, coin(20): 3})


def test_while_money_is_missing_it_says_how_much():
    advice = advise(650, Pieces({note(500): 1}), BOX, KINDS)
    assert (advice.missing_tenge, advice.change_tenge, advice.change) == (150, 0, None)
    assert not advice.ready


def test_the_exact_sum_needs_no_change():
    advice = advise(500, Pieces({note(500): 1}), BOX, KINDS)
    assert advice.ready
    assert (advice.change, advice.left_tenge, advice.missing_tenge) == (NOTHING, 0, 0)


def test_the_change_is_what_the_box_has():
    advice = advise(440, Pieces({note(500): 1}), BOX, KINDS)
    assert advice.ready
    assert advice.change_tenge == 60
    assert advice.change == Pieces({coin(20): 3})


def test_what_he_has_just_put_in_may_come_back_as_change():
    tendered = Pieces({note(1000): 1, coin(20): 3, coin(5): 1})
    advice = advise(1005 - 5, tendered, Pieces(), KINDS)
    assert advice.change == Pieces({coin(20): 3, coin(5): 1})


def test_change_that_cannot_be_made_is_said_before_the_money_goes_in():
    advice = advise(470, Pieces({note(500): 1}), BOX, KINDS)
    assert not advice.ready
    assert advice.change is None
    assert advice.change_tenge == 30
    assert advice.nearest == Pieces({coin(20): 1})
    assert 1 <= len(advice.offers) <= 3
    for offer in advice.offers:
        assert advise(470, offer, BOX, KINDS).ready


def test_the_nearest_smaller_change_leaves_the_rest_to_the_cause():
    advice = advise(470, Pieces({note(500): 1}), BOX, KINDS, ChangeChoice.TAKE_NEAREST)
    assert advice.ready
    assert advice.change == Pieces({coin(20): 1})
    assert advice.left_tenge == 10


def test_asking_for_the_nearest_change_never_costs_him_change_that_is_there():
    advice = advise(440, Pieces({note(500): 1}), BOX, KINDS, ChangeChoice.TAKE_NEAREST)
    assert advice.change == Pieces({coin(20): 3})
    assert advice.left_tenge == 0


def test_all_of_the_change_may_be_left():
    advice = advise(440, Pieces({note(500): 1}), BOX, KINDS, ChangeChoice.LEAVE)
    assert advice.ready
    assert (advice.change, advice.left_tenge) == (NOTHING, 60)


def test_an_uncounted_box_gives_the_fewest_pieces_and_says_so():
    advice = advise(440, Pieces({note(500): 1}), None, KINDS)
    assert not advice.box_known
    assert advice.change == Pieces({coin(50): 1, coin(10): 1})


def test_in_an_uncounted_box_what_he_did_not_find_is_left_out():
    advice = advise(440, Pieces({note(500): 1}), None, KINDS, missing={coin(50)})
    assert advice.change == Pieces({coin(20): 3})


def test_an_uncounted_box_without_small_coins_still_offers_a_way_out():
    kinds = [coin(10), coin(20), note(500)]
    advice = advise(463, Pieces({note(500): 1}), None, kinds)
    assert not advice.ready
    assert advice.nearest.total_tenge == 30
    nearest = advise(463, Pieces({note(500): 1}), None, kinds, ChangeChoice.TAKE_NEAREST)
    assert nearest.ready
    assert nearest.left_tenge == 7


def test_a_missing_note_of_two_hundred_is_not_a_missing_coin():
    advice = advise(300, Pieces({note(500): 1}), None, KINDS, missing={coin(200)})
    assert advice.change == Pieces({note(200): 1})


def test_pieces_missing_in_the_box_are_not_given_but_may_still_be_offered_to_put_in():
    box = Pieces({coin(50): 3, coin(20): 1})
    advice = advise(470, Pieces({note(500): 1}), box, KINDS, missing={coin(20)})
    assert advice.change is None
    assert any(coin(20) in offer for offer in advice.offers)


@given(
    st.integers(0, 3000),
    pieces(most=3),
    st.none() | pieces(most=5),
    st.sampled_from(ChangeChoice),
    st.sets(st.sampled_from(DENOMINATIONS), max_size=2),
)
def test_the_books_always_balance(due_tenge, tendered, available, choice, missing):
    advice = advise(due_tenge, tendered, available, KINDS, choice, missing=missing)
    assert advice.tendered.total_tenge == tendered.total_tenge
    assert len(advice.offers) <= 3
    if not advice.ready:
        assert advice.missing_tenge > 0 or advice.change is None
        return
    assert advice.change is not None
    given_tenge = advice.change.total_tenge + advice.left_tenge
    assert tendered.total_tenge - given_tenge == due_tenge
    if available is not None:
        there = available
        for denomination in missing:
            there = there.without(denomination)
        assert make_change(advice.change.total_tenge, there + tendered) == advice.change


@given(st.integers(0, 10_000), st.integers(1, 100))
def test_rounding_is_down_to_the_step_in_the_shoppers_favour(total_tenge: int, step_tenge: int):
    due_tenge = round_down(total_tenge, step_tenge)
    assert due_tenge % step_tenge == 0
    assert 0 <= total_tenge - due_tenge < step_tenge
