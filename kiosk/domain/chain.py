"""The hash chain: what makes a journal evidence.

An entry's identity is (kiosk_id, epoch, seq). Its hash is SHA-256 over a tag and all that
identifies it, every field fixed-width or length-prefixed, so that no two different entries give
the same bytes (joined as plain text, epoch 1/seq 23 and epoch 12/seq 3 would be one):

    u32 len ‖ "adal entry 1" ‖ u32 len ‖ kiosk_id ‖ u64 epoch ‖ u64 seq ‖ prev_hash (32 bytes)
    ‖ u32 len ‖ payload              (integers big-endian; kiosk_id is ASCII)

The first entry of a kiosk's first epoch follows :data:`GENESIS`; a later epoch follows the hash
that the centre named when it issued the epoch. Vectors: tests/domain/vectors/entries.json.
"""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)

from kiosk.domain.errors import ChainError

ENTRY_TAG = b"adal entry 1"
SIGNATURE_TAG = b"adal signed entry 1\x00"
GENESIS = bytes(32)
HASH_SIZE_BYTES = 32
SIGNATURE_SIZE_BYTES = 64
RECEIPT_LENGTH = 6


@dataclass(frozen=True, slots=True)
class Head:
    """The last entry of an epoch: where a chain stands.

    ``seq`` 0 means no entry yet; ``hash`` is then what the first entry must follow.
    """

    epoch: int
    seq: int
    hash: bytes


class StoredEntry(msgspec.Struct, frozen=True, gc=False):
    """An entry as it is kept and sent: exact bytes, never made again from their meaning.

    The centre makes thousands a second: a struct takes a tenth of a dataclass's time.
    """

    kiosk_id: str
    epoch: int
    seq: int
    prev_hash: bytes
    hash: bytes
    payload: bytes
    signature: bytes

    @property
    def head(self) -> Head:
        """The chain's head right after this entry."""
        return Head(self.epoch, self.seq, self.hash)

    @property
    def receipt(self) -> str:
        """Short receipt number: the first six hex digits of the hash, upper case."""
        return receipt_number(self.hash)


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong with a chain, at one entry."""

    epoch: int
    seq: int
    what: str


def receipt_number(entry_hash_bytes: bytes) -> str:
    """The first six hex digits of an entry's hash, upper case."""
    return entry_hash_bytes.hex()[:RECEIPT_LENGTH].upper()


def kiosk_id_of(public_key: bytes) -> str:
    """A kiosk is named after its first key: 16 hex digits of the key's SHA-256."""
    return hashlib.sha256(public_key).hexdigest()[:16]


def entry_hash(kiosk_id: str, epoch: int, seq: int, prev_hash: bytes, payload: bytes) -> bytes:
    """SHA-256 over everything that an entry is; 32 bytes.

    Raises:
        ChainError: for a previous hash that is not 32 bytes, or numbers below 1.
    """
    if len(prev_hash) != HASH_SIZE_BYTES:
        raise ChainError(f"A previous hash has 32 bytes, not {len(prev_hash)}.")
    if epoch < 1 or seq < 1:
        raise ChainError(f"Epochs and entries count from 1, not {epoch}/{seq}.")
    size = len(payload).to_bytes(4, "big")
    return hashlib.sha256(
        b"".join((_beginning(kiosk_id, epoch), seq.to_bytes(8, "big"), prev_hash, size, payload))
    ).digest()


@lru_cache(maxsize=256)
def _beginning(kiosk_id: str, epoch: int) -> bytes:
    """The bytes with which all entries of an epoch begin."""
    name = kiosk_id.encode("ascii")
    return b"".join(
        (
            struct.pack(">I", len(ENTRY_TAG)),
            ENTRY_TAG,
            struct.pack(">I", len(name)),
            name,
            struct.pack(">Q", epoch),
        )
    )


def sign_hash(key: Ed25519PrivateKey, entry_hash_bytes: bytes) -> bytes:
    """The kiosk's Ed25519 signature over an entry's hash; 64 bytes."""
    return key.sign(SIGNATURE_TAG + entry_hash_bytes)


def signature_is_valid(public_key: bytes, entry_hash_bytes: bytes, signature: bytes) -> bool:
    """Whether the key (32 raw bytes) signed that hash."""
    try:
        Ed25519PublicKey.from_public_bytes(public_key).verify(
            signature, SIGNATURE_TAG + entry_hash_bytes
        )
    except (InvalidSignature, ValueError):
        return False
    return True


def make_entry(key: Ed25519PrivateKey, kiosk_id: str, head: Head, payload: bytes) -> StoredEntry:
    """The entry that follows ``head``: numbered, chained and signed."""
    seq = head.seq + 1
    digest = entry_hash(kiosk_id, head.epoch, seq, head.hash, payload)
    return StoredEntry(
        kiosk_id, head.epoch, seq, head.hash, digest, payload, sign_hash(key, digest)
    )


def link_faults(entries: Iterable[StoredEntry], after: Head) -> Iterator[Fault]:
    """What breaks the chain of one epoch's entries that should follow ``after``.

    After a fault the walk goes on from what the entry itself claims, so that one broken link
    is one fault and the rest is still checked.
    """
    epoch, seq, prev_hash = after.epoch, after.seq, after.hash
    for entry in entries:
        if entry.epoch != epoch:
            yield Fault(entry.epoch, entry.seq, f"belongs to epoch {entry.epoch}")
        if entry.seq != seq + 1:
            yield Fault(entry.epoch, entry.seq, f"follows entry {seq}, with a gap")
        if entry.prev_hash != prev_hash:
            yield Fault(entry.epoch, entry.seq, "does not continue the entry before it")
        if not _hash_is_right(entry):
            yield Fault(entry.epoch, entry.seq, "was changed: its hash does not fit its bytes")
        epoch, seq, prev_hash = entry.epoch, entry.seq, entry.hash


def signature_faults(entries: Iterable[StoredEntry], public_key: bytes) -> Iterator[Fault]:
    """Entries that the kiosk's key did not sign."""
    for entry in entries:
        if not signature_is_valid(public_key, entry.hash, entry.signature):
            yield Fault(entry.epoch, entry.seq, "was not signed by this kiosk")


def _hash_is_right(entry: StoredEntry) -> bool:
    try:
        digest = entry_hash(entry.kiosk_id, entry.epoch, entry.seq, entry.prev_hash, entry.payload)
    except (ChainError, UnicodeEncodeError):
        return False
    return digest == entry.hash
