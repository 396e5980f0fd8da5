"""What a fault is, what came of trying it, and the dice that make a round happen again."""

from __future__ import annotations

import os
import random
import shutil
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

NAMES = (
    "tamper",
    "kill_kiosk",
    "kill_uploader",
    "kill_server",
    "power_cut",
    "bad_way",
    "bad_certificate",
    "restored_server",
    "cloned_card",
    "clock",
    "disk",
    "corrupt",
    "poison",
    "away",
    "bad_network",
    "versions",
    "dishonest_centre",
    "fuzz",
    "fingers",
    "long_day",
)
"""All faults, in the order of the table."""

_MEMORY = Path("/dev/shm")


@dataclass
class Outcome:
    """What really happened: how often, and which promises did not hold.

    ``counts``: by what was counted, in words. ``broken``: one sentence each, beginning with the
    round. ``skipped``: what could not be tried here, and why.
    """

    counts: Counter[str] = field(default_factory=Counter)
    broken: list[str] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)

    def expect(self, kept: bool, otherwise: str) -> None:
        """Notes a promise as broken unless it was kept."""
        if not kept:
            self.broken.append(otherwise)


class Log:
    """Who hears how far a fault is; this one hears and says nothing."""

    def advance(self, count: int = 1) -> None:
        """So many more rounds are done."""


Run = Callable[[int, int, Log], Outcome]
"""Rounds, seed, log."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that befalls a kiosk or a centre, and what is promised then.

    ``unit``: what a round is, in the plural. ``quick_rounds``: as many as `./run test` takes.
    ``missing`` says why it cannot run here at all; "" when it can. ``alone``: it measures time, so
    nothing else may run beside it.
    """

    name: str
    befalls: str
    promise: str
    unit: str
    rounds: int
    quick_rounds: int
    run: Run
    missing: Callable[[], str] = lambda: ""
    alone: bool = False


def dice(seed: int, *what: object) -> random.Random:
    """The same dice for the same seed and round, whatever was thrown before."""
    return random.Random(" ".join(map(str, (seed, *what))))


@contextmanager
def scratch(*, in_memory: bool = True) -> Iterator[Path]:
    """A folder for one fault; in memory unless the disk itself is what is tried."""
    place = _MEMORY if in_memory and os.access(_MEMORY, os.W_OK) else None
    with tempfile.TemporaryDirectory(prefix="adal-fault-", dir=place) as name:
        yield Path(name)


def needs_root(*programs: str) -> str:
    """Why something that only root may do, with these programs, cannot be done; "" if it can."""
    if os.geteuid() != 0:
        return "needs root"
    return needs(*programs)


def needs(*programs: str) -> str:
    """Which of these programs are missing, in words; "" for none."""
    absent = [program for program in programs if shutil.which(program) is None]
    return f"not installed: {', '.join(absent)}" if absent else ""
