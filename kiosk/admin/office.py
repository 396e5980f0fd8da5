"""The office: who is in, which page is on, and what every desk may ask for.

All methods are called in the screens' thread. Desks are made when their page is first opened and
forgotten when the volunteer leaves; what must outlast a power cut is in the journal or in the
visit's file.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

from kiosk.admin.desk import Desk
from kiosk.admin.office_state import SCAN_IGNORED, OfficeSettings, OfficeState
from kiosk.admin.office_work import OfficeWork
from kiosk.admin.pages import Page, Step
from kiosk.admin.places import find_places
from kiosk.admin.ports import AdminJournal, Place, Shelf, VisitBook
from kiosk.admin.way import Way
from kiosk.domain.chain import StoredEntry
from kiosk.domain.errors import AdalError
from kiosk.idle import IdleWatch
from kiosk.scan_event import ScanEvent

T = TypeVar("T")

EXPORTS = "exports"
"""Folder beside the journal for what is to be fetched later."""
_NOBODY_WAITS_ON = frozenset({Page.SETUP})
"""Pages that stay on however long nobody touches them."""


class Office:
    """The back room of one kiosk; see the module's docstring for threads. A desk's ``Room``."""

    def __init__(
        self,
        *,
        journal: AdminJournal,
        shelf: Shelf,
        visit: VisitBook,
        directory: Path,
        settings: OfficeSettings,
        services: Mapping[str, Any],
        new_id: Callable[[], str],
        now_ms: Callable[[], int],
        monotonic_s: Callable[[], float],
        post: Callable[[Callable[[], None]], None],
    ) -> None:
        self.journal = journal
        self.shelf = shelf
        self.visit = visit
        self.directory = directory
        self.kinds = settings.kinds
        self.languages = settings.languages
        self.post = post
        self.new_id = new_id
        self.now_ms = now_ms
        self.monotonic_s = monotonic_s
        self._settings = settings
        self._services = services
        self._idle = IdleWatch(settings.idle_after_s, settings.extend_s)
        self._work = OfficeWork(self._come_back, self.tell)
        self._way = Way(self, self.activity, lambda page: self._show(page=page))
        self.left_open: dict[Page, Any] = {}
        """What a page keeps for when the same volunteer comes back; gone with the program."""
        self._by = ""
        self._watchers: list[Callable[[OfficeState], None]] = []
        self._state = OfficeState(language=settings.default_language)

    # --- who looks on ---

    @property
    def state(self) -> OfficeState:
        """What the frame shows now."""
        return self._state

    def subscribe(self, watcher: Callable[[OfficeState], None]) -> None:
        """Calls ``watcher`` after each change."""
        self._watchers.append(watcher)

    def settings_changed(self, settings: OfficeSettings) -> None:
        """The centre set something; called while nobody is in."""
        self._settings = settings
        self.kinds = settings.kinds
        self.languages = settings.languages
        self._idle = IdleWatch(settings.idle_after_s, settings.extend_s)
        self._show(language=settings.default_language)

    def stop(self) -> None:
        """No more work is begun; what runs is waited for."""
        self._work.stop()

    def wait_for_work(self, timeout_s: float) -> None:
        """Waits until no work is running; its results still come through ``post``."""
        self._work.wait(timeout_s)

    # --- in and out ---

    def knock(self, language: str) -> None:
        """Somebody held the hidden corner: the PIN pad, in the language of the start screen."""
        if not self._state.is_open:
            self._enter(Page.DOOR, language)

    def set_up(self) -> None:
        """The first start: nobody has a PIN yet."""
        self._enter(Page.SETUP, self._settings.default_language)

    def let_in(self, volunteer_id: str, name: str = "") -> None:
        """The PIN was right: the first page is on."""
        self._by = volunteer_id
        self._show(volunteer_name=name)
        self._way.restart(Page.HOME)

    def go_out(self) -> None:
        """The key to go out; a page with something unsaved asks first."""
        self.activity()
        if self.desk(self._state.page).may_leave():
            self.leave()

    def leave(self) -> None:
        """The volunteer is gone; the start screen is on."""
        if not self._state.is_open:
            return
        self.desk(self._state.page).close()
        self._way.end()
        self._by = ""
        self._show(
            is_open=False,
            page=Page.DOOR,
            volunteer_name="",
            told="",
            idle_left_s=None,
            language=self._settings.default_language,
        )

    def activity(self) -> None:
        """A touch: somebody is here."""
        self._idle.touch(self.monotonic_s())
        if self._state.idle_left_s is not None:
            self._show(idle_left_s=None)

    def tick(self) -> None:
        """Time passes; called about twice a second."""
        if not self._state.is_open or self._state.page in _NOBODY_WAITS_ON:
            return
        now_s = self.monotonic_s()
        if self._idle.expired(now_s):
            self.leave()
        elif self._idle.left_s(now_s) != self._state.idle_left_s:
            self._show(idle_left_s=self._idle.left_s(now_s))

    def set_language(self, language: str) -> None:
        """Another language, at any moment."""
        if language in self.languages:
            self.activity()
            self._show(language=language)

    def scanned(self, event: ScanEvent) -> None:
        """A code was read while a volunteer is in."""
        self.activity()
        desk = self.desk(self._state.page)
        if desk.takes_scans:
            desk.scanned(event)
        else:
            self.tell(SCAN_IGNORED)

    @property
    def is_saving(self) -> bool:
        """Whether a volunteer waits for what he entered to be on the disk."""
        return self._state.is_open and self._work.is_saving

    @property
    def wants_camera(self) -> bool:
        """Whether the page that is on looks through the camera."""
        return self._state.is_open and self.desk(self._state.page).takes_scans

    # --- what desks ask for ---

    @property
    def by(self) -> str:
        """Id of the volunteer who is in; empty at the door."""
        return self._by

    @property
    def language(self) -> str:
        """The language he reads."""
        return self._state.language

    def service(self, name: str) -> Any:
        """A part of the kiosk that one page needs, by name; see :mod:`kiosk.back_room`.

        ``session`` is the office itself.
        """
        return self if name == "session" else self._services[name]

    def places(self) -> Sequence[Place]:
        """Where files can go: sticks first, the kiosk's own folder last. Reads the disk."""
        return find_places(self.directory / EXPORTS)

    def go(self, page: Page, argument: object = None) -> None:
        """Another page; *back* returns here."""
        self._way.go(page, argument)

    def back(self) -> None:
        """The page before; from the first one, out."""
        if not self._way.back():
            self.leave()

    def next_step(self, step: Step) -> None:
        """On to the step after this one; *back* from there goes where this one came from."""
        self._way.next_step(step)

    def work(
        self,
        job: Callable[[], T],
        done: Callable[[T], None],
        failed: Callable[[AdalError], None] | None = None,
    ) -> None:
        """Runs ``job`` in the background, then ``done(result)`` or ``failed(error)`` here."""
        self._work.run(job, done, failed, at_door=not self._by)

    def saved(
        self,
        future: Future[StoredEntry],
        then: Callable[[StoredEntry], None],
        failed: Callable[[AdalError], None] | None = None,
    ) -> None:
        """``then(entry)`` here after COMMIT; ``failed(error)`` when the disk refused."""
        self._work.saved(future, then, failed)

    def tell(self, what: str | AdalError) -> None:
        """Tells the volunteer something once."""
        self._show(told=what, told_serial=self._state.told_serial + 1)

    def desk(self, page: Page) -> Desk[Any]:
        """The page's desk, made when it is first needed."""
        return self._way.desk(page)

    # --- inside ---

    def _come_back(self, call: Callable[[], None]) -> None:
        """By the door to the screens' thread that stands open now; it may be hung anew."""
        self.post(call)

    def _enter(self, page: Page, language: str) -> None:
        self._idle.touch(self.monotonic_s())
        self._way.begin(page)
        self._show(is_open=True, page=page, language=language)
        self.desk(page).open()

    def _show(self, **changes: Any) -> None:
        self._state = replace(self._state, **changes)
        for watcher in self._watchers:
            watcher(self._state)
