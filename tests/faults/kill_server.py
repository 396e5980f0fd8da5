"""kill -9 of the centre's program in the middle of taking entries in."""

from __future__ import annotations

import random
import threading

from kiosk.domain.errors import SyncError
from sync.centre import Centre
from sync.enrolment import Enrolment
from sync.session import Session
from tests.faults.centres import (
    KilledCentre,
    held,
    held_to,
    name_of,
    on_each_database,
    rows_of,
    sales_summed,
)
from tests.faults.frame import Fault, Log, Outcome, dice
from tests.faults.kiosks import InSmallBatches
from tests.ports import free_port
from tests.sync.harness import MemoryJournal, RunningServer, sale

BATCH = 5
"""Small, so that a kill falls between and into many of them."""
BATCHES_MAX = 30


def run(rounds: int, seed: int, log: Log) -> Outcome:
    """One kill a round, half of them on either database."""
    outcome = Outcome()
    with on_each_database(outcome) as servers:
        for index, server in enumerate(servers):
            journal = MemoryJournal()
            given = server.enrol(journal)
            server.stop()
            share = range(index, rounds, len(servers))
            for number in share:
                _one_kill(server, journal, given, dice(seed, number), f"round {number}", outcome)
                log.advance()
            _finish(server, journal, given, outcome)
    return outcome


def _one_kill(
    server: RunningServer,
    journal: MemoryJournal,
    given: Enrolment,
    rng: random.Random,
    where: str,
    outcome: Outcome,
) -> None:
    for _ in range(BATCH * BATCHES_MAX):
        journal.add(sale(len(journal.entries)))
    centre = KilledCentre(server.settings.database_url, free_port())
    last = rng.randint(1, BATCHES_MAX - 10)
    # Not right after an answer, but somewhere in what follows.
    killer = threading.Timer(rng.uniform(0, 0.015), centre.kill)
    acked = _send_until_it_dies(journal, given, centre.url, last, killer)
    killer.join()
    outcome.expect(centre.gone() == -9, f"{where}: the server ended by itself")
    outcome.expect(len(acked) >= last, f"{where}: it was not killed in the middle")
    there = held_to(server, given.kiosk_id)
    outcome.counts["kills"] += 1
    outcome.counts["batches acknowledged"] += len(acked)
    outcome.counts["batches committed, their answer lost"] += there > max(acked, default=0)
    lost = max(acked, default=0) > there
    outcome.expect(not lost, f"{where}: acknowledged up to {acked[-1:]}, there are {there}")


def _send_until_it_dies(
    journal: MemoryJournal, given: Enrolment, url: str, last: int, killer: threading.Timer
) -> list[int]:
    """Acknowledged numbers; the killer is let loose after ``last`` of them."""
    acked: list[int] = []

    def on_acked(_epoch: int, seq: int) -> None:
        acked.append(seq)
        if len(acked) == last:
            killer.start()

    with Centre(url, given.token) as centre:
        session = Session(InSmallBatches(journal, BATCH), centre, on_acked=on_acked)
        try:
            session.push_all(session.ask_mark())
        except SyncError:
            pass
    if not killer.ident:
        killer.start()
    return acked


def _finish(
    server: RunningServer, journal: MemoryJournal, given: Enrolment, outcome: Outcome
) -> None:
    """Left alive, it gets the rest; then everything is there, once."""
    server.start()
    with Centre(server.url, given.token) as centre:
        session = Session(journal, centre, on_acked=lambda epoch, seq: None)
        session.push_all(session.ask_mark())
    where, entries = name_of(server), rows_of(journal.entries)
    outcome.counts["entries sent"] += len(entries)
    outcome.expect(held(server, given.kiosk_id) == entries, f"{where}: lost or doubled entries")
    summed = sales_summed(server)
    outcome.expect(summed == len(entries), f"{where}: {summed} summed up, {len(entries)} sold")


FAULT = Fault(
    "kill_server",
    "kill -9 of the centre's program while it takes entries in",
    "it has what it acknowledged; in the end everything, nothing twice",
    "kills",
    300,
    6,
    run,
)
