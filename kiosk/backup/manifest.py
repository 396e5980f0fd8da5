"""A backup's table of contents, and which of a kiosk's files belong into one."""

from __future__ import annotations

import fnmatch
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path, PurePosixPath
from typing import Annotated

import msgspec

from kiosk.domain.errors import N_, AdalError
from kiosk.journal.database import JOURNAL_FILE

MANIFEST_FILE = "manifest.json"
FOLDER_PREFIX = "adal-backup-"
FORMAT = 1

CONTENTS = (
    "catalogue.json",
    "catalogue.previous.json",
    "settings.json",
    "pictures/*.png",
)
"""Beside the journal. A list of what may come, so that a secret can never slip in, nor be planted
by a stick on its way back."""

SIZE_BYTES_MAX = 64 * 2**20
"""Of one file beside the journal."""

_Natural = Annotated[int, msgspec.Meta(ge=0)]
_Sha256 = Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{64}$")]


class Trouble(StrEnum):
    """The few things that go wrong with sticks every day, for a page to say in any language."""

    GONE = "gone"
    FULL = "full"
    LOCKED = "locked"
    DAMAGED = "damaged"
    WOULD_LOSE = "would_lose"
    """A restore would put newer entries, or another kiosk's, aside."""
    OTHER = "other"


class BackupError(AdalError):
    """A backup cannot be made, trusted or put back; the message says what to do."""

    advice = N_("The backup did not work. Try once more, with another stick if it happens again.")

    def __init__(self, message: str, trouble: Trouble = Trouble.OTHER) -> None:
        super().__init__(message)
        self.trouble = trouble


class FileRecord(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One file; ``path`` is relative, with ``/``."""

    path: str
    size_bytes: _Natural
    sha256: _Sha256


class Manifest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a backup holds and where its journal ends; ``made_ms`` is UTC."""

    format: int
    kiosk_id: str
    epoch: _Natural
    seq: _Natural
    head_hash: _Sha256
    entries: _Natural
    made_ms: _Natural
    software: str
    files: tuple[FileRecord, ...]

    @property
    def size_bytes(self) -> int:
        """Of all files together."""
        return sum(file.size_bytes for file in self.files)


@dataclass(frozen=True, slots=True)
class Backup:
    """A backup's folder and what its manifest says; not yet checked."""

    folder: Path
    manifest: Manifest

    @property
    def kiosk_id(self) -> str:
        """Whose it is."""
        return self.manifest.kiosk_id

    @property
    def made_ms(self) -> int:
        """When it was made, UTC."""
        return self.manifest.made_ms

    @property
    def entries(self) -> int:
        """How many entries its journal has."""
        return self.manifest.entries


def contents_of(directory: Path) -> Iterator[str]:
    """The files of a kiosk that a backup takes beside its journal, by relative path."""
    for pattern in CONTENTS:
        for path in sorted(directory.glob(pattern)):
            if path.is_file() and not path.is_symlink():
                yield path.relative_to(directory).as_posix()


def is_wanted(path: str) -> bool:
    """Whether a manifest may name this file; anything else is not ours, whoever wrote it."""
    parts = PurePosixPath(path).parts
    if path == JOURNAL_FILE:
        return True
    return ".." not in parts and any(
        len(parts) == len(PurePosixPath(pattern).parts) and fnmatch.fnmatchcase(path, pattern)
        for pattern in CONTENTS
    )


def read(folder: Path) -> Backup:
    """The backup in a folder.

    Raises:
        BackupError: when there is none, or its manifest cannot be used.
    """
    path = folder / MANIFEST_FILE
    try:
        manifest = msgspec.json.decode(path.read_bytes(), type=Manifest)
    except FileNotFoundError as error:
        raise BackupError(
            f"{folder} is no backup: {MANIFEST_FILE} is missing. Name a folder "
            f"{FOLDER_PREFIX}… as `python -m kiosk backup` makes it."
        ) from error
    except OSError as error:
        raise BackupError(f"{path} cannot be read ({error.strerror}). Put the stick in.") from error
    except (msgspec.MsgspecError, ValueError) as error:
        raise BackupError(f"{path} is damaged: {error}. Use another backup.") from error
    _require_usable(path, manifest)
    return Backup(folder, manifest)


def find(place: Path) -> list[Backup]:
    """The backups in a place, newest first; folders that are none are passed over."""
    found = []
    try:
        folders = [path for path in place.glob(f"{FOLDER_PREFIX}*") if path.suffix != ".part"]
    except OSError:
        return []
    for folder in folders:
        try:
            found.append(read(folder))
        except BackupError:
            continue
    return sorted(found, key=lambda backup: backup.made_ms, reverse=True)


def keep_newest(place: Path, kiosk_id: str, count: int) -> None:
    """Removes a kiosk's older backups from a place; another kiosk's stay.

    Raises:
        OSError: when one cannot be removed.
    """
    own = [backup for backup in find(place) if backup.kiosk_id == kiosk_id]
    for backup in own[count:]:
        shutil.rmtree(backup.folder)


def _require_usable(path: Path, manifest: Manifest) -> None:
    if manifest.format != FORMAT:
        raise BackupError(f"{path} was made by a newer program. Update this kiosk first.")
    names = [file.path for file in manifest.files]
    if JOURNAL_FILE not in names or len(set(names)) != len(names):
        raise BackupError(f"{path} is damaged: its list of files cannot be. Use another backup.")
    for name in names:
        if not is_wanted(name):
            raise BackupError(f"{path} names {name!r}, which no backup holds. Do not use it.")
