"""Settings from the centre: what is signed of them, and which ones are ours to take."""

from __future__ import annotations

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from kiosk.domain.chain import SIGNATURE_SIZE_BYTES
from kiosk.domain.errors import WireError
from kiosk.domain.remote_values import SettingsDocument
from sync.proof import PUBLIC_KEY_SIZE_BYTES
from sync.wire import decode, from_base64

SETTINGS_TAG = b"adal settings 1\x00"
"""Another tag than a catalogue's: neither can be passed off as the other."""


def settings_bytes(shop_id: int, document: bytes) -> bytes:
    """What the centre signs: the tag, whose they are, the very bytes that travel."""
    return SETTINGS_TAG + shop_id.to_bytes(8, "big") + document


def require_ours(
    server_key: str, signature: str, shop_id: int, have: int, document: bytes
) -> SettingsDocument:
    """The settings, if our centre signed them for this shop and they are newer than ``have``.

    Args:
        server_key: the centre's public key, base64.
        signature: base64.
        shop_id: the shop this kiosk belongs to.
        have: the version that is here; an old one that somebody plays again brings nothing back.
        document: as it came.

    Raises:
        WireError: for anything else.
    """
    key = from_base64(server_key, PUBLIC_KEY_SIZE_BYTES, "centre's key")
    proof = from_base64(signature, SIGNATURE_SIZE_BYTES, "signature")
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(proof, settings_bytes(shop_id, document))
    except (InvalidSignature, ValueError) as error:
        raise WireError("They were not signed by our centre for this shop.") from error
    settings = decode(document, SettingsDocument)
    if settings.shop_id != shop_id:
        raise WireError("They are another shop's.")
    if settings.version <= have:
        raise WireError(f"Version {settings.version} is not newer than ours ({have}).")
    return settings
