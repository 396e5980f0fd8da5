"""What every entry is made of: amounts, counts, the stamp, and the body they hang on."""

from __future__ import annotations

from typing import Annotated, ClassVar

import msgspec

from kiosk.domain.errors import EntryError

Tenge = Annotated[int, msgspec.Meta(ge=0, le=10**12)]
Count = Annotated[int, msgspec.Meta(ge=0, le=10**9)]
PieceCounts = dict[str, Count]
"""Notes and coins by code, as in ``{"n500": 1, "c20": 3}``."""
Millis = Annotated[int, msgspec.Meta(ge=0, le=253_402_300_799_999)]
"""Up to the year 9999, the last that a calendar here can name."""


class Stamp(msgspec.Struct, frozen=True):
    """When an entry was made, as far as the machine knows; order is ``seq``, never this.

    ``at_ms``: milliseconds since 1970 UTC by the wall clock. ``boot``: id of the machine's boot.
    ``mono_ms``: milliseconds of the monotonic clock of that boot.
    """

    at_ms: Millis
    boot: str
    mono_ms: Annotated[int, msgspec.Meta(ge=0, le=2**62)]


class Body(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="type"):
    """What an entry says; each subclass is one type of entry."""

    VERSION: ClassVar[int] = 1


def tag(name: str) -> str:
    """``UnknownScan`` → ``unknown_scan``."""
    return "".join(f"_{c.lower()}" if c.isupper() else c for c in name).lstrip("_")


def require_equal(what: str, got_tenge: int, expected_tenge: int) -> None:
    """Refuses an entry whose sums do not agree."""
    if got_tenge != expected_tenge:
        raise EntryError(f"The {what} give {got_tenge} ₸ but must give {expected_tenge} ₸.")
