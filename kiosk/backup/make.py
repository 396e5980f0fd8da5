"""Making a backup: a moment of the journal, copied to a medium, read back, then named."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec

from kiosk.backup import snapshot
from kiosk.backup.check import Meter, Progress, Stage, check_files, check_journal, silent
from kiosk.backup.files import (
    copy_file,
    in_words,
    remove_folder,
    require_room,
    write_text,
)
from kiosk.backup.manifest import (
    FOLDER_PREFIX,
    FORMAT,
    MANIFEST_FILE,
    SIZE_BYTES_MAX,
    Backup,
    BackupError,
    FileRecord,
    Manifest,
    Trouble,
    contents_of,
)
from kiosk.disk import sync_directory
from kiosk.domain.ledger import KAZAKHSTAN
from kiosk.journal.database import JOURNAL_FILE
from kiosk.journal.store import Reader
from kiosk.journal.verify import journal_path

WORK_FOLDER = "backup.part"
"""In the kiosk's directory: the moment of the journal that is being copied away."""
_ROOM_FACTOR = 1.05
"""File systems take a little more than the bytes."""


def make_backup(
    directory: Path,
    place: Path,
    *,
    now_ms: int,
    software: str,
    progress: Progress = silent,
) -> Backup:
    """Makes a backup of a kiosk, running or not, and reads it back from the medium.

    Args:
        directory: the kiosk's data.
        place: an existing folder, on a stick; the backup becomes a folder in it.
        now_ms: for its name and manifest, UTC.
        software: name and version, for the manifest.
        progress: told how far it is; what it raises stops the work.

    Raises:
        BackupError: when anything refuses; nothing half is left behind in ``place``.
        JournalError: when the directory holds no journal.
    """
    journal_path(directory)
    if not place.is_dir():
        raise BackupError(f"{place} is not there. Put the stick in again and repeat.", Trouble.GONE)
    work = directory / WORK_FOLDER
    remove_folder(work)  # of one that a power cut ended
    try:
        with in_words(directory):
            names = _take_moment(directory, work, progress)
        with in_words(place):
            return _put(directory, work, names, place, now_ms, software, progress)
    finally:
        remove_folder(work)


def _take_moment(directory: Path, work: Path, progress: Progress) -> list[str]:
    """What belongs together, as of one moment; returns the names of all files.

    The files first, the journal after them: products may only name entries that it has.
    """
    names = list(contents_of(directory))
    work.mkdir(mode=0o700)
    for name in names:
        if (directory / name).stat().st_size > SIZE_BYTES_MAX:
            raise BackupError(f"{directory / name} is far too large. Remove it.")
        if name.endswith(".json"):
            copy_file(directory / name, work / name, name, lambda _bytes: None)
    require_room(directory, (directory / JOURNAL_FILE).stat().st_size)
    snapshot.take(
        directory / JOURNAL_FILE,
        work / JOURNAL_FILE,
        lambda share: progress(Stage.SNAPSHOT, share),
    )
    return [JOURNAL_FILE, *names]


def _put(
    directory: Path,
    work: Path,
    names: list[str],
    place: Path,
    now_ms: int,
    software: str,
    progress: Progress,
) -> Backup:
    sources = {name: work / name if (work / name).exists() else directory / name for name in names}
    size_bytes = sum(path.stat().st_size for path in sources.values())
    require_room(place, int(size_bytes * _ROOM_FACTOR))
    for half in place.glob(f"{FOLDER_PREFIX}*.part"):  # of one whose stick or plug was pulled
        remove_folder(half)
    reader = Reader(work / JOURNAL_FILE)
    folder = _free_name(place, reader.epochs()[0].kiosk_id, now_ms)
    part = folder.with_name(f"{folder.name}.part")
    try:
        part.mkdir()
        moved = Meter(progress, Stage.COPY, size_bytes).counter()
        records = tuple(copy_file(path, part / name, name, moved) for name, path in sources.items())
        backup = Backup(part, _manifest(reader, records, now_ms, software))
        check_files(backup, progress)
        check_journal(backup.manifest, part, progress)
        write_text(part / MANIFEST_FILE, msgspec.json.format(msgspec.json.encode(backup.manifest)))
        part.rename(folder)
        sync_directory(place)
    except BaseException:
        remove_folder(part)
        raise
    return Backup(folder, backup.manifest)


def _manifest(
    reader: Reader, records: tuple[FileRecord, ...], now_ms: int, software: str
) -> Manifest:
    last = reader.page_before(limit=1)
    epoch, seq, head_hash = (
        (last[0].epoch, last[0].seq, last[0].hash.hex()) if last else (0, 0, "0" * 64)
    )
    kiosk_id = reader.epochs()[0].kiosk_id
    return Manifest(
        FORMAT, kiosk_id, epoch, seq, head_hash, reader.count(), now_ms, software, records
    )


def _free_name(place: Path, kiosk_id: str, now_ms: int) -> Path:
    """A name that says whose and when; a second one in the same second gets a number."""
    moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=now_ms)
    name = f"{FOLDER_PREFIX}{kiosk_id}-{moment.astimezone(KAZAKHSTAN):%Y%m%d-%H%M%S}"
    number, path = 1, place / name
    while path.exists():
        number += 1
        path = place / f"{name}-{number}"
    return path
