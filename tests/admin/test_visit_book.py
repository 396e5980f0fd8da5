"""The visit on disk: begun, gone on with, killed at any moment, finished."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from kiosk.admin.pages import Step
from kiosk.admin.visit_book import (
    DRAFTS_FILE,
    OLD_AFTER_MS,
    VISIT_FILE,
    StepState,
    VisitError,
    VisitFile,
)


class Count(msgspec.Struct):
    """What a volunteer typed."""

    pieces: dict[str, int] = {}


class Other(msgspec.Struct, forbid_unknown_fields=True):
    """A form of another version of the program."""

    goods: int


def states(book: VisitFile) -> dict[Step, StepState]:
    return dict(book.steps)


def test_no_visit_is_open_at_first(tmp_path: Path) -> None:
    book = VisitFile(tmp_path)
    assert not book.is_open
    assert (book.visit_id, book.by, book.begun_ms) == ("", "", 0)
    assert set(states(book).values()) == {StepState.OPEN}


def test_a_visit_that_was_begun_is_open_after_a_restart(tmp_path: Path) -> None:
    VisitFile(tmp_path, now_ms=lambda: 1234, new_id=lambda: "abc").begin("v1")
    book = VisitFile(tmp_path)
    assert book.is_open
    assert (book.visit_id, book.by, book.begun_ms) == ("abc", "v1", 1234)


def test_another_volunteer_goes_on_with_the_open_visit(tmp_path: Path) -> None:
    book = VisitFile(tmp_path)
    book.begin("v1")
    book.done(Step.COUNT)
    before = book.visit_id
    book = VisitFile(tmp_path)
    book.begin("v2")
    assert (book.visit_id, book.by) == (before, "v1")
    assert states(book)[Step.COUNT] is StepState.DONE


def test_a_draft_is_there_after_a_restart_until_it_is_handed_in(tmp_path: Path) -> None:
    book = VisitFile(tmp_path)
    book.begin("v1")
    book.keep(Step.COUNT, Count({"n500": 3}))
    book.keep(Step.COUNT, Count({"n500": 4}))
    book = VisitFile(tmp_path)
    assert book.draft(Step.COUNT, Count) == Count({"n500": 4})
    assert book.draft(Step.RESTOCK, Count) is None
    book.done(Step.COUNT)
    assert book.draft(Step.COUNT, Count) is None
    assert VisitFile(tmp_path).draft(Step.COUNT, Count) is None


def test_a_form_keeps_its_id_until_it_is_handed_in(tmp_path: Path) -> None:
    book = VisitFile(tmp_path, new_id=lambda: "abc")
    book.begin("v1")
    assert book.form_id(Step.TAKE_OUT) == "abc-take_out-1"
    book.keep(Step.TAKE_OUT, Count())
    assert VisitFile(tmp_path).form_id(Step.TAKE_OUT) == "abc-take_out-1"
    book.done(Step.TAKE_OUT)
    assert VisitFile(tmp_path).form_id(Step.TAKE_OUT) == "abc-take_out-2"


def test_a_step_left_out_has_no_draft_and_keeps_its_form(tmp_path: Path) -> None:
    book = VisitFile(tmp_path, new_id=lambda: "abc")
    book.begin("v1")
    book.keep(Step.COUNT, Count({"n500": 4}))
    book.skip(Step.COUNT)
    assert states(book)[Step.COUNT] is StepState.SKIPPED
    assert book.draft(Step.COUNT, Count) is None


def test_leaving_out_a_second_form_does_not_undo_the_first(tmp_path: Path) -> None:
    book = VisitFile(tmp_path)
    book.begin("v1")
    book.done(Step.RESTOCK)
    book.skip(Step.RESTOCK)
    assert states(book)[Step.RESTOCK] is StepState.DONE


def test_the_next_step_is_the_first_that_is_open(tmp_path: Path) -> None:
    book = VisitFile(tmp_path)
    book.begin("v1")
    book.done(Step.COUNT)
    book.skip(Step.TAKE_OUT)
    assert book.next_after() is Step.STOCKTAKE
    assert book.next_after(Step.RESTOCK) is Step.CHANGE_FLOAT
    assert book.next_after(Step.SUMMARY) is None


def test_a_finished_visit_leaves_nothing_behind(tmp_path: Path) -> None:
    book = VisitFile(tmp_path)
    book.begin("v1")
    book.keep(Step.COUNT, Count({"n500": 4}))
    book.finish()
    assert list(tmp_path.iterdir()) == []
    assert not VisitFile(tmp_path).is_open


def test_a_draft_of_an_older_visit_is_nothing_to_a_new_one(tmp_path: Path) -> None:
    book = VisitFile(tmp_path)
    book.begin("v1")
    book.keep(Step.COUNT, Count({"n500": 4}))
    book.begin_anew("v2")
    assert book.by == "v2"
    assert book.draft(Step.COUNT, Count) is None
    assert VisitFile(tmp_path).draft(Step.COUNT, Count) is None


def test_a_visit_is_old_after_a_day(tmp_path: Path) -> None:
    now_ms = 1_000
    book = VisitFile(tmp_path, now_ms=lambda: now_ms)
    assert not book.is_old
    book.begin("v1")
    now_ms += OLD_AFTER_MS
    assert not book.is_old
    now_ms += 1
    assert book.is_old


def test_a_draft_that_another_version_wrote_is_nothing(tmp_path: Path) -> None:
    book = VisitFile(tmp_path)
    book.begin("v1")
    book.keep(Step.COUNT, Count({"n500": 4}))
    assert book.draft(Step.COUNT, Other) is None


@pytest.mark.parametrize("damage", [b"", b"{", b"\x00" * 40, b'{"visit_id": 5}', b"[]"])
def test_a_damaged_visit_is_set_aside_and_told(
    tmp_path: Path, damage: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    VisitFile(tmp_path).begin("v1")
    (tmp_path / VISIT_FILE).write_bytes(damage)
    book = VisitFile(tmp_path)
    assert not book.is_open
    assert (tmp_path / "visit.broken.json").read_bytes() == damage
    assert "visit.broken.json" in caplog.text
    book.begin("v2")
    assert VisitFile(tmp_path).by == "v2"


def test_damaged_drafts_cost_no_step(tmp_path: Path) -> None:
    book = VisitFile(tmp_path)
    book.begin("v1")
    book.done(Step.COUNT)
    book.keep(Step.STOCKTAKE, Count({"n500": 4}))
    (tmp_path / DRAFTS_FILE).write_bytes(b"\x00" * 100)
    book = VisitFile(tmp_path)
    assert states(book)[Step.COUNT] is StepState.DONE
    assert book.draft(Step.STOCKTAKE, Count) is None


def test_without_a_visit_there_is_no_form(tmp_path: Path) -> None:
    book = VisitFile(tmp_path)
    with pytest.raises(VisitError, match="begin one"):
        book.form_id(Step.COUNT)


def test_what_comes_late_after_the_end_changes_nothing(tmp_path: Path) -> None:
    book = VisitFile(tmp_path)
    book.begin("v1")
    book.finish()
    book.keep(Step.COUNT, Count())
    book.done(Step.COUNT)
    book.skip(Step.COUNT)
    assert list(tmp_path.iterdir()) == []


TYPE_UNTIL_KILLED = """
import sys
from pathlib import Path
import msgspec
from kiosk.admin.pages import Step
from kiosk.admin.visit_book import VisitFile

class Count(msgspec.Struct):
    pieces: dict[str, int]

book = VisitFile(Path(sys.argv[1]))
book.begin("v1")
n = 0
while True:
    n += 1
    book.keep(Step.COUNT, Count({"n500": n}))
    if n % 50 == 0:
        book.done(Step.COUNT)
        print(n, flush=True)
"""


def test_a_killed_program_loses_no_visit_and_no_draft(tmp_path: Path) -> None:
    for kill in range(3):
        command = [sys.executable, "-c", TYPE_UNTIL_KILLED, str(tmp_path)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, env=dict(os.environ)) as process:
            assert process.stdout is not None
            told = [int(process.stdout.readline()) for _ in range(3 + kill)]
            process.send_signal(signal.SIGKILL)
            told += [int(line) for line in process.stdout.read().split()]
        book = VisitFile(tmp_path)
        forms = int(book.form_id(Step.COUNT).rpartition("-")[2])
        assert book.by == "v1"
        assert forms >= len(told) + 1
        draft = book.draft(Step.COUNT, Count)
        assert draft is None or draft.pieces["n500"] > 50 * len(told)
        assert not (tmp_path / "visit.broken.json").exists()
