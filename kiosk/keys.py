"""Who this kiosk is: its name, the epoch it writes, and the key that signs.

Beside the journal lie ``identity.json`` and one key file per epoch (``kiosk-1.key``: PEM, PKCS #8,
mode 0600). The key is made on the device and never leaves it. A kiosk keeps its name for ever; a
new epoch has a new key and follows the hash that the centre named.
"""

from __future__ import annotations

import fcntl
import logging
import os
from dataclasses import dataclass, field
from pathlib import Path

import msgspec
from cryptography.exceptions import InternalError, UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from kiosk.disk import sync_directory
from kiosk.domain import chain
from kiosk.domain.errors import JournalError

IDENTITY_FILE = "identity.json"
NEXT_KEY_FILE = "kiosk-next.key"
LOCK_FILE = "journal.lock"

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class KioskIdentity:
    """Name, epoch and signing key; ``link_hash`` is what the epoch's first entry follows."""

    kiosk_id: str
    epoch: int
    key: Ed25519PrivateKey = field(repr=False)
    link_hash: bytes

    @property
    def public_key(self) -> bytes:
        """The 32 raw bytes that check this kiosk's signatures."""
        return public_bytes(self.key)


class _IdentityFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    kiosk_id: str
    epoch: int
    link_hash: str
    key_file: str


def public_bytes(key: Ed25519PrivateKey) -> bytes:
    """A key's public half: 32 raw bytes."""
    return key.public_key().public_bytes_raw()


def load_identity(directory: Path) -> KioskIdentity | None:
    """The identity kept in a kiosk's directory; None when it was never saved there.

    Raises:
        JournalError: when the files are there but cannot be used.
    """
    path = directory / IDENTITY_FILE
    try:
        raw = path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise JournalError(f"{path} cannot be read ({error.strerror}). Check the disk.") from error
    try:
        kept = msgspec.json.decode(raw, type=_IdentityFile)
        link_hash = bytes.fromhex(kept.link_hash)
    except (msgspec.MsgspecError, ValueError) as error:
        raise JournalError(f"{path} is damaged ({error}). Restore it or enrol again.") from error
    key = load_key(directory / Path(kept.key_file).name)
    identity = KioskIdentity(kept.kiosk_id, kept.epoch, key, link_hash)
    if kept.epoch < 1 or len(link_hash) != chain.HASH_SIZE_BYTES or not _is_own_name(identity):
        raise JournalError(f"{path} contradicts its key. Restore both files or enrol again.")
    return identity


def first_identity(directory: Path) -> KioskIdentity:
    """The identity of a kiosk's first epoch, with its key loaded or made; not saved yet."""
    key = load_or_make_key(directory / key_file(1))
    return KioskIdentity(chain.kiosk_id_of(public_bytes(key)), 1, key, chain.GENESIS)


def save_identity(directory: Path, identity: KioskIdentity) -> None:
    """Keeps an identity whose key file is in place; the old one or the new one, never half."""
    kept = _IdentityFile(
        identity.kiosk_id, identity.epoch, identity.link_hash.hex(), key_file(identity.epoch)
    )
    text = msgspec.json.format(msgspec.json.encode(kept), indent=2)
    write_file(directory / IDENTITY_FILE, text + b"\n")


def prepare_epoch_key(directory: Path) -> Ed25519PrivateKey:
    """The key for the next epoch, made once: its public half goes to the centre to be approved."""
    return load_or_make_key(directory / NEXT_KEY_FILE)


def start_epoch(directory: Path, epoch: int, link_hash: bytes) -> KioskIdentity:
    """Begins the epoch that the centre issued, after :func:`prepare_epoch_key` and its approval.

    The kiosk keeps its name. The journal must be closed; opening it again writes on in the new
    epoch, whose first entry follows ``link_hash``. Done twice it changes nothing.

    Raises:
        JournalError: without an identity or a prepared key, for an epoch that is not newer, or
            while the journal is open.
    """
    lock = lock_directory(directory)
    try:
        return _start_epoch(directory, epoch, link_hash)
    finally:
        os.close(lock)


def lock_directory(directory: Path) -> int:
    """Keeps every other writer out of the directory; closing the descriptor lets go.

    Raises:
        JournalError: when another program has the lock, or the directory cannot be used.
    """
    try:
        directory.mkdir(parents=True, exist_ok=True)
        flags = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC
        descriptor = os.open(directory / LOCK_FILE, flags, 0o600)
    except OSError as error:
        raise JournalError(
            f"The kiosk's directory {directory} cannot be used ({error.strerror}). "
            "Check that it exists and may be written."
        ) from error
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        os.close(descriptor)
        raise JournalError(
            f"Another Adal works with the journal in {directory}. Stop it first."
        ) from error
    return descriptor


def _start_epoch(directory: Path, epoch: int, link_hash: bytes) -> KioskIdentity:
    current = load_identity(directory)
    if current is None:
        raise JournalError(f"{directory} holds no kiosk yet. Start the kiosk once, then enrol.")
    if (current.epoch, current.link_hash) == (epoch, link_hash):
        return current
    if epoch <= current.epoch or len(link_hash) != chain.HASH_SIZE_BYTES:
        raise JournalError(
            f"Epoch {epoch} cannot follow epoch {current.epoch}. Ask the coordinator for a new code."
        )
    key_path = directory / key_file(epoch)
    next_path = directory / NEXT_KEY_FILE
    if next_path.exists():  # else a cut came right after the renaming: the key is in place
        next_path.replace(key_path)
        sync_directory(directory)
    identity = KioskIdentity(current.kiosk_id, epoch, load_key(key_path), link_hash)
    save_identity(directory, identity)
    return identity


def load_or_make_key(path: Path) -> Ed25519PrivateKey:
    """The key in that file; a new one is on disk before it is returned."""
    if path.exists():
        return load_key(path)
    key = Ed25519PrivateKey.generate()
    pem = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    write_file(path, pem)
    return key


def load_key(path: Path) -> Ed25519PrivateKey:
    """Reads a key file, and takes it away from other users' eyes when somebody opened it up.

    Raises:
        JournalError: when it is missing, damaged or of another kind.
    """
    try:
        if path.stat().st_mode & 0o077:
            _log.warning("%s was readable by others; its mode is 0600 again.", path)
            path.chmod(0o600)
        key = serialization.load_pem_private_key(path.read_bytes(), password=None)
    except OSError as error:
        raise JournalError(
            f"The kiosk's key {path} cannot be read ({error.strerror}). Restore it or enrol again."
        ) from error
    except (ValueError, TypeError, UnsupportedAlgorithm, InternalError) as error:
        raise JournalError(
            f"The kiosk's key {path} is damaged. Restore it or enrol again."
        ) from error
    if not isinstance(key, Ed25519PrivateKey):
        raise JournalError(f"{path} holds no Ed25519 key. Restore the kiosk's own key file.")
    return key


def write_file(path: Path, content: bytes) -> None:
    """Writes a private file (mode 0600) whole or not at all; on disk when this returns.

    Raises:
        JournalError: when the disk refuses; what was there stays.
    """
    temporary = path.with_name(f"{path.name}.new")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary.unlink(missing_ok=True)
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
        sync_directory(path.parent)
    except OSError as error:
        raise JournalError(
            f"{path} cannot be written ({error.strerror}). Check the disk and its permissions."
        ) from error


def key_file(epoch: int) -> str:
    """Name of the file with an epoch's key."""
    return f"kiosk-{epoch}.key"


def _is_own_name(identity: KioskIdentity) -> bool:
    """The first key names the kiosk; later keys' right to the name is the centre's to say."""
    return identity.epoch > 1 or identity.kiosk_id == chain.kiosk_id_of(identity.public_key)
