"""The way to the centre: begun once the kiosk belongs to a shop, at the start or while it runs."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from kiosk.config import Config
from kiosk.domain.errors import SyncError
from kiosk.facts import ENROLMENT_FILE, SOFTWARE
from kiosk.follow_centre import FollowCentre
from kiosk.late_clock import LateClock
from kiosk.late_journal import LateJournal
from kiosk.shelf import LocalShelf

if TYPE_CHECKING:
    from kiosk.admin.machine import SyncView
    from kiosk.journal import Journal
    from sync.client import SyncStatus, Uploader

log = logging.getLogger(__name__)

UPLOAD_STATE_FILE = "upload.json"

HEARING = frozenset({"starting", "sending", "in_step"})
"""States of the uploader in which what is written here is on its way to the centre."""


class CentreLine:
    """Sends the journal, and brings goods, posts, settings and time.

    Args:
        directory: where the enrolment and the uploader's own state lie.
        config: the configuration in effect; asked when the line is begun.
        on_posts: told when campaigns or replies came, in the uploader's thread.
        on_hears: told whether what is written here reaches the centre, in any thread.
        restart: ends the program in good order and begins it anew, from any thread.
    """

    def __init__(
        self,
        directory: Path,
        config: Callable[[], Config],
        *,
        journal: LateJournal,
        clock: LateClock,
        shelf: LocalShelf,
        follow: FollowCentre,
        on_posts: Callable[[], None],
        on_hears: Callable[[bool], None],
        restart: Callable[[], None],
    ) -> None:
        self._directory = directory
        self._config = config
        self._journal = journal
        self._clock = clock
        self._shelf = shelf
        self._follow = follow
        self._on_posts = on_posts
        self._on_hears = on_hears
        self._restart = restart
        self._server_url = ""
        self.uploader: Uploader | None = None
        """None while the kiosk belongs to no shop."""

    def begin(self, journal: Journal) -> None:
        """Begins to send, where the kiosk is enrolled.

        Raises:
            SyncError: the enrolment cannot be read.
        """
        from kiosk.clock import BUILT_MS
        from kiosk.from_centre import FromCentre
        from sync import enrolment
        from sync.client import Hooks, Uploader, UploaderSettings

        enrolled = enrolment.load(self._directory / ENROLMENT_FILE)
        if enrolled is None:
            log.warning("not enrolled: sales are kept here; see: python -m kiosk enrol --help")
            self._on_hears(False)
            return
        sync = self._config().sync
        if sync.server_url:
            enrolled = msgspec.structs.replace(enrolled, server_url=sync.server_url)
        settings = UploaderSettings(
            interval_s=sync.interval_s,
            state_path=self._directory / UPLOAD_STATE_FILE,
            clock_floor_ms=BUILT_MS,
            software=SOFTWARE,
        )
        self._follow.look_again()
        from_centre = FromCentre(self._directory, self._on_posts)
        hooks = Hooks(
            on_status=self._on_status,
            on_catalogue=self._on_catalogue,
            catalogue_version=lambda: self._shelf.version,
            on_server_time=lambda server_ms: self._on_server_time(journal, server_ms),
            goods=from_centre,
            replies=from_centre,
            settings=self._follow,
        )
        self._server_url = enrolled.server_url
        self.uploader = Uploader(journal, enrolled, settings, hooks)
        self.uploader.start()

    def enrol(self, server_url: str, code: str) -> str:
        """Makes this kiosk belong to a shop, while it runs; gives the shop's name. Slow.

        Raises:
            SyncError: the centre said no, or could not be reached.
            JournalError: the journal is not open.
        """
        from kiosk.backup import renewal
        from kiosk.enrolling import enrol_identity, enrol_kiosk

        if renewal.waiting(self._directory) is not None:
            # Restored without its key: the journal opens once there is a new one.
            restored = enrol_kiosk(self._directory, server_url, code)
            self._restart()
            return restored.shop.name
        journal = self._journal.opened
        if (self._directory / ENROLMENT_FILE).exists():
            # The centre would issue an epoch that cannot be begun while the journal is open.
            raise SyncError(
                "This kiosk is enrolled already. To enrol it anew, stop the program and run: "
                "python -m kiosk enrol"
            )
        enrolled = enrol_identity(self._directory, journal.identity, server_url, code)
        if enrolled.epoch != journal.identity.epoch:
            # Nothing may be written any more under the old key.
            self._restart()
        elif self.uploader is None:
            self.begin(journal)
        return enrolled.shop.name

    def view(self) -> SyncView | None:
        """How things stand with the centre; None while the kiosk is not enrolled."""
        from kiosk.admin.machine import SyncView

        if self.uploader is None:
            return None
        status = self.uploader.status
        return SyncView(
            status.state.value,
            self.uploader.backlog,
            status.last_contact_ms,
            status.last_error,
            self._server_url,
        )

    def send_now(self) -> None:
        """A volunteer stands here and wants it sent: not in ten minutes."""
        if self.uploader is not None:
            self.uploader.send_now()

    def nudge(self) -> None:
        """There is something new to send."""
        if self.uploader is not None:
            self.uploader.nudge()

    def stop(self) -> None:
        """Sends no more; what is left goes after the next start."""
        if self.uploader is not None:
            self.uploader.stop()

    # --- in the uploader's thread ---

    def _on_status(self, status: SyncStatus) -> None:
        log.info("centre: %s, backlog %d %s", status.state, status.backlog, status.last_error)
        self._on_hears(status.state.value in HEARING)

    def _on_catalogue(self, document: bytes) -> None:
        catalogue = self._shelf.publish(document)
        log.info(
            "catalogue version %d with %d products", catalogue.version, len(catalogue.products)
        )

    def _on_server_time(self, journal: Journal, server_ms: int) -> None:
        correction = self._clock.server_time_heard(server_ms)
        if correction is not None:
            journal.append(correction)
