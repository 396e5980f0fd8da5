"""A copy of the journal at one moment, taken through SQLite's backup API while the kiosk sells.

The copy goes to the kiosk's own disk first. A USB stick takes tens of seconds, and as long as
pages are being read the writer must wait: a sale would fail on a slow stick.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable
from pathlib import Path

from kiosk.backup.manifest import BackupError
from kiosk.journal.database import cause_of, reader_engine

PAGES_PER_STEP = 500
"""About 2 MB between two chances for the writer."""
RESTARTS_MAX = 5
"""Each entry that is written meanwhile makes SQLite begin again; after so many the rest of the
copy is taken in one go, with the writer waiting for the kiosk's own disk only."""


class _RestlessError(Exception):
    """The journal was written to again and again."""


def take(journal: Path, to: Path, progress: Callable[[float], None]) -> None:
    """Copies the journal to a new file, which is on the disk when this returns.

    Args:
        journal: the kiosk's own; another connection may write to it.
        to: where the copy goes; must not exist.
        progress: called with the share that is done, 0 to 1.

    Raises:
        BackupError: when the journal cannot be read or the copy cannot be written.
    """
    try:
        try:
            _copy(journal, to, PAGES_PER_STEP, _patient(progress))
        except _RestlessError:
            to.unlink()
            _copy(journal, to, -1, None)
    except sqlite3.Error as error:
        raise BackupError(
            f"The journal cannot be copied: {cause_of(error)}. Look after {journal} and the free "
            "space on the kiosk's disk."
        ) from error
    with to.open("rb") as file:
        os.fsync(file.fileno())


def _copy(
    journal: Path, to: Path, pages: int, progress: Callable[[int, int, int], None] | None
) -> None:
    source = reader_engine(journal).raw_connection()
    try:
        target = sqlite3.connect(to)
        try:
            # Made durable as a whole afterwards; until then nobody relies on it.
            target.execute("PRAGMA synchronous = OFF")
            driver = source.driver_connection
            assert isinstance(driver, sqlite3.Connection)
            driver.backup(target, pages=pages, progress=progress, sleep=0.02)
        finally:
            target.close()
    finally:
        source.close()


def _patient(progress: Callable[[float], None]) -> Callable[[int, int, int], None]:
    """Notices that SQLite began again: what remains grew instead of shrinking."""
    left_before, restarts = 2**62, 0

    def stepped(_status: int, left: int, total: int) -> None:
        nonlocal left_before, restarts
        restarts += left >= left_before
        left_before = left
        if restarts > RESTARTS_MAX:
            raise _RestlessError
        progress(1 - left / max(total, 1))

    return stepped
