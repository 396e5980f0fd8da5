"""kill -9 at every moment of a visit: each step is in the journal once, and nothing typed twice."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from kiosk.domain.entries import CashCount, CashOut, FloatIn, Restock, Stocktake, decode
from kiosk.facts import ROOT
from kiosk.journal import Journal
from kiosk.journal.verify import verify
from tests.admin.visit_until_killed import COUNTED


def go_on(folder: Path, fatal: int = 0) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "tests.admin.visit_until_killed", str(folder), str(fatal)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.fixture
def tmp_path(on_disk: Path) -> Path:
    """On the disk, so that a kill may fall into the wait for it."""
    return on_disk


def test_a_visit_that_is_killed_again_and_again_writes_each_step_once(tmp_path: Path):
    whole = tmp_path / "whole"
    whole.mkdir()
    went = go_on(whole)
    assert went.returncode == 0, went.stderr
    moments = int(went.stdout)
    assert moments > 40
    check(whole)
    # Killed two moments further each time, until it comes through: every step is cut somewhere.
    again = tmp_path / "again"
    again.mkdir()
    kills = 0
    for fatal in range(3, 4 * moments, 2):
        ended = go_on(again, fatal)
        if ended.returncode == 0:
            break
        assert ended.returncode == -signal.SIGKILL, ended.stderr
        kills += 1
    assert kills >= 5
    check(again)


def check(folder: Path) -> None:
    """One entry of each step, with what was counted; and the chain is whole."""
    journal = Journal.open(folder)
    try:
        bodies = [decode(entry.payload).body for entry in journal.entries()]
        box = journal.ledger.box
        stock = dict(journal.ledger.stock)
    finally:
        journal.close()
    for kind in (CashCount, CashOut, Stocktake, Restock, FloatIn):
        assert len([b for b in bodies if isinstance(b, kind)]) == 1, kind
    [counted] = [b for b in bodies if isinstance(b, CashCount)]
    assert counted.pieces == COUNTED
    assert box.expected_tenge == 2_300 - 1_000 + 200
    assert stock == {"water": 1, "tea": 2}
    assert verify(folder).ok
