import shutil

import pytest

from kiosk.admin.background import Meter
from kiosk.admin.backup import ROWS
from kiosk.admin.backup_state import Question, Task
from kiosk.admin.pages import Page
from kiosk.admin.ports import Place
from kiosk.backup.check import check
from kiosk.backup.restore import carry_out_request, waiting
from kiosk.backup.service import BackupService
from kiosk.journal import Journal
from kiosk.journal.database import JOURNAL_FILE
from sync import journalfile
from tests.admin.back_room import BackRoom
from tests.admin.money_room import services_in
from tests.admin.test_machine import Power
from tests.journal.support import sale


@pytest.fixture
def stick(tmp_path):
    folder = tmp_path / "STICK"
    folder.mkdir()
    return folder


@pytest.fixture
def room(tmp_path, stick, monkeypatch):
    directory = tmp_path / "kiosk"
    directory.mkdir()
    services = services_in(directory) | {
        "backup": BackupService(directory, "adal test"),
        "power": Power(),
    }
    room = BackRoom(directory, **services)
    monkeypatch.setattr(
        "kiosk.admin.office.find_places",
        lambda own: [Place(stick, "STICK", True, 10**9)] if stick.exists() else [],
    )
    yield room
    room.close()


@pytest.fixture
def desk(room):
    return room.open(Page.BACKUP)


def make_one(room, desk) -> None:
    room.now_ms += 1000
    desk.make()
    room.settle()


def test_one_touch_makes_a_backup_that_was_read_back(room, desk, stick):
    make_one(room, desk)
    outcome = desk.state.outcome
    assert (outcome.task, outcome.ok) == (Task.MAKE, True)
    (row,) = desk.state.rows
    assert (row.name, row.is_checked) == (outcome.name, True)
    assert check(stick / row.name).entries == row.entries


def test_without_a_stick_nothing_can_be_made(room, desk, stick):
    shutil.rmtree(stick)
    desk.look()
    room.settle()
    desk.make()
    assert desk.state.here is None
    assert desk.state.busy is None


def test_a_stick_that_is_put_in_later_is_found(room, desk, stick):
    shutil.rmtree(stick)
    desk.look()
    room.settle()
    stick.mkdir()
    desk.look()
    room.settle()
    assert desk.state.here.path == stick


def test_a_backup_that_rotted_is_found_by_a_check(room, desk, stick):
    make_one(room, desk)
    path = stick / desk.state.rows[0].name / JOURNAL_FILE
    path.write_bytes(path.read_bytes()[:-1] + b"\xff")
    desk.choose_backup(0)
    desk.check()
    room.settle()
    assert not desk.state.outcome.ok
    assert desk.state.outcome.trouble == "damaged"
    assert "is damaged" in desk.state.outcome.message


def test_a_stick_pulled_out_is_said_and_the_page_goes_on(room, desk, stick):
    def pull_out():
        shutil.rmtree(stick, ignore_errors=True)
        return False

    desk._stop.is_set = pull_out
    make_one(room, desk)
    assert not desk.state.outcome.ok
    assert desk.state.outcome.trouble == "gone"
    assert "stick" in desk.state.outcome.message.lower()
    assert (desk.state.busy, desk.state.rows) == (None, ())


def test_work_that_is_stopped_leaves_nothing(room, desk, stick):
    desk.make()
    desk.stop()
    assert desk.state.busy.is_stopping
    room.settle()
    assert (desk.state.outcome.ok, desk.state.outcome.message) == (False, "")
    assert list(stick.iterdir()) == []


def test_only_one_piece_of_work_at_a_time(room, desk, stick):
    desk.make()
    desk.make()
    desk.export()
    room.settle()
    assert len(list(stick.iterdir())) == 1


def test_who_went_out_and_came_in_again_does_not_begin_a_second_one(room, desk):
    backups = room.office.service("backup")
    with backups._alone():
        make_one(room, desk)
    assert "still being worked on" in desk.state.outcome.message


def test_the_journal_goes_out_as_a_file_that_the_centre_reads(room, desk, stick):
    room.write(sale())
    desk.export()
    room.settle()
    assert desk.state.outcome.ok
    path = stick / desk.state.outcome.name
    held = journalfile.FileJournal([line.entry for line in journalfile.read_file(path)])
    assert held.head() == room.journal.head()


def test_backups_are_listed_newest_first_and_turned(room, desk):
    for _ in range(ROWS + 1):
        make_one(room, desk)
    assert (len(desk.state.rows), desk.state.pages) == (ROWS, 2)
    first = desk.state.rows[0]
    desk.turn(1)
    (last,) = desk.state.rows
    assert last.made_ms < first.made_ms


# --- restore ----------------------------------------------------------------------------------


@pytest.fixture
def of_another(stick, tmp_path) -> str:
    """A backup of a kiosk that is gone, on the stick."""
    directory = tmp_path / "gone"
    journal = Journal.open(directory)
    journal.append(sale()).result(10)
    journal.close()
    made = BackupService(directory, "adal test").make(stick, 1_795_000_000_000, lambda *_: None)
    return made.kiosk_id


def test_a_restore_is_asked_for_twice_and_waits_for_the_next_start(of_another, room):
    desk = room.open(Page.BACKUP)
    desk.choose_backup(0)
    desk.ask_to_restore()
    assert desk.state.asking is Question.SURE
    desk.answer_yes()
    assert desk.state.asking is Question.REALLY
    room.settle()
    assert waiting(room.directory) is None, "not before the second answer"
    desk.answer_yes()
    room.settle()
    assert desk.state.outcome.ok
    assert desk.state.restore_waits
    assert waiting(room.directory).manifest.kiosk_id == of_another
    desk.restart()
    assert room.office.service("power").done == ["restart_program"]


@pytest.mark.parametrize("answers", [0, 1])
def test_a_no_at_either_question_changes_nothing(of_another, room, answers):
    desk = room.open(Page.BACKUP)
    desk.choose_backup(0)
    desk.ask_to_restore()
    for _ in range(answers):
        desk.answer_yes()
    desk.answer_no()
    desk.answer_yes()
    room.settle()
    assert (desk.state.asking, waiting(room.directory)) == (None, None)


def test_a_restore_that_waits_can_be_called_off(of_another, room):
    desk = room.open(Page.BACKUP)
    desk.choose_backup(0)
    desk.ask_to_restore()
    desk.answer_yes()
    desk.answer_yes()
    room.settle()
    desk.call_off_restore()
    room.settle()
    assert (desk.state.restore_waits, waiting(room.directory)) == (False, None)


def test_a_kiosk_that_has_sold_does_not_give_its_entries_up(of_another, room):
    room.write(sale())
    desk = room.open(Page.BACKUP)
    desk.choose_backup(0)
    desk.ask_to_restore()
    desk.answer_yes()
    desk.answer_yes()
    room.settle()
    assert desk.state.outcome.trouble == "would_lose"
    assert "another kiosk" in desk.state.outcome.message
    assert waiting(room.directory) is None


def test_what_came_of_a_restore_at_the_start_is_told_once(of_another, room):
    desk = room.open(Page.BACKUP)
    desk.choose_backup(0)
    desk.ask_to_restore()
    desk.answer_yes()
    desk.answer_yes()
    room.settle()
    room.write(sale("visit-meanwhile"))
    room.journal.close()
    assert not carry_out_request(room.directory).done
    desk.open()
    room.office.wait_for_work(10)
    while desk.state.is_looking:
        room._posted.get(timeout=10)()
    assert (desk.state.outcome.task, desk.state.outcome.ok) == (Task.RESTORED, False)
    assert "another kiosk" in desk.state.outcome.message
    assert room.office.service("backup").take_last_restore() is None


def test_without_a_chosen_backup_there_is_nothing_to_restore(room, desk):
    desk.ask_to_restore()
    desk.check()
    assert (desk.state.asking, desk.state.busy) == (None, None)


def test_the_volunteer_stays_in_while_a_slow_stick_is_written(room, desk):
    told = []
    meter = Meter(room.office, told.append)
    for percent in range(10, 101, 10):
        room.wait(30)
        meter.shared(percent / 100)
        room.settle()
    assert room.page is Page.BACKUP
    assert told[-1] == 1.0
