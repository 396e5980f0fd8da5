"""The volunteers' page: add, change a PIN, take out."""

import pytest

from kiosk.admin.new_pin import NewPinNote
from kiosk.admin.pages import Page
from kiosk.admin.volunteers import ROWS_A_PAGE, VolunteersMode, VolunteersNote
from tests.admin.back_room import BackRoom
from tests.admin.door_room import OTHER, RIGHT, WRONG, Services


class PageOfVolunteers:
    def __init__(self, directory):
        self.services = Services(directory)
        self.pins = self.services.pins
        self.pins.add("Әсел", RIGHT)
        self.room = BackRoom(directory, **self.services)
        self.desk = self.room.open(Page.VOLUNTEERS)

    @property
    def state(self):
        return self.desk.state

    @property
    def names(self):
        return [known.name for known in self.state.rows]

    def enter(self, pin):
        for digit in pin:
            self.desk.press(digit)
        self.desk.enter()
        self.room.settle()

    def add(self, name, pin):
        self.desk.ask_name()
        self.desk.type_name(name)
        self.desk.name_done()
        self.enter(pin)
        self.enter(pin)


@pytest.fixture
def page(tmp_path):
    made = PageOfVolunteers(tmp_path)
    yield made
    made.room.close()


def test_a_new_volunteer_gets_in_with_the_pin_typed_twice(page):
    page.add("Болат", OTHER)
    assert page.names == ["Әсел", "Болат"]
    assert page.room.notes == [VolunteersNote.ADDED]
    assert page.pins.try_pin(OTHER).volunteer.name == "Болат"


def test_a_pin_that_was_typed_differently_is_asked_for_again_from_the_start(page):
    page.desk.ask_pin("v1")
    page.enter(OTHER)
    assert page.state.pin.note is NewPinNote.AGAIN
    page.enter(WRONG)
    assert page.state.pin.note is NewPinNote.NOT_THE_SAME
    page.enter(OTHER)
    page.enter(OTHER)
    assert page.room.notes == [VolunteersNote.PIN_CHANGED]
    assert page.pins.try_pin(OTHER).volunteer is not None


@pytest.mark.parametrize("refused", ["123456", OTHER])
def test_weak_or_taken_is_refused_at_once_and_in_the_same_way(page, refused):
    page.pins.add("Болат", OTHER)
    page.desk.ask_pin("v1")
    page.enter(refused)
    assert page.state.pin.note is NewPinNote.UNUSABLE
    assert page.state.pin.typed == 0
    assert page.pins.try_pin(RIGHT).volunteer is not None


def test_a_pin_that_another_took_meanwhile_is_refused_at_the_end(page, tmp_path):
    page.desk.ask_pin("v1")
    page.enter(OTHER)
    Services(tmp_path).pins.add("Болат", OTHER)
    page.enter(OTHER)
    assert page.state.pin.note is NewPinNote.UNUSABLE
    assert page.pins.try_pin(RIGHT).volunteer.volunteer_id == "v1"


def test_the_same_name_twice_is_refused_and_asked_for_again(page):
    page.add("әсел", OTHER)
    assert page.state.mode is VolunteersMode.NAME
    assert page.room.notes == [VolunteersNote.NAME_REFUSED]
    page.desk.type_name("Әсел Б.")
    page.desk.name_done()
    page.enter(OTHER)
    page.enter(OTHER)
    assert page.room.notes[-1] is VolunteersNote.ADDED


def test_an_empty_name_leads_nowhere(page):
    page.desk.ask_name()
    page.desk.type_name("   ")
    page.desk.name_done()
    assert page.state.mode is VolunteersMode.NAME


def test_the_only_volunteer_cannot_be_taken_out(page):
    assert page.state.is_only_one
    page.desk.ask_remove("v1")
    assert page.state.mode is VolunteersMode.LIST


def test_taking_out_is_asked_once_more(page):
    page.add("Болат", OTHER)
    page.desk.ask_remove("v2")
    assert page.state.about.name == "Болат"
    page.desk.back()
    assert page.names == ["Әсел", "Болат"]
    page.desk.ask_remove("v2")
    page.desk.remove()
    page.room.settle()
    assert page.names == ["Әсел"]
    assert page.pins.try_pin(OTHER).volunteer is None


def test_a_long_list_is_paged(page):
    for number in range(ROWS_A_PAGE + 1):
        page.pins.add(f"Волонтер {number}", f"93517{number}")
    page.desk.open()
    assert page.state.pages == 2
    assert len(page.state.rows) == ROWS_A_PAGE
    page.desk.turn(1)
    assert page.names == [f"Волонтер {ROWS_A_PAGE - 1}", f"Волонтер {ROWS_A_PAGE}"]
    page.desk.turn(1)
    assert page.state.page == 1
    page.desk.turn(-1)
    assert page.names[0] == "Әсел"


def test_back_goes_one_step_and_from_the_list_to_the_page_before(page):
    page.desk.ask_name()
    page.desk.type_name("Болат")
    page.desk.name_done()
    page.enter(OTHER)
    page.desk.back()
    assert page.state.mode is VolunteersMode.NAME
    assert page.state.name == "Болат"
    page.desk.back()
    assert page.state.mode is VolunteersMode.LIST
    page.desk.back()
    assert page.room.page is Page.HOME


def test_no_state_holds_a_digit_of_a_pin(page):
    page.desk.ask_pin("v1")
    for digit in OTHER:
        page.desk.press(digit)
        assert OTHER not in repr(page.state)
    page.desk.enter()
    page.room.settle()
    assert OTHER not in repr(page.state)


def test_a_disk_that_refuses_is_said_and_the_old_pin_holds(page, monkeypatch):
    def full(*_args, **_kwargs):
        raise OSError(28, "No space left on device")

    page.desk.ask_pin("v1")
    page.enter(OTHER)
    with monkeypatch.context() as patch:
        patch.setattr("kiosk.admin.pin_file.write_whole", full)
        page.enter(OTHER)
    assert page.room.notes == [VolunteersNote.NOT_SAVED]
    assert page.pins.try_pin(RIGHT).volunteer is not None
