"""Shoppers' suggestions: the words, tied to the salted hash that the journal holds."""

from __future__ import annotations

import hashlib

from sqlalchemy import Connection, insert, select

from sync.server.access import Caller
from sync.server.problems import ProblemError
from sync.server.schema import suggestion_text
from sync.wire import SuggestionText

DELETED = ""
"""What stands for words that were deleted; a kiosk that sends them once more brings none back."""


def keep(connection: Connection, caller: Caller, message: SuggestionText, now_ms: int) -> None:
    """Keeps the words of a suggestion; the same ones again change nothing.

    Raises:
        ProblemError: ``suggestion`` when the same id came with other words.
    """
    if message.kiosk_id != caller.kiosk_id:
        raise ProblemError("kiosk_other", "This token may not write for another kiosk.")
    held = connection.execute(
        select(suggestion_text.c.body).where(
            suggestion_text.c.shop_id == caller.shop_id,
            suggestion_text.c.kiosk_id == caller.kiosk_id,
            suggestion_text.c.suggestion_id == message.suggestion_id,
        )
    ).scalar_one_or_none()
    if held is None:
        connection.execute(
            insert(suggestion_text).values(
                shop_id=caller.shop_id,
                kiosk_id=caller.kiosk_id,
                suggestion_id=message.suggestion_id,
                salt=bytes.fromhex(message.salt),
                body=message.text.replace("\x00", ""),
                received_ms=now_ms,
            )
        )
    elif held not in (DELETED, message.text.replace("\x00", "")):
        raise ProblemError("suggestion", "This suggestion is here already with other words.")


def text_sha256(salt: bytes, text: str) -> str:
    """What the entry holds: SHA-256 over salt and UTF-8 text, in hex."""
    return hashlib.sha256(salt + text.encode()).hexdigest()
