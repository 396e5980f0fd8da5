"""The door's view: the PIN pad."""

from __future__ import annotations

from typing import Any

from kivy.clock import Clock

from kiosk.admin.door import DoorNote, DoorState
from kiosk.admin.screens.kv import load_kv
from kiosk.admin.screens.pin_panel import PinPanel
from kiosk.admin.screens.view import AdminView
from kiosk.screens.tr import tr

load_kv("door")

__all__ = ["DoorView", "PinPanel"]

TICK_S = 0.5
_BAD = frozenset({DoorNote.WRONG_PIN, DoorNote.OUT_OF_ORDER})


class DoorView(AdminView):
    """One panel; while the door is shut its clock asks the desk twice a second."""

    def __init__(self, desk: Any, **kwargs: Any) -> None:
        super().__init__(desk, **kwargs)
        self._clock: Any = None

    def title(self) -> str:
        """Whose door it is."""
        return tr._("For volunteers")

    def draw(self, state: DoorState) -> None:
        """Digits, dots, and what to do."""
        panel = self.ids.panel
        panel.heading = tr._("Enter PIN")
        panel.digits = state.digits
        panel.typed = state.typed
        panel.takes_digits = state.takes_digits
        panel.action_text = (
            tr._("Checking…") if state.note is DoorNote.CHECKING else tr._("Come in")
        )
        panel.action_ready = state.is_ready
        panel.message = _message(state)
        panel.is_bad = state.note in _BAD
        self._watch_the_clock(running=state.note is DoorNote.WAIT)

    @property
    def clock_runs(self) -> bool:
        """Whether somebody is waiting before a shut door."""
        return self._clock is not None

    def _watch_the_clock(self, *, running: bool) -> None:
        if running and self._clock is None:
            self._clock = Clock.schedule_interval(self.count_down, TICK_S)
        elif not running and self._clock is not None:
            self._clock.cancel()
            self._clock = None

    def count_down(self, _dt: float) -> None:
        """Twice a second while the door is shut."""
        if self.parent is None:  # the volunteer went away, and the page with him
            self._watch_the_clock(running=False)
            return
        self.desk.tick()


def _message(state: DoorState) -> str:
    if state.note is DoorNote.WAIT:
        left = f"{state.wait_s // 60}:{state.wait_s % 60:02d}"
        return tr._("Several PINs were wrong. Please wait: {time}").format(time=left)
    return {
        DoorNote.ENTER_PIN: tr._("6 to 10 digits."),
        DoorNote.WRONG_PIN: tr._("Wrong PIN"),
        DoorNote.CHECKING: "",
        DoorNote.OUT_OF_ORDER: tr._(
            "No PIN can be checked on this kiosk now. Please call the coordinator."
        ),
    }[state.note]
