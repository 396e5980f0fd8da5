"""A hand and an eye in the back room: the kiosk of :mod:`tests.screens.driver` with an office."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

from kivy.uix.widget import Widget

from kiosk.admin.pages import Page
from kiosk.app import KioskApp, post
from kiosk.scan_event import ScanEvent
from kiosk.till import Till
from tests.admin.back_room import VOLUNTEER, BackRoom
from tests.screens.driver import FACE, PATIENCE_S, Kiosk, visible
from tests.till.shop import SETTINGS


class OfficeKiosk(Kiosk):
    """The whole kiosk but the camera, with its back room.

    Inherits the hand and the eye: ``tap("id")``, ``type("123")``, ``text_on_screen()``. ``room``
    is the :class:`BackRoom` that stands behind it.
    """

    def __init__(self, directory: Path, **services: Any) -> None:
        self.room = BackRoom(directory, **services)
        self.room.office.post = post
        super().__init__(directory)

    def _make_parts(self, directory: Path) -> None:
        self.journal = self.room.journal
        self.till = Till(
            journal=self.journal,
            catalogue=self.room.shelf.catalogue,
            settings=SETTINGS,
            new_id=self.room.office.new_id,
            monotonic_s=lambda: self.now_s,
            post=post,
        )
        self.room.shelf.on_change = lambda catalogue: post(
            lambda: self.till.catalogue_changed(catalogue)
        )
        self.app = KioskApp(self.till, FACE, office=self.room.office)

    def close(self) -> None:
        """Leaves the window empty and the journal on the disk."""
        self.room.office.leave()
        self.room.office.stop()
        super().close()

    # --- hand ---

    def come_in(self, page: Page = Page.HOME, argument: object = None) -> Any:
        """A volunteer is in and on that page; gives its desk."""
        self.room.office.knock("kk")
        self.room.office.let_in(VOLUNTEER, "Әсел")
        if page is not Page.HOME:
            self.room.office.go(page, argument)
        self.settle()
        return self.room.office.desk(page)

    def scan(self, code: str, symbology: str = "ean13") -> None:
        """A code comes from the camera: to the back room while somebody is in."""
        event = ScanEvent((code,), code, symbology)
        if self.room.office.state.is_open:
            self.room.office.scanned(event)
        else:
            self.till.scanned(event)
        self.settle()

    def settle(self) -> None:
        """Draws until everything in the background has come back."""
        deadline_s = time.monotonic() + PATIENCE_S
        for _round in range(3):
            self.room.journal.mark_suggestion_sent("nobody's").result(PATIENCE_S)
            self.room.office.wait_for_work(PATIENCE_S)
            assert time.monotonic() < deadline_s
            self.frames(3)

    def wait(self, seconds: float) -> None:
        """Time passes for till and office, with their ticks; not for us."""
        self.room.wait(seconds)
        super().wait(seconds)

    # --- eye ---

    @property
    def page(self) -> Page:
        """The page of the back room that is on."""
        return self.room.office.state.page

    def front(self) -> Widget:
        """What lies on top: the back room while somebody is in."""
        if self.room.office.state.is_open:
            return next(w for w in self.root.children if type(w).__name__ == "BackRoomFrame")
        return super().front()

    def keys_with_text(self, text: str) -> list[Any]:
        """All widgets in front that show exactly this text."""
        return [w for w in visible(self.front()) if getattr(w, "text", None) == text]
