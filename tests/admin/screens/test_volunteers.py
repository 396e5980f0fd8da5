"""The volunteers' page, by real touches."""

from typing import Any

import pytest

from kiosk.admin.pages import Page
from tests.admin.door_room import OTHER, RIGHT, Services
from tests.admin.screens.driver import OfficeKiosk

pytestmark = pytest.mark.window


@pytest.fixture
def kiosk(window, tmp_path):
    services = Services(tmp_path)
    services.pins.add("Әсел", RIGHT)
    made: Any = OfficeKiosk(tmp_path, **services)
    made.pins = services.pins
    made.come_in(Page.VOLUNTEERS)
    yield made
    made.close()


def enter(kiosk, pin):
    kiosk.type(pin)
    kiosk.tap("done")
    kiosk.settle()


def test_a_volunteer_is_added_with_touches_alone_and_gets_in(kiosk):
    kiosk.tap("add")
    kiosk.type("Али")
    kiosk.tap("done")
    enter(kiosk, OTHER)
    enter(kiosk, OTHER)
    assert "Али" in kiosk.text_on_screen()
    assert kiosk.pins.try_pin(OTHER).volunteer.name == "Али"


def test_a_name_is_corrected_with_erase_and_clear(kiosk):
    kiosk.tap("add")
    kiosk.type("Бо")
    kiosk.tap("erase")
    assert kiosk.named("typed")[0].text == "Б|"
    kiosk.tap("clear")
    assert kiosk.named("typed")[0].text == "|"
    assert kiosk.named("done")[0].disabled


def test_one_is_taken_out_after_a_question_and_the_last_one_never(kiosk):
    assert kiosk.named("remove")[0].disabled
    kiosk.pins.add("Болат", OTHER)
    kiosk.room.office.desk(Page.VOLUNTEERS).open()
    kiosk.frames()
    kiosk.touch(kiosk.named("remove")[1])
    assert "Болат" in kiosk.named("question")[0].text
    kiosk.tap("remove_now")
    kiosk.settle()
    assert [known.name for known in kiosk.pins.volunteers] == ["Әсел"]


def test_the_pin_is_changed_and_no_digit_of_it_is_to_be_read(kiosk):
    kiosk.tap("change")
    kiosk.type(OTHER)
    assert OTHER not in kiosk.text_on_screen()
    kiosk.tap("done")
    kiosk.settle()
    enter(kiosk, OTHER)
    assert kiosk.pins.try_pin(OTHER).volunteer is not None


def test_more_volunteers_than_have_room_are_on_the_next_page(kiosk):
    for number in range(5):
        kiosk.pins.add(f"Волонтер {number}", f"93517{number}")
    kiosk.room.office.desk(Page.VOLUNTEERS).open()
    kiosk.frames()
    kiosk.tap("after")
    assert "Волонтер 4" in kiosk.text_on_screen()
    assert "Әсел (" not in kiosk.text_on_screen()
    kiosk.tap("before")
    assert "Волонтер 4" not in kiosk.text_on_screen()
