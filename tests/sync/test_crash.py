"""The server is killed in the middle of its work: what it acknowledged, it has."""

import multiprocessing
import random
import signal
import threading
import time
from multiprocessing.context import ForkServerProcess
from pathlib import Path

import httpx
import pytest
import uvicorn

from kiosk.domain.errors import SyncError
from sync.centre import Centre
from sync.server.app import create_app
from sync.server.settings import Settings
from sync.session import Session
from tests.ports import free_port
from tests.sync.harness import MemoryJournal, RunningServer
from tests.sync.test_upload import held, sent

KILLS = 4
BATCH = 5
"""Small, so that a kill falls between and into many of them."""


def serve(url: str, port: int) -> None:
    uvicorn.run(create_app(Settings(url)), port=port, log_level="critical")


# Forked from a process that has everything loaded: a new server is there in a blink.
_processes = multiprocessing.get_context("forkserver")
_processes.set_forkserver_preload(["sync.server.app", "uvicorn", "tests.sync.test_crash"])


def start(url: str, port: int) -> ForkServerProcess:
    process = _processes.Process(target=serve, args=(url, port), daemon=True)
    process.start()
    give_up_at = time.monotonic() + 30
    while True:
        try:
            if httpx.get(f"http://127.0.0.1:{port}/healthz").status_code == 200:
                return process
        except httpx.HTTPError:
            assert process.is_alive(), "the server did not start"
        assert time.monotonic() < give_up_at
        time.sleep(0.02)


@pytest.fixture
def tmp_path(on_disk: Path) -> Path:
    """On the disk, so that a kill may fall into the wait for it."""
    return on_disk


def test_a_killed_server_has_everything_that_it_acknowledged(server: RunningServer) -> None:
    journal = MemoryJournal()
    given = server.enrol(journal)
    journal.add_sales(1200)
    server.stop()
    port, rng = free_port(), random.Random(7)
    acked: list[int] = []
    process = start(server.settings.database_url, port)
    for _ in range(KILLS):
        last = len(acked) + rng.randint(1, 25)

        # Not right after an answer, but somewhere in what follows.
        killer = threading.Timer(rng.uniform(0, 0.015), process.kill)

        def on_acked(
            epoch: int, seq: int, last: int = last, killer: threading.Timer = killer
        ) -> None:
            acked.append(seq)
            if len(acked) == last:
                killer.start()

        with Centre(f"http://127.0.0.1:{port}", given.token) as centre:
            session = Session(journal, centre, on_acked=on_acked)
            try:
                at = session.ask_mark().epochs[0].seq
                while run := journal.read_since(1, at, BATCH):
                    at = session._push(run)
            except SyncError:
                pass
        process.join(10)
        assert len(acked) >= last, "it was not killed in the middle"
        stored = [seq for _, seq, _, _ in held(server)]
        assert stored == list(range(1, len(stored) + 1))
        assert acked[-1] <= len(stored)
        process = start(server.settings.database_url, port)
    with Centre(f"http://127.0.0.1:{port}", given.token) as centre:
        session = Session(journal, centre, on_acked=lambda epoch, seq: None)
        session.push_all(session.ask_mark())
    process.terminate()
    process.join(20)
    assert process.exitcode in (0, -signal.SIGTERM)
    assert held(server) == sent(journal)
