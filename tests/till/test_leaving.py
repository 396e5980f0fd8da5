"""What happens around a purchase: silence, cancelling, languages, help, suggestions."""

import hashlib

import pytest

from kiosk.domain.entries import Abandoned, HelpCall, Sale, Suggestion
from kiosk.domain.money import note
from kiosk.views import Notice, Screen
from tests.till.shop import TEA_CODE, WATER_CODE, Shop

# --- silence ---


def test_silence_is_first_warned_of_then_cancels_and_never_submits(shop: Shop):
    shop.till.begin()
    shop.scan(WATER_CODE)
    shop.till.pay_cash()
    shop.tap(note(500))
    shop.wait(59.5)
    assert shop.idle_left_s() is None
    shop.wait(0.5)
    assert shop.idle_left_s() == 20
    shop.wait(19.5)
    assert shop.idle_left_s() == 1
    assert shop.screen() is Screen.CASH
    shop.wait(0.5)
    assert (shop.screen(), shop.basket, shop.idle_left_s()) == (Screen.START, {}, None)
    assert shop.bodies(Sale) == []


def test_the_warning_counts_down_second_by_second(shop: Shop):
    shop.till.begin()
    shop.wait(60)
    shop.seen.clear()
    shop.wait(3)
    assert [state.idle_left_s for state in shop.seen] == [19, 18, 17]


@pytest.mark.parametrize(
    "sign",
    [
        lambda shop: shop.till.extend(),
        lambda shop: shop.till.activity(),
        lambda shop: shop.scan(TEA_CODE),
        lambda shop: shop.scan(text="no product"),
        lambda shop: shop.till.set_language("en"),
        lambda shop: shop.till.search("a"),
    ],
    ids=["extend", "touch", "scan", "odd scan", "language", "search"],
)
def test_one_touch_or_scan_extends(shop: Shop, sign):
    shop.scan(WATER_CODE)
    shop.wait(79)
    assert shop.idle_left_s() == 1
    sign(shop)
    assert shop.idle_left_s() is None
    shop.wait(59.5)
    assert shop.screen() is Screen.BASKET
    assert "water" in shop.basket


def test_the_start_screen_never_warns(shop: Shop):
    shop.wait(300)
    assert shop.idle_left_s() is None
    assert {state.screen for state in shop.seen} <= {Screen.START}


def test_the_undo_screen_goes_back_to_the_start_too(shop: Shop):
    shop.buy_water()
    shop.till.finish()
    shop.till.open_undo()
    shop.wait(80)
    assert shop.screen() is Screen.START


# --- who leaves at a payment screen ---


def test_who_leaves_while_paying_leaves_a_note_of_what_was_on_the_table(shop: Shop):
    shop.scan(WATER_CODE)
    shop.till.pay_cash()
    shop.tap(note(500))
    shop.wait(80)
    (left,) = shop.bodies(Abandoned)
    assert (left.how, left.screen, left.total_tenge) == ("timed_out", "cash", 180)
    assert left.pieces_tapped == {"n500": 1}
    assert [line.product_id for line in left.lines] == ["water"]


def test_who_cancels_at_the_qr_code_leaves_one_too(shop: Shop):
    shop.scan(WATER_CODE)
    shop.till.pay_qr()
    shop.till.cancel()
    (left,) = shop.bodies(Abandoned)
    assert (left.how, left.screen) == ("cancelled", "qr")


def test_who_leaves_while_writing_a_suggestion_over_the_payment_leaves_one_too(shop: Shop):
    shop.scan(WATER_CODE)
    shop.till.pay_cash()
    shop.tap(note(500))
    shop.till.open_suggest()
    shop.wait(80)
    (left,) = shop.bodies(Abandoned)
    assert (left.screen, left.pieces_tapped) == ("cash", {"n500": 1})


def test_who_leaves_before_paying_or_after_the_thanks_leaves_none(shop: Shop):
    shop.scan(WATER_CODE)
    shop.till.cancel()
    assert shop.screen() is Screen.START
    shop.buy_water()
    shop.till.cancel()
    assert shop.bodies(Abandoned) == []


def test_the_next_shopper_finds_nothing_of_the_one_before(shop: Shop):
    shop.till.set_language("ru")
    shop.scan(WATER_CODE)
    shop.till.pay_cash()
    shop.tap(note(500))
    shop.till.cancel()
    shop.scan(WATER_CODE)
    shop.till.pay_cash()
    assert shop.state.language == "kk"
    assert not shop.can_undo() or shop.basket == {"water": 1}
    assert shop.state.advice is not None
    assert shop.state.advice.missing_tenge == 180


# --- language ---


def test_the_language_can_be_switched_at_any_moment(shop: Shop):
    shop.scan(WATER_CODE)
    shop.till.pay_cash()
    shop.till.set_language("ru")
    assert (shop.state.language, shop.screen()) == ("ru", Screen.CASH)
    shop.till.set_language("xx")
    assert shop.state.language == "ru"


def test_the_sale_keeps_names_in_the_shops_own_language(shop: Shop):
    shop.till.set_language("ru")
    shop.buy_water()
    assert shop.the_sale().lines[0].name == "Су"


def test_a_language_chosen_on_the_start_screen_falls_back_when_nobody_goes_on(shop: Shop):
    shop.till.set_language("en")
    shop.wait(59.5)
    assert shop.state.language == "en"
    shop.wait(0.5)
    assert shop.state.language == "kk"


# --- help ---


def test_calling_twice_within_half_a_minute_is_one_call(shop: Shop):
    shop.scan(WATER_CODE)
    shop.till.call_help()
    assert shop.said is Notice.HELP_CALLED
    first = shop.state.said
    shop.now_s += 29
    shop.till.call_help()
    assert shop.state.said is not None
    assert first is not None
    assert shop.state.said.serial > first.serial
    assert shop.bodies(HelpCall) == [HelpCall("basket", "kk")]
    shop.now_s += 2
    shop.till.call_help()
    assert len(shop.bodies(HelpCall)) == 2


def test_help_can_be_called_from_the_very_first_second(tmp_path):
    shop = Shop(tmp_path)
    try:
        shop.now_s = 0.0
        shop.till.call_help()
        assert shop.bodies(HelpCall) == [HelpCall("start", "kk")]
    finally:
        shop.close()


def test_a_call_that_the_disk_refuses_troubles_no_shopper(shop: Shop):
    shop.disk.broken = True
    shop.till.call_help()
    shop.settle()
    assert shop.said is Notice.HELP_CALLED


# --- suggestions ---


def send(shop: Shop, text: str) -> None:
    shop.till.open_suggest()
    shop.till.send_suggestion(text)
    shop.settle()


def test_a_suggestion_leaves_a_hash_in_the_journal_and_its_words_beside_it(shop: Shop):
    shop.scan(WATER_CODE)
    send(shop, "  Көбірек самса!  ")
    assert (shop.screen(), shop.said) == (Screen.BASKET, Notice.SUGGESTION_SENT)
    ((suggestion_id, salt, text),) = shop.journal.pending_suggestions()
    assert text == "Көбірек самса!"
    (entry,) = shop.bodies(Suggestion)
    assert entry.suggestion_id == suggestion_id
    assert entry.text_sha256 == hashlib.sha256(bytes.fromhex(salt) + text.encode()).hexdigest()


def test_a_suggestion_has_five_hundred_characters_at_most(shop: Shop):
    send(shop, "ә" * 600)
    ((_, _, text),) = shop.journal.pending_suggestions()
    assert text == "ә" * 500


def test_a_space_at_the_five_hundredth_place_is_no_trouble(shop: Shop):
    send(shop, "ә" * 499 + "  " + "ә" * 99)
    assert shop.said is Notice.SUGGESTION_SENT


def test_no_words_are_no_suggestion(shop: Shop):
    send(shop, " \n ")
    assert shop.screen() is Screen.SUGGEST
    assert shop.bodies(Suggestion) == []


def test_sending_twice_is_one_suggestion(shop: Shop):
    shop.till.open_suggest()
    shop.till.send_suggestion("Самса!")
    shop.till.send_suggestion("Самса!")
    shop.settle()
    shop.till.send_suggestion("Самса!")
    shop.settle()
    assert len(shop.bodies(Suggestion)) == 1


def test_a_suggestion_that_could_not_be_saved_stays_on_the_screen(shop: Shop):
    shop.disk.broken = True
    send(shop, "Самса!")
    assert (shop.screen(), shop.said) == (Screen.SUGGEST, Notice.SAVE_FAILED)


# --- the camera ---


def test_a_lost_camera_is_shown_and_typing_goes_on(shop: Shop):
    shop.till.camera_changed(lost=True)
    assert shop.state.camera_lost
    shop.till.typed_code("4870001157937", "wedge")
    assert shop.basket == {"water": 1}
    shop.till.camera_changed(lost=False)
    assert not shop.state.camera_lost
