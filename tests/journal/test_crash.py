"""Killed at any moment, a kiosk has kept every sale it gave thanks for."""

import multiprocessing
import os
import random
import time
from pathlib import Path

import pytest

from kiosk.domain.entries import decode
from kiosk.journal import Journal
from kiosk.journal.verify import verify
from tests.journal.support import sale
from tests.journal.writer_loop import sell_for_ever

KILLS = 20


@pytest.fixture
def tmp_path(on_disk: Path) -> Path:
    """On the disk, so that a kill may fall into the wait for it."""
    return on_disk


def test_what_was_acknowledged_is_stored_after_each_of_20_kills(tmp_path):
    directory = tmp_path / "kiosk"
    # Children are forked from a small server that has imported all they need: quick, no threads.
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.journal.writer_loop"])
    seed = random.randrange(2**32)
    moments, acknowledged = random.Random(seed), []
    for run in range(KILLS):
        acknowledged += _run_and_kill(context, directory, run, moments.uniform(0, 0.06))
    report = verify(directory)
    assert report.ok, (seed, report)
    stored = {
        (x.seq, x.hash.hex(), decode(x.payload).body.checkout_id) for x in _entries(directory)
    }
    lost = set(acknowledged) - stored
    assert not lost, (seed, lost)
    assert len(acknowledged) >= KILLS
    # A sale can be stored with nobody left to tell: at most the one under way at each kill.
    assert len(stored) - len(acknowledged) <= KILLS


def test_a_sale_cut_off_before_its_answer_is_not_booked_twice_when_tapped_again(directory):
    context = multiprocessing.get_context("forkserver")
    acknowledged = _run_and_kill(context, directory, 0, 0.02)
    before = list(_entries(directory))
    journal = Journal.open(directory)
    for _, digest, checkout_id in acknowledged:
        assert journal.append(sale(checkout_id)).result(10).hash.hex() == digest
    journal.close()
    assert list(_entries(directory)) == before


def _run_and_kill(context, directory: Path, run: int, after_s: float):
    """Lets a child sell for that long after its first sale, kills it, returns what it told."""
    reading, writing = os.pipe()
    with os.fdopen(reading, "rb") as pipe:
        child = context.Process(target=_child, args=(directory, run, _Pipe(writing)))
        child.start()
        os.close(writing)
        first = pipe.readline()
        time.sleep(after_s)
        child.kill()
        child.join(10)
        lines = (first + pipe.read()).decode().splitlines()
    assert child.exitcode == -9
    child.close()
    told = [line.split() for line in lines]
    return [(int(seq), digest, checkout_id) for seq, digest, checkout_id in told]


class _Pipe:
    """A file descriptor that travels to a child of the fork server."""

    def __init__(self, descriptor: int) -> None:
        self.descriptor = descriptor

    def __reduce__(self):
        from multiprocessing.reduction import DupFd

        return _received, (DupFd(self.descriptor),)


def _received(duplicate) -> int:
    return duplicate.detach()


def _child(directory: Path, run: int, acknowledged: int) -> None:
    sell_for_ever(directory, run, acknowledged)


def _entries(directory: Path):
    journal = Journal.open(directory)
    yield from journal.entries()
    journal.close()
