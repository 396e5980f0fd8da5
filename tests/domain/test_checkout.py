from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.domain.basket import EMPTY_BASKET, Line, product_line
from kiosk.domain.checkout import (
    PAYING,
    Screen,
    Visit,
    abandoned,
    cash_sale,
    correction_of,
    qr_sale,
    refund_of,
)
from kiosk.domain.entries import CashTender, Correction, Sale, SaleRef, paid_tenge
from kiosk.domain.errors import CheckoutError
from kiosk.domain.ledger import Box, Ledger
from kiosk.domain.money import NOTHING, Pieces, coin, note
from kiosk.domain.products import Product
from kiosk.domain.tender import ChangeChoice, advise, round_down
from tests.domain.journals import entry_of
from tests.domain.strategies import DENOMINATIONS, pieces

WATER = product_line(Product("water", {"kk": "Су"}, 180), "04870001157937")
SAMSA = product_line(Product("samsa", {"kk": "Самса"}, 250), None)
REF = SaleRef(1, 7, "ab" * 32)


def visit_with(*lines: Line) -> Visit:
    visit = Visit("visit-1").go(Screen.BASKET)
    for line in lines:
        visit = visit.put(line)
    return visit


# --- where one may go ---


@pytest.mark.parametrize("screen", sorted(PAYING))
def test_nothing_cannot_be_paid_for(screen: Screen):
    with pytest.raises(CheckoutError, match="empty"):
        visit_with().go(screen)


@pytest.mark.parametrize("screen", sorted(PAYING))
def test_taking_the_last_thing_out_while_paying_leads_back_to_the_basket(screen: Screen):
    visit = visit_with(WATER).go(screen)
    assert visit.with_basket(EMPTY_BASKET).screen is Screen.BASKET
    assert visit.undo().screen is Screen.BASKET


def test_the_thanks_are_not_reached_by_asking():
    for screen in Screen:
        with pytest.raises(CheckoutError):
            replace(visit_with(WATER), screen=screen).go(Screen.THANKS)


def test_after_the_thanks_nothing_of_the_sold_visit_is_left():
    thanked = visit_with(WATER).go(Screen.CASH).tap(note(500)).thanked("visit-2")
    assert thanked == Visit("visit-2", screen=Screen.THANKS)


def test_from_the_start_one_cannot_jump_to_paying():
    with pytest.raises(CheckoutError, match="no way"):
        Visit("x").go(Screen.CASH)


@pytest.mark.parametrize("screen", Screen)
def test_back_always_leads_to_a_screen_one_can_go_on_from(screen: Screen):
    visit = replace(visit_with(WATER), screen=screen, came_from=Screen.CASH)
    back = visit.back()
    assert back.screen in {Screen.START, Screen.BASKET, Screen.CASH}
    assert back.basket == visit.basket


def test_the_suggestions_box_leads_back_to_where_it_was_opened():
    for screen in (Screen.START, Screen.BASKET, Screen.CASH, Screen.QR, Screen.PRICE):
        visit = replace(visit_with(WATER), screen=screen)
        assert visit.go(Screen.SUGGEST).back().screen is screen


def test_a_scan_while_a_suggestion_is_written_goes_into_the_basket_and_leaves_the_words_alone():
    visit = visit_with(WATER).go(Screen.SUGGEST).put(SAMSA)
    assert visit.screen is Screen.SUGGEST
    assert visit.basket.items == 2
    assert visit.back().screen is Screen.BASKET


def test_an_unknown_code_scanned_while_a_suggestion_is_written_is_asked_for_after_it():
    visit = visit_with(WATER).go(Screen.SUGGEST).ask_price("04000000000006")
    assert visit.screen is Screen.SUGGEST
    assert visit.put(SAMSA).back() == visit.back().put(SAMSA)
    assert visit.back().screen is Screen.PRICE
    assert visit.back().pending_codes == ("04000000000006",)


def test_a_price_that_waits_behind_a_suggestion_is_still_asked_for_after_another_scan():
    visit = visit_with().ask_price("04000000000006").go(Screen.SUGGEST).put(WATER)
    assert visit.back().screen is Screen.PRICE


def test_a_scan_brings_the_basket_up():
    for screen in (Screen.PICK, Screen.KEYPAD, Screen.CASH, Screen.QR):
        visit = replace(visit_with(WATER), screen=screen)
        assert visit.put(SAMSA).screen is Screen.BASKET


def test_an_unknown_code_asks_for_its_price_until_it_is_known():
    visit = visit_with().ask_price("04000000000006")
    assert (visit.screen, visit.pending_codes) == (Screen.PRICE, ("04000000000006",))
    assert visit.priced().screen is Screen.BASKET
    assert visit.priced().pending_codes == ()


def test_a_scan_while_a_price_is_asked_goes_into_the_basket_and_the_question_stays():
    visit = visit_with().ask_price("04000000000006").put(WATER)
    assert (visit.screen, visit.basket.items) == (Screen.PRICE, 1)


def test_two_unknown_codes_are_asked_for_one_after_the_other_and_each_can_be_left():
    visit = visit_with().ask_price("04000000000006").ask_price("04000000000013")
    assert visit.pending_codes[0] == "04000000000006"
    assert visit.back().pending_codes == ("04000000000013",)
    assert visit.back().back().screen is Screen.BASKET


# --- undo ---

MOVES: dict[str, Callable[[Visit], Visit]] = {
    "water": lambda v: v.put(WATER),
    "samsa": lambda v: v.put(SAMSA),
    "fewer": lambda v: v.with_basket(v.basket.with_quantity("water", 0)),
    "cash": lambda v: v.go(Screen.CASH),
    "qr": lambda v: v.go(Screen.QR),
    "pick": lambda v: v.go(Screen.PICK),
    "suggest": lambda v: v.go(Screen.SUGGEST),
    "back": Visit.back,
    "undo": Visit.undo,
    "tap": lambda v: v.tap(note(500)),
    "untap": lambda v: v.untap(note(500)),
    "exact": lambda v: v.pay_exactly(True),
    "leave": lambda v: replace(v, choice=ChangeChoice.LEAVE),
}


@given(st.lists(st.sampled_from(sorted(MOVES)), max_size=25))
def test_whatever_a_shopper_does_he_never_pays_for_nothing(moves: list[str]):
    visit = Visit("v").go(Screen.BASKET)
    for move in moves:
        try:
            visit = MOVES[move](visit)
        except CheckoutError:
            continue
        assert visit.basket.lines or visit.paying_on is None
        assert not (visit.exact and visit.tendered)
        assert visit.checkout_id == "v"


@given(st.lists(st.sampled_from(["water", "samsa", "fewer"]), max_size=12))
def test_undo_goes_back_step_by_step_to_the_empty_basket(moves: list[str]):
    visit = Visit("v").go(Screen.BASKET)
    baskets = [visit.basket]
    for move in moves:
        visit = MOVES[move](visit)
        if visit.basket != baskets[-1]:
            baskets.append(visit.basket)
    for basket in reversed(baskets):
        assert visit.basket == basket
        visit = visit.undo()
    assert visit.basket == EMPTY_BASKET


def test_another_basket_means_choosing_money_anew():
    paying = replace(visit_with(WATER, SAMSA).go(Screen.CASH), choice=ChangeChoice.LEAVE)
    assert paying.put(WATER).choice is ChangeChoice.TAKE
    assert paying.undo().choice is ChangeChoice.TAKE
    assert not paying.pay_exactly(True).undo().exact


# --- money ---


def test_taps_are_counted_and_taken_back_and_no_piece_goes_below_none():
    visit = visit_with(WATER).go(Screen.CASH).tap(note(500)).tap(note(500)).untap(note(500))
    assert visit.tendered == Pieces({note(500): 1})
    assert visit.untap(coin(5)) == visit


def test_exact_and_tapped_pieces_exclude_each_other():
    visit = visit_with(WATER).go(Screen.CASH).tap(note(500)).pay_exactly(True)
    assert visit.exact
    assert visit.tendered == NOTHING
    assert not visit.tap(coin(50)).exact


def sold(visit: Visit, available: Pieces | None, rounding_tenge: int = 1) -> Sale:
    due_tenge = round_down(visit.basket.total_tenge, rounding_tenge)
    advice = advise(due_tenge, visit.tendered, available, DENOMINATIONS, visit.choice)
    return cash_sale(visit, advice, "kk")


def test_a_sale_cannot_be_confirmed_while_money_is_missing_or_change_does_not_come_out():
    visit = visit_with(WATER).go(Screen.CASH).tap(coin(100))
    with pytest.raises(CheckoutError):
        sold(visit, NOTHING)
    with pytest.raises(CheckoutError):
        sold(visit.tap(note(500)), NOTHING)


def test_the_sale_says_what_went_in_and_what_came_out():
    visit = visit_with(WATER).go(Screen.CASH).tap(note(200))
    sale = sold(visit, Pieces({coin(20): 1}))
    assert sale.tender == CashTender({"n200": 1}, {"c20": 1})
    assert sale.checkout_id == "visit-1"
    assert sale.total_tenge == 180


def test_the_exact_amount_is_known_by_its_sum_alone():
    visit = visit_with(WATER).go(Screen.CASH).pay_exactly(True)
    assert sold(visit, NOTHING).tender == CashTender(None)


def test_qr_is_claimed_in_full_whatever_the_rounding_of_cash():
    assert paid_tenge(qr_sale(visit_with(WATER).go(Screen.QR), "kk")) == 180


@pytest.mark.parametrize("screen", sorted(PAYING))
def test_leaving_at_a_payment_screen_says_what_was_on_the_table(screen: Screen):
    visit = visit_with(WATER).go(screen).tap(note(500))
    left = abandoned(visit, "cancelled", "kk")
    assert (left.screen, left.how, left.total_tenge) == (screen.value, "cancelled", 180)
    assert left.pieces_tapped == {"n500": 1}
    assert abandoned(visit.go(Screen.SUGGEST), "timed_out", "kk").screen == screen.value


# --- laws of sale and refund ---

CASH_VISITS = st.builds(
    lambda waters, samsas, tendered, choice, exact: replace(
        visit_with(*[WATER] * waters, *[SAMSA] * samsas).go(Screen.CASH),
        tendered=NOTHING if exact else tendered,
        choice=choice,
        exact=exact,
    ),
    st.integers(1, 3),
    st.integers(0, 2),
    pieces(most=2),
    st.sampled_from(ChangeChoice),
    st.booleans(),
)
BOXES = st.none() | pieces(most=5)


@given(CASH_VISITS, BOXES, st.sampled_from([1, 5, 10, 100]))
def test_every_cash_sale_balances(visit: Visit, available: Pieces | None, rounding_tenge: int):
    try:
        sale = sold(visit, available, rounding_tenge)
    except CheckoutError:
        return
    assert paid_tenge(sale) == sale.total_tenge == visit.basket.total_tenge
    assert isinstance(sale.tender, CashTender)
    if sale.tender.pieces_in is not None:
        put_in = Pieces.from_codes(sale.tender.pieces_in)
        taken = Pieces.from_codes(sale.tender.change)
        due_tenge = round_down(sale.total_tenge, rounding_tenge)
        kept_tenge = put_in.total_tenge - taken.total_tenge
        assert kept_tenge == due_tenge + sale.tender.left_to_cause_tenge


@given(CASH_VISITS, BOXES, st.sampled_from([1, 10]))
def test_undoing_a_sale_at_once_leaves_box_and_shelf_as_they_were(
    visit: Visit, available: Pieces | None, rounding_tenge: int
):
    try:
        sale = sold(visit, available, rounding_tenge)
    except CheckoutError:
        return
    before = Ledger(Box(5000, available), {"water": 4})
    after_sale = before.apply(entry_of(sale))
    refund = refund_of(sale, after_sale.box.available)
    body = correction_of(sale, REF, refund, by="shopper", reason="test")
    after = after_sale.apply(entry_of(body))
    assert after.box == before.box
    assert {k: n for k, n in after.stock.items() if n} == before.stock
    assert after.collected_tenge == 0


def test_when_his_note_is_gone_the_refund_is_made_of_what_is_there():
    sale = sold(visit_with(WATER).go(Screen.CASH).tap(note(500)), Pieces({coin(20): 20}))
    refund = refund_of(sale, Pieces({coin(100): 2, coin(20): 4}))
    assert refund.put_back == Pieces({coin(20): 16})
    assert refund.take_back == Pieces({coin(100): 2, coin(20): 15})
    correction = correction_of(sale, REF, refund, by="shopper", reason="r")
    assert correction.taken_back == {"c100": 2, "c20": 15}


def test_when_not_even_that_is_there_only_the_sum_is_named():
    sale = sold(visit_with(WATER).go(Screen.CASH).tap(note(200)), Pieces({coin(20): 1}))
    refund = refund_of(sale, NOTHING)
    assert (refund.take_back_tenge, refund.take_back) == (200, None)
    assert isinstance(correction_of(sale, REF, refund, by="shopper", reason="r"), Correction)


def test_a_qr_sale_moves_no_cash_when_it_is_undone():
    refund = refund_of(qr_sale(visit_with(WATER).go(Screen.QR), "kk"), NOTHING)
    assert (refund.take_back_tenge, refund.take_back, refund.put_back) == (0, NOTHING, NOTHING)
