"""What is on every screen, and what happens when nobody is there."""

import time

import pytest
from kivy.clock import Clock

from kiosk.domain.entries import Abandoned, HelpCall, Sale, Suggestion
from kiosk.screens.frame import KioskRoot
from kiosk.views import Screen
from tests.screens.driver import visible
from tests.till.shop import SETTINGS, UNKNOWN_CODE, WATER_CODE

pytestmark = pytest.mark.window


def test_the_language_changes_on_any_screen_at_any_moment(kiosk):
    for language, welcome, basket in (
        ("ru", "Добро пожаловать!", "Корзина пуста"),
        ("en", "Welcome!", "The basket is empty"),
        ("kk", "Қош келдіңіз!", "Себет бос"),
    ):
        kiosk.tap(language)
        assert welcome in kiosk.text_on_screen()
        kiosk.touch_at(640, 400)
        assert basket in kiosk.text_on_screen()
        kiosk.tap("cancel")


def test_goods_and_amounts_follow_the_language(kiosk):
    kiosk.scan(WATER_CODE)
    kiosk.tap("ru")
    assert {"Вода", "1 товар", "180\u00a0₸"} <= set(kiosk.text_on_screen().split("\n"))
    kiosk.tap("plus")
    assert "2 товара" in kiosk.text_on_screen()


def test_the_next_shopper_finds_the_default_language(kiosk):
    kiosk.scan(WATER_CODE)
    kiosk.tap("en")
    kiosk.wait(SETTINGS.idle_after_s + SETTINGS.extend_s + 1)
    assert "Қош келдіңіз!" in kiosk.text_on_screen()


def test_an_idle_shopper_is_warned_and_one_touch_keeps_everything(kiosk):
    kiosk.scan(WATER_CODE)
    kiosk.tap("pay_cash")
    kiosk.tap_money("n500")
    kiosk.wait(SETTINGS.idle_after_s + 3)
    assert "Сіз әлі осындасыз ба?" in kiosk.text_on_screen()
    assert "17" in kiosk.text_on_screen().split("\n")
    kiosk.tap("extend")
    assert "Сіз әлі осындасыз ба?" not in kiosk.text_on_screen()
    assert kiosk.till.state.advice.tendered.to_codes() == {"n500": 1}


def test_the_touch_that_answers_the_warning_presses_nothing_below(kiosk):
    kiosk.scan(WATER_CODE)
    kiosk.tap("pay_cash")
    kiosk.tap_money("n500")
    confirm = kiosk.key("confirm")
    place = confirm.to_window(*confirm.center)
    kiosk.wait(SETTINGS.idle_after_s + 1)
    kiosk.touch_at(*place)
    assert kiosk.till.state.screen is Screen.CASH
    assert not kiosk.till.state.saving
    assert kiosk.written(Sale) == []


def test_a_scan_answers_the_warning_too(kiosk):
    kiosk.scan(WATER_CODE)
    kiosk.wait(SETTINGS.idle_after_s + 1)
    kiosk.scan(WATER_CODE)
    assert "Сіз әлі осындасыз ба?" not in kiosk.text_on_screen()
    assert kiosk.till.state.basket.items == 2


def test_a_shopper_who_went_away_is_sold_nothing(kiosk):
    kiosk.scan(WATER_CODE)
    kiosk.tap("pay_cash")
    kiosk.tap_money("n500")
    kiosk.wait(SETTINGS.idle_after_s + SETTINGS.extend_s + 1)
    assert kiosk.till.state.screen is Screen.START
    assert kiosk.written(Sale) == []
    (abandoned,) = kiosk.written(Abandoned)
    assert (abandoned.how, abandoned.pieces_tapped) == ("timed_out", {"n500": 1})


def test_a_volunteer_can_be_called_from_every_screen(kiosk):
    kiosk.tap("help")
    assert "Волонтер шақырылды." in kiosk.text_on_screen()
    kiosk.scan(WATER_CODE)
    kiosk.tap("pay_qr")
    kiosk.now_s += 60
    kiosk.tap("help")
    assert [call.screen for call in kiosk.written(HelpCall)] == ["start", "qr"]


def test_a_suggestion_is_typed_and_kept(kiosk):
    kiosk.scan(WATER_CODE)
    kiosk.tap("suggest")
    assert kiosk.key("send").disabled
    kiosk.type("Ірімшік")
    kiosk.tap("send")
    kiosk.until(lambda state: state.screen is Screen.BASKET)
    assert len(kiosk.written(Suggestion)) == 1
    assert kiosk.till.state.basket.items == 1


def test_the_keyboard_follows_the_language_and_knows_signs(kiosk):
    kiosk.tap("suggest")
    kiosk.type("Әі")
    kiosk.tap("ru")
    kiosk.type("щ")
    kiosk.tap("signs")
    kiosk.type("№5")
    kiosk.tap("erase")
    assert kiosk.key("keyboard").text == "Әіщ№"


def test_what_one_shopper_did_not_send_the_next_does_not_read(kiosk):
    kiosk.tap("suggest")
    kiosk.type("Абв")
    kiosk.tap("back")
    kiosk.tap("suggest")
    assert kiosk.key("keyboard").text == ""


def test_a_lost_camera_is_said_while_everything_else_works(kiosk):
    kiosk.till.camera_changed(lost=True)
    kiosk.frames()
    assert "Камера жұмыс істемей тұр" in kiosk.text_on_screen()
    kiosk.scan(UNKNOWN_CODE)
    assert kiosk.till.state.screen is Screen.PRICE
    kiosk.till.camera_changed(lost=False)
    kiosk.frames()
    assert "Камера жұмыс істемей тұр" not in kiosk.text_on_screen()


def test_a_journal_that_cannot_be_opened_stops_the_selling(kiosk):
    kiosk.till.out_of_order("journal.db: the disk is full")
    kiosk.frames()
    assert "Құрылғы жұмыс істемей тұр" in kiosk.text_on_screen()
    kiosk.touch_at(640, 100)
    assert kiosk.till.state.screen is Screen.START


def test_a_usb_scanner_types_a_code_whatever_the_keyboard_layout(kiosk):
    from kivy.core.window import Window

    type_as_scanner("4870001157937")
    Window.dispatch("on_key_down", 13, 40, "", [])
    kiosk.frames()
    assert [line.key for line in kiosk.till.state.basket.lines] == ["water"]


def test_a_usb_scan_that_comes_while_a_screen_is_being_built_is_not_lost(kiosk):
    from kivy.core.window import Window

    type_as_scanner("48700")
    Clock.schedule_once(lambda _dt: time.sleep(0.2))
    kiosk.frames(1)
    type_as_scanner("01157937")
    Window.dispatch("on_key_down", 13, 40, "", [])
    kiosk.frames()
    assert [line.key for line in kiosk.till.state.basket.lines] == ["water"]


def type_as_scanner(digits):
    from kivy.core.window import Window

    for digit in digits:
        scancode = 39 if digit == "0" else 29 + int(digit)
        Window.dispatch("on_key_down", 0x1F600, scancode, "ғ", [])


def test_escape_and_settings_keys_leave_nothing(kiosk):
    from kivy.core.window import Window

    for key, scancode in ((27, 41), (282, 58)):
        Window.dispatch("on_key_down", key, scancode, "", [])
        Window.dispatch("on_keyboard", key, scancode, "", [])
    kiosk.frames()
    assert isinstance(Window.children[0], KioskRoot)
    assert len(Window.children) == 1


def test_the_frame_of_the_shop_is_on_every_screen(kiosk):
    kiosk.app._warm_up()
    while kiosk.root.warm_up():
        pass
    for name in ("suggest", "help", "kk", "ru", "en"):
        assert kiosk.key(name) in list(visible(kiosk.root))
