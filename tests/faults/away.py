"""The network away for a month, then back: 45,000 entries, from a real journal to a real centre.

Somebody shops all the while: sales are timed before the network comes back and while the backlog
drains, in the same process as the uploader, which is how a kiosk runs.
"""

from __future__ import annotations

import statistics
import time
from pathlib import Path

from kiosk.journal import Journal
from kiosk.journal.verify import verify
from sync import enrolment
from sync.client import State, Uploader
from tests.faults.centres import held_to, on_sqlite, sales_summed
from tests.faults.frame import Fault, Log, Outcome, scratch
from tests.faults.sender import settings_in
from tests.journal.support import sale
from tests.sync.harness import RunningServer

DRAIN_S_MAX = 600.0
SALE_MS_MAX = 250.0
"""A sale while draining: what a shopper takes for at once, 95 of 100."""
TIMED_SALES = 40
HANDED_OVER = 500


def run(rounds: int, seed: int, log: Log) -> Outcome:
    """``rounds`` is the number of entries that wait; there are no dice in it."""
    outcome = Outcome()
    with on_sqlite() as server, scratch() as folder:
        directory = folder / "kiosk"
        journal = Journal.open(directory)
        given = _enrolled(server, journal)
        _fill(journal, rounds, log)
        before_ms = _timed_sales(journal, "before", 0.0)
        uploader = Uploader(journal, given, settings_in(directory))
        began_s = time.monotonic()
        uploader.start()
        while_ms = _timed_sales(journal, "while", 0.05)
        drained = _wait(uploader, DRAIN_S_MAX)
        drain_s = time.monotonic() - began_s
        uploader.stop()
        total = journal.head().seq
        journal.close()
        _judge(server, directory, total, outcome)
        outcome.expect(drained and drain_s <= DRAIN_S_MAX, f"not drained after {drain_s:.0f} s")
        slow_ms = _p95(while_ms)
        outcome.expect(slow_ms <= SALE_MS_MAX, f"a sale took {slow_ms:.0f} ms while it drained")
        outcome.counts["entries that waited"] += rounds
        outcome.counts["seconds to drain"] += round(drain_s)
        outcome.counts["ms for a sale before (p95)"] += round(_p95(before_ms))
        outcome.counts["ms for a sale while draining (p95)"] += round(slow_ms)
    return outcome


def _enrolled(server: RunningServer, journal: Journal) -> enrolment.Enrolment:
    return enrolment.enrol(
        server.url,
        server.code(),
        kiosk_id=journal.identity.kiosk_id,
        epoch=1,
        key=journal.identity.key,
        software="adal test",
    )


def _fill(journal: Journal, count: int, log: Log) -> None:
    for start in range(0, count, HANDED_OVER):
        share = min(HANDED_OVER, count - start)
        futures = [journal.append(sale(f"away-{start + n}")) for n in range(share)]
        futures[-1].result(300)
        log.advance(share)


def _timed_sales(journal: Journal, name: str, pause_s: float) -> list[float]:
    times_ms = []
    for number in range(TIMED_SALES):
        began_s = time.monotonic()
        journal.append(sale(f"{name}-{number}")).result(60)
        times_ms.append((time.monotonic() - began_s) * 1000)
        time.sleep(pause_s)
    return times_ms


def _p95(times_ms: list[float]) -> float:
    return statistics.quantiles(times_ms, n=20)[-1]


def _wait(uploader: Uploader, timeout_s: float) -> bool:
    give_up_s = time.monotonic() + timeout_s
    while uploader.status.state is not State.IN_STEP or uploader.status.backlog:
        if time.monotonic() > give_up_s:
            return False
        uploader.nudge()
        time.sleep(0.05)
    return True


def _judge(server: RunningServer, directory: Path, total: int, outcome: Outcome) -> None:
    report = verify(directory)
    outcome.expect(report.ok, "the journal is not in order")
    there, summed = held_to(server, report.kiosk_id), sales_summed(server)
    outcome.expect(there == total, f"{there} of {total} entries arrived")
    outcome.expect(summed == total, f"{summed} summed up, {total} sold")


FAULT = Fault(
    "away",
    "the network is away for 30 days (45,000 entries)",
    "all of it drains within 10 minutes, and selling goes on meanwhile",
    "entries",
    45_000,
    1_500,
    run,
    alone=True,
)
