"""kill -9 of a kiosk in the middle of sending, while it goes on selling."""

from __future__ import annotations

import time
from pathlib import Path

from kiosk.facts import ENROLMENT_FILE
from kiosk.journal import Journal
from kiosk.journal.verify import verify
from sync import enrolment
from sync.centre import Centre
from sync.session import Session
from sync.status import load_state
from tests.faults.centres import held, held_to, name_of, on_each_database, rows_of, sales_summed
from tests.faults.children import living
from tests.faults.frame import Fault, Log, Outcome, dice, scratch
from tests.faults.seller import sales_of
from tests.faults.sender import UPLOAD_STATE_FILE, send_for_ever
from tests.sync.harness import RunningServer

SENDING_SHARE = 0.75
"""So many are killed after something of theirs has arrived, the others whenever it is."""
ARRIVAL_TIMEOUT_S = 20.0


def run(rounds: int, seed: int, log: Log) -> Outcome:
    """One kill a round, half of them before a centre on either database."""
    outcome = Outcome()
    with on_each_database(outcome) as servers:
        for index, server in enumerate(servers):
            share = range(index, rounds, len(servers))
            with scratch() as folder:
                _one_kiosk(server, folder / "kiosk", share, seed, outcome, log)
    return outcome


def _one_kiosk(
    server: RunningServer, directory: Path, share: range, seed: int, outcome: Outcome, log: Log
) -> None:
    given = _enrolled(server, directory)
    told: dict[str, str] = {}
    for number in share:
        rng = dice(seed, "kill_uploader", number)
        before = held_to(server, given.kiosk_id)
        with living(send_for_ever, directory, f"r{number}") as child:
            said = [child.first_line()]
            if rng.random() < SENDING_SHARE:
                _wait_for_more(server, given.kiosk_id, before)
            time.sleep(rng.uniform(0, 0.1))
            said += child.kill()
        told |= dict(line.decode().split() for line in said)
        outcome.counts["kills"] += 1
        noted = load_state(directory / UPLOAD_STATE_FILE).seq
        there = held_to(server, given.kiosk_id)
        outcome.expect(
            noted <= there,
            f"round {number}: believed {noted} to be at the centre, which has {there}",
        )
        log.advance()
    _finish(server, directory, given, told, outcome)


def _wait_for_more(server: RunningServer, kiosk_id: str, before: int) -> None:
    give_up_at = time.monotonic() + ARRIVAL_TIMEOUT_S
    while held_to(server, kiosk_id) == before and time.monotonic() < give_up_at:
        time.sleep(0.005)


def _enrolled(server: RunningServer, directory: Path) -> enrolment.Enrolment:
    journal = Journal.open(directory)
    identity = journal.identity
    journal.close()
    given = enrolment.enrol(
        server.url,
        server.code(),
        kiosk_id=identity.kiosk_id,
        epoch=1,
        key=identity.key,
        software="adal test",
    )
    enrolment.save(given, directory / ENROLMENT_FILE)
    return given


def _finish(
    server: RunningServer,
    directory: Path,
    given: enrolment.Enrolment,
    told: dict[str, str],
    outcome: Outcome,
) -> None:
    """Left alone, it sends the rest; then everything is there, once."""
    where = name_of(server)
    before = held_to(server, given.kiosk_id)
    journal = Journal.open(directory)
    with Centre(server.url, given.token) as centre:
        session = Session(journal, centre, on_acked=lambda epoch, seq: None)
        session.push_all(session.ask_mark())
    entries = list(journal.entries())
    journal.close()
    stored, doubled = sales_of(directory)
    lost = [checkout for checkout, receipt in told.items() if stored.get(checkout) != receipt]
    outcome.counts["entries sent while being killed"] += before
    outcome.counts["entries that followed"] += len(entries) - before
    outcome.counts["lost"] += len(lost)
    outcome.counts["doubled"] += len(doubled)
    outcome.expect(not lost, f"{where}: lost on the kiosk: {lost}")
    outcome.expect(not doubled, f"{where}: doubled on the kiosk: {doubled}")
    outcome.expect(verify(directory).ok, f"{where}: the journal is not in order")
    same = held(server, given.kiosk_id) == rows_of(entries)
    outcome.expect(same, f"{where}: the centre holds something else than the journal")
    summed = sales_summed(server)
    outcome.expect(summed == len(stored), f"{where}: {summed} summed up, {len(stored)} sold")


FAULT = Fault(
    "kill_uploader",
    "kill -9 of the kiosk while it sends and sells",
    "everything reaches the centre byte for byte, nothing twice; nothing is believed to be there "
    "that is not",
    "kills",
    300,
    8,
    run,
)
