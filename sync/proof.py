"""Proof that who enrols holds the key that he offers; the private key stays on the device."""

from __future__ import annotations

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from kiosk.domain.chain import SIGNATURE_SIZE_BYTES
from kiosk.domain.errors import WireError
from sync.wire import EnrolRequest, from_base64, to_base64

ENROL_TAG = b"adal enrol 1\x00"
CATALOGUE_TAG = b"adal catalogue 1\x00"
PUBLIC_KEY_SIZE_BYTES = 32


def normal_code(code: str) -> str:
    """A one-time code as typed by a person: case, spaces and dashes do not matter."""
    return "".join(c for c in code.upper() if c.isalnum())


def enrol_bytes(code: str, kiosk_id: str, epoch: int, public_key: bytes) -> bytes:
    """What a kiosk signs to enrol: the tag, then each field with its length before it."""
    fields = (normal_code(code).encode(), kiosk_id.encode(), str(epoch).encode(), public_key)
    return ENROL_TAG + b"".join(len(f).to_bytes(4, "big") + f for f in fields)


def make_enrol_request(
    code: str, kiosk_id: str, epoch: int, key: Ed25519PrivateKey, software: str
) -> EnrolRequest:
    """A signed request; the private key stays on the device."""
    public_key = key.public_key().public_bytes_raw()
    proof = key.sign(enrol_bytes(code, kiosk_id, epoch, public_key))
    return EnrolRequest(
        normal_code(code), kiosk_id, epoch, to_base64(public_key), software, to_base64(proof)
    )


def proven_key(request: EnrolRequest) -> bytes:
    """The public key of a request whose sender holds the private one; 32 bytes.

    Raises:
        WireError: when the proof does not hold.
    """
    public_key = from_base64(request.public_key, PUBLIC_KEY_SIZE_BYTES, "public key")
    proof = from_base64(request.proof, SIGNATURE_SIZE_BYTES, "proof")
    signed = enrol_bytes(request.code, request.kiosk_id, request.epoch, public_key)
    try:
        Ed25519PublicKey.from_public_bytes(public_key).verify(proof, signed)
    except (InvalidSignature, ValueError) as error:
        raise WireError("The enrolment was not signed by the key it offers.") from error
    return public_key


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
