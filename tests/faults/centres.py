"""Centres to try faults on: the real server over loopback, on the databases that are here."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import uvicorn
from sqlalchemy import func, select

from kiosk.domain.chain import StoredEntry
from sync.server.app import create_app
from sync.server.schema import entry, quarantine, shop_day
from sync.server.settings import Settings
from tests.faults.children import process
from tests.faults.frame import Outcome, scratch
from tests.private_postgres import PrivatePostgres, find_programs
from tests.sync.harness import RunningServer, running, sqlite_url

START_TIMEOUT_S = 60.0

Row = tuple[int, int, bytes, bytes]
"""Epoch, seq, hash, payload."""


@contextmanager
def on_sqlite() -> Iterator[RunningServer]:
    """A running centre with one shop, in memory."""
    with scratch() as folder, running(sqlite_url(folder)) as server:
        server.add_shop()
        yield server


@contextmanager
def on_each_database(outcome: Outcome) -> Iterator[list[RunningServer]]:
    """One centre on SQLite, and one on PostgreSQL where that is installed."""
    programs = find_programs()
    with on_sqlite() as sqlite:
        if programs is None:
            outcome.skipped.append("PostgreSQL: not installed")
            yield [sqlite]
            return
        with (
            PrivatePostgres(programs) as postgres,
            postgres.new_database() as url,
            running(url) as second,
        ):
            second.add_shop()
            yield [sqlite, second]


def name_of(server: RunningServer) -> str:
    """Which database it keeps its books in."""
    return "SQLite" if server.store.is_sqlite else "PostgreSQL"


def held(server: RunningServer, kiosk_id: str) -> list[Row]:
    """Everything that was taken in from a kiosk, in order."""
    query = (
        select(entry.c.epoch, entry.c.seq, entry.c.hash, entry.c.payload)
        .where(entry.c.kiosk_id == kiosk_id)
        .order_by(entry.c.epoch, entry.c.seq)
    )
    rows: list[Row] = server.store.read(lambda c: [tuple(row) for row in c.execute(query)])
    return rows


def held_to(server: RunningServer, kiosk_id: str, epoch: int = 1) -> int:
    """The number of the last entry that is there."""
    query = select(func.max(entry.c.seq)).where(
        entry.c.kiosk_id == kiosk_id, entry.c.epoch == epoch
    )
    seq: int | None = server.store.read(lambda c: c.execute(query).scalar_one())
    return seq or 0


def aside(server: RunningServer, kiosk_id: str) -> list[tuple[int, bytes, str]]:
    """What was kept aside of a kiosk: seq, hash, reason."""
    query = select(quarantine.c.seq, quarantine.c.hash, quarantine.c.reason).where(
        quarantine.c.kiosk_id == kiosk_id
    )
    return server.store.read(lambda c: [tuple(row) for row in c.execute(query)])


def sales_summed(server: RunningServer, shop_id: int | None = None) -> int:
    """Sales by the sums that the pages show."""
    query = select(func.sum(shop_day.c.sales))
    if shop_id is not None:
        query = query.where(shop_day.c.shop_id == shop_id)
    return int(server.store.read(lambda c: c.execute(query).scalar_one()) or 0)


def rows_of(entries: list[StoredEntry]) -> list[Row]:
    """A journal as the centre should hold it."""
    return [(one.epoch, one.seq, one.hash, one.payload) for one in entries]


def in_place_of(other: RunningServer, database_url: str) -> RunningServer:
    """A centre at the address of one that was stopped, with another database; not started yet."""
    server = RunningServer(database_url)
    if server._reserved is not None:
        server._reserved.close()
        server._reserved = None
    server.port, server.url = other.port, other.url
    return server


# --- a centre in a process of its own, to be killed ---


def serve(url: str, port: int) -> None:
    """Serves until it is killed."""
    uvicorn.run(create_app(Settings(url)), port=port, log_level="critical")


class KilledCentre:
    """The server's program as a child, on a database that others may look into."""

    def __init__(self, url: str, port: int) -> None:
        self.url = f"http://127.0.0.1:{port}"
        self._child = process(serve, url, port)
        give_up_at = time.monotonic() + START_TIMEOUT_S
        while not self._answers():
            if not self._child.is_alive() or time.monotonic() > give_up_at:
                raise RuntimeError("the server did not start")
            time.sleep(0.02)

    def kill(self) -> None:
        """kill -9."""
        self._child.kill()

    def gone(self) -> int | None:
        """Waits until it is; -9 for a kill."""
        self._child.join(20)
        return self._child.exitcode

    def _answers(self) -> bool:
        try:
            return httpx.get(f"{self.url}/healthz", timeout=5).status_code == 200
        except httpx.HTTPError:
            return False


def database_file(server: RunningServer) -> Path:
    """Where a centre on SQLite keeps its database."""
    return Path(str(server.store.url.database))
