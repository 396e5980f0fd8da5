"""The first start: what it writes, what may wait, and that a power cut loses no step."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk import local_settings
from kiosk.admin.new_pin import NewPinNote
from kiosk.admin.pages import Page
from kiosk.admin.setup_progress import Progress, SetupStep, needs_setup, read_progress
from kiosk.admin.setup_state import CODE, SERVER, SetupProblem
from kiosk.centre_address import address_of, invitation_in, is_overheard
from kiosk.domain.errors import RefusedError, SyncError, Unreachable
from kiosk.facts import ROOT
from kiosk.scan_event import ScanEvent
from tests.admin.back_room import BackRoom
from tests.admin.door_room import OTHER, RIGHT, WRONG, Services
from tests.till.shop import WATER


class FirstStart:
    def __init__(self, directory):
        self.directory = directory
        self.switch_on()

    def switch_on(self):
        """As after a power cut: all that was in memory is gone."""
        self.services = Services(self.directory)
        self.room = BackRoom(self.directory, **self.services)
        self.room.office.set_up()
        self.room.settle()
        self.desk: Any = self.room.office.desk(Page.SETUP)

    def pull_the_plug(self):
        self.room.close()
        self.switch_on()

    @property
    def state(self):
        return self.desk.state

    def next(self, times=1):
        for _ in range(times):
            self.desk.forward()
            self.room.settle()

    def until(self, step):
        """Through all steps before, as somebody who changes nothing."""
        while self.state.step is not step:
            if self.state.step is SetupStep.VOLUNTEER:
                self.desk.type_text("Әсел")
                self.next()
            elif self.state.step is SetupStep.PIN:
                self.enter(RIGHT)
                self.enter(RIGHT)
            elif self.state.step is SetupStep.ENROL:
                self.desk.skip()
                self.room.settle()
            else:
                self.next()

    def enter(self, pin):
        for digit in pin:
            self.desk.press(digit)
        self.next()


@pytest.fixture
def first(tmp_path):
    made = FirstStart(tmp_path)
    yield made
    made.room.close()


def test_the_whole_way_leaves_settings_a_volunteer_and_an_enrolment(first, tmp_path):
    first.desk.choose_default("ru")
    first.desk.toggle_offered("en")
    first.next()
    assert first.state.step is SetupStep.NAME
    assert list(first.state.texts) == ["ru", "kk"], "the shop's own language first"
    first.desk.type_text("  Лавка   в ЦОНе ")
    first.next()
    first.desk.type_text("ХҚКО дүкені")
    first.next()
    assert first.state.step is SetupStep.CAUSE
    first.next(2)
    first.desk.type_text("Әсел")
    first.next()
    first.enter(RIGHT)
    first.enter(RIGHT)
    assert first.state.step is SetupStep.CAMERA
    first.next()
    first.desk.type_text("Centre.example.kz")
    first.next()
    first.desk.type_text(" 7kq2-m8xp ")
    first.next()
    assert first.services.centre.asked == [("https://centre.example.kz", "7KQ2-M8XP")]
    assert first.state.step is SetupStep.DONE
    assert first.state.enrolled == "This kiosk belongs to Aktau 1."
    first.next()
    assert first.desk.room.service("setup_done").__self__.finished == 1
    config = local_settings.laid_over(ROOT / "config.toml", tmp_path)
    assert config.language.default == "ru"
    assert config.language.offered == ("kk", "ru")
    assert config.shop.name["ru"] == "Лавка в ЦОНе"
    assert config.shop.name["kk"] == "ХҚКО дүкені"
    assert first.services.pins.try_pin(RIGHT).volunteer.name == "Әсел"
    assert not needs_setup(tmp_path, first.services.pins)


@pytest.mark.parametrize("step", list(SetupStep))
def test_after_a_power_cut_it_goes_on_where_it_stood(first, step):
    first.until(step)
    before = first.services.pins.volunteers
    first.pull_the_plug()
    # A PIN is never half there: what was typed of it, and its name, is typed again.
    expected = SetupStep.VOLUNTEER if step is SetupStep.PIN else step
    assert first.state.step is expected
    assert first.services.pins.volunteers == before
    first.until(SetupStep.DONE)
    assert len(first.services.pins.volunteers) == 1


def test_a_power_cut_between_pin_and_progress_does_not_ask_for_a_second_first_pin(first):
    first.until(SetupStep.PIN)
    first.services.pins.add("Әсел", RIGHT)  # written, but the step was not
    first.pull_the_plug()
    assert first.state.step is SetupStep.CAMERA


def test_a_power_cut_between_setting_and_progress_shows_the_step_again(first, tmp_path):
    local_settings.save(tmp_path, {"language": {"default": "ru"}})
    first.pull_the_plug()
    assert first.state.step is SetupStep.LANGUAGE


def test_a_damaged_progress_file_begins_anew_and_never_twice_the_first_pin(first, tmp_path):
    first.until(SetupStep.CAMERA)
    (tmp_path / "setup.json").write_bytes(b"\x00")
    first.pull_the_plug()
    assert first.state.step is SetupStep.CAMERA
    assert len(first.services.pins.volunteers) == 1
    (tmp_path / "setup.json").write_bytes(b"\x00")
    assert not needs_setup(tmp_path, first.services.pins), "there is a PIN, so ask for it"


def test_the_default_language_is_always_offered(first):
    first.desk.toggle_offered("kk")
    assert first.state.offered == ("kk", "ru", "en")
    first.desk.toggle_offered("ru")
    first.desk.choose_default("ru")
    assert first.state.offered == ("kk", "ru", "en")
    assert first.room.office.language == "ru"


def test_name_and_cause_can_wait_but_the_first_pin_cannot(first, tmp_path):
    first.next()
    first.desk.skip()
    first.room.settle()
    first.desk.skip()
    first.room.settle()
    assert first.state.step is SetupStep.VOLUNTEER
    first.desk.skip()
    first.room.settle()
    assert first.state.step is SetupStep.VOLUNTEER
    first.desk.type_text("Әсел")
    first.next()
    first.desk.skip()
    first.room.settle()
    assert first.state.step is SetupStep.PIN
    assert "shop" not in json.loads((tmp_path / "settings.json").read_text("utf-8"))


def test_every_language_is_looked_at_before_the_name_stands(first):
    first.next()
    assert first.state.chosen == "kk"
    first.next()
    assert first.state.chosen == "ru"
    first.next()
    assert first.state.chosen == "en"
    first.next()
    assert first.state.step is SetupStep.CAUSE


def test_an_empty_name_is_not_taken(first):
    first.next()
    first.desk.choose_field("ru")
    first.desk.type_text("  ")
    assert not first.state.is_ready
    first.desk.choose_field("kk")
    first.next()
    assert first.state.chosen == "ru"
    first.next()
    assert first.state.step is SetupStep.NAME


def test_once_somebody_has_a_pin_nobody_else_names_the_shop(first):
    first.until(SetupStep.CAMERA)
    first.desk.back()
    assert first.state.step is SetupStep.CAMERA


def test_a_weak_first_pin_is_refused_and_so_is_one_typed_differently(first):
    first.until(SetupStep.PIN)
    first.enter("123456")
    assert first.state.pin.note is NewPinNote.UNUSABLE
    first.enter(RIGHT)
    first.enter(OTHER)
    assert first.state.pin.note is NewPinNote.NOT_THE_SAME
    assert not first.services.pins.is_set_up


def test_the_camera_test_says_what_was_read(first):
    first.room.scan(WATER.codes[0])
    assert first.state.reads == 0, "only while the camera is being tried out"
    first.until(SetupStep.CAMERA)
    first.room.scan(WATER.codes[0])
    assert first.state.product == WATER
    first.room.scan("04870999999991")
    assert first.state.reads == 2
    assert first.state.product is None
    assert first.state.code_read == "4870999999991"


@pytest.mark.parametrize(
    ("error", "problem"),
    [
        (RefusedError("No such code. Ask for a new one."), SetupProblem.CODE_REFUSED),
        (Unreachable("No answer. Try later."), SetupProblem.UNREACHABLE),
        (SyncError("The journal is in use."), SetupProblem.NOT_ENROLLED),
    ],
)
def test_an_enrolment_that_fails_is_explained_and_can_be_tried_again(first, error, problem):
    first.until(SetupStep.ENROL)
    first.desk.type_text("centre.example.kz")
    first.next()
    first.desk.type_text("7KQ2-M8XP")
    first.services.centre.error = error
    first.next()
    assert first.state.problem is problem
    assert first.state.step is SetupStep.ENROL
    first.services.centre.error = None
    first.next()
    assert first.state.step is SetupStep.DONE


def test_plain_http_to_another_machine_is_warned_of_once(first):
    first.until(SetupStep.ENROL)
    first.desk.type_text("http://centre.example.kz")
    first.next()
    first.desk.type_text("7KQ2-M8XP")
    first.next()
    assert first.state.problem is SetupProblem.OVERHEARD
    assert first.services.centre.asked == []
    first.next()
    assert first.services.centre.asked == [("http://centre.example.kz", "7KQ2-M8XP")]


def test_what_is_no_address_is_said_before_anything_is_asked(first):
    first.until(SetupStep.ENROL)
    first.desk.type_text("ftp://x")
    first.desk.choose_field(CODE)
    first.desk.type_text("7KQ2-M8XP")
    first.next()
    assert first.state.problem is SetupProblem.NO_ADDRESS
    assert first.state.chosen == SERVER
    assert first.services.centre.asked == []


def test_going_out_once_there_is_a_pin_ends_the_first_start(first, tmp_path):
    first.until(SetupStep.CAMERA)
    first.room.office.leave()
    first.room.settle()
    assert read_progress(tmp_path) == Progress(SetupStep.DONE, is_finished=True)
    assert not needs_setup(tmp_path, first.services.pins)


def test_going_out_before_there_is_a_pin_leaves_it_open(first, tmp_path):
    first.until(SetupStep.VOLUNTEER)
    first.room.office.leave()
    first.room.settle()
    assert needs_setup(tmp_path, first.services.pins)


def test_a_disk_that_refuses_keeps_the_step_and_says_so(first, monkeypatch):
    def full(*_args, **_kwargs):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("kiosk.local_settings.write_whole", full)
        first.next()
    assert first.state.step is SetupStep.LANGUAGE
    assert first.state.problem is SetupProblem.NOT_SAVED
    assert "No space left" in str(first.state.error)
    first.next()
    assert first.state.step is SetupStep.NAME


def test_no_state_holds_a_digit_of_the_pin(first):
    first.until(SetupStep.PIN)
    for digit in WRONG:
        first.desk.press(digit)
    assert WRONG not in repr(first.state)


# --- addresses ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "address"),
    [
        ("centre.example.kz", "https://centre.example.kz"),
        ("Https://Centre.example.kz/", "https://centre.example.kz"),
        (" http://10.0.0.5:8484 ", "http://10.0.0.5:8484"),
        ("centre.example.kz/adal/", "https://centre.example.kz/adal"),
        ("", ""),
        ("ftp://centre.example.kz", ""),
        ("https://", ""),
        ("https://a:b@centre.example.kz", ""),
        ("https://centre.example.kz:99999", ""),
        ("https://[::1", ""),
        ("https://centre.example.kz/?a=1", ""),
    ],
)
def test_an_address_is_understood_as_a_hand_types_it(typed, address):
    assert address_of(typed) == address


@given(st.text(max_size=60))
def test_any_text_is_an_address_or_nothing_and_reading_it_again_changes_nothing(typed):
    address = address_of(typed)
    assert address == "" or address.startswith(("http://", "https://"))
    assert address_of(address) == address


@pytest.mark.parametrize(
    ("address", "overheard"),
    [
        ("https://centre.example.kz", False),
        ("http://centre.example.kz", True),
        ("http://10.0.0.5:8484", True),
        ("http://localhost:8484", False),
        ("http://127.0.0.1", False),
        ("http://[::1]:80", False),
        ("http://localhost.example.kz", True),
    ],
)
def test_only_plain_http_to_another_machine_can_be_overheard(address, overheard):
    assert is_overheard(address) is overheard


def test_the_centres_picture_before_the_camera_fills_in_address_and_code(first):
    first.until(SetupStep.ENROL)
    first.desk.scanned(ScanEvent((), "https://example.kz/enrol", "qr"))
    assert first.state.texts[CODE] == ""
    first.desk.scanned(ScanEvent((), "https://Centre.Example.kz:8443/enrol#K7QF93MD", "qr"))
    assert first.state.texts == {SERVER: "https://centre.example.kz:8443", CODE: "K7QF-93MD"}
    assert first.state.step is SetupStep.ENROL
    assert not first.state.enrolled


@pytest.mark.parametrize(
    "text",
    [
        "",
        "#",
        "K7QF93MD",
        "/enrol#K7QF93MD",
        "ftp://a.kz/enrol#K7QF93MD",
        "https://a.kz/enrol#K7QF",
    ],
)
def test_what_is_no_invitation_is_none(text):
    assert invitation_in(text) is None
