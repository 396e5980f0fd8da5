"""Clocks that woke in 1970 or 2038, and clocks that jump while the kiosk sells; with libfaketime."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import time
from itertools import pairwise
from pathlib import Path
from typing import Any

from kiosk.clock import BUILT_MS, DIFFERENCE_MAX_MS
from kiosk.domain.entries import ClockSet, Entry, decode
from kiosk.facts import ROOT
from kiosk.journal.database import JOURNAL_FILE
from kiosk.journal.store import Reader
from kiosk.journal.verify import verify
from tests.faults.bad_certificate import listening
from tests.faults.certificates import Authority
from tests.faults.frame import Fault, Log, Outcome, dice, scratch
from tests.ports import loopback

LIBRARIES = sorted(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"))
BOOTS_PER_KIOSK = 5
_YEAR_S = 365 * 86_400
_HOUR_S = 3600
ROUNDING_S = 0.001


def run(rounds: int, seed: int, log: Log) -> Outcome:
    """A round: one boot of a kiosk under a wrong clock that jumps twice."""
    outcome = Outcome()
    with scratch() as folder:
        authority = Authority(folder, "authority")
        certificate = authority.certificate("centre")
        for number in range(rounds):
            rng = dice(seed, "clock", number)
            directory = folder / f"kiosk-{number // BOOTS_PER_KIOSK}"
            where = f"round {number}"
            with listening(certificate) as (port, heard):
                plan = _plan(directory, number, rng, port, authority)
                seen = _boot(folder, plan)
            if "error" in seen:
                outcome.expect(False, f"{where}: it did not run: {seen['error']}")
                continue
            _check_journal(directory, plan, seen, where, outcome)
            _check_tls(plan, seen, bool(heard), where, outcome)
            log.advance()
    return outcome


def _plan(
    directory: Path, number: int, rng: random.Random, port: int, authority: Authority
) -> dict[str, Any]:
    now_s = int(time.time())
    first = {
        "1970": 1000 - now_s,
        "2038": 2**31 - 100 - now_s,
        "2106": 2**32 - 100 - now_s,
        "a year behind": -_YEAR_S,
        "right": 0,
    }
    name = list(first)[number % len(first)]
    jumps = [first[name]] + [
        first[name] + rng.choice((-_YEAR_S, -_HOUR_S, -2, _HOUR_S, _YEAR_S)) for _ in range(2)
    ]
    return {
        "kind": name,
        "name": f"boot-{number}",
        "directory": str(directory),
        "clock_file": str(directory.parent / f"clock-{number}"),
        "offsets_s": [max(offset, 1000 - now_s) for offset in jumps],
        "server_ms": now_s * 1000 if rng.random() < 0.6 else None,
        "url": loopback(port, "https"),
        "authority": str(authority.file),
    }


def _boot(folder: Path, plan: dict[str, Any]) -> dict[str, Any]:
    plan_file = folder / "plan.json"
    plan_file.write_text(json.dumps(plan), "utf-8")
    Path(plan["clock_file"]).write_text(f"{plan['offsets_s'][0]:+d}\n")
    wrong = {
        "LD_PRELOAD": str(LIBRARIES[-1]),
        "FAKETIME_TIMESTAMP_FILE": plan["clock_file"],
        "FAKETIME_NO_CACHE": "1",
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
    }
    done = subprocess.run(
        [sys.executable, "-m", "tests.faults.odd_clock", str(plan_file)],
        cwd=ROOT,
        env=os.environ | wrong | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    if done.returncode != 0:
        return {"error": done.stderr[-500:]}
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def _check_journal(
    directory: Path, plan: dict[str, Any], seen: dict[str, Any], where: str, outcome: Outcome
) -> None:
    outcome.counts[
        f"boots in {plan['kind']}"
        if plan["kind"][0].isdigit()
        else f"boots with a clock that is {plan['kind']}"
    ] += 1
    outcome.counts["jumps while it sold"] += len(plan["offsets_s"]) - 1
    outcome.counts["sales"] += len(seen["told"])
    outcome.expect(verify(directory).ok, f"{where}: the journal is not in order")
    stored = list(Reader(directory / JOURNAL_FILE).entries())
    there = [[one.seq, one.hash.hex()] for one in stored]
    outcome.expect(all(x in there for x in seen["told"]), f"{where}: a sale is lost")
    entries = [decode(one.payload) for one in stored]
    outcome.expect(
        all(entry.stamp.at_ms >= BUILT_MS for entry in entries), f"{where}: older than the program"
    )
    for before, after in pairwise(entries):
        outcome.expect(_follows(before, after), f"{where}: {before.stamp} then {after.stamp}")
    if plan["server_ms"] is not None:
        off_ms = abs(entries[-1].stamp.at_ms - plan["server_ms"])
        outcome.counts["corrected by the centre's time"] += off_ms < DIFFERENCE_MAX_MS
        outcome.expect(off_ms <= DIFFERENCE_MAX_MS, f"{where}: still {off_ms} ms off afterwards")
    (before_s, waits_s, after_s), *later = seen["waits"]
    ends_s = (before_s + waits_s, after_s + waits_s)
    for looked_s, left_s, then_s in later:
        kept = _ends_then(looked_s, left_s, then_s, ends_s)
        outcome.counts["delays after a wrong PIN unmoved by a jump"] += kept and left_s > 0
        outcome.expect(kept, f"{where}: a jump changed the delay after a wrong PIN")


def _ends_then(looked_s: float, left_s: float, then_s: float, ends_s: tuple[float, float]) -> bool:
    """Whether a delay of which ``left_s`` are left between two moments ends when it was to end.

    One that is over must not be over too early: a slow machine may have waited it out.
    """
    earliest_s, latest_s = ends_s
    if left_s == 0:
        return then_s >= earliest_s - ROUNDING_S
    return looked_s + left_s <= latest_s + ROUNDING_S and then_s + left_s >= earliest_s - ROUNDING_S


def _follows(before: Entry, after: Entry) -> bool:
    """Times never go back, but where the centre said so."""
    return after.stamp.at_ms >= before.stamp.at_ms or isinstance(after.body, ClockSet)


def _check_tls(
    plan: dict[str, Any], seen: dict[str, Any], heard: bool, where: str, outcome: Outcome
) -> None:
    """Before the program's own time nothing is sent; later the certificate decides."""
    state = seen["tls"].partition(":")[0]
    if seen["system_s"] * 1000 < BUILT_MS:
        outcome.counts["sending waited for a right clock"] += state == "clock_wrong"
        outcome.expect(state == "clock_wrong" and not heard, f"{where}: {seen['tls']}")
        return
    if abs(plan["offsets_s"][-1]) > 86_400:
        outcome.counts["certificate refused under a wrong clock"] += "certificate" in seen["tls"]
        outcome.expect("certificate" in seen["tls"] and not heard, f"{where}: {seen['tls']}")
        return
    outcome.counts["certificate accepted under a right clock"] += heard
    outcome.expect(heard, f"{where}: a right clock, and yet: {seen['tls']}")


def _why_not() -> str:
    return "" if LIBRARIES else "not installed: faketime"


FAULT = Fault(
    "clock",
    "the clock wakes in 1970, 2038 or 2106, and jumps",
    "order and delays stay, no time goes back but by the centre's word, TLS is still checked",
    "boots",
    100,
    5,
    run,
    _why_not,
)
