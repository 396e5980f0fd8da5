"""The window goes on when a callback fails, and says so when a save hangs.

Kivy ends the program at the first error that nobody caught, and takes a timer that failed off its
clock. In a lobby there is nobody to start it again: the error is logged, what the till says is
drawn anew, and the shopper is told calmly. Only when it fails again and again a new start is
better.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import Any

from kivy.base import ExceptionHandler, ExceptionManager
from kivy.clock import Clock
from kivy.uix.widget import Widget

from kiosk.failures import Failures, SlowSave
from kiosk.screens.tr import tr

log = logging.getLogger(__name__)


class Troubles(ExceptionHandler):
    """One window's; :meth:`watch` and :meth:`forget` once each.

    Args:
        root: what the calm word is put over.
        draw_anew: shows the present state again.
        start_again: ends this run in an orderly way and begins a new one; None where nobody can.
    """

    def __init__(
        self,
        root: Widget,
        draw_anew: Callable[[], None],
        start_again: Callable[[], None] | None = None,
        monotonic_s: Callable[[], float] = time.monotonic,
    ) -> None:
        self._root = root
        self._draw_anew = draw_anew
        self._start_again = start_again
        self._failures = Failures(monotonic_s)
        self._slow_save = SlowSave(monotonic_s)
        self._stumbled: Any = None
        self._waits: Any = None
        self._is_ending = False
        self._recover = Clock.create_trigger(lambda _dt: self._recovered(), 0)

    def watch(self) -> None:
        """From now on errors end here."""
        if self._start_again is not None:
            ExceptionManager.add_handler(self)

    def forget(self) -> None:
        """Errors are somebody else's again."""
        if self._start_again is not None:
            ExceptionManager.remove_handler(self)
        self._recover.cancel()

    def handle_exception(self, inst: BaseException) -> int:
        """Kivy asks what to do with an error that nobody caught."""
        if not isinstance(inst, Exception):
            return int(ExceptionManager.RAISE)
        return int(ExceptionManager.PASS if self.live_through(inst) else ExceptionManager.RAISE)

    def live_through(self, error: Exception) -> bool:
        """Notes an error; whether the window goes on."""
        if self._start_again is None:
            return False
        log.error("the window stumbled", exc_info=error)
        self._failures.note()
        if not self._failures.is_hopeless:
            self._recover()
            return True
        if not self._is_ending:
            self._is_ending = True
            self._start_again()
        return True

    def guarded(self, action: Callable[[], None]) -> Callable[[float], None]:
        """A timer's action that stays on the clock although it fails."""

        def act(_dt: float) -> None:
            try:
                action()
            except Exception as error:
                if not self.live_through(error):
                    raise

        return act

    def look_at(self, *, saving: bool, in_office: bool = False) -> None:
        """Called about twice a second: says something when a save takes far too long.

        ``in_office``: it is a volunteer who waits, not a shopper.
        """
        if self._slow_save.is_slow(saving=saving):
            self._say_that_it_waits(in_office=in_office)
        elif self._waits is not None:
            self._waits.go_on()
            self._waits = None

    def _say_that_it_waits(self, *, in_office: bool) -> None:
        if self._waits is None:
            log.error("a save has been hanging for a long time; is the disk failing?")
            self._waits = self._word(may_go_on=False)
            self._waits.title = tr._("Saving takes longer than usual")
            self._waits.message = (
                tr._(
                    "Please wait a little. If it stays like this, write down what you entered, "
                    "switch the kiosk off and on, and look whether it is there. Nothing is "
                    "counted twice."
                )
                if in_office
                else tr._(
                    "Please wait a little. If it stays like this and the money is in the box, you "
                    "may go: nothing more is needed from you."
                )
            )

    def _recovered(self) -> None:
        """Draws what the till says now: nothing that was half done stays on the screen."""
        self._draw_anew()
        if self._stumbled is not None:
            self._stumbled.go_on()
        self._stumbled = self._word(may_go_on=True)
        self._stumbled.title = tr._("Something did not work just now")
        self._stumbled.message = tr._("Please go on. Everything that was saved is safe.")

    def _word(self, *, may_go_on: bool) -> Any:
        from kiosk.screens.calm import CalmWord

        word = CalmWord(may_go_on=may_go_on)
        self._root.add_widget(word)
        return word
