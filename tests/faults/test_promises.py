"""docs/PROMISES.md says what the log of whole runs says, and nothing else."""

import json
import logging
import re
import subprocess
import sys
from pathlib import Path

import pytest

from kiosk.domain.entries import BODY_TYPES
from tests.faults import table
from tests.faults.apart import try_apart
from tests.faults.every_entry import EVERY_ENTRY
from tests.faults.frame import NAMES, Fault, Log, Outcome, dice
from tests.faults.runner import BROKEN, KEPT, load, main, try_one


def test_the_table_in_the_promises_agrees_with_the_log() -> None:
    text = table.PAGE.read_text("utf-8")
    assert text == table.page(text, table.read(table.LOG)), "./run faults --table writes it again"


def test_the_log_counts_what_was_really_run() -> None:
    lines = table.read(table.LOG)
    assert lines, "no fault was ever run"
    for name, line in lines.items():
        fault = load(name)
        assert line["rounds"] == fault.rounds, f"{name}: not a whole run"
        assert not line["broken"], f"{name}: a broken promise stands in the log"
        assert line["command"] == f"./run faults {name} --seed {line['seed']}"
        assert sum(line["counts"].values()) >= fault.rounds, f"{name}: fewer counts than rounds"


@pytest.mark.parametrize("page", ["PROMISES.md", "THREATS.md"])
def test_every_test_and_fault_that_is_named_is_there(page: str) -> None:
    text = (table.ROOT / "docs" / page).read_text("utf-8")
    named = re.findall(r"`(tests/[a-z_/]+\.py)(?:::(test_\w+))?`", text)
    assert len(named) > 10
    for file, test in named:
        source = (table.ROOT / file).read_text("utf-8")
        assert f"def {test or 'test_'}" in source, f"{page}: {file}::{test}"
    for fault in re.findall(r"faults? ((?:`\w+`(?:, )?)+)", text):
        assert set(re.findall(r"\w+", fault)) <= set(NAMES), f"{page}: {fault}"


def test_every_promise_names_its_fault_and_can_be_listed() -> None:
    faults = [load(name) for name in NAMES]
    assert [fault.name for fault in faults] == list(NAMES)
    assert all(fault.befalls and fault.promise and fault.unit for fault in faults)
    assert all(0 < fault.quick_rounds <= fault.rounds for fault in faults)


def test_the_same_seed_throws_the_same_dice() -> None:
    assert dice(7, "a", 1).random() == dice(7, "a", 1).random()
    assert dice(7, "a", 1).random() != dice(7, "a", 2).random()


def test_every_type_of_entry_is_tampered_with() -> None:
    assert {type(body) for body in EVERY_ENTRY} == set(BODY_TYPES.values())


def test_a_broken_promise_is_said_and_noted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def run(rounds: int, seed: int, log: Log) -> Outcome:
        outcome = Outcome()
        outcome.counts["rounds"] += rounds
        outcome.expect(rounds < 3, f"round 3 with seed {seed}")
        return outcome

    fault = Fault("tamper", "something", "nothing", "rounds", 5, 2, run)
    monkeypatch.setattr("tests.faults.runner.load", lambda name: fault)
    log = tmp_path / "log.jsonl"
    assert main(["tamper", "--quick", "--seed", "9", "--log", str(log)]) == KEPT
    assert main(["tamper", "--seed", "9", "--log", str(log), "--json"]) == BROKEN
    [line] = [json.loads(text) for text in log.read_text().splitlines()]
    assert (line["rounds"], line["broken"]) == (5, ["round 3 with seed 9"])
    assert line == json.loads(capsys.readouterr().out)
    assert logging.getLogger("kiosk").isEnabledFor(logging.ERROR), "silent only while it tries"


def test_a_fault_that_breaks_down_has_proved_nothing() -> None:
    def run(rounds: int, seed: int, log: Log) -> Outcome:
        raise OSError("no such disk")

    line = try_one(Fault("tamper", "a", "b", "c", 1, 1, run), 1, 0, Log())
    assert line["broken"] == ["it broke down: OSError('no such disk')"]


class _Counter(Log):
    def __init__(self) -> None:
        self.count = 0

    def advance(self, count: int = 1) -> None:
        self.count += count


def test_a_fault_in_a_process_of_its_own_says_how_far_it_is_and_what_came_of_it() -> None:
    heard = _Counter()
    line = try_apart(load("dishonest_centre"), 2, 5, heard)
    assert isinstance(line, dict)
    assert (line["fault"], line["rounds"], line["seed"]) == ("dishonest_centre", 2, 5)
    assert line["broken"] == []
    assert heard.count == 2


def test_a_fault_that_hangs_takes_no_other_with_it() -> None:
    said = try_apart(load("dishonest_centre"), 10**9, 5, Log(), time_limit_s=0.2)
    assert isinstance(said, str)
    assert "did not end within" in said


def test_what_cannot_run_here_says_why() -> None:
    fault = Fault("tamper", "a", "b", "c", 1, 1, lambda *_: Outcome(), lambda: "needs root")
    line = try_one(fault, 1, 0, Log())
    assert (line["rounds"], line["skipped"]) == (0, ["needs root"])


def test_the_command_lists_every_fault() -> None:
    said = subprocess.run(
        [sys.executable, "-m", "tests.faults", "--list"],
        cwd=table.ROOT,
        env={"PYTHONPATH": str(table.ROOT), "COLUMNS": "200", "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    ).stdout
    assert [name for name in NAMES if name not in said] == []
