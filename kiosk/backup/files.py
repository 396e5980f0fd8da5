"""Copies that are on the medium when they count as made, and hashes read back from there."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

from kiosk.backup.manifest import BackupError, FileRecord, Trouble
from kiosk.disk import sync_directory

CHUNK_BYTES = 1 << 20

Moved = Callable[[int], None]
"""Called with the bytes just read or written."""


def copy_file(source: Path, target: Path, name: str, moved: Moved) -> FileRecord:
    """Copies one file and waits until the medium has it; its record is of what was read."""
    digest, size_bytes = hashlib.sha256(), 0
    # One level only: where a stick was pulled out, its folder must not come back on another disk.
    target.parent.mkdir(exist_ok=True)
    with source.open("rb") as read, target.open("wb") as write:
        while chunk := read.read(CHUNK_BYTES):
            write.write(chunk)
            digest.update(chunk)
            size_bytes += len(chunk)
            moved(len(chunk))
        write.flush()
        os.fsync(write.fileno())
    return FileRecord(name, size_bytes, digest.hexdigest())


def record_of(path: Path, name: str, moved: Moved) -> FileRecord:
    """A file's record as the medium gives it back, not as memory remembers it."""
    digest, size_bytes = hashlib.sha256(), 0
    with path.open("rb") as read:
        # What was just written is still in memory; only a real reading proves the stick.
        os.posix_fadvise(read.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
        while chunk := read.read(CHUNK_BYTES):
            digest.update(chunk)
            size_bytes += len(chunk)
            moved(len(chunk))
    return FileRecord(name, size_bytes, digest.hexdigest())


def write_text(path: Path, content: bytes) -> None:
    """Writes a small file; it is on the medium when this returns."""
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    sync_directory(path.parent)


def remove_folder(folder: Path) -> None:
    """Takes a folder away as far as it can be; a stick that is gone has taken it along."""
    shutil.rmtree(folder, ignore_errors=True)


def require_room(place: Path, needed_bytes: int) -> None:
    """Refuses to begin what cannot end.

    Raises:
        BackupError: when less than that is free.
    """
    free_bytes = shutil.disk_usage(place).free
    if free_bytes < needed_bytes:
        raise BackupError(
            f"{place} has {_megabytes(free_bytes)} MB free; {_megabytes(needed_bytes)} MB are "
            "needed. Delete something there or use another stick.",
            Trouble.FULL,
        )


@contextlib.contextmanager
def in_words(place: Path) -> Iterator[None]:
    """Turns what the disk refuses into a BackupError that says what to do."""
    try:
        yield
    except OSError as error:
        raise BackupError(_words(error, place), trouble_of(error)) from error


_TROUBLES = {
    Trouble.FULL: {errno.ENOSPC, errno.EDQUOT},
    Trouble.LOCKED: {errno.EROFS, errno.EACCES, errno.EPERM},
    Trouble.GONE: {errno.ENOENT, errno.EIO, errno.ENODEV, errno.ENXIO, errno.ENOTCONN},
}


def trouble_of(error: OSError) -> Trouble:
    """What the system's number means."""
    found = (trouble for trouble, numbers in _TROUBLES.items() if error.errno in numbers)
    return next(found, Trouble.OTHER)


def _words(error: OSError, place: Path) -> str:
    texts = {
        Trouble.FULL: f"{place} is full. Delete something there or use another stick.",
        Trouble.LOCKED: f"{place} cannot be written. Look for a lock on the stick, or use another.",
        Trouble.GONE: f"{place} does not answer any more. Put the stick in again and repeat.",
    }
    other = f"{place} cannot be used ({error.strerror or error}). Try another stick."
    return texts.get(trouble_of(error), other)


def _megabytes(size_bytes: int) -> int:
    return -(-size_bytes // 1_000_000)
