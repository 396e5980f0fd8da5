"""States of the backups' page, made by hand."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from kiosk.admin.backup_state import BackupRow, BackupState, Busy, Outcome, Question, Task
from kiosk.admin.ports import Place
from kiosk.domain.errors import AdalError
from kiosk.domain.products import Product

_NOW_MS = 1_795_257_000_000
_WEEK_MS = 7 * 86_400_000
_PLACES = (
    Place(Path("/media/adal/KINGSTON"), "KINGSTON", True, 14_300_000_000),
    Place(Path("exports"), "exports", False, 21_400_000_000),
)
_KIOSK = "7c0d51be83aa94f2"


def examples(_products: dict[str, Product], _language: str) -> Iterator[tuple[str, BackupState]]:
    """Before, during and after; no stick; the questions."""
    rows = tuple(
        BackupRow(f"adal-backup-{number}", _NOW_MS - number * _WEEK_MS, _KIOSK, 4812 - 350 * number)
        for number in range(3)
    )
    start = BackupState(places=_PLACES, is_looking=False, place=0, rows=rows, pages=2, chosen=1)
    yield "start", start
    yield "empty", BackupState(places=_PLACES[1:], is_looking=False, place=0)
    yield "busy", replace(start, busy=Busy(Task.MAKE, "copy", 0.42))
    done = (replace(rows[0], is_checked=True), *rows[1:])
    made = Outcome(Task.MAKE, ok=True, name=rows[0].name, entries=4812)
    yield "made", replace(start, rows=done, outcome=made, chosen=0)
    message = "/media/adal/KINGSTON does not answer any more. Put the stick in again and repeat."
    yield (
        "pulled",
        replace(start, outcome=Outcome(Task.MAKE, ok=False, message=message, trouble="gone")),
    )
    unknown = AdalError(
        "/media/adal/KINGSTON cannot be used (Invalid argument). Try another stick."
    )
    unknown.__cause__ = OSError(errno.EINVAL, "Invalid argument", "/media/adal/KINGSTON")
    failed = Outcome(Task.MAKE, ok=False, message=str(unknown), trouble="other", error=unknown)
    yield "failed", replace(start, outcome=failed)
    yield "asking", replace(start, asking=Question.SURE)
    yield "really", replace(start, asking=Question.REALLY)
    yield "waiting", replace(start, restore_waits=True)
