"""What the till needs of others, said without knowing them."""

from __future__ import annotations

from concurrent.futures import Future
from typing import Protocol

from kiosk.domain.chain import StoredEntry
from kiosk.domain.entries import EntryBody
from kiosk.domain.ledger import Ledger


class JournalPort(Protocol):
    """What the till needs of the journal; futures are done after COMMIT, or failed."""

    @property
    def ledger(self) -> Ledger:
        """The folds after the last COMMIT."""

    def append(self, body: EntryBody) -> Future[StoredEntry]:
        """Writes an entry; the same checkout twice gives the first sale again."""

    def append_suggestion(self, text: str, language: str) -> Future[StoredEntry]:
        """Writes a suggestion's hash, and its text beside the journal."""
