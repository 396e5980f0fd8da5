"""The journal, opened after the first picture is on the screen.

Opening it takes the database library, the crypto library and a look at the disk: a third of a
second that a shopper need not wait for. Until it is open, entries wait in order; what is
confirmed is still only confirmed after COMMIT. When it cannot be opened nothing can be sold, and
every entry fails with the reason.
"""

from __future__ import annotations

import logging
import threading
from collections import deque
from collections.abc import Callable, Collection
from concurrent.futures import Future
from typing import TYPE_CHECKING

from kiosk.domain.errors import AdalError, JournalError
from kiosk.domain.ledger import Ledger

if TYPE_CHECKING:
    from kiosk.domain.chain import Head, StoredEntry
    from kiosk.domain.entries import EntryBody
    from kiosk.journal import Journal

log = logging.getLogger(__name__)

_NOTHING_YET = Ledger()


class LateJournal:
    """Stands for the journal from the first moment on; safe to use from any thread."""

    def __init__(self, open_journal: Callable[[], Journal]) -> None:
        self._open_journal = open_journal
        self._lock = threading.Lock()
        self._journal: Journal | None = None
        self._error: JournalError | None = None
        self._waiting: deque[Callable[[Journal], None]] = deque()
        self._failures: deque[Future[StoredEntry]] = deque()
        self._thread: threading.Thread | None = None

    def start(self, on_open: Callable[[Journal], None], on_error: Callable[[str], None]) -> None:
        """Opens the journal in a thread; then calls one of the two in that thread."""
        self._thread = threading.Thread(
            target=self._run, args=(on_open, on_error), name="journal-open", daemon=True
        )
        self._thread.start()

    @property
    def ledger(self) -> Ledger:
        """The folds after the last COMMIT; empty until the journal is open."""
        return _NOTHING_YET if self._journal is None else self._journal.ledger

    def append(self, body: EntryBody) -> Future[StoredEntry]:
        """Writes an entry, now or as soon as the journal is open."""
        return self._soon(lambda journal: journal.append(body))

    def append_suggestion(self, text: str, language: str) -> Future[StoredEntry]:
        """Writes a suggestion, now or as soon as the journal is open."""
        return self._soon(lambda journal: journal.append_suggestion(text, language))

    def forget_suggestion(self, suggestion_id: str) -> Future[None]:
        """Deletes the words of a suggestion."""
        return self.opened.forget_suggestion(suggestion_id)

    def head(self) -> Head:
        """Where the chain of the present epoch stands."""
        return self.opened.head()

    def recent(
        self, types: Collection[str], *, not_before_ms: int = 0, limit: int | None = None
    ) -> list[StoredEntry]:
        """Entries of these types, newest first."""
        return self.opened.recent(types, not_before_ms=not_before_ms, limit=limit)

    def find_receipt(self, prefix: str, not_before_ms: int | None = None) -> list[StoredEntry]:
        """Sales whose receipt number begins like that, newest first."""
        return self.opened.find_receipt(prefix, not_before_ms)

    def is_corrected(self, epoch: int, seq: int) -> bool:
        """Whether that sale was taken back."""
        return self.opened.is_corrected(epoch, seq)

    def suggestion_texts(self, limit: int = 200) -> list[tuple[str, str, bool]]:
        """Words still kept here."""
        return self.opened.suggestion_texts(limit)

    @property
    def opened(self) -> Journal:
        """The journal itself, for what cannot wait.

        Raises:
            JournalError: while it is not open, with the reason.
        """
        if self._journal is None:
            raise self._error or JournalError("The journal is still being opened; wait a moment.")
        return self._journal

    def close(self) -> None:
        """Lets everything reach the disk and lets go of the file."""
        if self._thread is not None:
            self._thread.join()
        if self._journal is not None:
            self._journal.close()

    def _soon(self, write: Callable[[Journal], Future[StoredEntry]]) -> Future[StoredEntry]:
        promised: Future[StoredEntry] = Future()
        with self._lock:
            journal, error = self._journal, self._error
            if journal is None and error is None:
                self._waiting.append(lambda opened: _hand_on(write(opened), promised))
                self._failures.append(promised)
                return promised
        if journal is None:
            promised.set_exception(error)
            return promised
        return write(journal)

    def _run(self, on_open: Callable[[Journal], None], on_error: Callable[[str], None]) -> None:
        try:
            journal = self._open_journal()
        except Exception as error:
            # Whatever it was: who waits for a sale to be saved must hear that it never will be.
            log.critical("%s", error, exc_info=not isinstance(error, AdalError | OSError))
            self._fail(JournalError(str(error)))
            on_error(str(error))
            return
        # Those who waited go first; only then may others reach the journal directly.
        with self._lock:
            while self._waiting:
                self._waiting.popleft()(journal)
            self._failures.clear()
            self._journal = journal
        on_open(journal)

    def _fail(self, error: JournalError) -> None:
        with self._lock:
            self._error = error
            failures = list(self._failures)
            self._failures.clear()
            self._waiting.clear()
        for promised in failures:
            promised.set_exception(error)


def _hand_on(done: Future[StoredEntry], promised: Future[StoredEntry]) -> None:
    """Passes a result on to the future that was promised earlier."""

    def pass_on(finished: Future[StoredEntry]) -> None:
        error = finished.exception()
        if error is None:
            promised.set_result(finished.result())
        else:
            promised.set_exception(error)

    done.add_done_callback(pass_on)
