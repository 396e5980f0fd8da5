"""Folds the whole journal anew, compares with the cache, and sets the cache right."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from kiosk import keys
from kiosk.domain.chain import Head
from kiosk.journal import folds, schema
from kiosk.journal.database import in_words, writer_engine
from kiosk.journal.verify import Progress, Report, journal_path, verify


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """What was found, what was set right in the totals, which protections were put back."""

    report: Report
    differences: tuple[str, ...]
    restored: tuple[str, ...]


def rebuild(directory: Path, progress: Progress | None = None) -> Rebuilt:
    """Makes totals and protections what the entries say, if the entries are in order.

    Entries are never touched. A journal whose chain or file is broken is left exactly as it is: it is
    evidence.

    Raises:
        JournalError: when the kiosk is running, or the file cannot be read or written.
    """
    path = journal_path(directory)
    lock = keys.lock_directory(directory)
    try:
        report = verify(directory, progress)
        if not report.entries_ok:
            return Rebuilt(report, (), ())
        restored: list[str] = []
        with (
            in_words("The journal cannot be rebuilt", path),
            writer_engine(path).begin() as connection,
        ):
            restored += schema.restore_protections(connection)
            if report.heads and report.fold_faults:
                folds.replace(connection, report.ledger, report.heads[-1])
            elif report.fold_faults:
                folds.replace(connection, report.ledger, Head(0, 0, b""))
        return Rebuilt(report, report.fold_faults, tuple(restored))
    finally:
        os.close(lock)
