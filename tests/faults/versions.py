"""The program changes under a backlog: a newer one writes entries that this one cannot read.

The newer program is played by entries of a type and of versions that nobody knows yet, made with
the kiosk's own key in the middle of its journal. Then this program starts on it: the older one.
"""

from __future__ import annotations

import random
import sqlite3
from contextlib import closing
from pathlib import Path

from kiosk import keys
from kiosk.domain import chain
from kiosk.domain.errors import AdalError
from kiosk.journal.database import JOURNAL_FILE
from kiosk.journal.verify import verify
from tests.faults.centres import held, name_of, on_each_database, sales_summed
from tests.faults.frame import Fault, Log, Outcome, dice, scratch
from tests.faults.kiosks import FolderKiosk
from tests.sync.harness import RunningServer

SALES_MAX = 30
TOTALS_KEPT = 0.7
"""In the others the totals are out of step, as after a damage, and are folded anew."""
FROM_THE_FUTURE = (
    b'{"type":"robbery","v":1,"at_ms":1795000000000,"boot":"b","mono_ms":1,"by":"x"}',
    b'{"type":"boot","v":99,"at_ms":1795000000000,"boot":"b","mono_ms":1,"software":"adal 9"}',
    b'{"type":"sale","v":7,"at_ms":1795000000000,"boot":"b","mono_ms":1,"total_tenge":180}',
)


def run(rounds: int, seed: int, log: Log) -> Outcome:
    """A round: old entries, some of a newer program, then ours again; all sent at the end."""
    outcome = Outcome()
    with on_each_database(outcome) as servers:
        for index, server in enumerate(servers):
            for number in range(index, rounds, len(servers)):
                rng = dice(seed, "versions", number)
                with scratch() as folder:
                    where = f"round {number} on {name_of(server)}"
                    _there_and_back(server, FolderKiosk(folder / "kiosk"), rng, where, outcome)
                log.advance()
    return outcome


def _there_and_back(
    server: RunningServer, kiosk: FolderKiosk, rng: random.Random, where: str, outcome: Outcome
) -> None:
    before = sales_summed(server)
    sold = 0
    kiosk.sell(first := rng.randint(1, SALES_MAX))
    kiosk.enrol(server)
    sold += first
    future = 0
    try:
        for _ in range(rng.randint(1, 3)):
            future += _newer_program(kiosk.directory, rng)
            kiosk.sell(more := rng.randint(1, SALES_MAX))
            sold += more
        kiosk.send()
    except AdalError as error:
        outcome.expect(False, f"{where}: it does not go on: {error}")
        return
    outcome.counts["downgrades and upgrades with a backlog"] += 1
    outcome.counts["sales around them"] += sold
    outcome.counts["entries of a newer program"] += future
    report = verify(kiosk.directory)
    unread = [fault for fault in report.entry_faults if "cannot be read" in fault.what]
    outcome.expect(
        len(unread) == future == len(report.entry_faults) and not report.damage,
        f"{where}: {report.entry_faults}",
    )
    there = held(server, kiosk.kiosk_id)
    outcome.expect(there == kiosk.entries(), f"{where}: the centre holds something else")
    summed = sales_summed(server) - before
    outcome.expect(summed == sold, f"{where}: {summed} summed up, {sold} sold")


def _newer_program(directory: Path, rng: random.Random) -> int:
    """Appends what a newer program would, with its totals; how many entries."""
    identity = keys.load_identity(directory)
    assert identity is not None, "the kiosk has sold before"
    count = rng.randint(1, 4)
    with closing(sqlite3.connect(directory / JOURNAL_FILE)) as connection, connection:
        seq, digest = connection.execute(
            "SELECT seq, hash FROM entry ORDER BY seq DESC LIMIT 1"
        ).fetchone()
        head = chain.Head(1, seq, digest)
        for _ in range(count):
            payload = rng.choice(FROM_THE_FUTURE)
            made = chain.make_entry(identity.key, identity.kiosk_id, head, payload)
            connection.execute(
                "INSERT INTO entry VALUES (?, ?, ?, ?, ?, ?, NULL)",
                (1, made.seq, made.prev_hash, made.hash, made.payload, made.signature),
            )
            head = made.head
        if rng.random() < TOTALS_KEPT:
            connection.execute("UPDATE fold SET seq = ?", (head.seq,))
    return count


FAULT = Fault(
    "versions",
    "the program is upgraded and downgraded with a backlog",
    "no unsigned entry, nothing lost; what this version cannot read is passed on as it is",
    "changes of the program",
    100,
    4,
    run,
)
