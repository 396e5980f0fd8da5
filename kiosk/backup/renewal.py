"""A restored kiosk has its history and its name, but no key: the centre gives it a new epoch.

Until then the journal is not opened: nobody may write on where somebody else may have written
already. Enrolling makes a new key here; its first entry follows the last one that the centre
holds of this kiosk, wherever the backup ended.
"""

from __future__ import annotations

import os
from pathlib import Path

import msgspec

from kiosk import keys
from kiosk.disk import sync_directory
from kiosk.domain import chain
from kiosk.domain.errors import JournalError

RENEWAL_FILE = "restored.json"


class Renewal(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Whose journal lies here without its key; ``epoch`` is the last one it was written in."""

    kiosk_id: str
    epoch: int


def ask_for_epoch(directory: Path, kiosk_id: str, epoch: int) -> None:
    """Notes that the kiosk must enrol again before it opens its journal."""
    keys.write_file(directory / RENEWAL_FILE, msgspec.json.encode(Renewal(kiosk_id, max(epoch, 1))))


def waiting(directory: Path) -> Renewal | None:
    """Who waits here for a new epoch; None for a kiosk with its own identity.

    Raises:
        JournalError: when the note is damaged.
    """
    path = directory / RENEWAL_FILE
    if not path.exists() or (directory / keys.IDENTITY_FILE).exists():
        return None
    try:
        return msgspec.json.decode(path.read_bytes(), type=Renewal)
    except (OSError, msgspec.MsgspecError, ValueError) as error:
        raise JournalError(f"{path} is damaged ({error}). Restore the backup again.") from error


def begin_epoch(directory: Path, epoch: int, link_hash: bytes) -> keys.KioskIdentity:
    """Takes the epoch that the centre issued for the key of :func:`keys.prepare_epoch_key`.

    Done again after a power cut it ends the same.

    Raises:
        JournalError: when nobody waits here, for an epoch that is not newer, or while another
            program has the journal open.
    """
    renewal = waiting(directory)
    if renewal is None:
        raise JournalError(f"No restored kiosk waits in {directory}. Enrol it as usual.")
    if epoch <= renewal.epoch or len(link_hash) != chain.HASH_SIZE_BYTES:
        raise JournalError(
            f"Epoch {epoch} cannot follow epoch {renewal.epoch}. Ask the coordinator for a new "
            "code."
        )
    lock = keys.lock_directory(directory)
    try:
        key_path, next_path = directory / keys.key_file(epoch), directory / keys.NEXT_KEY_FILE
        if next_path.exists():  # else a cut came right after the renaming: the key is in place
            next_path.replace(key_path)
            sync_directory(directory)
        identity = keys.KioskIdentity(renewal.kiosk_id, epoch, keys.load_key(key_path), link_hash)
        keys.save_identity(directory, identity)
        (directory / RENEWAL_FILE).unlink()
        return identity
    finally:
        os.close(lock)
