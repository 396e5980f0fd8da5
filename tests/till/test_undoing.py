"""A purchase taken back from the start screen, by its receipt number."""

import pytest

from kiosk.domain.entries import Correction
from kiosk.domain.money import NOTHING, Pieces, coin, note
from kiosk.views import Notice, Screen
from tests.till.shop import TEA_CODE, WATER_CODE, Shop


@pytest.fixture
def receipt(shop: Shop) -> str:
    """Water was bought with a note of 500, and the shopper is on the undo screen."""
    receipt = shop.buy_water()
    shop.till.finish()
    shop.till.open_undo()
    return receipt


def test_undo_is_offered_on_the_start_screen_for_five_minutes(shop: Shop):
    assert not shop.undo_open()
    shop.buy_water()
    shop.till.finish()
    assert shop.undo_open()
    shop.wait(299)
    assert shop.undo_open()
    shop.wait(2)
    assert not shop.undo_open()


def test_the_receipt_shows_what_goes_back_and_what_comes_out(shop: Shop, receipt: str):
    shop.till.find_receipt(f" {receipt.lower()} ")
    undo = shop.state.undo
    assert undo is not None
    assert undo.sale is not None
    assert undo.sale.total_tenge == 180
    assert undo.put_back == Pieces({coin(100): 3, coin(20): 1})
    assert undo.take_back == Pieces({note(500): 1})
    assert shop.bodies(Correction) == []


def test_once_confirmed_box_shelf_and_sums_are_as_before(shop: Shop, receipt: str):
    shop.till.find_receipt(receipt)
    shop.till.confirm_undo()
    shop.till.confirm_undo()
    shop.settle()
    assert (shop.screen(), shop.said) == (Screen.START, Notice.UNDONE)
    (correction,) = shop.bodies(Correction)
    assert correction.by == "shopper"
    ledger = shop.journal.ledger
    assert ledger.box.expected_tenge == 700
    assert ledger.box.available == Pieces({coin(100): 4, coin(50): 2, coin(20): 10})
    assert ledger.stock == {"water": 0}
    assert shop.state.collected_tenge == 0
    assert not shop.undo_open()


def test_a_sale_is_taken_back_once(shop: Shop, receipt: str):
    shop.till.find_receipt(receipt)
    shop.till.confirm_undo()
    shop.settle()
    shop.till.open_undo()
    shop.till.find_receipt(receipt)
    assert shop.said is Notice.RECEIPT_NOT_FOUND
    shop.till.confirm_undo()
    shop.settle()
    assert len(shop.bodies(Correction)) == 1


def test_after_five_minutes_only_a_volunteer_can_take_it_back(shop: Shop, receipt: str):
    shop.till.back()
    shop.wait(301)
    shop.till.open_undo()
    shop.till.find_receipt(receipt)
    assert shop.said is Notice.RECEIPT_NOT_FOUND
    assert shop.state.undo is not None
    assert shop.state.undo.sale is None


def test_a_receipt_that_is_none_is_not_found_and_nothing_can_be_confirmed(shop: Shop, receipt: str):
    shop.till.find_receipt(receipt)
    shop.till.find_receipt("FFFFFFF")
    assert shop.said is Notice.RECEIPT_NOT_FOUND
    shop.till.confirm_undo()
    shop.settle()
    assert shop.bodies(Correction) == []


def test_a_found_receipt_is_forgotten_when_the_shopper_turns_away(shop: Shop, receipt: str):
    shop.till.find_receipt(receipt)
    shop.till.back()
    shop.till.confirm_undo()
    shop.till.open_undo()
    shop.till.confirm_undo()
    shop.settle()
    shop.till.find_receipt(receipt)
    shop.scan(TEA_CODE)
    shop.till.confirm_undo()
    shop.settle()
    assert (shop.screen(), shop.basket) == (Screen.BASKET, {"tea": 1})
    assert shop.bodies(Correction) == []


def test_of_several_purchases_the_right_one_is_taken_back(shop: Shop, receipt: str):
    shop.till.back()
    shop.scan(WATER_CODE)
    shop.scan(TEA_CODE)
    shop.till.pay_qr()
    shop.till.confirm_qr()
    shop.settle()
    shop.till.finish()
    shop.till.open_undo()
    shop.till.find_receipt(receipt)
    assert shop.state.undo is not None
    assert shop.state.undo.tender == "cash"
    shop.till.confirm_undo()
    shop.settle()
    assert shop.state.collected_tenge == 530
    assert shop.undo_open()


def test_a_qr_purchase_gives_no_cash_back(shop: Shop):
    shop.scan(WATER_CODE)
    shop.till.pay_qr()
    shop.till.confirm_qr()
    shop.settle()
    assert shop.state.thanks is not None
    receipt = shop.state.thanks.receipt
    shop.till.finish()
    shop.till.open_undo()
    shop.till.find_receipt(receipt)
    undo = shop.state.undo
    assert undo is not None
    assert (undo.tender, undo.take_back_tenge, undo.take_back) == ("qr", 0, NOTHING)
    shop.till.confirm_undo()
    shop.settle()
    assert shop.expected_tenge() == 700


def test_an_exact_payment_names_the_sum_alone(shop: Shop):
    shop.scan(WATER_CODE)
    shop.till.pay_cash()
    shop.till.exact_amount(True)
    shop.till.confirm_cash()
    shop.settle()
    assert shop.state.thanks is not None
    receipt = shop.state.thanks.receipt
    shop.till.finish()
    shop.till.open_undo()
    shop.till.find_receipt(receipt)
    assert shop.state.undo is not None
    assert (shop.state.undo.take_back_tenge, shop.state.undo.take_back) == (180, None)
    shop.till.confirm_undo()
    shop.settle()
    assert shop.expected_tenge() == 700


def test_an_undo_that_could_not_be_saved_can_be_tried_again_and_counts_once(
    shop: Shop, receipt: str
):
    shop.till.find_receipt(receipt)
    shop.disk.broken = True
    shop.till.confirm_undo()
    shop.settle()
    assert (shop.screen(), shop.said) == (Screen.UNDO, Notice.SAVE_FAILED)
    shop.disk.broken = False
    shop.disk.liar = True
    shop.till.confirm_undo()
    shop.settle()
    shop.disk.liar = False
    shop.till.confirm_undo()
    shop.settle()
    assert shop.said is Notice.UNDONE
    assert len(shop.bodies(Correction)) == 1


def test_looking_for_another_receipt_while_one_is_being_taken_back_changes_nothing(
    shop: Shop, receipt: str
):
    shop.till.find_receipt(receipt)
    shop.till.confirm_undo()
    shop.now_s += 400
    shop.till.find_receipt("ABCDEF")
    shop.settle()
    assert (shop.screen(), shop.said) == (Screen.START, Notice.UNDONE)
