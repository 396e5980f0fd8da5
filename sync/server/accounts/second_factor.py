"""The second factor: a code of six digits from a telephone, good once (RFC 6238)."""

from __future__ import annotations

import hmac
from io import BytesIO

import pyotp
import segno

ISSUER = "Adal"
STEP_S = 30
STEPS_EITHER_WAY = 1
"""A telephone's clock may be half a minute off."""


def new_secret() -> str:
    """A fresh secret in base32."""
    return pyotp.random_base32()


def matching_step(secret: str, code: str, now_ms: int, last_step: int | None) -> int | None:
    """The time step that a code belongs to; None for a wrong, an old or an already used one."""
    digits = code.replace(" ", "")
    if not (digits.isascii() and digits.isdigit()):
        return None
    totp = pyotp.TOTP(secret, interval=STEP_S)
    now = now_ms // 1000 // STEP_S
    for step in range(now - STEPS_EITHER_WAY, now + STEPS_EITHER_WAY + 1):
        is_new = last_step is None or step > last_step
        if is_new and hmac.compare_digest(totp.at(step * STEP_S), digits):
            return step
    return None


def setup_uri(secret: str, email: str) -> str:
    """What the telephone's program wants to read."""
    return pyotp.TOTP(secret, interval=STEP_S).provisioning_uri(name=email, issuer_name=ISSUER)


def setup_picture(uri: str) -> str:
    """The address as a QR code, as the text of an SVG."""
    out = BytesIO()
    segno.make(uri, error="m").save(out, kind="svg", scale=5, border=4, xmldecl=False, nl=False)
    return out.getvalue().decode()
