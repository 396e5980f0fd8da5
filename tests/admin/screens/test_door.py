"""The door, by real touches."""

from typing import Any

import pytest

from kiosk.admin.pages import Page
from kiosk.admin.screens.pin_panel import PinDots
from kiosk.domain.entries import AdminOpened, PinFailed
from tests.admin.door_room import RIGHT, WRONG, Services
from tests.admin.screens.driver import OfficeKiosk
from tests.screens.driver import visible

pytestmark = pytest.mark.window


class Door(OfficeKiosk):
    """A kiosk before whose door somebody stands."""

    def __init__(self, directory, *, shuffle_pin=False):
        self.services = Services(directory, shuffle_pin=shuffle_pin)
        self.services.pins.add("Әсел", RIGHT)
        super().__init__(directory, **self.services)
        self.knock()

    def knock(self, language="en"):
        self.room.office.knock(language)
        self.settle()

    def enter(self, pin):
        self.type(pin)
        self.tap("done")
        self.settle()

    def try_wrong(self, times):
        """Without the hand, which other tests show."""
        desk: Any = self.room.office.desk(Page.DOOR)
        for _ in range(times):
            for digit in WRONG:
                desk.press(digit)
            desk.enter()
            self.room.office.wait_for_work(20)
            self.frames(1)
        self.settle()

    @property
    def pad(self):
        return self.named("panel")[0]


@pytest.fixture
def door(window, tmp_path):
    kiosk = Door(tmp_path)
    yield kiosk
    kiosk.close()


def test_a_touch_per_digit_and_one_more_let_the_volunteer_in(door):
    door.enter(RIGHT)
    assert door.page is Page.HOME
    assert door.written(AdminOpened) == [AdminOpened("v1")]


def test_a_dot_stands_for_each_digit_and_no_digit_is_to_be_read(door):
    door.type("20481")
    dots = next(w for w in visible(door.front()) if isinstance(w, PinDots))
    assert dots.typed == 5
    assert door.named("done")[0].disabled, "a PIN has six digits"
    assert "20481" not in door.text_on_screen()
    door.touch(next(k for k in visible(door.pad) if getattr(k, "icon", "") == "backspace"))
    assert dots.typed == 4


def test_a_wrong_pin_says_so_in_every_language(door):
    door.try_wrong(1)
    assert "Wrong PIN" in door.text_on_screen()
    for language in ("ru", "kk"):
        door.tap(language)
        door.settle()
        assert "PIN" in door.named("message")[0].text
    assert door.written(PinFailed) == [PinFailed(1)]


def test_while_it_waits_the_keys_are_off_and_the_time_counts_down(door):
    door.try_wrong(3)
    assert "0:05" in door.text_on_screen()
    keys = [k for k in visible(door.pad) if getattr(k, "text", "").isdigit()]
    assert len(keys) == 10
    assert all(key.disabled for key in keys)
    door.services.now_s += 3
    door.room.office.desk(Page.DOOR).tick()
    door.frames()
    assert "0:02" in door.text_on_screen()
    view = door.front().view(Page.DOOR)
    assert view.clock_runs
    door.services.now_s += 3
    view.count_down(0.5)
    assert not view.clock_runs
    door.type("2")
    assert door.named("dots")[0].typed == 1


def test_nobody_touching_anything_closes_the_door(door):
    door.type("2")
    door.wait(70)
    assert not door.room.office.state.is_open


def test_back_leads_to_the_start_screen(door):
    door.tap("back")
    assert not door.room.office.state.is_open


def test_a_fast_double_tap_on_the_main_key_is_one_try(door):
    for digit in WRONG:
        door.room.office.desk(Page.DOOR).press(digit)
    key = door.key("done")
    door.touch_at(*key.to_window(*key.center), times=2)
    door.settle()
    assert door.services.pins.failures == 1


def test_shuffled_keys_let_in_by_what_stands_on_them(window, tmp_path):
    kiosk = Door(tmp_path, shuffle_pin=True)
    kiosk.enter(RIGHT)
    assert kiosk.page is Page.HOME
    kiosk.close()
