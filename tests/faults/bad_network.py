"""A network that loses three packets in ten, carries 64 kbit/s and takes 400 ms there and back."""

from __future__ import annotations

import json
import os
import subprocess
import sys

from kiosk.facts import ROOT
from tests.faults.frame import Fault, Log, Outcome, needs_root

DRAIN_S_MAX = 900.0


def run(rounds: int, seed: int, log: Log) -> Outcome:
    """``rounds`` is the number of entries that wait; the kernel throws its own dice."""
    outcome = Outcome()
    done = subprocess.run(
        [
            "unshare",
            "-n",
            sys.executable,
            "-m",
            "tests.faults.narrow",
            str(rounds),
            str(DRAIN_S_MAX),
        ],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=DRAIN_S_MAX + 120,
        check=False,
    )
    if done.returncode != 0:
        outcome.broken.append(f"it broke down: {done.stderr[-500:]}")
        return outcome
    answer = json.loads(done.stdout.splitlines()[-1])
    outcome.counts["entries"] += rounds
    outcome.counts["packets lost on the way"] += answer["dropped"]
    outcome.counts["seconds to drain"] += round(answer["seconds"])
    outcome.expect(answer["whole"], f"after {answer['seconds']} s not everything had arrived")
    outcome.expect(answer["dropped"] > 0, "no packet was lost: the network was a good one")
    log.advance(rounds)
    return outcome


def _why_not() -> str:
    """A kernel without the pieces cannot play it either."""
    if why := needs_root("unshare", "ip", "tc", "iptables"):
        return why
    rule = "iptables -A INPUT -m statistic --mode random --probability 0.3 -j DROP"
    shape = "tc qdisc add dev lo root tbf rate 64kbit burst 4kb latency 2s"
    tried = subprocess.run(
        ["unshare", "-n", "sh", "-c", f"ip link set lo mtu 1500 up && {shape} && {rule}"],
        capture_output=True,
        check=False,
    )
    return "" if tried.returncode == 0 else "needs a kernel with token buckets and loss by chance"


FAULT = Fault(
    "bad_network",
    "30 % of packets lost, 64 kbit/s, 400 ms",
    "it still drains",
    "entries",
    2_000,
    40,
    run,
    _why_not,
)
