"""Eight hours of shopping, sped up: what the program holds on to must not grow."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import deque
from typing import Any

from kiosk.enrolling import enrol_kiosk
from kiosk.journal import Journal
from kiosk.journal.verify import verify
from tests.faults.centres import held, on_sqlite, rows_of
from tests.faults.frame import Fault, Log, Outcome, needs, scratch
from tests.faults.lobby import display, furnish

HOURS = 8
MINUTES = HOURS * 60
WARM_UP_MAX = 120
"""Shoppers until every screen was on, every font drawn and every cache filled."""
GROWTH_MAX = 0.05
MEMORY_COUNTS_FROM = MINUTES
"""A few minutes say nothing about memory: there only threads and files are compared."""


def run(rounds: int, seed: int, log: Log) -> Outcome:
    """A round: a minute of the shop, with a shopper in it."""
    outcome = Outcome()
    warm_up = min(WARM_UP_MAX, rounds)  # at least the few that are compared
    with scratch() as folder, on_sqlite() as server, display() as environment:
        directory = folder / "kiosk"
        furnish(directory)
        given = enrol_kiosk(directory, server.url, server.code())
        with subprocess.Popen(
            [
                *(sys.executable, "-m", "tests.faults.shopped_kiosk", str(directory)),
                *map(str, (rounds, warm_up, seed)),
            ],
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        ) as day:
            told = _heard(day, warm_up, log)
            complained = day.stderr.read()[-2000:] if told is None and day.stderr else ""
        if told is None:
            outcome.expect(False, f"the day did not end: {day.returncode}: {complained}")
            return outcome
        _compare(told, rounds, outcome)
        outcome.counts.update({f"shoppers who {what}": n for what, n in told["did"].items()})
        outcome.expect(verify(directory).ok, "the journal is not in order")
        journal = Journal.open(directory)
        entries = rows_of(list(journal.entries()))
        journal.close()
        at_centre = held(server, given.kiosk_id)
        outcome.counts["entries at the centre"] += len(at_centre)
        outcome.expect(
            at_centre == entries, f"{len(at_centre)} of {len(entries)} entries at the centre"
        )
    return outcome


def _heard(day: subprocess.Popen[str], warm_up: int, log: Log) -> dict[str, Any] | None:
    assert day.stdout is not None
    last: deque[str] = deque(maxlen=1)
    for number, line in enumerate(day.stdout):
        last.append(line)
        if number >= warm_up and line.startswith("shopper"):
            log.advance()
    day.wait(60)
    if day.returncode != 0 or not last:
        return None
    told: dict[str, Any] = json.loads(last[0])
    return told


def _compare(told: dict[str, Any], rounds: int, outcome: Outcome) -> None:
    before, after = told["before"], told["after"]
    growth = after["memory_bytes"] / before["memory_bytes"] - 1
    outcome.counts["minutes of the shop"] += round(told["seconds"] / 60)
    outcome.counts["MiB after the warm-up"] += before["memory_bytes"] >> 20
    outcome.counts["MiB in the end"] += after["memory_bytes"] >> 20
    if rounds >= MEMORY_COUNTS_FROM:
        outcome.expect(growth <= GROWTH_MAX, f"memory grew by {growth:.1%}")
    for what in ("threads", "native_threads", "open_files"):
        outcome.counts[f"{what.replace('_', ' ')} in the end"] += after[what]
        named = f": {told['files']}" if what == "open_files" else ""
        outcome.expect(
            after[what] <= before[what],
            f"{what}: {before[what]} before, {after[what]} after{named}",
        )


FAULT = Fault(
    "long_day",
    f"{HOURS} hours of shopping, sped up",
    "memory stays flat (5 % at most after the warm-up), no thread and no file is left over",
    "minutes",
    MINUTES,
    4,
    run,
    lambda: needs("Xvfb"),
)
