from pathlib import Path
from typing import Any

import pytest

from kiosk import machine_facts
from kiosk.admin.machine import CHECK_FILE, reach_of
from kiosk.admin.machine_state import (
    Check,
    ClockTrust,
    ClockView,
    MachineNote,
    Reach,
    Switch,
    SyncView,
)
from kiosk.admin.pages import Page
from kiosk.admin.setup_progress import SetupStep
from kiosk.backup.service import BackupService
from kiosk.domain.entries import AdminOpened, Boot
from kiosk.domain.errors import AdalError
from kiosk.machine_facts import Facts, Interface, Network
from tests.admin.back_room import BackRoom
from tests.admin.money_room import services_in
from tests.journal.support import surgery

ONLINE = Network(
    (Interface("wlan0", is_wireless=True, is_up=True, address="192.168.1.20"),),
    has_route=True,
    name_servers=("192.168.1.1",),
)


def alone(directory: Path) -> dict[str, Any]:
    """What every kiosk has, but no centre."""
    services = services_in(directory)
    del services["sync_status"]
    return services


class Line:
    """The way to the centre: an uploader's status, and a way to ask it for a contact."""

    def __init__(self, *statuses: SyncView) -> None:
        self._statuses = list(statuses)
        self.asked = 0

    def status(self) -> SyncView:
        return self._statuses.pop(0) if len(self._statuses) > 1 else self._statuses[0]

    def send(self) -> None:
        self.asked += 1


class Power:
    def __init__(self, refuses: bool = False) -> None:
        self.done: list[str] = []
        self._refuses = refuses

    def _do(self, name: str) -> None:
        if self._refuses:
            raise AdalError("The system does not allow it. Ask whoever set it up.")
        self.done.append(name)

    def restart_program(self) -> None:
        self._do("restart_program")

    def reboot(self) -> None:
        self._do("reboot")

    def shut_down(self) -> None:
        self._do("shut_down")


class Ear:
    def __init__(self) -> None:
        self.heard: list[str] = []

    def play(self, name: str) -> None:
        self.heard.append(name)


@pytest.fixture
def at(tmp_path, monkeypatch):
    """Gives a function that opens the page in a back room with these services."""
    rooms = []
    monkeypatch.setattr(
        machine_facts, "read_facts", lambda directory: Facts(temperature_c=48.0, network=ONLINE)
    )
    monkeypatch.setattr(machine_facts, "can_resolve", lambda host: host == "centre.example.kz")

    def at(**services):
        room = BackRoom(tmp_path, **alone(tmp_path) | services)
        rooms.append(room)
        room.write(Boot("adal"))
        return room, room.open(Page.MACHINE)

    yield at
    for room in rooms:
        room.close()


def test_the_page_shows_what_the_machine_the_journal_and_the_centre_say(at):
    line = Line(
        SyncView("offline", 12, 1_795_000_000_000, "No network.", "https://centre.example.kz")
    )
    room, desk = at(sync_status=line.status)
    state = desk.state
    assert (state.sync.backlog, state.sync.last_error) == (12, "No network.")
    assert state.facts.temperature_c == 48.0
    assert (state.epoch, state.seq) == (1, room.journal.head().seq)
    assert state.kiosk_id == room.journal.identity.kiosk_id
    assert state.now_ms == room.clock.now_ms()
    assert state.reach is Reach.OPEN


def test_a_kiosk_without_services_shows_what_it_knows(at):
    _, desk = at()
    assert desk.state.sync is None
    assert desk.state.facts is not None
    desk.send_now()
    desk.play_sound()
    desk.check_journal()


@pytest.mark.parametrize(
    ("network", "reach"),
    [
        (Network(), Reach.NO_LINK),
        (Network((Interface("eth0", False, False, None),)), Reach.NO_LINK),
        (Network(ONLINE.interfaces), Reach.NO_ROUTE),
        (Network(ONLINE.interfaces, has_route=True), Reach.NO_NAMES),
        (ONLINE, Reach.OPEN),
    ],
)
def test_the_network_is_told_as_far_as_it_reaches(network, reach):
    assert reach_of(network) is reach


def test_a_centre_whose_name_nobody_knows_is_told(at):
    _, desk = at(sync_status=Line(SyncView(server="https://elsewhere.example.kz")).status)
    assert desk.state.reach is Reach.NO_NAMES


# --- clock ------------------------------------------------------------------------------------


def test_a_clock_that_the_centre_set_is_told(at):
    _, desk = at(clock=lambda: ClockView(by_centre=True))
    assert desk.state.clock is ClockTrust.CENTRE


def test_a_machine_whose_clock_is_right_is_believed(at, monkeypatch):
    monkeypatch.setattr("kiosk.admin.machine.system_wall_ms", lambda: 1_795_000_000_000)
    room, desk = at()
    room.now_ms = 1_795_000_000_000
    desk.refresh()
    assert desk.state.clock is ClockTrust.MACHINE


def test_a_machine_that_woke_in_1970_is_not_believed(at, monkeypatch):
    monkeypatch.setattr("kiosk.admin.machine.system_wall_ms", lambda: 0)
    _, desk = at()
    assert desk.state.clock is ClockTrust.COUNTED_ON


# --- send now ---------------------------------------------------------------------------------


def test_send_now_waits_for_the_uploader_and_says_that_all_is_sent(at, monkeypatch):
    monkeypatch.setattr("kiosk.admin.machine.SEND_LOOK_S", 0.001)
    waiting = SyncView("offline", 3)
    line = Line(waiting, waiting, waiting, *[SyncView("sending", 2)] * 3, SyncView("in_step", 0))
    room, desk = at(sync_status=line.status, send_now=line.send)
    desk.send_now()
    assert desk.state.is_sending
    room.settle()
    assert line.asked == 1
    assert room.notes == [MachineNote.ALL_SENT]
    assert (desk.state.is_sending, desk.state.sync.backlog) == (False, 0)


def test_send_now_says_how_many_still_wait(at):
    line = Line(SyncView("offline", 7, None, "No network."))
    room, desk = at(sync_status=line.status, send_now=line.send)
    desk.send_now()
    room.settle()
    assert (room.heard[0].note, room.heard[0].values) == (MachineNote.STILL_WAITING, {"n": 7})


def test_a_kiosk_that_belongs_to_nobody_is_led_to_the_centre_first(at):
    line = Line(None)
    room, desk = at(sync_status=line.status, send_now=line.send)
    desk.send_now()
    assert room.page is Page.SETUP
    assert room.office.desk(Page.SETUP).state.step is SetupStep.ENROL
    assert line.asked == 0


# --- the journal ------------------------------------------------------------------------------


def test_checking_the_journal_is_noted_for_the_next_visit(at, tmp_path):
    room, desk = at(backup=BackupService(tmp_path, "adal test"))
    desk.check_journal()
    assert desk.state.checking == 0.0
    room.settle()
    count = len(room.bodies(Boot)) + len(room.bodies(AdminOpened))
    assert desk.state.check == Check(room.now_ms, True, count)
    assert desk.state.checking is None
    assert room.notes == [MachineNote.JOURNAL_WELL]
    room.office.leave()
    assert room.open(Page.MACHINE).state.check.ok


def test_a_journal_that_was_changed_is_said_with_its_entry(at, tmp_path):
    room, desk = at(backup=BackupService(tmp_path, "adal test"))
    with surgery(tmp_path) as connection:
        connection.execute("UPDATE entry SET payload = CAST(payload || ' ' AS BLOB) WHERE seq = 1")
    desk.check_journal()
    room.settle()
    assert room.notes == [MachineNote.JOURNAL_FAULTY]
    assert not desk.state.check.ok
    assert "1/1 was changed" in desk.state.check.fault


def test_a_check_that_cannot_be_done_is_said(at):
    class Refusing:
        def verify_journal(self, _progress):
            raise AdalError("The journal cannot be read.")

    room, desk = at(backup=Refusing())
    desk.check_journal()
    room.settle()
    assert str(room.heard[0].values["message"]) == "The journal cannot be read."
    assert desk.state.checking is None


def test_a_damaged_note_of_the_last_check_is_no_check(at, tmp_path):
    Path(tmp_path / CHECK_FILE).write_text("{")
    _, desk = at()
    assert desk.state.check is None


# --- switches ---------------------------------------------------------------------------------


@pytest.mark.parametrize("switch", list(Switch))
def test_nothing_is_switched_off_before_a_second_touch(at, switch):
    power = Power()
    room, desk = at(power=power)
    desk.choose()
    desk.ask(switch)
    room.settle()
    assert (desk.state.asking, power.done) == (switch, [])
    desk.confirm()
    room.settle()
    assert power.done == [switch.value]
    desk.confirm()
    room.settle()
    assert power.done == [switch.value], "a second confirmation switches nothing"


def test_a_call_off_switches_nothing(at):
    power = Power()
    room, desk = at(power=power)
    desk.choose()
    desk.ask(Switch.SHUT_DOWN)
    desk.call_off()
    desk.confirm()
    room.settle()
    assert power.done == []


def test_a_system_that_refuses_is_heard(at):
    room, desk = at(power=Power(refuses=True))
    desk.ask(Switch.REBOOT)
    desk.confirm()
    room.settle()
    assert "does not allow it" in str(room.heard[0].values["message"])


def test_the_speaker_test_plays_a_sound(at):
    ear = Ear()
    room, desk = at(sounds=ear)
    desk.play_sound()
    assert ear.heard == ["success"]
    assert room.notes == [MachineNote.SOUND]
