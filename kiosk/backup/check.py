"""Whether a backup is what it was: every file against its hash, the journal entry by entry."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from kiosk.backup import manifest as manifests
from kiosk.backup.files import in_words, record_of
from kiosk.backup.manifest import Backup, BackupError, FileRecord, Manifest, Trouble
from kiosk.domain.errors import JournalError
from kiosk.journal.verify import Report, verify


class Stage(StrEnum):
    """What is being done, for a progress bar."""

    SNAPSHOT = "snapshot"
    COPY = "copy"
    READ_BACK = "read_back"
    ENTRIES = "entries"


Progress = Callable[[Stage, float], None]
"""Called with the stage and the share of it that is done, 0 to 1. May raise to stop the work."""


def silent(_stage: Stage, _share: float) -> None:
    """For who watches no bar."""


@dataclass(frozen=True, slots=True)
class Meter:
    """Turns bytes into shares of a stage."""

    progress: Progress
    stage: Stage
    total_bytes: int

    def counter(self) -> Callable[[int], None]:
        """A function that takes the bytes just moved."""
        done_bytes = 0

        def moved(count_bytes: int) -> None:
            nonlocal done_bytes
            done_bytes += count_bytes
            self.progress(self.stage, min(1.0, done_bytes / max(self.total_bytes, 1)))

        return moved


def check(folder: Path, progress: Progress = silent) -> Backup:
    """Reads a whole backup back from its medium.

    Raises:
        BackupError: naming what is not as it was written.
    """
    backup = manifests.read(folder)
    check_files(backup, progress)
    check_journal(backup.manifest, folder, progress)
    return backup


def check_files(backup: Backup, progress: Progress) -> None:
    """Compares every file with its record."""
    moved = Meter(progress, Stage.READ_BACK, backup.manifest.size_bytes).counter()
    for record in backup.manifest.files:
        path = backup.folder / record.path
        with in_words(backup.folder):
            backup.folder.stat()  # a stick that was pulled out has lost nothing
        if not path.is_file() or path.is_symlink():
            raise BackupError(f"{path} is missing. Use another backup.", Trouble.DAMAGED)
        with in_words(backup.folder):
            require_same(record_of(path, record.path, moved), record, path)


def require_same(found: FileRecord, wanted: FileRecord, path: Path) -> None:
    """Refuses a file that is not the one in the manifest."""
    if found != wanted:
        raise BackupError(
            f"{path} is damaged: it is not what was written. Make another backup, on another "
            "stick if it happens again.",
            Trouble.DAMAGED,
        )


def check_journal(manifest: Manifest, directory: Path, progress: Progress) -> Report:
    """Walks the journal in a directory and compares its end with the manifest's."""
    try:
        report = verify(directory, lambda done, total: progress(Stage.ENTRIES, done / total))
    except JournalError as error:
        raise BackupError(
            f"The backup's journal cannot be read: {error}",
            Trouble.DAMAGED if directory.is_dir() else Trouble.GONE,
        ) from error
    faults = [
        *report.damage,
        *report.file_faults,
        *report.fold_faults,
        *(f"entry {fault.epoch}/{fault.seq} {fault.what}" for fault in report.entry_faults),
    ]
    if faults:
        raise BackupError(
            f"The journal in {directory} is not in order: {faults[0]}. Keep it, use another "
            "backup and tell the coordinator.",
            Trouble.DAMAGED,
        )
    found = (report.kiosk_id, report.entry_count, *_end(report))
    if found != (manifest.kiosk_id, manifest.entries, *_end_of(manifest)):
        raise BackupError(
            f"The journal in {directory} is not the one that its manifest names.", Trouble.DAMAGED
        )
    return report


def _end(report: Report) -> tuple[int, int, str]:
    """Where the journal ends; (0, 0, …) for one without entries."""
    if not report.heads:
        return 0, 0, "0" * 64
    last = report.heads[-1]
    return last.epoch, last.seq, last.hash.hex()


def _end_of(manifest: Manifest) -> tuple[int, int, str]:
    return manifest.epoch, manifest.seq, manifest.head_hash
