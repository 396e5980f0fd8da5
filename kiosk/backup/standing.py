"""How a backup's journal stands to the one in place: may it be put back, and who may go on."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path

import msgspec

from kiosk.backup.manifest import BackupError, Manifest, Trouble
from kiosk.domain.chain import StoredEntry
from kiosk.domain.errors import JournalError
from kiosk.journal.database import JOURNAL_FILE
from kiosk.journal.store import Reader


class Standing(StrEnum):
    """What the kiosk's present journal is, seen from the backup."""

    NONE = "none"
    """There is no journal in place."""
    FRESH = "fresh"
    """Another, new kiosk's, in which nothing was sold or counted: a machine with a new disk."""
    SAME = "same"
    """It ends with the very entry that the backup ends with."""
    BEHIND = "behind"
    """Older than the backup; what it may hold beyond it are starts and visitors, nothing sold."""
    DAMAGED = "damaged"
    """It cannot be read."""
    AHEAD = "ahead"
    """It holds everything in the backup and more."""
    FORKED = "forked"
    """Both hold entries that the other lacks."""
    OTHER = "other"
    """Another kiosk's, which has a history."""


HARMLESS = frozenset(
    {Standing.NONE, Standing.FRESH, Standing.SAME, Standing.BEHIND, Standing.DAMAGED}
)
"""Putting the backup in place loses nothing that could be had otherwise."""

_NOTHING_HAPPENED = frozenset(
    {"boot", "clock_set", "admin_opened", "pin_failed", "unknown_scan", "help_call"}
)

_REFUSALS = {
    Standing.AHEAD: (
        "This kiosk already holds everything in the backup, and newer entries that would be lost."
    ),
    Standing.FORKED: "This kiosk holds entries that the backup lacks; they would be lost.",
    Standing.OTHER: "The backup is of another kiosk, and this one has a history of its own.",
}


class _Type(msgspec.Struct):
    type: str = ""


def require_harmless(standing: Standing) -> None:
    """Refuses to put older or foreign entries in the place of present ones.

    Raises:
        BackupError: saying what would be lost.
    """
    if standing not in HARMLESS:
        raise BackupError(
            f"{_REFUSALS[standing]} Nothing was changed. If that is meant, stop the kiosk and run "
            "`python -m kiosk restore FOLDER --force`.",
            Trouble.WOULD_LOSE,
        )


def standing(directory: Path, backup: Manifest, backup_folder: Path) -> Standing:
    """Compares the journal in a kiosk's directory with a backup's."""
    path = directory / JOURNAL_FILE
    if not path.is_file():
        return Standing.NONE
    try:
        return _compared(Reader(path), backup, Reader(backup_folder / JOURNAL_FILE))
    except JournalError:
        return Standing.DAMAGED


def _compared(present: Reader, backup: Manifest, copy: Reader) -> Standing:
    if present.damage() or present.faults() or not present.epochs():
        return Standing.DAMAGED
    if present.epochs()[0].kiosk_id != backup.kiosk_id:
        return Standing.FRESH if _nothing_happened(present) else Standing.OTHER
    return _of_the_same_kiosk(present, backup, copy)


def _of_the_same_kiosk(present: Reader, backup: Manifest, copy: Reader) -> Standing:
    last = present.page_before(limit=1)
    if not last:
        return Standing.BEHIND if backup.entries else Standing.SAME
    if last[0].hash.hex() == backup.head_hash:
        return Standing.SAME
    if _holds(present, backup.epoch, backup.seq, backup.head_hash):
        return Standing.AHEAD
    return Standing.BEHIND if _nothing_beyond(present, copy) else Standing.FORKED


def _nothing_beyond(present: Reader, copy: Reader) -> bool:
    """Whether all that only the present journal holds could as well never have been."""
    for page in present.pages_newest_first():
        for entry in page:
            if _holds(copy, entry.epoch, entry.seq, entry.hash.hex()):
                return True
            if _type_of(entry) not in _NOTHING_HAPPENED:
                return False
    return True


def _holds(reader: Reader, epoch: int, seq: int, entry_hash: str) -> bool:
    found = reader.page_of_epoch(epoch, seq - 1, 1)
    return bool(found) and found[0].seq == seq and found[0].hash.hex() == entry_hash


def _nothing_happened(reader: Reader) -> bool:
    return all(_type_of(entry) in _NOTHING_HAPPENED for entry in reader.entries())


def _type_of(entry: StoredEntry) -> str:
    try:
        return msgspec.json.decode(entry.payload, type=_Type).type
    except (msgspec.MsgspecError, ValueError):
        return ""
