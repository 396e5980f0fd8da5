"""What a sale's commit costs over the least that SQLite can do for the same rows.

Each round appends one sale through the journal (encode, read back, fold, hash, sign, hand over to
the writer's thread, COMMIT, wake up) and then writes the very rows that this changed through bare
``sqlite3`` into a second file with the same tables and PRAGMAs but without triggers. Taking turns
on the same disk, both meet the same weather.

    ./run bench commit
    ./run bench commit --rounds 500 --json
"""

from __future__ import annotations

import argparse
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from kiosk.domain.chain import StoredEntry
from kiosk.domain.entries import CashCount, CashTender, Restock, RestockLine, Sale, SaleLine
from kiosk.domain.ledger import Ledger
from kiosk.journal import Journal, folds
from kiosk.journal.database import JOURNAL_FILE
from kiosk.journal.writer import INSERT_ENTRY, entry_row, once_key

PRAGMAS = ("journal_mode = TRUNCATE", "synchronous = FULL", "secure_delete = 1")
ROUNDS = 300
WARM_UP_ROUNDS = 20

Row = tuple[str, list[tuple[Any, ...]]]


def sale(number: int) -> Sale:
    """Two goods, paid with a note, change in three coins."""
    return Sale(
        checkout_id=f"bench-{number:08}",
        language="kk",
        lines=(
            SaleLine("A.S.U. су 0,5 л", 180, 1, f"p{number % 40}", "04870001157937"),
            SaleLine("Самса", 250, 1, f"p{number % 40 + 1}"),
        ),
        total_tenge=430,
        tender=CashTender({"n500": 1}, {"c50": 1, "c20": 1}),
    )


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What can be asked for."""
    parser.add_argument("--rounds", type=int, default=ROUNDS, help="sales to time")
    parser.add_argument("--directory", type=Path, help="put the files on this disk")


def run(args: argparse.Namespace) -> dict[str, Any]:
    """The figures asked for."""
    return {**measure(args.rounds, args.directory)}


def measure(rounds: int = ROUNDS, directory: Path | None = None) -> dict[str, float]:
    """Medians in milliseconds, and their ratio; ``directory`` chooses the disk."""
    with tempfile.TemporaryDirectory(dir=directory, prefix="adal-commit-") as name:
        place = Path(name)
        journal = Journal.open(place)
        try:
            journal.append(Restock(tuple(RestockLine(f"p{n}", 10_000) for n in range(41)), "v"))
            journal.append(CashCount({"n500": 50, "c50": 10_000, "c20": 10_000}, "v")).result()
            bare = _bare_copy(place / JOURNAL_FILE, place / "bare.sqlite3")
            ours_s, bare_s = _take_turns(journal, bare, WARM_UP_ROUNDS + rounds)
            bare.close()
        finally:
            journal.close()
    ours_ms = statistics.median(ours_s[WARM_UP_ROUNDS:]) * 1e3
    bare_ms = statistics.median(bare_s[WARM_UP_ROUNDS:]) * 1e3
    return {
        "commit_ratio": round(ours_ms / bare_ms, 3),
        "commit_p50_ms": round(ours_ms, 3),
        "bare_p50_ms": round(bare_ms, 3),
        "rounds": rounds,
    }


def _take_turns(
    journal: Journal, bare: sqlite3.Connection, rounds: int
) -> tuple[list[float], list[float]]:
    ours_s, bare_s = [], []
    for number in range(rounds):
        body, before = sale(number), journal.ledger
        stored, took_s = _timed(lambda body=body: journal.append(body).result())  # type: ignore[misc]
        ours_s.append(took_s)
        rows = _rows(body, stored, before, journal.ledger)
        bare_s.append(_timed(lambda rows=rows: _write_bare(bare, rows))[1])  # type: ignore[misc]
    return ours_s, bare_s


def _rows(body: Sale, stored: StoredEntry, before: Ledger, after: Ledger) -> list[Row]:
    entry = (INSERT_ENTRY, [entry_row(stored, once_key(body))])
    return [entry, *folds.changed_rows(before, after, stored.head)]


def _write_bare(bare: sqlite3.Connection, rows: list[Row]) -> None:
    bare.execute("BEGIN IMMEDIATE")
    for statement, parameters in rows:
        bare.executemany(statement, parameters)
    bare.execute("COMMIT")


def _bare_copy(source: Path, target: Path) -> sqlite3.Connection:
    """The same tables with the same rows so far, minus the triggers."""
    bare = sqlite3.connect(target, isolation_level=None)
    with sqlite3.connect(source) as original:
        original.backup(bare)
    original.close()
    for pragma in PRAGMAS:
        bare.execute(f"PRAGMA {pragma}")
    for (name,) in bare.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
        bare.execute(f"DROP TRIGGER {name}")
    return bare


def _timed(do: Callable[[], Any]) -> tuple[Any, float]:
    start_s = time.perf_counter()
    result = do()
    return result, time.perf_counter() - start_s
