"""From the basket to the thanks."""

import pytest

from kiosk.domain.entries import CashTender, PieceMissing, QrTender, Sale, decode
from kiosk.domain.money import NOTHING, Pieces, coin, note
from kiosk.domain.tender import ChangeChoice
from kiosk.views import Notice, Screen
from tests.till.shop import TEA_CODE, UNKNOWN_CODE, WATER_CODE, Shop

DAY_MS = 86_400_000


def test_a_whole_purchase_in_cash(shop: Shop):
    shop.scan(WATER_CODE)
    shop.pick("samsa")
    shop.till.pay_cash()
    assert shop.state.due_tenge == 430
    assert shop.state.advice is not None
    assert shop.state.advice.missing_tenge == 430
    shop.tap(note(500))
    assert shop.state.advice.change == Pieces({coin(50): 1, coin(20): 1})
    shop.till.confirm_cash()
    shop.settle()
    assert shop.screen() is Screen.THANKS
    sale = shop.the_sale()
    assert sale.tender == CashTender({"n500": 1}, {"c50": 1, "c20": 1})
    assert [line.name for line in sale.lines] == ["Су", "Самса"]
    thanks = shop.state.thanks
    assert thanks is not None
    assert (thanks.paid_tenge, thanks.left_tenge, thanks.collected_tenge) == (430, 0, 430)
    assert thanks.receipt == shop.stored()[-1].receipt
    assert shop.expected_tenge() == 700 + 430


def test_the_start_screen_says_what_was_left_in_seven_days(shop: Shop):
    assert shop.state.week_tenge == 0
    shop.scan(WATER_CODE)
    shop.till.pay_cash()
    shop.tap(note(500))
    shop.till.confirm_cash()
    shop.settle()
    assert shop.state.week_tenge == 180
    shop.later_ms = 6 * DAY_MS
    shop.till.ledger_changed()
    assert shop.state.week_tenge == 180
    shop.later_ms = 8 * DAY_MS
    shop.till.ledger_changed()
    assert (shop.state.week_tenge, shop.state.collected_tenge) == (0, 180)


def test_the_thanks_come_only_after_the_commit(shop: Shop):
    shop.scan(WATER_CODE)
    shop.till.pay_cash()
    shop.tap(note(500))
    shop.till.confirm_cash()
    assert shop.state.saving
    assert shop.screen() is Screen.CASH
    assert shop.state.thanks is None
    shop.settle()
    assert shop.screen() is Screen.THANKS
    assert not shop.state.saving


def test_a_whole_purchase_by_qr_is_claimed(shop: Shop):
    shop.scan(WATER_CODE)
    shop.till.pay_qr()
    assert (shop.screen(), shop.state.due_tenge) == (Screen.QR, 180)
    shop.till.confirm_qr()
    shop.settle()
    assert shop.the_sale().tender == QrTender(180)
    assert shop.expected_tenge() == 700


def test_a_shop_without_a_qr_code_offers_none(tmp_path):
    shop = Shop(tmp_path, qr_payload="")
    try:
        shop.scan(WATER_CODE)
        shop.till.pay_qr()
        assert shop.screen() is Screen.BASKET
    finally:
        shop.close()


def test_the_thanks_give_way_to_the_start_by_themselves(shop: Shop):
    shop.till.set_language("ru")
    shop.buy_water()
    shop.wait(11.5)
    assert shop.screen() is Screen.THANKS
    shop.wait(1)
    assert shop.screen() is Screen.START
    assert shop.state.language == "kk"
    assert shop.state.thanks is None


# --- impossible change ---


@pytest.fixture
def poor(uncounted: Shop) -> Shop:
    """Water for 180 and a note of 500 on the table, but the box cannot give 320."""
    uncounted.count_box(c200=1, c20=3)
    uncounted.scan(WATER_CODE)
    uncounted.till.pay_cash()
    uncounted.tap(note(500))
    return uncounted


def test_change_that_is_not_there_is_said_before_the_money_goes_in(poor: Shop):
    advice = poor.state.advice
    assert advice is not None
    assert advice.change is None
    poor.till.confirm_cash()
    poor.settle()
    assert poor.screen() is Screen.CASH
    assert poor.bodies(Sale) == []


def test_an_offer_taken_can_be_changed_and_confirmed(poor: Shop):
    advice = poor.state.advice
    assert advice is not None
    assert advice.offers[0] == Pieces({coin(200): 1})
    poor.till.take_offer(0)
    poor.till.confirm_cash()
    poor.settle()
    assert poor.the_sale().tender == CashTender({"c200": 1}, {"c20": 1})


def test_an_offer_that_is_not_there_is_nothing(poor: Shop):
    poor.till.take_offer(7)
    assert poor.state.advice is not None
    assert poor.state.advice.tendered == Pieces({note(500): 1})


def test_the_nearest_smaller_change_leaves_the_rest_to_the_cause(poor: Shop):
    poor.till.choose_change(ChangeChoice.TAKE_NEAREST)
    poor.till.confirm_cash()
    poor.settle()
    assert poor.the_sale().tender == CashTender({"n500": 1}, {"c200": 1, "c20": 3}, 60)
    assert poor.state.thanks is not None
    assert poor.state.thanks.left_tenge == 60
    assert poor.state.collected_tenge == 240


def test_all_change_can_be_left_to_the_cause(shop: Shop):
    shop.scan(WATER_CODE)
    shop.till.pay_cash()
    shop.tap(note(500))
    shop.till.choose_change(ChangeChoice.LEAVE)
    shop.till.confirm_cash()
    shop.settle()
    assert shop.the_sale().tender == CashTender({"n500": 1}, {}, 320)
    assert shop.expected_tenge() == 700 + 500


def test_the_exact_amount_is_expected_but_not_available(shop: Shop):
    before = shop.available()
    shop.scan(WATER_CODE)
    shop.till.pay_cash()
    shop.tap(note(500))
    shop.till.exact_amount(True)
    assert shop.state.exact
    shop.till.confirm_cash()
    shop.settle()
    assert shop.the_sale().tender == CashTender(None)
    assert shop.expected_tenge() == 700 + 180
    assert shop.available() == before


def test_exact_can_be_taken_back(shop: Shop):
    shop.scan(WATER_CODE)
    shop.till.pay_cash()
    shop.till.exact_amount(True)
    shop.till.exact_amount(False)
    shop.till.confirm_cash()
    assert (shop.screen(), shop.state.saving) == (Screen.CASH, False)


def test_there_is_none_of_these_works_the_change_out_again_and_expected_cash_stays(shop: Shop):
    shop.scan(WATER_CODE)
    shop.till.pay_cash()
    shop.tap(note(500))
    assert shop.state.advice is not None
    assert shop.state.advice.change == Pieces({coin(100): 3, coin(20): 1})
    shop.till.none_left(coin(100))
    assert shop.said is Notice.PIECE_NOTED
    at_once = shop.state.advice
    shop.settle()
    assert shop.state.advice == at_once
    assert at_once.change is None
    assert at_once.nearest == Pieces({coin(50): 2, coin(20): 10})
    assert shop.bodies(PieceMissing) == [PieceMissing("c100")]
    assert shop.expected_tenge() == 700
    available = shop.available()
    assert available is not None
    assert coin(100) not in available


def test_there_is_none_said_twice_is_noted_once(shop: Shop):
    shop.scan(WATER_CODE)
    shop.till.pay_cash()
    shop.tap(note(500))
    shop.till.none_left(coin(100))
    shop.till.none_left(coin(100))
    assert len(shop.bodies(PieceMissing)) == 1


def test_only_who_is_paying_cash_can_say_there_is_none(shop: Shop):
    shop.scan(WATER_CODE)
    shop.till.none_left(coin(100))
    assert shop.bodies(PieceMissing) == []


def test_an_uncounted_box_gives_the_fewest_pieces_and_the_sale_says_so(uncounted: Shop):
    uncounted.scan(WATER_CODE)
    uncounted.till.pay_cash()
    uncounted.tap(note(500))
    advice = uncounted.state.advice
    assert advice is not None
    assert not advice.box_known
    assert advice.change == Pieces({coin(200): 1, coin(100): 1, coin(20): 1})
    uncounted.till.none_left(coin(200))
    assert uncounted.state.advice is not None
    assert uncounted.state.advice.change == Pieces({coin(100): 3, coin(20): 1})
    uncounted.till.confirm_cash()
    uncounted.settle()
    tender = uncounted.the_sale().tender
    assert isinstance(tender, CashTender)
    assert not tender.box_known


def test_cash_is_rounded_in_the_shoppers_favour_and_qr_is_not(tmp_path):
    shop = Shop(tmp_path, rounding_tenge=5)
    try:
        shop.count_box()
        shop.scan(UNKNOWN_CODE)
        shop.till.enter_price(203)
        shop.till.pay_qr()
        assert shop.state.due_tenge == 203
        shop.till.pay_cash()
        assert shop.state.due_tenge == 200
        shop.tap(coin(200))
        shop.till.confirm_cash()
        shop.settle()
        assert shop.the_sale().tender == CashTender({"c200": 1}, rounded_off_tenge=3)
    finally:
        shop.close()


def test_taps_can_be_taken_back_one_by_one_and_all_at_once(shop: Shop):
    shop.scan(WATER_CODE)
    shop.till.pay_cash()
    shop.tap(coin(100), coin(100), coin(50))
    shop.till.untap_piece(coin(100))
    assert shop.state.advice is not None
    assert shop.state.advice.tendered == Pieces({coin(100): 1, coin(50): 1})
    shop.till.clear_pieces()
    assert shop.state.advice is not None
    assert shop.state.advice.tendered == NOTHING


# --- one tap, one sale ---


def test_confirming_twice_is_one_sale(shop: Shop):
    shop.scan(WATER_CODE)
    shop.till.pay_cash()
    shop.tap(note(500))
    shop.till.confirm_cash()
    shop.till.confirm_cash()
    shop.settle()
    shop.till.confirm_cash()
    shop.till.confirm_qr()
    shop.settle()
    assert len(shop.bodies(Sale)) == 1


def test_nothing_moves_while_a_sale_is_being_saved(shop: Shop):
    shop.scan(WATER_CODE)
    shop.till.pay_cash()
    shop.tap(note(500))
    shop.till.confirm_cash()
    for touch in (
        shop.till.back,
        shop.till.cancel,
        shop.till.undo,
        shop.till.pay_qr,
        shop.till.open_suggest,
        shop.till.clear_pieces,
        lambda: shop.till.plus("water"),
        lambda: shop.till.pick("tea"),
        lambda: shop.till.none_left(coin(20)),
        lambda: shop.wait(200),
    ):
        touch()
        assert (shop.screen(), shop.state.saving, shop.basket) == (Screen.CASH, True, {"water": 1})
    shop.settle()
    assert shop.screen() is Screen.THANKS


def test_scans_while_saving_are_not_swallowed(shop: Shop):
    shop.scan(WATER_CODE)
    shop.till.pay_qr()
    shop.till.confirm_qr()
    shop.scan(TEA_CODE)
    shop.scan(WATER_CODE)
    shop.scan(TEA_CODE)
    shop.settle()
    assert shop.screen() is Screen.BASKET
    assert shop.basket == {"tea": 2, "water": 1}
    assert len(shop.bodies(Sale)) == 1


# --- the disk ---


def test_a_sale_that_could_not_be_saved_says_so_thanks_nobody_and_sells_once_when_retried(
    shop: Shop,
):
    shop.scan(WATER_CODE)
    shop.till.pay_cash()
    shop.tap(note(500))
    shop.disk.broken = True
    shop.till.confirm_cash()
    shop.settle()
    assert (shop.screen(), shop.said) == (Screen.CASH, Notice.SAVE_FAILED)
    assert shop.state.thanks is None
    assert all(state.screen is not Screen.THANKS for state in shop.seen)
    assert shop.bodies(Sale) == []
    shop.disk.broken = False
    shop.till.confirm_cash()
    shop.settle()
    assert shop.screen() is Screen.THANKS
    assert len(shop.bodies(Sale)) == 1


def test_a_sale_that_got_through_after_all_is_not_sold_again_another_way(shop: Shop):
    shop.scan(WATER_CODE)
    shop.till.pay_cash()
    shop.tap(note(500))
    shop.disk.liar = True
    shop.till.confirm_cash()
    shop.settle()
    assert shop.said is Notice.SAVE_FAILED
    shop.disk.liar = False
    shop.till.pay_qr()
    shop.till.confirm_qr()
    shop.settle()
    assert shop.screen() is Screen.THANKS
    assert isinstance(shop.the_sale().tender, CashTender)
    # What he is shown, and what he could undo, is what is on disk.
    assert shop.state.thanks is not None
    assert shop.state.thanks.change == Pieces({coin(100): 3, coin(20): 1})


def test_what_was_stored_is_what_was_shown(shop: Shop):
    receipt = shop.buy_water()
    last = shop.stored()[-1]
    assert last.receipt == receipt
    assert decode(last.payload).body == shop.the_sale()
