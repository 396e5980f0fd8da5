"""The way through the pages: which is on, which lie behind it, and the desk of each."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any

from kiosk.admin.desk import Desk
from kiosk.admin.pages import Page, Step
from kiosk.admin.ports import Room


class Way:
    """Pages on top of one another; empty while nobody is in.

    Args:
        room: what each desk is made with, when its page is first opened.
        turning: called before a page opens.
        turned: called with the page that is on from now.
    """

    def __init__(
        self, room: Room, turning: Callable[[], None], turned: Callable[[Page], None]
    ) -> None:
        self._room = room
        self._turning = turning
        self._turned = turned
        self._desks: dict[Page, Desk[Any]] = {}
        self._pages: list[tuple[Page, object]] = []

    def desk(self, page: Page) -> Desk[Any]:
        """The page's desk, made when it is first needed."""
        if page not in self._desks:
            module = import_module(f"kiosk.admin.{page.value}")
            self._desks[page] = getattr(module, f"{page.class_stem}Desk")(self._room)
        return self._desks[page]

    def begin(self, page: Page) -> None:
        """Somebody comes; the first page is his to open."""
        self._pages = [(page, None)]

    def end(self) -> None:
        """He is gone; desks and what they held are forgotten."""
        self._desks.clear()
        self._pages.clear()

    def restart(self, page: Page) -> None:
        """That page with nothing behind it."""
        self._close()
        self._pages = [(page, None)]
        self._open()

    def go(self, page: Page, argument: object) -> None:
        """Another page; *back* returns here."""
        if not self._pages:
            return
        if page is Page.HOME:
            self.restart(page)
            return
        self._close()
        self._pages.append((page, argument))
        self._open()

    def back(self) -> bool:
        """The page before; False, and nothing done, where there is none."""
        if len(self._pages) <= 1:
            return False
        self._close()
        self._pages.pop()
        self._open()
        return True

    def next_step(self, step: Step) -> None:
        """On to the step after this one; *back* from there goes where this one came from."""
        if not self._pages:  # the volunteer went out while the step was being saved
            return
        steps = list(Step)
        following = steps[min(steps.index(step) + 1, len(steps) - 1)]
        self._close()
        self._pages[-1] = (following.page, None)
        self._open()

    def _close(self) -> None:
        if self._pages:
            self.desk(self._pages[-1][0]).close()

    def _open(self) -> None:
        self._turning()
        page, argument = self._pages[-1]
        self.desk(page).open(argument)
        # A desk may send the volunteer on at once; then its page was never on.
        if self._pages[-1] == (page, argument):
            self._turned(page)
