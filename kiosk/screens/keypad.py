"""Typing the digits under a barcode."""

from __future__ import annotations

from typing import Any

from kivy.properties import BooleanProperty, StringProperty

from kiosk.screens.kv import load_kv
from kiosk.screens.notices import REFUSALS, sentence_of
from kiosk.screens.tr import tr
from kiosk.screens.widgets import View
from kiosk.views import TillState

load_kv("keypad")

CODE_LENGTH_MIN = 6


class KeypadScreen(View):
    """The number pad, and what was said about the last code."""

    typed = StringProperty()
    typed_text = StringProperty()
    message = StringProperty()
    ready = BooleanProperty(False)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._serial = self._serial_before = 0

    def on_pre_enter(self, *_args: Any) -> None:
        """Each time from the beginning; what was said before is not about this code."""
        self.ids.pad.text = ""
        self._serial_before = self._serial
        self.message = tr._("Type the digits under the barcode.")

    def on_typed(self, *_args: object) -> None:
        """In groups, as digits stand under a barcode."""
        self.typed_text = grouped(self.typed)
        self.ready = len(self.typed) >= CODE_LENGTH_MIN

    def show(self, state: TillState) -> None:
        """Says why a code was not taken."""
        said = state.said
        self._serial = said.serial if said else 0
        refused = said is not None and said.notice in REFUSALS and self._is_new
        self.message = (
            sentence_of(said) if said and refused else tr._("Type the digits under the barcode.")
        )

    @property
    def _is_new(self) -> bool:
        return self._serial > self._serial_before

    def done(self) -> None:
        """Hands the code over and begins anew: a wrong one is typed again from the start."""
        code, self.ids.pad.text = self.typed, ""
        self.events.typed_code(code)


def grouped(digits: str) -> str:
    """``4870001157937`` → ``4 870001 157937``; shorter codes in fours."""
    if len(digits) <= 8:
        return f"{digits[:4]} {digits[4:]}".strip()
    return f"{digits[0]} {digits[1:7]} {digits[7:]}"
