"""Passwords: argon2id, and what is too easy to guess."""

from __future__ import annotations

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from kiosk.domain.errors import ConfigError

LENGTH_MIN = 12
"""NIST SP 800-63B asks for length, not for kinds of characters."""
LENGTH_MAX = 200

_hasher = PasswordHasher()
"""argon2-cffi's defaults: RFC 9106's second recommended set (64 MiB, 3 passes, 4 lanes)."""

_NOBODY = _hasher.hash("nobody's password")
"""Checked for an address that is not known, so that the answer takes as long."""


def hash_password(password: str) -> str:
    """What is kept of a password.

    Raises:
        ConfigError: for one that is too short, too long, or one character again and again.
    """
    if not LENGTH_MIN <= len(password) <= LENGTH_MAX:
        raise ConfigError(
            f"A password has {LENGTH_MIN} to {LENGTH_MAX} characters; try a sentence."
        )
    if len(set(password)) < 5:
        raise ConfigError("That password is too easy to guess; try a sentence.")
    return _hasher.hash(password)


def is_right(password_hash: str | None, password: str) -> bool:
    """Whether the password is the one; ``None`` (nobody of that address) takes as long."""
    try:
        _hasher.verify(password_hash or _NOBODY, password)
    except (VerificationError, InvalidHashError):
        return False
    return password_hash is not None
