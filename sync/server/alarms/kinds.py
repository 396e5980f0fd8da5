"""What an alarm is, and which kinds there are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum
from typing import Any


class Kind(StrEnum):
    """What is the matter; the pages word each of them."""

    HELP = "help"
    SILENT = "silent"
    FORK = "fork"
    QUARANTINE = "quarantine"
    CASH_GAP = "cash_gap"
    SOLD_OUT = "sold_out"
    COINS = "coins"
    UNKNOWN_CODES = "unknown_codes"
    BACKLOG = "backlog"
    CLOCK = "clock"
    PIN = "pin"
    UNREADABLE = "unreadable"
    PENDING = "pending"


class Severity(IntEnum):
    """How soon somebody should look."""

    NOTICE = 1
    """With the next visit."""
    WARNING = 2
    """Today."""
    URGENT = 3
    """Now."""


@dataclass(frozen=True, slots=True)
class Alarm:
    """One thing that needs a person.

    ``key``: the kiosk it is about, empty for the whole shop. ``level``: how bad, in steps coarse
    enough that a higher one deserves another look. ``since_ms``: when it began, None when nobody
    knows. ``detail``: plain JSON values that its words are made of.
    """

    shop_id: int
    kind: Kind
    key: str
    severity: Severity
    level: int
    since_ms: int | None = None
    detail: Mapping[str, Any] = field(default_factory=dict)

    @property
    def name(self) -> tuple[int, str, str]:
        """What it is remembered by."""
        return self.shop_id, self.kind.value, self.key


SETTLE_MS: Mapping[Kind, int] = {
    Kind.BACKLOG: 15 * 60_000,
    Kind.SILENT: 5 * 60_000,
    Kind.SOLD_OUT: 10 * 60_000,
    Kind.COINS: 10 * 60_000,
}
"""An alarm that is younger is shown but not sent out: many settle by themselves."""


def step_of(count: int) -> int:
    """1 → 1, 2–3 → 2, 4–7 → 3 …: it takes twice as many to be worse."""
    return max(0, count).bit_length()
