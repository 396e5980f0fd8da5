"""The centre is put back to yesterday's backup, on either database, and goes on from there."""

from __future__ import annotations

import random
import shutil
import sqlite3
import uuid
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import psycopg
from sqlalchemy import URL, make_url

from kiosk.domain.errors import RefusedError, SyncError
from tests.faults.centres import (
    database_file,
    held,
    in_place_of,
    name_of,
    on_each_database,
    sales_summed,
)
from tests.faults.frame import Fault, Log, Outcome, dice, scratch
from tests.faults.kiosks import FolderKiosk
from tests.sync.harness import RunningServer

ENTRIES_MAX = 250
"""More than a batch."""


def run(rounds: int, seed: int, log: Log) -> Outcome:
    """A round: three kiosks sell and send, the centre falls back, they go on."""
    outcome = Outcome()
    with on_each_database(outcome) as servers:
        for index, server in enumerate(servers):
            for number in range(index, rounds, len(servers)):
                rng = dice(seed, "restored_server", number)
                where = f"round {number} on {name_of(server)}"
                with scratch() as folder:
                    _fall_back(server, folder, rng, where, outcome)
                log.advance()
    return outcome


def _fall_back(
    server: RunningServer, folder: Path, rng: random.Random, where: str, outcome: Outcome
) -> None:
    old, renewed, new = (FolderKiosk(folder / name) for name in ("old", "renewed", "new"))
    for kiosk in (old, renewed):
        kiosk.sell(rng.randint(1, ENTRIES_MAX))
        kiosk.enrol(server)
        kiosk.send()
    sold_before = sales_summed(server) - len(old.entries()) - len(renewed.entries())
    server.stop()
    with _backup_of(server) as backup:
        server.start()
        new.sell(1)
        new.enrol(server)
        renewed.enrol(server)
        for kiosk in (old, renewed, new):
            kiosk.sell(rng.randint(1, ENTRIES_MAX))
            kiosk.send(server.url)
        server.stop()
        with _in_its_place(server, backup) as restored:
            outcome.counts["centres restored"] += 1
            for kiosk, what in (
                (old, "a kiosk that it knows"),
                (renewed, "one that got an epoch since"),
                (new, "one enrolled since"),
            ):
                kiosk.sell(rng.randint(1, ENTRIES_MAX))
                _come_back(restored, kiosk, f"{where}: {what}", outcome)
            sold = sum(len(kiosk.entries()) for kiosk in (old, renewed, new))
            summed = sales_summed(restored) - sold_before
            outcome.expect(summed == sold, f"{where}: {summed} summed up, {sold} sold")
        server.start()


@contextmanager
def _in_its_place(server: RunningServer, database_url: str) -> Iterator[RunningServer]:
    """The same address, another database."""
    restored = in_place_of(server, database_url)
    restored.start()
    try:
        yield restored
    finally:
        restored.stop()
        restored.store.close()


def _come_back(restored: RunningServer, kiosk: FolderKiosk, what: str, outcome: Outcome) -> None:
    """Sends again; enrolled anew first where the restored centre does not know it."""
    try:
        try:
            kiosk.send(restored.url)
        except RefusedError:
            kiosk.enrol(restored)
            outcome.counts["kiosks taken back with a new code"] += 1
            kiosk.send(restored.url)
    except SyncError as error:
        outcome.expect(False, f"{what} cannot come back: {error}")
    entries, there = kiosk.entries(), held(restored, kiosk.kiosk_id)
    outcome.counts["entries back"] += len(there)
    outcome.counts["lost"] += len(set(entries) - set(there))
    outcome.counts["doubled"] += len(there) - len(set(there))
    outcome.expect(there == entries, f"{what}: {len(there)} of {len(entries)} are back")


# --- backups ---


@contextmanager
def _backup_of(server: RunningServer) -> Iterator[str]:
    """The address of a copy of a stopped centre's database."""
    if server.store.is_sqlite:
        file = database_file(server)
        copy = file.with_name(f"backup-{uuid.uuid4().hex}")
        copy.mkdir()
        with (
            closing(sqlite3.connect(file)) as source,
            closing(sqlite3.connect(copy / "adal.db")) as target,
        ):
            source.backup(target)
        yield f"sqlite:///{copy / 'adal.db'}"
        shutil.rmtree(copy)
        return
    url = make_url(server.settings.database_url)
    name = f"backup_{uuid.uuid4().hex}"
    server.store.close()  # PostgreSQL copies only what nobody is looking at
    _command(url, f"CREATE DATABASE {name} TEMPLATE {url.database}")
    yield url.set(database=name).render_as_string(hide_password=False)
    _command(url, f"DROP DATABASE {name} WITH (FORCE)")


def _command(url: URL, sql: str) -> None:
    address = url.set(drivername="postgresql", database="postgres")
    with psycopg.connect(
        address.render_as_string(hide_password=False), autocommit=True
    ) as connection:
        connection.execute(sql.encode())


FAULT = Fault(
    "restored_server",
    "the centre is restored from yesterday's backup",
    "every entry comes back, none twice; a kiosk or an epoch that it does not know yet comes back "
    "with a new code and all its entries",
    "restores",
    60,
    2,
    run,
)
