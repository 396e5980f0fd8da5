"""What tests of the journal share: a clock one can turn, sales, and surgery on a closed file."""

import contextlib
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from kiosk.clock import BUILT_MS, StampClock
from kiosk.domain.entries import (
    CashCount,
    CashTender,
    Restock,
    RestockLine,
    Sale,
    SaleLine,
)
from kiosk.journal import Journal
from kiosk.journal.database import JOURNAL_FILE

NOON_MS = BUILT_MS + 100 * 86_400_000


class Times:
    """A wall clock and a monotonic clock that stand still until they are moved."""

    def __init__(self, wall_ms: int = NOON_MS, mono_ms: int = 5_000) -> None:
        self.wall_ms = wall_ms
        self.mono_ms = mono_ms

    def pass_ms(self, ms: int) -> None:
        self.wall_ms += ms
        self.mono_ms += ms

    def clock(self, boot: str = "boot-1") -> StampClock:
        return StampClock(wall_ms=lambda: self.wall_ms, mono_ms=lambda: self.mono_ms, boot=boot)


def sale(checkout_id: str = "visit-1", price_tenge: int = 360, quantity: int = 1) -> Sale:
    """A sale of water for a note of 500 ₸, with the change as one odd coin."""
    total_tenge = price_tenge * quantity
    change_tenge = 500 - total_tenge
    return Sale(
        checkout_id,
        "kk",
        (SaleLine("Су", price_tenge, quantity, "water", "04870001157937"),),
        total_tenge,
        CashTender({"n500": 1}, {f"c{change_tenge}": 1} if change_tenge else {}),
    )


def fill(journal: Journal, sales: int = 5) -> None:
    """A counted box, a full shelf and some sales."""
    journal.append(CashCount({"n500": 2, "c140": 50}, "Айгүл"))
    journal.append(Restock((RestockLine("water", 100),), "Айгүл"))
    for number in range(sales):
        journal.append(sale(f"visit-{number}"))
    journal.append_suggestion("Нан болса екен", "kk").result(10)


@contextlib.contextmanager
def surgery(directory: Path) -> Iterator[sqlite3.Connection]:
    """The closed journal's file under another tool, with its triggers cut off and sewn on again."""
    connection = sqlite3.connect(directory / JOURNAL_FILE, isolation_level=None)
    kept = connection.execute(
        "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"
    ).fetchall()
    for name, _ in kept:
        connection.execute(f"DROP TRIGGER {name}")
    yield connection
    for _, text in kept:
        connection.execute(text)
    connection.close()
