"""Daily signed checkpoints: what a region's journals were on a day, for anybody to keep.

A checkpoint names the head of every chain that the centre holds for a region's shops, and the hash
of the checkpoint before it. Whoever kept one can later check a journal against it: an entry that
was changed, or left out, up to that day no longer leads to the same head. No shop is named, so
that the numbers of entries tell nobody how a shop's day was.

The file, one JSON object, keeps the exact bytes that were signed as text in ``document``:

    {"document": "{…}", "signature": base64, "public_key": base64}

    document = {"region": "47", "day": "2026-11-21", "made_ms": …, "previous_hash": hex,
                "heads": [{"kiosk_id": …, "epoch": 1, "seq": 812, "hash": hex}, …]}

signature = Ed25519 over ``"adal checkpoint 1\\0" ‖ document``; its hash = SHA-256 over the same.
The first checkpoint of a region follows 64 zeros.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from pathlib import Path

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from kiosk.domain.chain import SIGNATURE_SIZE_BYTES, StoredEntry
from kiosk.domain.errors import WireError
from sync.proof import PUBLIC_KEY_SIZE_BYTES
from sync.wire import from_base64, to_base64

TAG = b"adal checkpoint 1\x00"
NO_PREVIOUS = "0" * 64
FILE_SIZE_BYTES_MAX = 64 * 1024 * 1024


class CheckpointHead(msgspec.Struct, frozen=True):
    """Where one chain stood: its last entry and that entry's hash in hex."""

    kiosk_id: str
    epoch: int
    seq: int
    hash: str


class Checkpoint(msgspec.Struct, frozen=True):
    """What is signed. ``day`` at UTC+5; ``previous_hash`` of the region's checkpoint before."""

    region: str
    day: str
    made_ms: int
    previous_hash: str
    heads: list[CheckpointHead]


class CheckpointFile(msgspec.Struct, frozen=True):
    """What travels: the exact document, its signature, and the key it claims to be signed with."""

    document: str
    signature: str
    public_key: str


@dataclass(frozen=True, slots=True)
class SignedCheckpoint:
    """A checkpoint together with the bytes that prove it."""

    content: Checkpoint
    document: bytes
    signature: bytes
    public_key: bytes

    @property
    def hash(self) -> str:
        """In hex: what the next checkpoint names as the one before it."""
        return hash_of(self.document).hex()

    def is_signed_by(self, public_key: bytes) -> bool:
        """Whether that key (32 raw bytes) signed exactly these bytes."""
        try:
            Ed25519PublicKey.from_public_bytes(public_key).verify(
                self.signature, TAG + self.document
            )
        except (InvalidSignature, ValueError):
            return False
        return True

    def to_file(self) -> bytes:
        """As it is served and kept."""
        return msgspec.json.encode(
            CheckpointFile(
                self.document.decode(), to_base64(self.signature), to_base64(self.public_key)
            )
        )


def hash_of(document: bytes) -> bytes:
    """SHA-256 over tag and document; 32 bytes."""
    return hashlib.sha256(TAG + document).digest()


def sign(content: Checkpoint, key: Ed25519PrivateKey) -> SignedCheckpoint:
    """Makes the bytes once, and signs them."""
    document = msgspec.json.encode(content)
    public_key = key.public_key().public_bytes_raw()
    return SignedCheckpoint(content, document, key.sign(TAG + document), public_key)


def read(data: bytes) -> SignedCheckpoint:
    """A checkpoint from its file; the signature is not checked yet.

    Raises:
        WireError: when it is none.
    """
    try:
        file = msgspec.json.decode(data, type=CheckpointFile)
        document = file.document.encode()
        content = msgspec.json.decode(document, type=Checkpoint)
    except (msgspec.MsgspecError, UnicodeError) as error:
        raise WireError(f"This is no checkpoint: {error}") from error
    return SignedCheckpoint(
        content,
        document,
        from_base64(file.signature, SIGNATURE_SIZE_BYTES, "checkpoint's signature"),
        from_base64(file.public_key, PUBLIC_KEY_SIZE_BYTES, "checkpoint's key"),
    )


def read_file(path: Path) -> SignedCheckpoint:
    """A checkpoint that somebody kept.

    Raises:
        WireError: when it is none or cannot be read; names the file.
    """
    try:
        with path.open("rb") as file:
            return read(file.read(FILE_SIZE_BYTES_MAX))
    except OSError as error:
        raise WireError(f"{path} cannot be read: {error.strerror}.") from error
    except WireError as error:
        raise WireError(f"{path}: {error}") from error


def check(
    entries: Iterable[StoredEntry],
    checkpoint: SignedCheckpoint,
    public_key: bytes | None = None,
    *,
    earlier: Iterable[SignedCheckpoint] = (),
) -> list[str]:
    """What contradicts the checkpoint; an empty list when everything agrees with it.

    Compares heads only; that the entries before them lead there is what
    :func:`sync.journalfile.verify` shows, so both belong together.

    Args:
        entries: one kiosk's journal or several, in any order. A file without its beginning agrees
            only when it follows a checkpoint: what was left out could have been anything.
        checkpoint: what somebody kept.
        public_key: the centre's, 32 raw bytes, known from elsewhere; None to believe the file's.
        earlier: others that were kept and are compared too; a file may begin right after one.
    """
    name = f"the checkpoint of region {checkpoint.content.region}, {checkpoint.content.day}"
    if public_key is not None and public_key != checkpoint.public_key:
        return [f"{name} names another key than the centre's"]
    if not checkpoint.is_signed_by(checkpoint.public_key):
        return [f"{name} was not signed by the centre: it was changed"]
    chains = _chains_of(entries, checkpoint.content.heads)
    known = {head.kiosk_id for head in checkpoint.content.heads}
    faults = [
        f"kiosk {kiosk_id} does not stand in {name}"
        for kiosk_id in sorted({kiosk for kiosk, _ in chains} - known)
    ]
    starts = _starts(checkpoint, earlier)
    faults += [
        fault for chain in chains.values() for fault in _without_its_beginning(chain, starts)
    ]
    kiosks = {kiosk for kiosk, _ in chains}
    for head in checkpoint.content.heads:
        if head.kiosk_id in kiosks:
            faults += _compare(chains.get((head.kiosk_id, head.epoch)), head, name)
    return faults


def check_links(checkpoints: Sequence[SignedCheckpoint]) -> list[str]:
    """What is wrong between checkpoints of one region that were kept, oldest first.

    Days between two of them may be missing: only where one follows on the very next day must it
    name the other, but no chain may ever have become shorter.
    """
    faults = []
    ordered = sorted(checkpoints, key=lambda one: (one.content.region, one.content.day))
    for before, after in pairwise(ordered):
        if before.content.region != after.content.region:
            continue
        days = f"{before.content.day} and {after.content.day}"
        if before.content.day == after.content.day and before.document != after.document:
            faults.append(f"two different checkpoints of {before.content.day}")
        if _is_next_day(before, after) and after.content.previous_hash != before.hash:
            faults.append(f"{after.content.day} does not follow {before.content.day}")
        stood = {(x.kiosk_id, x.epoch): x for x in after.content.heads}
        for head in before.content.heads:
            later = stood.get((head.kiosk_id, head.epoch))
            if later is None:
                faults.append(f"kiosk {head.kiosk_id} left the region between {days}")
            elif later.seq < head.seq:
                faults.append(f"kiosk {head.kiosk_id}: its journal became shorter between {days}")
            elif later.seq == head.seq and later.hash != head.hash:
                faults.append(f"kiosk {head.kiosk_id}: entry {head.seq} differs between {days}")
    return faults


def _is_next_day(before: SignedCheckpoint, after: SignedCheckpoint) -> bool:
    try:
        days = [date.fromisoformat(one.content.day) for one in (before, after)]
    except ValueError:
        return False
    return (days[1] - days[0]).days == 1


@dataclass(slots=True)
class _Chain:
    """What a file holds of one chain, as far as a checkpoint asks."""

    first: StoredEntry
    last_seq: int
    at: dict[int, StoredEntry]


def _chains_of(
    entries: Iterable[StoredEntry], heads: Iterable[CheckpointHead]
) -> dict[tuple[str, int], _Chain]:
    """Read once, keeping only the entries that heads name: a journal may be large."""
    asked = {(head.kiosk_id, head.epoch): head.seq for head in heads}
    chains: dict[tuple[str, int], _Chain] = {}
    for entry in entries:
        key = entry.kiosk_id, entry.epoch
        chain = chains.setdefault(key, _Chain(entry, entry.seq, {}))
        if entry.seq < chain.first.seq:
            chain.first = entry
        chain.last_seq = max(chain.last_seq, entry.seq)
        if asked.get(key) == entry.seq:
            chain.at[entry.seq] = entry
    return chains


def _starts(
    checkpoint: SignedCheckpoint, earlier: Iterable[SignedCheckpoint]
) -> set[tuple[str, int, int]]:
    """Heads after which a file may begin; what follows each is compared with that checkpoint."""
    key = checkpoint.public_key
    believed = [one for one in earlier if one.public_key == key and one.is_signed_by(key)]
    return {
        (head.kiosk_id, head.epoch, head.seq)
        for one in (checkpoint, *believed)
        for head in one.content.heads
    }


def _without_its_beginning(chain: _Chain, starts: Collection[tuple[str, int, int]]) -> list[str]:
    """What was left out before the first entry could have been anything."""
    first = chain.first
    if first.seq == 1 or (first.kiosk_id, first.epoch, first.seq - 1) in starts:
        return []
    return [
        f"kiosk {first.kiosk_id}, epoch {first.epoch} cannot be compared: entries 1 to "
        f"{first.seq - 1} are missing; give the whole journal, or a checkpoint of just before"
    ]


def _compare(chain: _Chain | None, head: CheckpointHead, name: str) -> list[str]:
    place = f"kiosk {head.kiosk_id}, epoch {head.epoch}"
    if head.seq == 0 or (chain is not None and chain.first.seq > head.seq + 1):
        return []  # nothing to compare; a missing beginning is told by _without_its_beginning
    if chain is None:
        return [f"{place} is missing: {name} holds {head.seq} entries"]
    if head.seq in chain.at:
        same = chain.at[head.seq].hash.hex() == head.hash
        return [] if same else [f"{place}: entry {head.seq} is not the one of {name}"]
    if chain.last_seq < head.seq:
        return [f"{place} ends at {chain.last_seq}: {name} holds {head.seq} entries"]
    if chain.first.seq == head.seq + 1:
        same = chain.first.prev_hash.hex() == head.hash
        return [] if same else [f"{place}: entry {chain.first.seq} does not follow {name}"]
    return [f"{place} cannot be compared: entry {head.seq}, which {name} names, is not in the file"]
