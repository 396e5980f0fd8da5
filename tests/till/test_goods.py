"""From the start screen to a full basket."""

import pytest

from kiosk.domain.entries import Sale, UnknownScan
from kiosk.domain.products import Catalogue, Product, Status
from kiosk.views import Notice, Screen
from tests.till.shop import (
    CASE_OF_WATER,
    TEA_CODE,
    TOBACCO_CODE,
    UNKNOWN_CODE,
    WATER,
    WATER_CODE,
    Shop,
)


def test_a_touch_begins_a_visit(shop: Shop):
    assert shop.screen() is Screen.START
    shop.till.begin()
    assert shop.screen() is Screen.BASKET


def test_a_scan_wakes_the_start_screen_and_is_already_in_the_basket(shop: Shop):
    shop.scan(WATER_CODE)
    assert shop.screen() is Screen.BASKET
    assert shop.basket == {"water": 1}
    assert shop.said is Notice.ADDED
    assert shop.state.said is not None
    assert shop.state.said.line_key == "water"


def test_the_same_pack_again_is_one_more_and_said_again(shop: Shop):
    shop.scan(WATER_CODE)
    first = shop.state.said
    shop.scan(WATER_CODE)
    assert shop.basket == {"water": 2}
    assert shop.state.said is not None
    assert first is not None
    assert shop.state.said.serial > first.serial


def test_a_scan_on_the_thanks_begins_a_new_visit(shop: Shop):
    shop.buy_water()
    shop.scan(TEA_CODE)
    assert shop.screen() is Screen.BASKET
    assert shop.basket == {"tea": 1}
    assert shop.state.thanks is None


def test_a_pack_that_is_being_put_away_does_not_end_the_thanks(shop: Shop):
    shop.buy_water()
    shop.wait(2)
    shop.scan(WATER_CODE)
    assert shop.screen() is Screen.THANKS
    shop.wait(4)
    shop.scan(WATER_CODE)
    assert (shop.screen(), shop.basket) == (Screen.BASKET, {"water": 1})


def test_a_scan_while_a_suggestion_is_written_after_the_thanks_belongs_to_the_next_sale(
    shop: Shop,
):
    shop.buy_water()
    shop.till.open_suggest()
    shop.scan(TEA_CODE)
    assert shop.screen() is Screen.SUGGEST
    shop.till.back()
    assert shop.basket == {"tea": 1}
    shop.till.pay_qr()
    shop.till.confirm_qr()
    shop.settle()
    assert [sale.total_tenge for sale in shop.bodies(Sale)] == [180, 350]


def test_an_unknown_thing_scanned_while_a_suggestion_is_written_is_not_lost(shop: Shop):
    shop.scan(WATER_CODE)
    shop.till.open_suggest()
    shop.scan(UNKNOWN_CODE)
    assert (shop.screen(), shop.said) == (Screen.SUGGEST, Notice.UNKNOWN)
    shop.till.send_suggestion("Самса!")
    shop.settle()
    assert (shop.screen(), shop.state.pending_code) == (Screen.PRICE, UNKNOWN_CODE)


def test_a_typed_code_counts_like_a_scanned_one(shop: Shop):
    shop.till.begin()
    shop.till.open_keypad()
    shop.till.typed_code("4870001157937")
    assert shop.basket == {"water": 1}
    shop.till.open_keypad()
    shop.till.typed_code("4870001157938")
    assert shop.said is Notice.CODE_MISTYPED
    assert shop.screen() is Screen.KEYPAD


def test_a_code_of_no_product_is_said_calmly_and_changes_nothing(shop: Shop):
    shop.scan(text="https://example.org")
    assert shop.said is Notice.NO_PRODUCT_CODE
    assert shop.screen() is Screen.START
    assert shop.bodies(UnknownScan) == []


def test_goods_not_for_sale_are_refused_by_name(shop: Shop):
    shop.scan(TOBACCO_CODE)
    assert shop.said is Notice.NOT_FOR_SALE
    assert shop.state.said is not None
    assert shop.state.said.name == "Темекі"
    assert shop.basket == {}


def test_a_case_is_not_sold_as_one_piece_even_when_the_catalogue_knows_its_code(shop: Shop):
    shop.scan(CASE_OF_WATER)
    assert shop.said is Notice.CASE_CODE
    with_case = Product("water", {"kk": "Су"}, 180, codes=(WATER_CODE, CASE_OF_WATER))
    shop.till.catalogue_changed(Catalogue(2, [with_case]))
    shop.scan(CASE_OF_WATER)
    assert shop.said is Notice.CASE_CODE
    assert shop.basket == {}
    assert shop.bodies(UnknownScan) == []


def test_sold_out_goods_in_a_hand_are_sold_all_the_same(shop: Shop):
    sold_out = Product("water", {"kk": "Су"}, 180, codes=(WATER_CODE,), status=Status.SOLD_OUT)
    shop.till.catalogue_changed(Catalogue(2, [sold_out]))
    shop.scan(WATER_CODE)
    assert shop.basket == {"water": 1}


def test_an_unknown_thing_is_bought_at_the_price_on_its_tag_and_flagged(shop: Shop):
    shop.scan(UNKNOWN_CODE)
    assert (shop.screen(), shop.said) == (Screen.PRICE, Notice.UNKNOWN)
    assert shop.state.pending_code == UNKNOWN_CODE
    shop.till.enter_price(650)
    assert shop.screen() is Screen.BASKET
    shop.till.pay_qr()
    shop.till.confirm_qr()
    shop.settle()
    (line,) = shop.the_sale().lines
    assert (line.name, line.unit_price_tenge, line.price_entered) == ("Белгісіз тауар", 650, True)
    assert (line.product_id, line.code) == (None, UNKNOWN_CODE)
    (scan,) = shop.bodies(UnknownScan)
    assert (scan.gtin14, scan.symbology) == (UNKNOWN_CODE, "ean13")


@pytest.mark.parametrize("price_tenge", [0, -5, 10_000_001])
def test_a_price_that_cannot_be_is_not_taken(shop: Shop, price_tenge: int):
    shop.scan(UNKNOWN_CODE)
    shop.till.enter_price(price_tenge)
    assert shop.screen() is Screen.PRICE
    assert shop.basket == {}


def test_of_two_readings_the_one_the_catalogue_knows_counts(shop: Shop):
    shop.scan(UNKNOWN_CODE, WATER_CODE)
    assert shop.basket == {"water": 1}
    assert shop.state.basket.lines[0].code == WATER_CODE


def test_plus_minus_and_remove(shop: Shop):
    shop.scan(WATER_CODE)
    shop.till.plus("water")
    shop.till.plus("water")
    shop.till.minus("water")
    assert shop.basket == {"water": 2}
    shop.pick("samsa")
    shop.till.minus("samsa")
    assert shop.basket == {"water": 2}
    shop.till.remove("water")
    assert shop.basket == {}
    shop.till.plus("nothing like it")
    assert shop.basket == {}


def test_undo_goes_back_through_all_changes(shop: Shop):
    assert not shop.can_undo()
    shop.scan(WATER_CODE)
    shop.till.plus("water")
    shop.till.remove("water")
    for basket in ({"water": 2}, {"water": 1}, {}):
        assert shop.can_undo()
        shop.till.undo()
        assert shop.basket == basket
    assert not shop.can_undo()


def test_more_than_ninety_nine_of_a_thing_is_asked_about_not_taken(shop: Shop):
    shop.scan(WATER_CODE)
    for _ in range(98):
        shop.till.plus("water")
    shop.till.plus("water")
    assert (shop.basket, shop.said) == ({"water": 99}, Notice.TOO_MANY)
    shop.scan(WATER_CODE)
    assert (shop.basket, shop.said) == ({"water": 99}, Notice.TOO_MANY)


def test_the_hundredth_of_an_unknown_thing_is_refused_in_words_too(shop: Shop):
    shop.scan(UNKNOWN_CODE)
    shop.till.enter_price(650)
    (line,) = shop.state.basket.lines
    for _ in range(98):
        shop.till.plus(line.key)
    shop.scan(UNKNOWN_CODE)
    shop.till.enter_price(650)
    assert (shop.screen(), shop.said) == (Screen.BASKET, Notice.TOO_MANY)
    assert shop.basket == {line.key: 99}


def test_the_picture_list_shows_filters_and_takes(shop: Shop):
    shop.till.begin()
    shop.till.open_pick()
    assert [p.product_id for p in shop.state.listing] == ["samsa", "water", "tea"]
    assert shop.state.categories == ("drinks", "bakery", "other")
    shop.till.choose_category("drinks")
    shop.till.search("ча")
    assert [p.product_id for p in shop.state.listing] == ["tea"]
    shop.till.pick("tea")
    assert (shop.screen(), shop.basket) == (Screen.BASKET, {"tea": 1})
    shop.till.open_pick()
    assert (shop.state.query, shop.state.category) == ("", None)


def test_a_second_tap_on_a_picture_that_is_already_gone_takes_nothing(shop: Shop):
    shop.till.begin()
    shop.pick("tea")
    shop.till.pick("tea")
    assert shop.basket == {"tea": 1}


def test_a_new_price_from_the_centre_leaves_the_basket_as_it_was(shop: Shop):
    shop.scan(WATER_CODE)
    dearer = Product("water", WATER.names, 999, codes=WATER.codes)
    shop.till.catalogue_changed(Catalogue(2, [dearer]))
    assert shop.state.due_tenge == 180
    shop.till.cancel()
    shop.scan(WATER_CODE)
    assert shop.state.due_tenge == 999


def test_the_last_thing_taken_out_while_paying_leads_back_to_the_basket(shop: Shop):
    shop.scan(WATER_CODE)
    shop.till.pay_cash()
    shop.till.undo()
    assert (shop.screen(), shop.state.advice) == (Screen.BASKET, None)


def test_an_empty_basket_cannot_be_paid(shop: Shop):
    shop.till.begin()
    shop.till.pay_cash()
    shop.till.pay_qr()
    assert shop.screen() is Screen.BASKET
