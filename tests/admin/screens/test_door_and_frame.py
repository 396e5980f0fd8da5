"""The way in and out of the back room, and what lies around its pages."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from kivy.core.window import Window
from kivy.tests.common import UnitTestTouch

from kiosk.admin.pages import Page
from kiosk.admin.pin_hash import HashCost
from kiosk.admin.pins import PinBook
from kiosk.config import Admin
from kiosk.domain.entries import AdminOpened
from kiosk.screens.frame import CORNER_HELD_S
from kiosk.views import Screen
from tests.admin.screens.driver import OfficeKiosk
from tests.till.shop import TEA_CODE

PIN = "271828"
CHEAP = HashCost(memory_kib=64, passes=1, lanes=1)


@pytest.fixture
def kiosk(window: None, tmp_path: Path) -> Iterator[OfficeKiosk]:
    """A kiosk with one volunteer."""
    pins = PinBook(tmp_path, cost=CHEAP)
    pins.add("Әсел", PIN)
    kiosk = OfficeKiosk(tmp_path, pins=pins, settings=Admin(), sync_status=lambda: None)
    yield kiosk
    kiosk.close()


def hold_corner(kiosk: OfficeKiosk, seconds: float, x: float = 60) -> None:
    kiosk.room.now_s += 1
    touch = UnitTestTouch(x, Window.height - 40)
    kiosk._hand_s += 1
    touch.touch_down()
    until_s = time.monotonic() + seconds
    while time.monotonic() < until_s:
        kiosk.frames(1)
    kiosk.frames(1)  # one that begins after the time: the last may have begun well before it
    touch.touch_up()
    kiosk.frames()


def is_open(kiosk: OfficeKiosk) -> bool:
    return kiosk.room.office.state.is_open


def test_the_shops_name_held_for_two_seconds_opens_the_door(kiosk: OfficeKiosk) -> None:
    hold_corner(kiosk, 0.3)
    assert not is_open(kiosk)
    hold_corner(kiosk, CORNER_HELD_S + 0.3)
    assert (is_open(kiosk), kiosk.page) == (True, Page.DOOR)
    kiosk.type(PIN)
    kiosk.tap("done")
    kiosk.settle()
    assert kiosk.page is Page.HOME
    assert [body.by for body in kiosk.room.bodies(AdminOpened)] == ["v1"]
    kiosk.tap("leave")
    assert not is_open(kiosk)
    assert kiosk.till.state.screen is Screen.START


def test_the_corner_is_nothing_while_somebody_shops(kiosk: OfficeKiosk) -> None:
    kiosk.scan(TEA_CODE)
    hold_corner(kiosk, CORNER_HELD_S + 0.3)
    assert not is_open(kiosk)
    assert kiosk.till.state.screen is Screen.BASKET


def test_who_touches_nothing_for_a_minute_is_taken_to_have_gone(kiosk: OfficeKiosk) -> None:
    kiosk.come_in()
    kiosk.wait(45)
    assert kiosk.room.office.state.idle_left_s == 15
    assert "15" in kiosk.text_on_screen()
    kiosk.touch_at(640, 60)
    kiosk.wait(45)
    assert is_open(kiosk)
    kiosk.wait(16)
    assert not is_open(kiosk)


def test_a_scan_in_the_back_room_sells_nothing(kiosk: OfficeKiosk) -> None:
    kiosk.come_in()
    kiosk.scan(TEA_CODE)
    assert kiosk.till.state.screen is Screen.START
    assert "бұл бетте ол керек емес" in kiosk.text_on_screen()


def test_the_pages_speak_the_language_that_is_chosen(kiosk: OfficeKiosk) -> None:
    kiosk.come_in()
    kiosk.tap("ru")
    russian = kiosk.text_on_screen()
    kiosk.tap("en")
    assert kiosk.text_on_screen() != russian
    kiosk.tap("leave")
    assert kiosk.till.state.language == "kk"
    assert "Қош келдіңіз" in kiosk.text_on_screen()
