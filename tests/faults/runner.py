"""``./run faults``: what may befall a shop, tried many times, and what was promised.

Every throw of the dice comes from one seed, which is printed and can be given back.
Exit codes: 0 every promise was kept, 1 one was broken, 2 nothing was tried.
"""

from __future__ import annotations

import argparse
import importlib
import json
import logging
import os
import random
import shlex
import threading
import time
import traceback
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from tests.faults import table
from tests.faults.apart import Teller, try_apart
from tests.faults.frame import NAMES, Fault, Log, Outcome

KEPT, BROKEN, NOTHING_TRIED = 0, 1, 2
_SHOWN_MAX = 20

EXAMPLES = """examples:
  python -m tests.faults                        everything; about an hour, best as root
  python -m tests.faults --quick                a few rounds of each, minutes
  python -m tests.faults power_cut --seed 4711  one, with the dice of an earlier run
  python -m tests.faults --list                 what there is, and what cannot run here
  python -m tests.faults --table                write the table in docs/PROMISES.md again

Whole runs are noted in docs/promises.jsonl, from which the table is made; --quick and --rounds
note nothing unless --log names a file. exit codes: 0 kept, 1 broken, 2 nothing was tried
"""


class _Bar(Log):
    """A bar for people; nothing where nobody looks."""

    def __init__(self, progress: Progress, name: str, rounds: int) -> None:
        self._progress = progress
        self._task = progress.add_task(name, total=rounds)

    def advance(self, count: int = 1) -> None:
        self._progress.advance(self._task, count)

    def end(self) -> None:
        self._progress.remove_task(self._task)


def load(name: str) -> Fault:
    """The fault of that name."""
    fault: Fault = importlib.import_module(f"tests.faults.{name}").FAULT
    return fault


def main(words: list[str] | None = None) -> int:
    """Tries faults and notes what came of it."""
    options = _parser().parse_args(words)
    if options.table:
        table.write()
        return KEPT
    faults = [load(name) for name in options.names or NAMES]
    if options.list:
        return _list(faults)
    seed = random.SystemRandom().randrange(10**6) if options.seed is None else options.seed
    console = Console(stderr=True)
    console.print(f"· seed {seed}; the same again: --seed {seed}", highlight=False)
    with _silence():
        lines = _try_all(options, faults, seed, console)
    if any(line["broken"] for line in lines):
        return BROKEN
    return KEPT if any(line["rounds"] for line in lines) else NOTHING_TRIED


@contextmanager
def _silence() -> Iterator[None]:
    """What programs say of the faults they meet is looked at by the tests of those programs."""
    before = logging.root.manager.disable
    logging.disable(logging.CRITICAL)
    try:
        yield
    finally:
        logging.disable(before)


def _try_all(
    options: argparse.Namespace, faults: list[Fault], seed: int, console: Console
) -> list[table.Line]:
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
    )
    lines: list[table.Line] = []
    one_at_a_time = threading.Lock()
    is_apart = len(faults) > 1
    with Progress(
        *columns, console=console, transient=True, disable=not console.is_terminal
    ) as progress:

        def work(fault: Fault) -> None:
            rounds = options.rounds or (fault.quick_rounds if options.quick else fault.rounds)
            log = _Bar(progress, fault.name, rounds)
            if is_apart:
                line = _apart(fault, rounds, seed, log)
            else:
                teller = log if options.tell is None else Teller(options.tell)
                line = try_one(fault, rounds, seed, teller)
            log.end()
            with one_at_a_time:
                lines.append(line)
                _note(options, line)
                _say(console, line)
                if options.json:
                    print(json.dumps(line, ensure_ascii=False), flush=True)

        jobs = options.jobs if is_apart else 1
        for group, at_once in (
            ([fault for fault in faults if not fault.alone], jobs),
            ([fault for fault in faults if fault.alone], 1),
        ):
            with ThreadPoolExecutor(at_once) as pool:
                list(pool.map(work, group))
    return lines


def _apart(fault: Fault, rounds: int, seed: int, log: Log) -> table.Line:
    began_s = time.monotonic()
    line = try_apart(fault, rounds, seed, log)
    if isinstance(line, str):
        return _line(fault, rounds, seed, Outcome(broken=[line]), began_s)
    return line


def try_one(fault: Fault, rounds: int, seed: int, log: Log) -> table.Line:
    """Runs one fault, if it can run here, and gives the line that is noted."""
    why_not = fault.missing()
    began_s = time.monotonic()
    outcome = Outcome(skipped=[why_not]) if why_not else _tried(fault, rounds, seed, log)
    return _line(fault, 0 if why_not else rounds, seed, outcome, began_s)


def _line(fault: Fault, rounds: int, seed: int, outcome: Outcome, began_s: float) -> table.Line:
    return {
        "fault": fault.name,
        "rounds": rounds,
        "seed": seed,
        "counts": dict(outcome.counts),
        "broken": outcome.broken,
        "skipped": outcome.skipped,
        "seconds": round(time.monotonic() - began_s, 1),
        "date": datetime.now(UTC).strftime("%Y-%m-%d"),
        "command": _command(fault, rounds or fault.rounds, seed),
    }


def _tried(fault: Fault, rounds: int, seed: int, log: Log) -> Outcome:
    """One that breaks down has proved nothing, and must not take the others with it."""
    try:
        return fault.run(rounds, seed, log)
    except Exception as error:
        traceback.print_exc()
        return Outcome(broken=[f"it broke down: {error!r}"])


def _command(fault: Fault, rounds: int, seed: int) -> str:
    words = ["./run", "faults", fault.name]
    if rounds != fault.rounds:
        words += ["--rounds", str(rounds)]
    return shlex.join([*words, "--seed", str(seed)])


def _note(options: argparse.Namespace, line: table.Line) -> None:
    """A run of a few rounds says less than the one that stands in the table."""
    file = options.log
    is_told = options.tell is not None  # whoever is told notes it
    if file is None and not (options.quick or options.rounds or is_told) and line["rounds"]:
        file = table.LOG
    if file is not None:
        table.note(file, line)


def _say(console: Console, line: table.Line) -> None:
    counted = ", ".join(f"{number:,} {what}" for what, number in line["counts"].items())
    verdict = f"{len(line['broken'])} BROKEN" if line["broken"] else "kept"
    if not line["rounds"]:
        verdict = "not tried"
    console.print(
        f"· {line['fault']}: {verdict}; {counted} ({line['seconds']} s)",
        highlight=False,
        markup=False,
    )
    for what in line["broken"][:_SHOWN_MAX]:
        console.print(f"    broken: {what}", highlight=False, markup=False)
    for what in line["skipped"]:
        console.print(f"    skipped: {what}", highlight=False, markup=False)


def _list(faults: list[Fault]) -> int:
    shown = Table("fault", "what befalls", "rounds", "quick", "here")
    for fault in faults:
        rounds = f"{fault.rounds:,} {fault.unit}"
        here = fault.missing() or "yes"
        shown.add_row(fault.name, fault.befalls, rounds, str(fault.quick_rounds), here)
    Console().print(shown)
    return KEPT


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="./run faults",
        description="Tries what may befall a shop, many times, and checks what was promised.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("names", nargs="*", metavar="FAULT", help="only these (default: all)")
    parser.add_argument("--quick", action="store_true", help="few rounds of each")
    parser.add_argument("--rounds", type=int, metavar="N", help="so many rounds of each")
    parser.add_argument("--seed", type=int, metavar="N", help="the dice of an earlier run")
    parser.add_argument("--log", type=Path, metavar="FILE", help="note the results there")
    parser.add_argument(
        "--jobs",
        type=int,
        metavar="N",
        default=min(2, os.cpu_count() or 1),
        help="so many at once (default %(default)s); those that measure time run alone, last",
    )
    parser.add_argument("--tell", type=int, help=argparse.SUPPRESS)
    parser.add_argument("--json", action="store_true", help="one line of JSON for each fault")
    parser.add_argument("--list", action="store_true", help="what there is; tries nothing")
    parser.add_argument("--table", action="store_true", help="write docs/PROMISES.md's table")
    return parser
