"""Proof that who enrols holds the key that he offers; the private key stays on the device."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from kiosk.domain.chain import SIGNATURE_SIZE_BYTES
from kiosk.domain.errors import WireError
from sync.wire import EPOCHS_CLAIMED_MAX, EnrolRequest, EpochClaim, from_base64, to_base64

ENROL_TAG = b"adal enrol 1\x00"
CLAIM_TAG = b"adal earlier epoch 1\x00"
CATALOGUE_TAG = b"adal catalogue 1\x00"
PUBLIC_KEY_SIZE_BYTES = 32


class EarlierEpoch(NamedTuple):
    """An epoch that a kiosk has written, and the key that it was signed with."""

    epoch: int
    key: Ed25519PrivateKey
    link_hash: bytes


def normal_code(code: str) -> str:
    """A one-time code as typed by a person: case, spaces and dashes do not matter."""
    return "".join(c for c in code.upper() if c.isalnum())


def enrol_bytes(code: str, kiosk_id: str, epoch: int, public_key: bytes) -> bytes:
    """What a kiosk signs to enrol: the tag, then each field with its length before it."""
    fields = (normal_code(code).encode(), kiosk_id.encode(), str(epoch).encode(), public_key)
    return ENROL_TAG + _with_lengths(fields)


def claim_bytes(code: str, kiosk_id: str, epoch: int, public_key: bytes, link_hash: bytes) -> bytes:
    """What an earlier epoch's key signs, bound to the code, so that nobody can use it again."""
    fields = (normal_code(code).encode(), kiosk_id.encode(), str(epoch).encode())
    return CLAIM_TAG + _with_lengths((*fields, public_key, link_hash))


def _with_lengths(fields: Sequence[bytes]) -> bytes:
    return b"".join(len(f).to_bytes(4, "big") + f for f in fields)


def make_enrol_request(
    code: str,
    kiosk_id: str,
    epoch: int,
    key: Ed25519PrivateKey,
    software: str,
    earlier: Sequence[EarlierEpoch] = (),
) -> EnrolRequest:
    """A signed request; the private keys stay on the device."""
    public_key = key.public_key().public_bytes_raw()
    proof = key.sign(enrol_bytes(code, kiosk_id, epoch, public_key))
    return EnrolRequest(
        normal_code(code),
        kiosk_id,
        epoch,
        to_base64(public_key),
        software,
        to_base64(proof),
        tuple(_claim(code, kiosk_id, one) for one in earlier[-EPOCHS_CLAIMED_MAX:]),
    )


def _claim(code: str, kiosk_id: str, one: EarlierEpoch) -> EpochClaim:
    public_key = one.key.public_key().public_bytes_raw()
    proof = one.key.sign(claim_bytes(code, kiosk_id, one.epoch, public_key, one.link_hash))
    return EpochClaim(one.epoch, to_base64(public_key), one.link_hash.hex(), to_base64(proof))


def proven_key(request: EnrolRequest) -> bytes:
    """The public key of a request whose sender holds the private one; 32 bytes.

    Raises:
        WireError: when the proof does not hold.
    """
    public_key = from_base64(request.public_key, PUBLIC_KEY_SIZE_BYTES, "public key")
    proof = from_base64(request.proof, SIGNATURE_SIZE_BYTES, "proof")
    signed = enrol_bytes(request.code, request.kiosk_id, request.epoch, public_key)
    _require_key(public_key, proof, signed)
    return public_key


def proven_claim(request: EnrolRequest, claim: EpochClaim) -> bytes:
    """The public key of an earlier epoch whose private one the sender holds; 32 bytes.

    Raises:
        WireError: when the proof does not hold.
    """
    public_key = from_base64(claim.public_key, PUBLIC_KEY_SIZE_BYTES, "public key")
    proof = from_base64(claim.proof, SIGNATURE_SIZE_BYTES, "proof")
    link_hash = bytes.fromhex(claim.link_hash)
    signed = claim_bytes(request.code, request.kiosk_id, claim.epoch, public_key, link_hash)
    _require_key(public_key, proof, signed)
    return public_key


def _require_key(public_key: bytes, proof: bytes, signed: bytes) -> None:
    try:
        Ed25519PublicKey.from_public_bytes(public_key).verify(proof, signed)
    except (InvalidSignature, ValueError) as error:
        raise WireError("The enrolment was not signed by the key it offers.") from error


def signed_bytes(shop_id: int, document: bytes) -> bytes:
    """What the centre signs of a catalogue: the tag, whose it is, the very bytes that travel."""
    return CATALOGUE_TAG + shop_id.to_bytes(8, "big") + document


def require_signed(server_key: str, signature: str, shop_id: int, document: bytes) -> None:
    """Lets a document pass that the centre signed for this shop.

    Args:
        server_key: the centre's public key, base64.
        signature: base64.

    Raises:
        WireError: for anything else.
    """
    key = from_base64(server_key, PUBLIC_KEY_SIZE_BYTES, "centre's key")
    proof = from_base64(signature, SIGNATURE_SIZE_BYTES, "signature")
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(proof, signed_bytes(shop_id, document))
    except (InvalidSignature, ValueError) as error:
        raise WireError("The catalogue was not signed by our centre for this shop.") from error
