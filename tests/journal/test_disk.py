"""When the disk refuses nothing is half-written, and when it is well again so is the kiosk."""

import contextlib
import os
import resource
import subprocess

import pytest

from kiosk.domain.entries import Boot
from kiosk.domain.errors import JournalError
from kiosk.journal import Journal
from kiosk.journal.verify import verify
from tests.journal.support import fill, sale

DISK_SIZE = "192k"


@pytest.fixture
def small_disk(tmp_path):
    """A disk of its own that is quickly full."""
    if os.geteuid() != 0:
        pytest.skip("only root may mount a small disk")
    place = tmp_path / "disk"
    place.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={DISK_SIZE}", "tmpfs", str(place)],
        capture_output=True,
        text=True,
        check=False,
    )
    if mounted.returncode:
        pytest.skip(f"no small disk can be mounted here: {mounted.stderr.strip()}")
    yield place
    subprocess.run(["umount", "--lazy", str(place)], check=True)


def test_a_full_disk_refuses_calmly_and_goes_on_when_there_is_room(small_disk):
    directory = small_disk / "kiosk"
    journal = Journal.open(directory)
    ballast = small_disk / "ballast"
    ballast.write_bytes(bytes(40_000))
    told, refused = _sell_until_refused(journal)
    assert "the disk is full. Nothing was written" in str(refused)
    assert [x.seq for x in told] == list(range(1, len(told) + 1))
    assert journal.head() == told[-1].head
    assert list(journal.entries()) == told

    with pytest.raises(JournalError, match="the disk is full"):
        journal.append(sale("still full")).result(10)
    ledger = journal.ledger
    ballast.unlink()
    again = journal.append(sale("still full")).result(10)
    assert again.seq == len(told) + 1
    assert journal.ledger.box.expected_tenge == ledger.box.expected_tenge + 360
    journal.close()
    report = verify(directory)
    assert report.ok, report
    assert report.entry_count == len(told) + 1


def test_a_full_disk_at_the_first_start_leaves_nothing_half_made(small_disk):
    ballast = small_disk / "ballast"
    with contextlib.suppress(OSError):
        ballast.write_bytes(bytes(184_000))
    directory = small_disk / "kiosk"
    with pytest.raises(JournalError, match=r"disk is full|No space left"):
        Journal.open(directory)
    ballast.unlink()
    journal = Journal.open(directory)
    assert journal.append(Boot("0.1.0")).result(10).seq == 1
    journal.close()
    assert verify(directory).ok


def test_a_disk_that_fails_while_writing_refuses_and_recovers(directory):
    journal = Journal.open(directory)
    fill(journal)
    before, head = journal.ledger, journal.head()
    with _no_file_grows():
        for _ in range(3):
            with pytest.raises(JournalError, match=r"does not answer|is full") as caught:
                journal.append(sale("one visit")).result(10)
            assert str(directory) in str(caught.value)
    assert (journal.ledger, journal.head()) == (before, head)
    stored = journal.append(sale("one visit")).result(10)
    assert stored.prev_hash == head.hash
    journal.close()
    assert verify(directory).ok


def test_a_journal_taken_away_while_running_refuses_and_comes_back(directory):
    journal = Journal.open(directory)
    fill(journal)
    file, elsewhere = directory / "journal.sqlite3", directory / "elsewhere"
    with _no_file_grows(), pytest.raises(JournalError):
        journal.append(sale("a")).result(10)  # the writer drops its connection
    file.rename(elsewhere)
    with pytest.raises(JournalError, match="cannot be opened"):
        journal.append(sale("a")).result(10)
    assert not file.exists()
    elsewhere.rename(file)
    assert journal.append(sale("a")).result(10).seq == 9
    journal.close()
    assert verify(directory).ok


def _sell_until_refused(journal):
    told = []
    for number in range(1_000):
        try:
            told.append(journal.append(sale(f"visit-{number}")).result(10))
        except JournalError as error:
            return told, error
    raise AssertionError("the disk never became full")


@contextlib.contextmanager
def _no_file_grows():
    """Every write beyond a file's first bytes fails, as on a disk that has given up."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (16, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
