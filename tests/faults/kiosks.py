"""Kiosks in folders of their own: they sell, send and enrol, and everything is closed between."""

from __future__ import annotations

from pathlib import Path

from kiosk.domain.chain import StoredEntry
from kiosk.domain.errors import AdalError
from kiosk.enrolling import enrol_kiosk
from kiosk.journal import Journal
from sync import wire
from sync.centre import Centre
from sync.enrolment import Enrolment
from sync.session import ForkedError, Session
from tests.faults.centres import Row, rows_of
from tests.journal.support import sale
from tests.sync.harness import MemoryJournal, RunningServer


class InSmallBatches:
    """A journal in memory that hands out few entries at a time."""

    def __init__(self, journal: MemoryJournal, size: int) -> None:
        self.identity = journal.identity
        self.head = journal.head
        self.pending_suggestions = journal.pending_suggestions
        self.mark_suggestion_sent = journal.mark_suggestion_sent
        self._journal = journal
        self._size = size

    def read_since(
        self, epoch: int, seq: int, limit: int = wire.ENTRIES_PER_BATCH_MAX
    ) -> list[StoredEntry]:
        """Entries of the one epoch there is."""
        return self._journal.entries[seq : seq + min(limit, self._size)]


class FolderKiosk:
    """One kiosk's folder; its journal is opened for each thing that it does."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.given: Enrolment | None = None
        self._sold = 0

    @property
    def kiosk_id(self) -> str:
        """Its name, once it is enrolled."""
        return self._enrolled().kiosk_id

    def sell(self, count: int) -> None:
        """So many sales more."""
        journal = Journal.open(self.directory)
        name = f"{self.directory.name}-{self._sold}"
        futures = [journal.append(sale(f"{name}-{number}")) for number in range(count)]
        for future in futures:
            future.result(60)
        journal.close()
        self._sold += 1

    def enrol(self, server: RunningServer) -> None:
        """With a new code, as a volunteer does it."""
        self.given = enrol_kiosk(self.directory, server.url, server.code())

    def send(self, url: str | None = None) -> bool:
        """Whether the centre took everything as its own; False for a fork.

        Raises:
            SyncError: it was refused or not reached.
        """
        given = self._enrolled()
        journal = Journal.open(self.directory)
        try:
            with Centre(url or given.server_url, given.token) as centre:
                session = Session(journal, centre, on_acked=lambda epoch, seq: None)
                session.push_all(session.ask_mark())
        except ForkedError:
            return False
        finally:
            journal.close()
        return True

    def entries(self) -> list[Row]:
        """Everything that it ever wrote."""
        journal = Journal.open(self.directory)
        entries = rows_of(list(journal.entries()))
        journal.close()
        return entries

    def _enrolled(self) -> Enrolment:
        if self.given is None:
            raise AdalError(f"{self.directory} is not enrolled.")
        return self.given
