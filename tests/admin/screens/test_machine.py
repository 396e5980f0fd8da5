"""Real taps on the pages about the kiosk itself: machine, camera, backup, voices."""

import time

import numpy as np
import pytest

from kiosk.admin.backup_state import Task
from kiosk.admin.machine_state import SyncView
from kiosk.admin.pages import Page
from kiosk.admin.ports import Place
from kiosk.backup.check import check
from kiosk.backup.restore import waiting
from kiosk.backup.service import BackupService
from kiosk.domain.entries import Abandoned, Boot, HelpCall, SaleLine
from kiosk.scanner.demo import DemoCamera
from kiosk.scanner.known import KnownCodes
from kiosk.scanner.service import ScannerService
from tests.admin.money_room import services_in
from tests.admin.test_backup import of_another
from tests.admin.test_machine import Ear, Line, Power

pytestmark = pytest.mark.window

__all__ = ["of_another"]


@pytest.fixture
def stick(tmp_path):
    folder = tmp_path / "STICK"
    folder.mkdir()
    return folder


@pytest.fixture
def parts():
    """What stands around the kiosk: a way to the centre, an ear, the machine's switches."""
    return {
        "line": Line(SyncView("offline", 3), SyncView("in_step", 0)),
        "ear": Ear(),
        "power": Power(),
    }


@pytest.fixture
def drawn():
    return DemoCamera([("04870001157937", "A.S.U.")], automatic=False)


@pytest.fixture
def scanner(drawn):
    scanner = ScannerService(
        lambda: drawn, known=KnownCodes, on_scan=lambda _: None, on_status=lambda _: None
    )
    yield scanner
    scanner.stop()


@pytest.fixture
def office(window, tmp_path, parts, stick, scanner, monkeypatch):
    from tests.admin.screens.driver import OfficeKiosk

    directory = tmp_path / "kiosk"
    directory.mkdir()
    services = services_in(directory) | {
        "backup": BackupService(directory, "adal test"),
        "camera": scanner,
        "power": parts["power"],
        "sounds": parts["ear"],
        "sync_status": parts["line"].status,
        "send_now": parts["line"].send,
    }
    monkeypatch.setattr(
        "kiosk.admin.office.find_places", lambda own: [Place(stick, "STICK", True, 10**9)]
    )
    kiosk = OfficeKiosk(directory, **services)
    yield kiosk
    kiosk.close()


def view(office):
    frame = office.front()
    return frame.view(office.page)


# --- machine ----------------------------------------------------------------------------------


def test_send_speaker_journal_check_and_camera_by_taps(office, parts):
    office.room.write(Boot("adal"))
    office.come_in(Page.MACHINE)
    office.tap("send")
    office.settle()
    assert parts["line"].asked == 1
    office.tap("sound")
    assert parts["ear"].heard == ["success"]
    office.tap("check")
    office.settle()
    assert office.room.office.desk(Page.MACHINE).state.check.ok
    assert office.room.journal.identity.kiosk_id in office.text_on_screen()
    office.tap("camera")
    assert office.page is Page.CAMERA
    office.tap("back")
    assert office.page is Page.MACHINE


def test_switching_off_takes_three_taps_and_any_other_leaves_it_on(office, parts):
    office.come_in(Page.MACHINE)
    below = office.key("send")
    office.tap("power")
    office.touch(below)
    assert parts["line"].asked == 0, "what lies under a question feels no touch"
    office.tap("stay")
    office.tap("power")
    office.tap("shut_down")
    office.tap("no")
    assert parts["power"].done == []
    office.tap("power")
    office.tap("shut_down")
    office.tap("yes")
    office.settle()
    assert parts["power"].done == ["shut_down"]


# --- camera -----------------------------------------------------------------------------------


def test_a_pack_before_the_camera_is_framed_where_it_is_and_named(office, scanner, drawn):
    scanner.start()
    desk = office.come_in(Page.CAMERA)
    drawn.show("04870001157937")
    picture = view(office).ids.picture
    deadline_s = time.monotonic() + 30
    while not desk.state.outlines and time.monotonic() < deadline_s:
        office.frames(1)
    assert desk.state.last.text == "4870001157937"
    assert "4870001157937" in office.text_on_screen()
    left, bottom, width, height = picture.place()
    points = np.array(picture.points_of(desk.state.outlines[0].corners)).reshape(-1, 2)
    assert (points >= (left - 1, bottom - 1)).all()
    assert (points <= (left + width + 1, bottom + height + 1)).all()
    assert np.ptp(points[:, 0]) > 0.15 * width

    office.tap("back")
    assert scanner._watcher is None, "nobody looks, so nobody is shown anything"
    picture.show(np.zeros((90, 160, 3), np.uint8), ())
    left, bottom, width, height = picture.place()
    assert width / height == pytest.approx(160 / 90)
    assert picture.points_of([(0, 0)]) == pytest.approx([left, bottom + height])
    assert picture.points_of([(1, 1)]) == pytest.approx([left + width, bottom])


# --- backup -----------------------------------------------------------------------------------


def test_a_backup_its_check_and_the_journal_as_a_file_by_taps(office, stick):
    office.room.write(Boot("adal"))
    desk = office.come_in(Page.BACKUP)
    office.tap("make")
    office.settle()
    assert desk.state.outcome.ok
    (folder,) = stick.iterdir()
    assert check(folder).entries > 0
    office.touch(rows(office)[0])
    office.tap("check")
    office.settle()
    assert (desk.state.outcome.task, desk.state.outcome.ok) == (Task.CHECK, True)
    office.tap("export")
    office.settle()
    assert [path.suffix for path in stick.iterdir() if path.is_file()] == [".jsonl"]


def test_a_restore_by_taps_waits_for_the_next_start(of_another, office, parts):
    office.come_in(Page.BACKUP)
    office.touch(rows(office)[0])
    office.tap("restore")
    office.tap("no")
    assert waiting(office.room.directory) is None
    office.tap("restore")
    office.tap("yes")
    office.tap("yes")
    office.settle()
    assert waiting(office.room.directory).manifest.kiosk_id == of_another
    office.tap("main")
    assert parts["power"].done == ["restart_program"]
    office.tap("stop")
    office.settle()
    assert waiting(office.room.directory) is None


def rows(office) -> list:
    return view(office).ids.list.ids.rows.children[::-1]


# --- voices -----------------------------------------------------------------------------------


def test_words_are_deleted_and_lists_are_turned_by_taps(office):
    line = SaleLine("Су", 180, 1, "water")
    office.room.write(
        Abandoned("visit-1", "timed_out", "cash", (line,), 180, {"n500": 1}),
        *[HelpCall("basket", "kk")] * 6,
    )
    office.room.journal.append_suggestion("Нан болса екен", "kk").result(10)
    desk = office.come_in(Page.VOICES)
    office.tap("delete")
    office.tap("no")
    assert "Нан болса екен" in office.text_on_screen()
    office.tap("delete")
    office.tap("yes")
    office.settle()
    assert "Нан болса екен" not in office.text_on_screen()
    assert office.room.journal.suggestion_texts() == []
    office.tap("given_up")
    assert "500" in office.text_on_screen()
    office.tap("help")
    office.tap("after")
    assert (desk.state.page, len(desk.state.rows)) == (1, 1)
    office.tap("before")
    assert desk.state.page == 0


# --- every page, every language ---------------------------------------------------------------


def test_the_pages_follow_the_language_while_they_are_on(office):
    office.come_in(Page.MACHINE)
    office.tap("ru")
    back = {office.key("back").text}
    office.tap("en")
    back.add(office.key("back").text)
    assert back == {"Назад", "Back"}
    for page in (Page.CAMERA, Page.BACKUP, Page.VOICES):
        office.room.office.go(page)
        office.frames()
        assert office.key("back").text == "Back"
