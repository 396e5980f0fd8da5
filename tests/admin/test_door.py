"""The door: a PIN lets in, a wrong one waits, and both are in the journal."""

import json
from typing import Any

import pytest

from kiosk.admin.door import DoorNote
from kiosk.admin.pages import Page
from kiosk.admin.setup_progress import Progress, SetupStep, keep_progress
from kiosk.domain.entries import AdminOpened, PinFailed
from tests.admin.back_room import BackRoom
from tests.admin.door_room import OTHER, RIGHT, WRONG, Services


class Door:
    """A back room before whose door somebody stands."""

    def __init__(self, directory, *, shuffle_pin=False):
        self.services = Services(directory, shuffle_pin=shuffle_pin)
        if not self.services.pins.is_set_up:
            self.services.pins.add("Әсел", RIGHT)
        self.room = BackRoom(directory, **self.services)
        self.knock()

    def knock(self):
        self.room.office.knock("kk")
        self.room.settle()
        self.desk: Any = self.room.office.desk(Page.DOOR)

    @property
    def state(self):
        return self.desk.state

    def type(self, pin):
        for digit in pin:
            self.desk.press(digit)

    def enter(self, pin):
        self.type(pin)
        self.desk.enter()
        self.room.settle()

    def wait(self, seconds):
        self.services.now_s += seconds
        self.desk.tick()


@pytest.fixture
def door(tmp_path):
    made = Door(tmp_path)
    yield made
    made.room.close()


def test_the_right_pin_leads_in_and_the_journal_knows_who_by_id_alone(door):
    door.enter(RIGHT)
    assert door.room.page is Page.HOME
    assert door.room.office.by == "v1"
    assert door.room.office.state.volunteer_name == "Әсел"
    assert door.room.bodies(AdminOpened) == [AdminOpened("v1")]
    assert not any("Әсел".encode() in entry.payload for entry in door.room.journal.entries())


def test_each_volunteer_comes_in_with_his_own_pin(door):
    door.services.pins.add("Болат", OTHER)
    door.enter(OTHER)
    assert door.room.office.by == "v2"


def test_a_wrong_pin_says_so_is_written_and_leaves_an_empty_pad(door):
    door.enter(WRONG)
    assert door.state.note is DoorNote.WRONG_PIN
    assert door.state.typed == 0
    assert door.room.page is Page.DOOR
    assert door.room.bodies(PinFailed) == [PinFailed(1)]
    door.type("2")
    assert door.state.note is DoorNote.ENTER_PIN


def test_the_state_never_holds_a_digit(door):
    door.type(RIGHT)
    assert door.state.typed == 6
    assert RIGHT not in repr(door.state)


def test_digits_are_erased_one_by_one_and_never_more_than_ten(door):
    door.type("12345678901234")
    assert door.state.typed == 10
    for _ in range(12):
        door.desk.erase()
    assert door.state.typed == 0
    door.enter(RIGHT)
    assert door.room.page is Page.HOME


def test_five_digits_are_not_tried(door):
    door.type("20481")
    assert not door.state.is_ready
    door.desk.enter()
    door.room.settle()
    assert door.services.pins.failures == 0


def test_after_three_wrong_ones_the_pad_waits_and_counts_down(door):
    for _ in range(3):
        door.enter(WRONG)
    assert door.state.note is DoorNote.WAIT
    assert door.state.wait_s == 5
    door.enter(RIGHT)
    assert door.room.page is Page.DOOR, "no digit is taken while it waits"
    door.wait(4.2)
    assert door.state.wait_s == 1
    door.wait(1)
    assert door.state.note is DoorNote.ENTER_PIN
    door.enter(RIGHT)
    assert door.room.page is Page.HOME


def test_going_away_and_coming_back_does_not_end_the_wait(door):
    for _ in range(3):
        door.enter(WRONG)
    door.desk.back()
    assert not door.room.office.state.is_open
    door.knock()
    assert door.state.wait_s == 5


def test_a_restart_begins_the_wait_anew(door, tmp_path):
    for _ in range(3):
        door.enter(WRONG)
    door.wait(4)
    door.room.close()
    again = Door(tmp_path)
    assert again.state.note is DoorNote.WAIT
    assert again.state.wait_s == 5
    again.room.close()


def test_pressing_the_key_twice_is_one_try(door):
    door.type(WRONG)
    door.desk.enter()
    door.desk.enter()
    door.room.settle()
    assert door.services.pins.failures == 1


def test_who_went_away_while_the_pin_was_checked_is_not_let_in_behind_his_back(door):
    door.type(RIGHT)
    door.desk.enter()
    door.desk.back()
    door.room.settle()
    assert not door.room.office.state.is_open
    assert door.room.office.by == ""
    assert door.room.bodies(AdminOpened) == []


def test_a_wrong_pin_is_written_even_if_he_went_away(door):
    door.type(WRONG)
    door.desk.enter()
    door.desk.back()
    assert door.room.bodies(PinFailed) == [PinFailed(1)]


def test_a_half_typed_pin_is_gone_when_somebody_else_knocks(door):
    door.type("20481")
    door.desk.back()
    door.knock()
    door.type("7")
    assert door.state.typed == 1


def test_shuffled_digits_type_what_they_show(tmp_path):
    door = Door(tmp_path, shuffle_pin=True)
    orders = set()
    for _ in range(8):
        orders.add(door.state.digits)
        assert sorted(door.state.digits) == sorted("1234567890")
        door.desk.back()
        door.knock()
    assert len(orders) > 1
    door.enter(RIGHT)
    assert door.room.page is Page.HOME
    door.room.close()


def test_a_damaged_file_says_that_no_pin_can_be_checked(door, tmp_path):
    (tmp_path / "volunteers.json").write_text("{")
    door.enter(RIGHT)
    assert door.state.note is DoorNote.OUT_OF_ORDER
    assert door.room.page is Page.DOOR
    assert (tmp_path / "volunteers.json").read_text() == "{"


def test_what_an_operator_mended_is_seen_at_the_next_knock(door, tmp_path):
    for _ in range(3):
        door.enter(WRONG)
    Services(tmp_path).pins.reset_delay()
    door.desk.back()
    door.knock()
    assert door.state.note is DoorNote.ENTER_PIN


def test_a_journal_that_cannot_write_does_not_keep_the_volunteer_out(door, monkeypatch):
    from concurrent.futures import Future

    from kiosk.domain.errors import JournalError

    failed = Future()
    failed.set_exception(JournalError("The disk is full. Free some space."))
    monkeypatch.setattr(door.room.journal, "append", lambda _body: failed)
    door.enter(RIGHT)
    assert door.room.page is Page.HOME


# --- before anybody has a PIN ------------------------------------------------------------------


def knock_without_volunteers(directory):
    room = BackRoom(directory, **Services(directory))
    room.office.knock("kk")
    room.settle()
    return room


def test_on_a_new_kiosk_the_corner_leads_to_the_first_start(tmp_path):
    room = knock_without_volunteers(tmp_path)
    assert room.page is Page.SETUP
    room.close()


def test_a_kiosk_that_lost_its_volunteers_file_does_not_take_the_next_best_for_one(tmp_path):
    keep_progress(tmp_path, Progress(SetupStep.DONE, is_finished=True))
    room = knock_without_volunteers(tmp_path)
    assert room.page is Page.DOOR
    assert room.office.desk(Page.DOOR).state.note is DoorNote.OUT_OF_ORDER
    room.close()


def test_failures_are_on_the_disk_when_the_door_says_wrong(door, tmp_path):
    door.enter(WRONG)
    assert json.loads((tmp_path / "volunteers.json").read_text("utf-8"))["failures"] == 1
