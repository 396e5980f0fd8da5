"""The network away for a month, then back: 45,000 entries, from a real journal to a real centre.

Somebody shops all the while, by taps in the real window: frames are timed before the network comes
back and while the backlog drains, in the same process as the uploader, which is how a kiosk runs.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from kiosk.domain.entries import Sale, decode
from kiosk.enrolling import enrol_kiosk
from kiosk.journal import Journal
from kiosk.journal.verify import verify
from tests.faults.centres import held, on_sqlite, rows_of, sales_summed
from tests.faults.draining_kiosk import UNTIMED
from tests.faults.frame import Fault, Log, Outcome, needs, scratch
from tests.faults.lobby import display, furnish
from tests.journal.support import sale
from tests.sync.harness import RunningServer

DRAIN_S_MAX = 600.0
FRAME_MS_MAX = 100.0
"""Ten frames a second are smooth for a hand; where software draws slower, twice as slow at most."""
FRAME_TIMES_MAX = 2.0
STALL_MS_MAX = 500.0
"""No turn of the event loop longer than that: a shopper would tap again."""
TIMES_COUNT_FROM = 45_000
"""A short backlog drains within a few frames, which say nothing about smoothness."""
SHOPPERS = 4
HANDED_OVER = 500


def run(rounds: int, seed: int, log: Log) -> Outcome:
    """``rounds`` is the number of entries that wait; the dice say what shoppers take."""
    outcome = Outcome()
    with on_sqlite() as server, scratch() as folder, display() as environment:
        directory = folder / "kiosk"
        furnish(directory)
        given = enrol_kiosk(directory, server.url, server.code())
        journal = Journal.open(directory)
        _fill(journal, rounds, log)
        journal.close()
        server.stop()
        shoppers = SHOPPERS if rounds >= TIMES_COUNT_FROM else UNTIMED
        told = _drained(directory, seed, shoppers, environment, server, outcome)
        if told is None:
            return outcome
        _judge(server, directory, given.kiosk_id, outcome)
        _compare(told, rounds, outcome)
        outcome.counts["entries that waited"] += rounds
    return outcome


def _fill(journal: Journal, count: int, log: Log) -> None:
    for start in range(0, count, HANDED_OVER):
        share = min(HANDED_OVER, count - start)
        futures = [journal.append(sale(f"away-{start + n}")) for n in range(share)]
        futures[-1].result(300)
        log.advance(share)


def _drained(
    directory: Path,
    seed: int,
    shoppers: int,
    environment: dict[str, str],
    server: RunningServer,
    outcome: Outcome,
) -> dict[str, Any] | None:
    """What the kiosk told of its frames; None when it did not come to its end."""
    kiosk = subprocess.Popen(
        [
            *(sys.executable, "-m", "tests.faults.draining_kiosk"),
            *map(str, (directory, seed, shoppers)),
        ],
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert kiosk.stdout is not None
    try:
        while (line := kiosk.stdout.readline()).strip() != "ready" and line:
            pass  # Kivy may say something of its own
        if line:
            server.start()
        said, complained = kiosk.communicate("go\n", timeout=2 * DRAIN_S_MAX)
    except subprocess.TimeoutExpired:
        outcome.expect(False, f"not drained after {2 * DRAIN_S_MAX:.0f} s")
        return None
    finally:
        kiosk.kill()
    if kiosk.returncode != 0:
        outcome.expect(False, f"it ended with {kiosk.returncode}: {complained[-2000:]}")
        return None
    told: dict[str, Any] = json.loads(said.splitlines()[-1])
    return told


def _compare(told: dict[str, Any], rounds: int, outcome: Outcome) -> None:
    now, drain_s = told["while"], told["drain_s"]
    outcome.expect(drain_s <= DRAIN_S_MAX, f"not drained after {drain_s:.0f} s")
    if rounds >= TIMES_COUNT_FROM:
        _compare_frames(told, outcome)
    outcome.counts["seconds to drain"] += round(drain_s)
    outcome.counts["sales by taps meanwhile"] += now["sales"]
    outcome.counts["ms for the longest turn of the event loop while draining"] += round(
        now["turn_ms_max"]
    )
    outcome.counts["ms to save a sale while draining at most"] += round(now["save_ms_max"])


def _compare_frames(told: dict[str, Any], outcome: Outcome) -> None:
    before, now = told["before"], told["while"]
    for what, least_ms in (("frame_ms_p95", FRAME_MS_MAX), ("turn_ms_max", STALL_MS_MAX)):
        outcome.expect(
            now[what] <= max(least_ms, FRAME_TIMES_MAX * before[what]),
            f"{what}: {before[what]:.0f} before, {now[what]:.0f} while it drained",
        )
    outcome.counts["frames painted meanwhile"] += now["frames"]
    outcome.counts["ms for a frame before (p95)"] += round(before["frame_ms_p95"])
    outcome.counts["ms for a frame while draining (p95)"] += round(now["frame_ms_p95"])


def _judge(server: RunningServer, directory: Path, kiosk_id: str, outcome: Outcome) -> None:
    outcome.expect(verify(directory).ok, "the journal is not in order")
    journal = Journal.open(directory)
    entries = list(journal.entries())
    journal.close()
    there = held(server, kiosk_id)
    outcome.expect(
        there == rows_of(entries), f"{len(there)} of {len(entries)} entries are there as written"
    )
    sold = sum(isinstance(decode(one.payload).body, Sale) for one in entries)
    summed = sales_summed(server)
    outcome.expect(summed == sold, f"{summed} summed up, {sold} sold")


FAULT = Fault(
    "away",
    "the network is away for 30 days (45,000 entries)",
    "all of it drains within 10 minutes; the screen stays smooth and selling goes on meanwhile",
    "entries",
    45_000,
    1_500,
    run,
    lambda: needs("Xvfb"),
    alone=True,
)
