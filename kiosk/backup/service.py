"""Backups as one page needs them: everything about one kiosk's directory, in one hand."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from kiosk.backup import make, manifest, restore
from kiosk.backup.check import Progress, check
from kiosk.backup.files import in_words
from kiosk.backup.manifest import Backup, BackupError
from kiosk.backup.restore import Result
from kiosk.backup.standing import Standing
from kiosk.domain.ledger import KAZAKHSTAN
from kiosk.journal import export
from kiosk.journal.store import START, Reader
from kiosk.journal.verify import Report, journal_path, verify


class BackupService:
    """Backups of one kiosk; all methods but :meth:`is_restore_waiting` read or write disks."""

    def __init__(self, directory: Path, software: str) -> None:
        self._directory = directory
        self._software = software
        self._in_use = threading.Lock()

    def find(self, place: Path) -> list[Backup]:
        """The backups in a place, newest first; what their manifests say, not yet checked."""
        return manifest.find(place)

    def make(self, place: Path, now_ms: int, progress: Progress) -> Backup:
        """Makes a backup there and reads it back.

        Raises:
            BackupError, JournalError: when it did not come about.
        """
        with self._alone():
            return make.make_backup(
                self._directory, place, now_ms=now_ms, software=self._software, progress=progress
            )

    def check(self, folder: Path, progress: Progress) -> Backup:
        """Reads a whole backup back from its medium.

        Raises:
            BackupError: naming what is not as it was written.
        """
        return check(folder, progress)

    def verify_journal(self, progress: Callable[[int, int], None]) -> Report:
        """Walks the kiosk's own journal; told entries done and entries in all.

        Raises:
            JournalError: when its file cannot be read at all.
        """
        return verify(self._directory, progress)

    def export_journal(
        self, place: Path, now_ms: int, progress: Callable[[int, int], None]
    ) -> Path:
        """Writes the journal as a file that the centre can import: ``sync import FILE``.

        Raises:
            JournalError: when it cannot be written; nothing half is left.
        """
        reader = Reader(journal_path(self._directory))
        moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=now_ms)
        day = moment.astimezone(KAZAKHSTAN)
        out = place / f"adal-journal-{reader.epochs()[0].kiosk_id}-{day:%Y%m%d-%H%M%S}.jsonl"
        total = reader.count()
        with in_words(place):
            export.write(reader, out, START, lambda done: progress(done, max(total, done)))
        return out

    def stage_restore(self, folder: Path, now_ms: int, progress: Progress) -> Standing:
        """Copies a backup beside the kiosk's data and asks for it at the next start.

        Raises:
            BackupError: when it is not in order, or would lose newer or foreign entries.
        """
        with self._alone():
            return restore.stage(self._directory, folder, now_ms=now_ms, progress=progress)

    def is_restore_waiting(self) -> bool:
        """Whether the next start of the program puts a backup in place."""
        return restore.waiting(self._directory) is not None

    def call_off_restore(self) -> None:
        """Forgets the restore that waits."""
        restore.call_off(self._directory)

    def take_last_restore(self) -> Result | None:
        """What came of the last restore, told once."""
        result = restore.last_result(self._directory)
        (self._directory / restore.RESULT_FILE).unlink(missing_ok=True)
        return result

    @contextlib.contextmanager
    def _alone(self) -> Iterator[None]:
        """A volunteer may go out while a slow stick is written, and come in again."""
        if not self._in_use.acquire(blocking=False):
            raise BackupError("Another backup is still being worked on. Wait until it is done.")
        try:
            yield
        finally:
            self._in_use.release()
