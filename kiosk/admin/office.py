"""The office: who is in, which page is on, and what every desk may ask for.

All methods are called in the screens' thread. Desks are made when their page is first opened and
forgotten when the volunteer leaves; what must outlast a power cut is in the journal or in the
visit's file.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, replace
from importlib import import_module
from pathlib import Path
from typing import Any, TypeVar

from kiosk.admin.desk import Desk
from kiosk.admin.pages import Page, Step
from kiosk.admin.places import find_places
from kiosk.admin.ports import AdminJournal, Place, Shelf, VisitBook
from kiosk.domain.chain import StoredEntry
from kiosk.domain.errors import AdalError
from kiosk.domain.money import Denomination
from kiosk.idle import IdleWatch
from kiosk.scan_event import ScanEvent

log = logging.getLogger(__name__)

T = TypeVar("T")

EXPORTS = "exports"
"""Folder beside the journal for what is to be fetched later."""
STOP_WAIT_S = 10.0
"""A stick that hangs must not keep the program from ending."""
SCAN_IGNORED = "scan_ignored"
_NOBODY_WAITS_ON = frozenset({Page.SETUP})
"""Pages that stay on however long nobody touches them."""


@dataclass(frozen=True, slots=True)
class OfficeSettings:
    """What differs from shop to shop."""

    languages: tuple[str, ...]
    default_language: str
    kinds: tuple[Denomination, ...]
    idle_after_s: float = 40.0
    extend_s: float = 20.0


@dataclass(frozen=True, slots=True)
class OfficeState:
    """What the frame around the pages shows.

    ``told`` is an error's message for the volunteer, or :data:`SCAN_IGNORED`; ``told_serial``
    grows with each, so that the same one twice is told twice.
    """

    is_open: bool = False
    page: Page = Page.DOOR
    language: str = "kk"
    volunteer_name: str = ""
    told: str = ""
    told_serial: int = 0
    idle_left_s: int | None = None


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
        self._workers = ThreadPoolExecutor(max_workers=2, thread_name_prefix="office")
        # A stick that hangs may hold both workers; a PIN must be checked all the same.
        self._door = ThreadPoolExecutor(max_workers=1, thread_name_prefix="door")
        self._running: set[Future[Any]] = set()
        self._saving: set[Future[StoredEntry]] = set()
        self._desks: dict[Page, Desk[Any]] = {}
        self.left_open: dict[Page, Any] = {}
        """What a page keeps for when the same volunteer comes back; gone with the program."""
        self._way: list[tuple[Page, object]] = []
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
        for pool in (self._workers, self._door):
            pool.shutdown(wait=False, cancel_futures=True)
        self.wait_for_work(STOP_WAIT_S)

    def wait_for_work(self, timeout_s: float) -> None:
        """Waits until no work is running; its results still come through ``post``."""
        until_s = time.monotonic() + timeout_s
        while self._running and time.monotonic() < until_s:
            wait(tuple(self._running), timeout_s)
            time.sleep(0)

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
        self._restart(Page.HOME)

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
        self._desks.clear()
        self._way.clear()
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
        return self._state.is_open and bool(self._saving)

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
        if not self._way:
            return
        if page is Page.HOME:
            self._restart(page)
            return
        self._close_page()
        self._way.append((page, argument))
        self._open_page()

    def back(self) -> None:
        """The page before; from the first one, out."""
        if len(self._way) <= 1:
            self.leave()
            return
        self._close_page()
        self._way.pop()
        self._open_page()

    def next_step(self, step: Step) -> None:
        """On to the step after this one; *back* from there goes where this one came from."""
        if not self._way:  # the volunteer went out while the step was being saved
            return
        steps = list(Step)
        following = steps[min(steps.index(step) + 1, len(steps) - 1)]
        self._close_page()
        self._way[-1] = (following.page, None)
        self._open_page()

    def work(
        self,
        job: Callable[[], T],
        done: Callable[[T], None],
        failed: Callable[[AdalError], None] | None = None,
    ) -> None:
        """Runs ``job`` in the background, then ``done(result)`` or ``failed(error)`` here."""
        pool = self._workers if self._by else self._door
        future = pool.submit(job)
        self._running.add(future)
        future.add_done_callback(
            lambda finished: self.post(lambda: self._settle(finished, done, failed))
        )
        # Last: who waits for the work also waits for its result to be posted.
        future.add_done_callback(self._running.discard)

    def saved(
        self,
        future: Future[StoredEntry],
        then: Callable[[StoredEntry], None],
        failed: Callable[[AdalError], None] | None = None,
    ) -> None:
        """``then(entry)`` here after COMMIT; ``failed(error)`` when the disk refused."""
        self._saving.add(future)
        future.add_done_callback(self._saving.discard)
        future.add_done_callback(
            lambda finished: self.post(lambda: self._settle(finished, then, failed))
        )

    def tell(self, message: str) -> None:
        """Tells the volunteer something once."""
        message = message.encode("utf-8", "replace").decode()  # it may hold a file's name
        self._show(told=message, told_serial=self._state.told_serial + 1)

    def desk(self, page: Page) -> Desk[Any]:
        """The page's desk, made when it is first needed."""
        if page not in self._desks:
            module = import_module(f"kiosk.admin.{page.value}")
            self._desks[page] = getattr(module, f"{page.class_stem}Desk")(self)
        return self._desks[page]

    # --- inside ---

    def _enter(self, page: Page, language: str) -> None:
        self._idle.touch(self.monotonic_s())
        self._way = [(page, None)]
        self._show(is_open=True, page=page, language=language)
        self.desk(page).open()

    def _restart(self, page: Page) -> None:
        self._close_page()
        self._way = [(page, None)]
        self._open_page()

    def _close_page(self) -> None:
        if self._way:
            self.desk(self._way[-1][0]).close()

    def _open_page(self) -> None:
        self.activity()
        page, argument = self._way[-1]
        self.desk(page).open(argument)
        # A desk may send the volunteer on at once; then its page was never on.
        if self._way[-1] == (page, argument):
            self._show(page=page)

    def _settle(
        self,
        finished: Future[T],
        done: Callable[[T], None],
        failed: Callable[[AdalError], None] | None,
    ) -> None:
        if finished.cancelled():
            return
        error = finished.exception()
        if error is None:
            done(finished.result())
            return
        if not isinstance(error, AdalError):
            log.error("the back room stumbled", exc_info=error)
            error = AdalError(f"That did not work: {error}. Try again, or call the coordinator.")
        if failed is not None:
            failed(error)
        else:
            log.warning("%s", error)
            self.tell(str(error))

    def _show(self, **changes: Any) -> None:
        self._state = replace(self._state, **changes)
        for watcher in self._watchers:
            watcher(self._state)
