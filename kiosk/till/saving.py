"""What is written to the journal, and what waits until it is on disk."""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future

from kiosk.domain.chain import StoredEntry
from kiosk.domain.entries import EntryBody
from kiosk.ports import JournalPort
from kiosk.till.visit_shown import VisitShown
from kiosk.views import Notice

log = logging.getLogger(__name__)

Then = Callable[[StoredEntry], None]


class Saving:
    """Writes entries; the screens say so while somebody waits for one."""

    def __init__(
        self,
        journal: JournalPort,
        shown: VisitShown,
        post: Callable[[Callable[[], None]], None],
    ) -> None:
        self._journal = journal
        self._shown = shown
        self._post = post
        self._waiting: deque[Callable[[], None]] = deque()

    def note(self, body: EntryBody) -> None:
        """Writes what nobody waits for; a failure is the operator's to see, not the shopper's."""
        self._journal.append(body).add_done_callback(_log_failure)

    def save(self, body: EntryBody, then: Then) -> None:
        """Waits for COMMIT without stopping the screen; only then goes on."""
        self._wait(self._journal.append(body), then)

    def save_suggestion(self, text: str, then: Then) -> None:
        """The same for a suggestion in the language that is shown."""
        self._wait(self._journal.append_suggestion(text, self._shown.state.language), then)

    def afterwards(self, call: Callable[[], None]) -> None:
        """Calls once nothing is being saved any more, in the order they came in."""
        self._waiting.append(call)

    def _wait(self, future: Future[StoredEntry], then: Then) -> None:
        self._shown.show(saving=True)
        future.add_done_callback(lambda done: self._post(lambda: self._saved(done, then)))

    def _saved(self, done: Future[StoredEntry], then: Then) -> None:
        self._shown.touch()
        error = done.exception()
        self._shown.change(saving=False)
        if error is None:
            then(done.result())
        else:
            log.error("not saved: %s", error)
            self._shown.say(Notice.SAVE_FAILED)
        while self._waiting and not self._shown.state.saving:
            self._waiting.popleft()()


def _log_failure(done: Future[StoredEntry]) -> None:
    error = done.exception()
    if error is not None:
        log.error("not saved: %s", error)
