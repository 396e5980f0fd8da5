"""The power goes while a kiosk sells: ext4 on a loop device, shut down in the middle of anything.

A control shows that this loses rows at all: the same cuts under SQLite's WAL with NORMAL, which
must not be used for sales, do lose rows that were reported as committed.
"""

from __future__ import annotations

import itertools
import random
import signal
import sqlite3
import time
from contextlib import closing, suppress
from multiprocessing.connection import Connection
from pathlib import Path

from kiosk.journal.verify import verify
from tests.faults.children import living, say
from tests.faults.frame import Fault, Log, Outcome, dice, scratch
from tests.faults.loop_disk import LoopDisk, why_not
from tests.faults.seller import sales_of, sell_for_ever, thanks_of

NEW_DISK_EVERY = 25
CONTROL_SHARE = 25
"""One control for so many cuts, two at least."""


def run(rounds: int, seed: int, log: Log) -> Outcome:
    """One cut a round; every 25th begins with an empty disk, so that first starts are cut too."""
    outcome = Outcome()
    with scratch(in_memory=False) as folder, LoopDisk(folder) as disk:
        thanked: dict[str, str] = {}
        for number in range(rounds):
            if number % NEW_DISK_EVERY == 0:
                disk.make()
                thanked.clear()
            rng = dice(seed, "power_cut", number)
            _cut_while_selling(disk, f"r{number}", rng, thanked, outcome)
            _check(disk.place / "shop", f"round {number}", thanked, outcome)
            log.advance()
        _control(disk, max(2, rounds // CONTROL_SHARE), seed, outcome)
    return outcome


def _cut_while_selling(
    disk: LoopDisk, name: str, rng: random.Random, thanked: dict[str, str], outcome: Outcome
) -> None:
    starts = rng.random() < 0.2
    with living(sell_for_ever, disk.place / "shop", name) as child:
        said = [] if starts else [child.first_line().rstrip()]
        time.sleep(rng.uniform(0, 0.15))
        at_ns = disk.cut()
        said += child.kill()
    told = thanks_of([line for line in said if line])
    before = {checkout: receipt for checkout, receipt, thanked_ns in told if thanked_ns < at_ns}
    after = len(told) - len(before)
    outcome.counts["power cuts"] += 1
    outcome.counts["sales thanked for before the cut"] += len(before)
    # Thanks given after the cut are no promise kept or broken by the disk, but there must be
    # next to none: one whose COMMIT had come back just before.
    outcome.expect(after <= 1, f"{name}: {after} sales were thanked for without a disk")
    thanked |= before
    disk.unmount()
    disk.mount()


def _check(directory: Path, where: str, thanked: dict[str, str], outcome: Outcome) -> None:
    if not (directory / "identity.json").exists():
        outcome.expect(not thanked, f"{where}: the kiosk itself is gone")
        return
    report = verify(directory)
    outcome.expect(report.ok, f"{where}: the journal is not in order: {report}")
    stored, doubled = sales_of(directory)
    lost = [checkout for checkout, receipt in thanked.items() if stored.get(checkout) != receipt]
    outcome.counts["sales lost"] += len(lost)
    outcome.expect(not lost, f"{where}: lost {lost}")
    outcome.expect(not doubled, f"{where}: doubled {doubled}")


# --- the control: what must not be used ---


def _control(disk: LoopDisk, rounds: int, seed: int, outcome: Outcome) -> None:
    lossy = 0
    disk.make()
    for number in range(rounds):
        file = disk.place / f"control-{number}.db"
        with living(write_carelessly, file) as child:
            said = [child.first_line()]
            time.sleep(dice(seed, "control", number).uniform(0.02, 0.1))
            at_ns = disk.cut()
            said += child.kill()
        disk.unmount()
        disk.mount()
        pairs = [line.split() for line in said]
        told = [int(row) for row, told_ns in pairs if int(told_ns) < at_ns]
        lossy += not set(told) <= _rows(file)
    outcome.counts["cuts of a careless database (control)"] += rounds
    outcome.counts["of which lost rows, as they should"] += lossy
    outcome.expect(lossy > 0, "no cut lost anything even under WAL and NORMAL: it proves nothing")


def write_carelessly(file: Path, pipe: Connection) -> None:
    """Rows in a database that reports a COMMIT before it is on the disk."""
    connection = sqlite3.connect(file, isolation_level=None)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = NORMAL")
    connection.execute("CREATE TABLE IF NOT EXISTS row (number INTEGER PRIMARY KEY)")
    with suppress(sqlite3.OperationalError):  # the disk is gone
        for number in itertools.count(1):
            connection.execute("INSERT INTO row VALUES (?)", (number,))
            say(pipe, number, time.monotonic_ns())
            time.sleep(0.002)
    signal.pause()


def _rows(file: Path) -> set[int]:
    if not file.exists() or not file.stat().st_size:
        return set()
    with closing(sqlite3.connect(file)) as connection:
        try:
            return {number for (number,) in connection.execute("SELECT number FROM row")}
        except sqlite3.OperationalError:  # not even the table came through
            return set()


FAULT = Fault(
    "power_cut",
    "the power goes while the kiosk sells or starts",
    "no sale that was thanked for is lost, the journal verifies at the next start",
    "power cuts",
    500,
    8,
    run,
    why_not,
)
