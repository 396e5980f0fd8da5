"""Cut at any step of its first start, or of a new epoch's, a kiosk completes it at the next one."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from kiosk import keys
from kiosk.domain.entries import Boot
from kiosk.journal import Journal
from kiosk.journal.verify import verify
from tests.journal.support import fill

STRACE = shutil.which("strace")
REPOSITORY = Path(__file__).parents[2]


@pytest.mark.parametrize(
    "step",
    ["rename:1", "fdatasync:1", "fdatasync:4", "rename:2", "rename:3"],
)
def test_a_first_start_cut_at_any_step_is_completed_by_the_next(directory, step):
    _cut(directory, step)
    journal = Journal.open(directory)
    assert journal.append(Boot("0.1.0")).result(10).seq == 1
    journal.close()
    assert verify(directory).ok


@pytest.mark.parametrize("step", ["rename:2", "rename:3", "fdatasync:4"])
def test_a_new_epoch_cut_at_any_step_leaves_the_old_one_or_the_new_one(directory, step):
    journal = Journal.open(directory)
    fill(journal)
    journal.close()
    _cut(directory, step, "2")
    journal = Journal.open(directory)
    stored = journal.append(Boot("0.1.0")).result(10)
    journal.close()
    assert (stored.epoch, stored.seq) in {(1, 9), (2, 1)}
    assert verify(directory).ok
    keys.prepare_epoch_key(directory)
    keys.start_epoch(directory, 3, stored.hash)
    journal = Journal.open(directory)
    assert journal.append(Boot("0.1.0")).result(10).epoch == 3
    journal.close()
    assert verify(directory).ok


def _cut(directory: Path, step: str, *epoch: str) -> None:
    """Runs a start that is killed when it makes the n-th system call of that name."""
    if STRACE is None:
        pytest.skip("strace is not installed: apt-get install strace")
    directory.mkdir(exist_ok=True)
    call, number = step.split(":")
    kill = f"inject={call}:signal=SIGKILL:when={number}"
    command = [STRACE, "-f", "-e", f"trace={call}", "-e", kill, sys.executable]
    program = ["-m", "tests.journal.start_once", str(directory), *epoch]
    done = subprocess.run(
        [*command, *program],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    if "ptrace" in done.stderr and "not permitted" in done.stderr:
        pytest.skip("strace may not follow other programs here")
    assert "killed by SIGKILL" in done.stderr, done.stderr
