"""What shoppers write: a salted hash in the journal for ever, the words beside it for a while."""

from __future__ import annotations

import hashlib
import secrets
import sqlite3
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Select, delete, insert, select, update

from kiosk.domain.entries import Suggestion
from kiosk.domain.errors import JournalError
from kiosk.journal.schema import driver_sql, suggestion_text

TEXT_LENGTH_MAX = 500
SALT_SIZE_BYTES = 16

_INSERT_TEXT = driver_sql(insert(suggestion_text))


@dataclass(frozen=True, slots=True)
class SuggestionText:
    """The words of one suggestion, and the salt that ties them to the entry's hash."""

    suggestion_id: str
    salt: bytes
    text: str

    def body(self, language: str) -> Suggestion:
        """The entry that stands for these words."""
        return Suggestion(self.suggestion_id, digest(self.salt, self.text), language)


def digest(salt: bytes, text: str) -> str:
    """SHA-256 over salt ‖ UTF-8 text, in hex; without the salt nobody can try out guesses."""
    return hashlib.sha256(salt + text.encode()).hexdigest()


def new_text(text: str) -> SuggestionText:
    """Words with a fresh id and salt.

    Raises:
        JournalError: for no words, or more than 500 characters.
    """
    words = text.strip()
    if not 1 <= len(words) <= TEXT_LENGTH_MAX:
        raise JournalError(
            f"A suggestion has 1 to {TEXT_LENGTH_MAX} characters, not {len(words)}. Shorten it."
        )
    return SuggestionText(secrets.token_hex(16), secrets.token_bytes(SALT_SIZE_BYTES), words)


def add(driver: sqlite3.Connection, text: SuggestionText) -> None:
    """Keeps the words, in the transaction that appends their entry."""
    driver.execute(_INSERT_TEXT, (text.suggestion_id, text.salt, text.text, None))


def mark_sent(connection: Connection, suggestion_id: str, at_ms: int) -> None:
    """The centre has the words."""
    chosen = suggestion_text.c.suggestion_id == suggestion_id
    connection.execute(update(suggestion_text).where(chosen).values(sent_ms=at_ms))


def forget(connection: Connection, suggestion_id: str) -> None:
    """Deletes the words; the entry with their hash stays."""
    chosen = suggestion_text.c.suggestion_id == suggestion_id
    connection.execute(delete(suggestion_text).where(chosen))


def pending(limit: int) -> Select[Any]:
    """Selects words that the centre does not have."""
    return (
        select(suggestion_text)
        .where(suggestion_text.c.sent_ms.is_(None))
        .order_by(suggestion_text.c.suggestion_id)
        .limit(limit)
    )


def kept(limit: int) -> Select[Any]:
    """Selects all words that are still here."""
    return select(suggestion_text).order_by(suggestion_text.c.suggestion_id).limit(limit)
