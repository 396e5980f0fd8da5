"""One system call to the disk fails, at each step of a COMMIT in turn; the kernel is played by strace.

Whatever step it was, the shopper taps again and in the end there is exactly one sale for each
visit, every answer given was true, and the journal verifies.
"""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from kiosk.domain.entries import decode
from kiosk.journal import Journal
from kiosk.journal.verify import verify

STRACE = shutil.which("strace")
REPOSITORY = Path(__file__).parents[2]

# A COMMIT flushes the rollback journal, its directory, the journal again, the database, and the
# journal once it is cut to nothing.
FLUSHES = [f"fdatasync:error=EIO:when={step}" for step in range(1, 6)]
WRITES = ["pwrite64:error=ENOSPC:when=9"]
CUTS = ["ftruncate:error=EIO:when=1"]


@pytest.fixture
def started(tmp_path):
    """A kiosk that exists already, so that the failing call is one of a sale."""
    Journal.open(tmp_path).close()
    return tmp_path


@pytest.mark.parametrize("failure", [*FLUSHES, *WRITES, *CUTS])
def test_one_failing_call_costs_no_sale_and_books_none_twice(started, failure):
    answer = _sell(started, failure)
    journal = Journal.open(started)
    stored = list(journal.entries())
    journal.close()
    assert answer["told"] == [[x.seq, x.hash.hex()] for x in stored]
    assert [decode(x.payload).body.checkout_id for x in stored] == [f"visit-{n}" for n in range(3)]
    assert answer["expected_tenge"] == 3 * 360
    assert verify(started).ok


def _sell(directory: Path, failure: str) -> dict:
    if STRACE is None:
        pytest.skip("strace is not installed: apt-get install strace")
    log = directory / "calls.txt"
    call = failure.partition(":")[0]
    command = [STRACE, "-f", "-o", str(log), "-e", f"trace={call}", "-e", f"inject={failure}"]
    program = [sys.executable, "-m", "tests.journal.sell_on_faulty_disk", str(directory)]
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
    assert done.returncode == 0, done.stderr
    assert log.read_text().count("INJECTED") == 1
    return json.loads(done.stdout)
