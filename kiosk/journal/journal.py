"""The journal as the rest of the kiosk knows it: append, read since, find, listen."""

from __future__ import annotations

import contextlib
import logging
import os
from collections.abc import Collection, Iterator
from concurrent.futures import Future
from pathlib import Path

from kiosk import keys
from kiosk.clock import StampClock
from kiosk.domain import entries
from kiosk.domain.chain import Head, StoredEntry
from kiosk.domain.entries import Body
from kiosk.domain.errors import EntryError, JournalError
from kiosk.domain.ledger import Ledger
from kiosk.domain.true_times import LookingBack, Told, told
from kiosk.journal import opening, suggestions
from kiosk.journal.database import JOURNAL_FILE, in_words, writer_engine
from kiosk.journal.store import EpochRow, Reader
from kiosk.journal.writer import CommitCallback, Writer, correction_key
from kiosk.keys import KioskIdentity

CLOSE_TIMEOUT_S = 10.0

_log = logging.getLogger(__name__)


class Journal:
    """One kiosk's journal; open it once, append from any thread, close it at the end."""

    def __init__(
        self,
        reader: Reader,
        writer: Writer,
        identity: KioskIdentity,
        clock: StampClock,
        lock: int,
    ) -> None:
        self._reader = reader
        self._writer = writer
        self._identity = identity
        self._clock = clock
        self._lock = lock

    @classmethod
    def open(cls, directory: Path, *, clock: StampClock | None = None) -> Journal:
        """Opens the journal in that directory; a directory without one gets a new kiosk.

        Raises:
            JournalError: when another program has it open, when the file is damaged, was changed
                with other tools or does not belong to the identity beside it. Nothing that is
                there is ever overwritten.
        """
        lock = keys.lock_directory(directory)
        try:
            return cls._opened(directory, clock or StampClock(), lock)
        except BaseException:
            os.close(lock)
            raise

    @classmethod
    def _opened(cls, directory: Path, clock: StampClock, lock: int) -> Journal:
        path = directory / JOURNAL_FILE
        identity = opening.take_identity(directory)
        with in_words("The journal cannot be opened", path):
            connection = writer_engine(path).connect()
            try:
                head, ledger, last = opening.take_up(connection, path, identity)
            except BaseException:
                connection.close()
                raise
        if last is not None:
            with contextlib.suppress(EntryError):  # written by a newer program: no stamp to read
                clock.start_from(entries.decode(last.payload).stamp)
        writer = Writer(path, identity, clock)
        writer.start(connection, head, ledger)
        return cls(Reader(path), writer, identity, clock, lock)

    @property
    def identity(self) -> KioskIdentity:
        """Who signs the entries."""
        return self._identity

    @property
    def ledger(self) -> Ledger:
        """What the entries say about box, shelf and days, right after the last COMMIT."""
        return self._writer.ledger

    def head(self) -> Head:
        """Where the chain of the present epoch stands."""
        return self._writer.head

    def on_commit(self, callback: CommitCallback) -> None:
        """Calls ``callback(entry, ledger)`` after each COMMIT, in the writer's thread."""
        self._writer.on_commit(callback)

    def append(self, body: Body, checkout_id: str | None = None) -> Future[StoredEntry]:
        """Writes an entry; the Future is done when it is on the disk.

        A second sale of the same checkout, a second correction of the same sale and a second
        "abandoned" of the same checkout are not written: their Future gives the first entry.
        ``checkout_id`` is the body's own and need not be given.

        The Future raises:
            JournalError: when the disk refuses; nothing was written then.
            EntryError, MoneyError: when the body contradicts itself.
        """
        if checkout_id is not None and checkout_id != getattr(body, "checkout_id", None):
            raise JournalError(f"Checkout {checkout_id} does not belong to {body}.")
        return self._writer.append(body)

    def append_suggestion(self, text: str, language: str) -> Future[StoredEntry]:
        """Writes a salted hash of the words as an entry, and the words beside the journal.

        Raises:
            JournalError: for no words, or more than 500 characters.
        """
        words = suggestions.new_text(text)
        return self._writer.append(words.body(language), words)

    def pending_suggestions(self, limit: int = 20) -> list[tuple[str, str, str]]:
        """Words the centre does not have: (suggestion_id, salt in hex, text)."""
        rows = self._reader.rows(suggestions.pending(limit))
        return [(row["suggestion_id"], row["salt"].hex(), row["text"]) for row in rows]

    def suggestion_texts(self, limit: int = 200) -> list[tuple[str, str, bool]]:
        """Words still kept here: (suggestion_id, text, whether the centre has them)."""
        rows = self._reader.rows(suggestions.kept(limit))
        return [(row["suggestion_id"], row["text"], row["sent_ms"] is not None) for row in rows]

    def mark_suggestion_sent(self, suggestion_id: str) -> Future[None]:
        """The centre has these words."""
        at_ms = self._clock.now_ms()
        return self._writer.write(lambda c: suggestions.mark_sent(c, suggestion_id, at_ms))

    def forget_suggestion(self, suggestion_id: str) -> Future[None]:
        """Deletes the words of a suggestion; its entry stays."""
        return self._writer.write(lambda c: suggestions.forget(c, suggestion_id))

    def epochs(self) -> list[EpochRow]:
        """All epochs of this journal, oldest first."""
        return self._reader.epochs()

    def read_since(self, epoch: int, seq: int, limit: int = 200) -> list[StoredEntry]:
        """Up to 200 entries of that epoch after that number, oldest first; never of two epochs."""
        return self._reader.page_of_epoch(epoch, seq, limit)

    def entries(self) -> Iterator[StoredEntry]:
        """All entries, oldest first, read page by page."""
        return self._reader.entries()

    def find_receipt(self, prefix: str, not_before_ms: int | None = None) -> list[StoredEntry]:
        """Sales whose receipt number begins like that, newest first.

        ``not_before_ms``: only sales really made at or after it, as far as the kiosk heard the
        right time later. The search stops at the first page that is older as a whole, so a clock
        that jumped hides nothing that is near.
        """
        wanted = prefix.strip().lower()
        if not wanted or not set(wanted) <= set("0123456789abcdef"):
            return []
        oldest_ms = 0 if not_before_ms is None else not_before_ms
        found: list[StoredEntry] = []
        for page in self._recent_pages(oldest_ms):
            found += [x for x, kind in page if kind == "sale" and x.hash.hex().startswith(wanted)]
        return found

    def recent(
        self,
        types: Collection[str],
        *,
        not_before_ms: int = 0,
        after: tuple[int, int] = (0, 0),
        limit: int | None = None,
    ) -> list[StoredEntry]:
        """Entries of these types, newest first.

        ``not_before_ms``: as in :meth:`find_receipt`. ``after``: only entries later than this
        (epoch, seq). ``limit``: no more than so many.
        """
        found: list[StoredEntry] = []
        for page in self._recent_pages(not_before_ms, after):
            found += [x for x, kind in page if kind in types]
            if limit is not None and len(found) >= limit:
                return found[:limit]
        return found

    def _recent_pages(
        self, not_before_ms: int, after: tuple[int, int] = (0, 0)
    ) -> Iterator[list[tuple[StoredEntry, str]]]:
        """Entries since then with their types, newest first, until a page has none."""
        back = LookingBack()
        for page in self._reader.pages_newest_first():
            recent = []
            for one in page:
                said = told(one.payload) or _UNREADABLE
                at_ms = back.true_ms(one.epoch, one.seq, said)
                if (one.epoch, one.seq) > after and at_ms >= not_before_ms:
                    recent.append((one, said.type))
            if not recent:
                return
            yield recent

    def is_corrected(self, epoch: int, seq: int) -> bool:
        """Whether that sale was taken back."""
        return self._reader.by_once_key(correction_key(epoch, seq)) is not None

    def close(self, timeout_s: float = CLOSE_TIMEOUT_S) -> None:
        """Lets what was handed over reach the disk, at most that long, then lets go of the file."""
        if self._writer.close(timeout_s):
            if self._lock >= 0:
                os.close(self._lock)
                self._lock = -1
        else:
            _log.error("The journal's writer did not finish within %s s.", timeout_s)


_UNREADABLE = Told("", 0, "", 0)
"""What cannot be told from bytes of another kind."""
