"""The messages that both ends share, their sizes, and how entries become messages.

JSON over HTTP. Readers ignore fields they do not know, so that either end may be newer. An
entry's payload travels as text when it is UTF-8 and as base64 when it is not; either way the
other end gets back exactly the bytes that were hashed and signed.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence
from typing import Annotated, TypeVar

import msgspec

from kiosk.domain.chain import HASH_SIZE_BYTES, SIGNATURE_SIZE_BYTES, StoredEntry
from kiosk.domain.errors import WireError
from kiosk.domain.products import Product, Status

API = "/api/v1"
JSON_TYPE = "application/json"

ENTRIES_PER_BATCH_MAX = 200
BATCH_PAYLOAD_SIZE_BYTES = 512 * 1024
"""A sender closes a batch at this many payload bytes; one larger entry travels alone."""
BATCH_SIZE_BYTES_MAX = 4 * 1024 * 1024
"""Unpacked. JSON escapes a byte into at most six, so a full batch always fits."""
REQUEST_SIZE_BYTES_MAX = 64 * 1024
"""Any other request's body."""
ANSWER_SIZE_BYTES_MAX = 64 * 1024
CATALOGUE_SIZE_BYTES_MAX = 8 * 1024 * 1024
PICTURE_SIZE_BYTES_MAX = 2 * 1024 * 1024
"""A PNG of 512 × 512 px never has more."""
CAMPAIGNS_SIZE_BYTES_MAX = 256 * 1024
SIGNATURE_HEADER = "X-Adal-Signature"
"""Base64; see :func:`sync.proof.signed_bytes`."""
SUGGESTION_LENGTH_MAX = 500
EPOCHS_CLAIMED_MAX = 100
"""The newest ones; a request's size allows about twice as many."""

Name = Annotated[str, msgspec.Meta(min_length=1, max_length=64)]
KioskId = Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{16}$")]
Epoch = Annotated[int, msgspec.Meta(ge=1, le=2**31 - 1)]
Seq = Annotated[int, msgspec.Meta(ge=0, le=2**53)]
Base64 = Annotated[str, msgspec.Meta(max_length=128)]
Hash = Annotated[bytes, msgspec.Meta(min_length=HASH_SIZE_BYTES, max_length=HASH_SIZE_BYTES)]
"""Base64 on the way, and so is a signature."""
Signature = Annotated[
    bytes, msgspec.Meta(min_length=SIGNATURE_SIZE_BYTES, max_length=SIGNATURE_SIZE_BYTES)
]

T = TypeVar("T")


class EpochClaim(msgspec.Struct, frozen=True):
    """An epoch that a kiosk has written before, for a centre that may have lost it.

    ``link_hash`` (hex) is what its first entry follows; ``proof`` the signature of that epoch's
    key over :func:`sync.proof.claim_bytes`.
    """

    epoch: Epoch
    public_key: Base64
    link_hash: Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{64}$")]
    proof: Base64


class EnrolRequest(msgspec.Struct, frozen=True):
    """A kiosk asks to belong to the shop that the one-time code was made for.

    ``epoch`` is where the kiosk stands; ``public_key`` the 32 raw bytes of its Ed25519 key;
    ``proof`` that key's signature over :func:`sync.proof.enrol_bytes`. ``earlier``: the epochs that
    it has written and still has the keys of.
    """

    code: Name
    kiosk_id: KioskId
    epoch: Epoch
    public_key: Base64
    software: Name
    proof: Base64
    earlier: Annotated[tuple[EpochClaim, ...], msgspec.Meta(max_length=EPOCHS_CLAIMED_MAX)] = ()


class ShopMessage(msgspec.Struct, frozen=True):
    """What a kiosk shows of its shop."""

    shop_id: int
    slug: str
    name: str
    cause: str = ""


class EnrolAnswer(msgspec.Struct, frozen=True):
    """The centre took the kiosk in.

    ``epoch`` and ``link_hash`` (hex) say which epoch the offered key may write and which hash its
    first entry follows. ``status`` is ``approved``, or ``pending`` until a coordinator looked.
    """

    kiosk_id: KioskId
    epoch: Epoch
    link_hash: str
    shop: ShopMessage
    token: str
    status: str
    server_ms: int
    server_key: str = ""
    """The centre's Ed25519 public key in base64; the kiosk keeps it and believes no other."""


class EntryMessage(msgspec.Struct, frozen=True, omit_defaults=True, gc=False):
    """One entry; exactly one of ``payload`` and ``payload_base64`` is given."""

    hash: Hash
    signature: Signature
    payload: str | None = None
    payload_base64: str | None = None


class Batch(msgspec.Struct, frozen=True):
    """Entries of one epoch without a gap, starting at ``first_seq`` and following ``prev_hash``.

    ``head_seq`` is the kiosk's own last entry, so that the centre knows how much still waits.
    """

    kiosk_id: KioskId
    epoch: Epoch
    first_seq: Annotated[int, msgspec.Meta(ge=1, le=2**53)]
    prev_hash: Hash
    entries: Annotated[
        list[EntryMessage], msgspec.Meta(min_length=1, max_length=ENTRIES_PER_BATCH_MAX)
    ]
    head_seq: Seq


class Ack(msgspec.Struct, frozen=True):
    """The centre has committed everything up to this entry; ``head_hash`` in hex."""

    epoch: Epoch
    seq: Seq
    head_hash: str
    server_ms: int


class EpochMark(msgspec.Struct, frozen=True):
    """How far the centre holds one epoch; ``seq`` 0 for nothing yet. Hashes in hex."""

    epoch: Epoch
    seq: Seq
    head_hash: str


class Mark(msgspec.Struct, frozen=True):
    """What the centre holds of one kiosk, and what it has for it."""

    kiosk_id: KioskId
    epochs: list[EpochMark]
    catalogue_version: int
    server_ms: int
    campaigns: str = ""
    """Changes whenever the shop's campaigns do; empty from a centre that knows none."""


class ProductMessage(msgspec.Struct, frozen=True):
    """A product on the wire; an older kiosk ignores what a newer centre adds."""

    product_id: str
    names: dict[str, str]
    price_tenge: int
    category: str = "other"
    codes: tuple[str, ...] = ()
    picture: str | None = None
    status: Status = Status.ON_SALE
    cases: dict[str, int] = {}

    def to_product(self) -> Product:
        """The domain's product; raises ProductError when it contradicts itself."""
        return Product(**{name: getattr(self, name) for name in self.__struct_fields__})

    @classmethod
    def from_product(cls, product: Product) -> ProductMessage:
        """The message for a product."""
        return cls(**{name: getattr(product, name) for name in cls.__struct_fields__})


class CatalogueDocument(msgspec.Struct, frozen=True):
    """A whole catalogue; versions only grow.

    ``includes_local_epoch`` and ``includes_local_seq``: the kiosk's last local change that this
    version has taken in; later ones are applied again on top. ``urgent``: ids of products whose
    price takes effect before a volunteer has confirmed the new tag. ``pictures``: the SHA-256 in
    hex of each picture that the centre hands out, by the name that products use.
    """

    version: Annotated[int, msgspec.Meta(ge=1)]
    products: list[ProductMessage]
    includes_local_epoch: Annotated[int, msgspec.Meta(ge=0, le=2**31 - 1)] = 0
    includes_local_seq: Seq = 0
    urgent: tuple[str, ...] = ()
    pictures: dict[str, str] = {}


class ServerKey(msgspec.Struct, frozen=True):
    """The centre's Ed25519 public key, in base64."""

    public_key: str


class Campaign(msgspec.Struct, frozen=True):
    """Something for the start screen, from one day to another, both included (at UTC+5).

    ``lines``: by language. ``picture``: a poster's name in the document's ``pictures``.
    """

    campaign_id: str
    from_day: str
    to_day: str
    lines: dict[str, str]
    picture: str | None = None


class CampaignsDocument(msgspec.Struct, frozen=True):
    """A shop's campaigns that have not ended; ``tag`` is what the mark names."""

    tag: str
    campaigns: list[Campaign]
    pictures: dict[str, str] = {}


class SuggestionText(msgspec.Struct, frozen=True):
    """What a shopper wrote; the journal holds only its salted hash."""

    kiosk_id: KioskId
    suggestion_id: Name
    salt: Annotated[str, msgspec.Meta(pattern="^([0-9a-f]{2}){8,64}$")]
    text: Annotated[str, msgspec.Meta(min_length=1, max_length=SUGGESTION_LENGTH_MAX)]


class Received(msgspec.Struct, frozen=True):
    """A suggestion's text is kept."""

    suggestion_id: str
    server_ms: int


class Problem(msgspec.Struct, frozen=True):
    """The body of every refusal.

    ``code`` is for programs (see :mod:`sync.server.problems`), ``message`` for people. ``mark``
    and ``fork_seq`` come with ``gap`` and ``fork``: where the centre stands, and the first entry
    of the batch that differs from the centre's.
    """

    code: str
    message: str
    mark: EpochMark | None = None
    fork_seq: int | None = None


def decode(data: bytes, kind: type[T]) -> T:
    """Reads a message.

    Raises:
        WireError: for anything that is not one.
    """
    try:
        return msgspec.json.decode(data, type=kind)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise WireError(f"This is no {kind.__name__}: {error}") from error


def from_base64(text: str, size_bytes: int, what: str) -> bytes:
    """Bytes of a known size; raises WireError for anything else."""
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise WireError(f"The {what} is not base64.") from error
    if len(data) != size_bytes:
        raise WireError(f"The {what} has {len(data)} bytes, not {size_bytes}.")
    return data


def to_base64(data: bytes) -> str:
    """Base64 as plain text."""
    return base64.b64encode(data).decode("ascii")


def payload_fields(payload: bytes) -> dict[str, str]:
    """``payload`` as text, or ``payload_base64`` when the bytes are not UTF-8."""
    try:
        return {"payload": payload.decode("utf-8")}
    except UnicodeDecodeError:
        return {"payload_base64": to_base64(payload)}


def payload_bytes(payload: str | None, payload_base64: str | None) -> bytes:
    """The exact bytes behind :func:`payload_fields`; raises WireError unless one is given."""
    if (payload is None) == (payload_base64 is None):
        raise WireError("An entry carries either payload or payload_base64.")
    if payload is not None:
        return payload.encode("utf-8", "surrogatepass")
    try:
        return base64.b64decode(payload_base64 or "", validate=True)
    except (binascii.Error, ValueError) as error:
        raise WireError("The payload is not base64.") from error


def make_batch(entries: Sequence[StoredEntry], head_seq: int) -> Batch:
    """The message for a run of entries of one epoch, in order and without a gap."""
    first = entries[0]
    return Batch(
        first.kiosk_id,
        first.epoch,
        first.seq,
        first.prev_hash,
        [EntryMessage(x.hash, x.signature, **payload_fields(x.payload)) for x in entries],
        head_seq,
    )


def stored_entries(batch: Batch) -> list[StoredEntry]:
    """The entries of a batch as the kiosk stored them; nothing is checked but the form.

    Raises:
        WireError: for a payload of a wrong form.
    """
    entries = []
    prev_hash = batch.prev_hash
    for seq, message in enumerate(batch.entries, batch.first_seq):
        digest = message.hash
        payload = payload_bytes(message.payload, message.payload_base64)
        entries.append(
            StoredEntry(
                batch.kiosk_id, batch.epoch, seq, prev_hash, digest, payload, message.signature
            )
        )
        prev_hash = digest
    return entries


def fitting(entries: Sequence[StoredEntry]) -> Sequence[StoredEntry]:
    """The leading entries that travel in one batch: by count, by size, at least one."""
    size_bytes = 0
    for count, entry in enumerate(entries[:ENTRIES_PER_BATCH_MAX]):
        size_bytes += len(entry.payload)
        if count and size_bytes > BATCH_PAYLOAD_SIZE_BYTES:
            return entries[:count]
    return entries[:ENTRIES_PER_BATCH_MAX]
