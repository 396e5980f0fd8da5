"""Reads the counts of the box from the journal, in the background, for the start screen's figure."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator, Sequence
from typing import Protocol

from kiosk.domain.chain import StoredEntry
from kiosk.domain.entries import Entry, decode
from kiosk.domain.errors import AdalError, EntryError
from kiosk.domain.honesty import HONESTY_TYPES, honesty_of

DAYS_BACK = 60
"""Older counts say nothing of the shop as it is; and the journal is read no further back."""
_DAY_MS = 86_400_000
_COUNT = b'{"type":"cash_count"'

log = logging.getLogger(__name__)


class CountsReader(Protocol):
    """What is needed of the journal."""

    def recent(self, types: frozenset[str], *, not_before_ms: int) -> Sequence[StoredEntry]:
        """Entries of these types, newest first."""


class Honesty:
    """Works the figure out anew when the box was counted; ``tell`` is called in its own thread."""

    def __init__(self, tell: Callable[[int | None], None], now_ms: Callable[[], int]) -> None:
        self._tell = tell
        self._now_ms = now_ms
        self._threads: list[threading.Thread] = []

    def look(self, journal: CountsReader) -> None:
        """Reads in the background."""
        self._threads = [thread for thread in self._threads if thread.is_alive()]
        thread = threading.Thread(target=self._work, args=(journal,), name="honesty", daemon=True)
        self._threads.append(thread)
        thread.start()

    def committed(self, entry: StoredEntry, journal: CountsReader) -> None:
        """Only a count moves the figure."""
        if entry.payload.startswith(_COUNT):
            self.look(journal)

    def stop(self) -> None:
        """Waits until nothing reads the journal any more."""
        for thread in self._threads:
            thread.join()

    def _work(self, journal: CountsReader) -> None:
        not_before_ms = self._now_ms() - DAYS_BACK * _DAY_MS
        try:
            newest_first = journal.recent(HONESTY_TYPES, not_before_ms=not_before_ms)
            permille = honesty_of(list(_readable(newest_first))[::-1])
        except AdalError as error:
            log.warning("The counts of the box cannot be read: %s", error)
            return
        self._tell(permille)


def _readable(found: Sequence[StoredEntry]) -> Iterator[Entry]:
    for stored in found:
        try:
            yield decode(stored.payload)
        except EntryError as error:
            log.warning("Entry %d/%d is left out: %s", stored.epoch, stored.seq, error)
