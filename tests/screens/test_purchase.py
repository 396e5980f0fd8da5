"""Whole purchases by taps in a real window, on the real till and the real journal."""

import pytest

from kiosk.domain.entries import Abandoned, Correction, PieceMissing, Sale, UnknownScan
from kiosk.views import Screen
from tests.till.shop import TEA_CODE, TOBACCO_CODE, UNKNOWN_CODE, WATER_CODE

pytestmark = pytest.mark.window


def buy_water(kiosk) -> str:
    """A bottle of 180 for a note of 500; gives the receipt number."""
    kiosk.scan(WATER_CODE)
    kiosk.tap("pay_cash")
    kiosk.tap_money("n500")
    kiosk.tap("confirm")
    return kiosk.until(lambda state: state.screen is Screen.THANKS).thanks.receipt


def test_a_touch_anywhere_on_the_start_screen_begins_a_visit(kiosk):
    kiosk.touch_at(640, 400)
    assert kiosk.till.state.screen is Screen.BASKET


def test_a_purchase_from_the_first_scan_to_the_thanks(kiosk):
    kiosk.scan(WATER_CODE)
    kiosk.tap("pay_cash")
    kiosk.tap_money("n500")
    assert "Қайтарым: 320\u00a0₸" in kiosk.text_on_screen()
    assert kiosk.written(Sale) == []
    kiosk.tap("confirm")
    thanks = kiosk.until(lambda state: state.screen is Screen.THANKS).thanks
    (sale,) = kiosk.written(Sale)
    assert sale.total_tenge == 180
    assert sale.tender.pieces_in == {"n500": 1}
    assert thanks.receipt in kiosk.text_on_screen()


def test_the_confirmation_waits_until_enough_money_is_tapped(kiosk):
    kiosk.scan(WATER_CODE)
    kiosk.tap("pay_cash")
    kiosk.tap_money("c100")
    assert "Жетпейтін сома:" in kiosk.text_on_screen()
    kiosk.tap("confirm")
    assert kiosk.till.state.screen is Screen.CASH
    assert kiosk.written(Sale) == []


def test_a_double_touch_on_the_confirmation_is_one_sale(kiosk):
    kiosk.scan(WATER_CODE)
    kiosk.tap("pay_cash")
    kiosk.tap_money("n500")
    confirm = kiosk.key("confirm")
    kiosk.touch_at(*confirm.to_window(*confirm.center), times=3)
    kiosk.until(lambda state: state.screen is Screen.THANKS)
    assert len(kiosk.written(Sale)) == 1


def test_one_tap_that_is_reported_twice_adds_one(kiosk):
    kiosk.scan(WATER_CODE)
    plus = kiosk.key("plus")
    kiosk.touch_at(*plus.to_window(*plus.center), times=2)
    assert kiosk.till.state.basket.items == 2


def test_quantities_change_and_a_step_back_undoes_it(kiosk):
    kiosk.scan(WATER_CODE)
    kiosk.scan(TEA_CODE)
    kiosk.tap("again")
    assert kiosk.till.state.basket.line("tea").quantity == 2
    kiosk.tap("undo")
    assert kiosk.till.state.basket.line("tea").quantity == 1
    kiosk.tap("remove")  # of the newest line, which is the topmost
    assert [line.key for line in kiosk.till.state.basket.lines] == ["water"]
    kiosk.tap("minus")
    assert kiosk.till.state.basket.lines == ()


def test_change_that_the_box_cannot_make_is_said_before_and_an_offer_works(kiosk):
    kiosk.count_box(c100=2)
    kiosk.scan(WATER_CODE)
    kiosk.tap("pay_cash")
    kiosk.tap_money("n500")
    assert "Қорапта дәл қайтарым жоқ: 320\u00a0₸" in kiosk.text_on_screen()
    assert kiosk.key("confirm").disabled
    offers = kiosk.key("offers").children
    kiosk.touch(offers[-1])
    assert not kiosk.key("confirm").disabled
    kiosk.tap("confirm")
    kiosk.until(lambda state: state.screen is Screen.THANKS)
    assert len(kiosk.written(Sale)) == 1


def test_the_nearest_change_leaves_the_rest_to_the_cause(kiosk):
    kiosk.count_box(c100=2)
    kiosk.scan(WATER_CODE)
    kiosk.tap("pay_cash")
    kiosk.tap_money("n500")
    kiosk.tap("nearest")
    kiosk.tap("confirm")
    kiosk.until(lambda state: state.screen is Screen.THANKS)
    (sale,) = kiosk.written(Sale)
    assert sale.tender.change == {"c100": 2}
    assert sale.tender.left_to_cause_tenge == 120


def test_there_is_none_of_these_gives_other_pieces(kiosk):
    kiosk.count_box(c100=4, c50=2, c20=20)
    kiosk.scan(WATER_CODE)
    kiosk.tap("pay_cash")
    kiosk.tap_money("n500")
    first = kiosk.till.state.advice.change
    assert "c100" in first.to_codes()
    tiles = kiosk.key("pieces").children
    hundred = next(tile for tile in tiles if tile.code == "c100")
    kiosk.touch(hundred)
    assert kiosk.till.state.advice.change == first, "nobody asked what is not there"
    kiosk.tap("none")
    kiosk.touch(hundred)
    assert "c100" not in kiosk.till.state.advice.change.to_codes()
    assert [body.denomination for body in kiosk.written(PieceMissing)] == ["c100"]


def test_an_uncounted_box_shows_the_fewest_pieces_and_says_so(uncounted):
    uncounted.scan(WATER_CODE)
    uncounted.tap("pay_cash")
    uncounted.tap_money("n500")
    assert "әлі саналған жоқ" in uncounted.text_on_screen()
    assert not uncounted.key("confirm").disabled


def test_the_exact_amount_needs_no_taps(kiosk):
    kiosk.scan(WATER_CODE)
    kiosk.tap("pay_cash")
    kiosk.tap("exact")
    kiosk.tap("confirm")
    kiosk.until(lambda state: state.screen is Screen.THANKS)
    (sale,) = kiosk.written(Sale)
    assert sale.tender.pieces_in is None


def test_the_change_can_be_left_to_the_cause_and_taken_after_all(kiosk):
    kiosk.scan(WATER_CODE)
    kiosk.tap("pay_cash")
    kiosk.tap_money("c200")
    kiosk.tap("leave")
    assert kiosk.till.state.advice.left_tenge == 20
    kiosk.tap("take_change")
    assert kiosk.till.state.advice.left_tenge == 0
    kiosk.tap("leave")
    kiosk.tap("confirm")
    kiosk.until(lambda state: state.screen is Screen.THANKS)
    (sale,) = kiosk.written(Sale)
    assert sale.tender.left_to_cause_tenge == 20


def test_pieces_that_were_tapped_by_mistake_are_taken_away(kiosk):
    kiosk.scan(WATER_CODE)
    kiosk.tap("pay_cash")
    kiosk.tap_money("n500", "c200", "c200")
    kiosk.touch(kiosk.key("chips").children[0])
    assert kiosk.till.state.advice.tendered.to_codes() == {"n500": 1, "c200": 1}
    kiosk.tap("clear")
    assert kiosk.till.state.advice.tendered.count == 0


def test_a_purchase_by_qr_is_claimed_by_the_shopper(kiosk):
    kiosk.scan(WATER_CODE)
    kiosk.tap("pay_qr")
    assert "180\u00a0₸" in kiosk.text_on_screen()
    assert kiosk.key("code").texture is not None
    kiosk.tap("confirm")
    kiosk.until(lambda state: state.screen is Screen.THANKS)
    (sale,) = kiosk.written(Sale)
    assert sale.tender.claimed_tenge == 180


def test_goods_without_a_barcode_are_picked_from_the_list(kiosk):
    kiosk.touch_at(640, 400)
    kiosk.tap("pick")
    kiosk.tap("search")
    kiosk.type("Сам")
    tiles = kiosk.key("tiles").children
    assert [tile.product_id for tile in tiles] == ["samsa"]
    kiosk.touch(tiles[0])
    assert [line.key for line in kiosk.till.state.basket.lines] == ["samsa"]


def test_an_unknown_code_is_bought_at_the_price_on_its_tag(kiosk):
    kiosk.scan(UNKNOWN_CODE)
    kiosk.type("650")
    kiosk.tap("done")
    (line,) = kiosk.till.state.basket.lines
    assert (line.unit_price_tenge, line.price_entered) == (650, True)
    assert len(kiosk.written(UnknownScan)) == 1


def test_a_typed_code_finds_the_item(kiosk):
    kiosk.touch_at(640, 400)
    kiosk.tap("keypad")
    kiosk.type(WATER_CODE[1:])
    kiosk.tap("done")
    assert [line.key for line in kiosk.till.state.basket.lines] == ["water"]


def test_goods_that_are_not_for_sale_are_refused_calmly(kiosk):
    kiosk.scan(WATER_CODE)
    kiosk.scan(TOBACCO_CODE)
    assert "Темекі: бұл жерде сатылмайды" in kiosk.text_on_screen()
    assert kiosk.till.state.basket.items == 1


def test_leaving_with_goods_in_the_basket_is_asked_first(kiosk):
    kiosk.scan(WATER_CODE)
    kiosk.tap("pay_cash")
    kiosk.tap("cancel")
    kiosk.tap("stay")
    assert kiosk.till.state.screen is Screen.CASH
    kiosk.tap("cancel")
    kiosk.tap("leave")
    assert kiosk.till.state.screen is Screen.START
    assert [body.how for body in kiosk.written(Abandoned)] == ["cancelled"]


def test_a_purchase_is_undone_by_its_receipt_number(kiosk):
    receipt = buy_water(kiosk)
    kiosk.tap("done")
    kiosk.tap("undo")
    kiosk.type(receipt)
    kiosk.tap("done")
    assert "500\u00a0₸" in kiosk.text_on_screen()
    kiosk.tap("done")
    kiosk.until(lambda state: state.screen is Screen.START)
    (correction,) = kiosk.written(Correction)
    assert correction.total_tenge == 180
    assert not kiosk.till.state.undo_open


def test_a_wrong_receipt_number_is_said_and_can_be_typed_again(kiosk):
    receipt = buy_water(kiosk)
    kiosk.tap("done")
    kiosk.tap("undo")
    wrong = "000000" if receipt != "000000" else "111111"
    kiosk.type(wrong)
    kiosk.tap("done")
    assert "мұндай түбіртек болмады" in kiosk.text_on_screen()
