"""The suggestions box: a text of at most 500 characters, typed on a touch keyboard."""

from __future__ import annotations

from typing import Any

from kivy.properties import BooleanProperty, StringProperty

from kiosk.screens.kv import load_kv
from kiosk.screens.tr import tr
from kiosk.screens.widgets import View
from kiosk.till import SUGGESTION_LENGTH_MAX
from kiosk.views import TillState

load_kv("suggest")

CARET = "|"
"""Shows where the next letter goes; it does not blink, for that would draw twice a second."""


class SuggestScreen(View):
    """The text so far and the keyboard; a text that could not be saved is kept."""

    typed = StringProperty()
    language = StringProperty()
    left_text = StringProperty()
    send_text = StringProperty()
    shown_text = StringProperty()
    is_full = BooleanProperty(False)
    ready = BooleanProperty(False)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._saving = False

    def on_kv_post(self, _base: Any) -> None:
        """The keyboard counts as the till does, and its last key is this screen's."""
        self.ids.keyboard.length_max = SUGGESTION_LENGTH_MAX
        self.ids.send = self.ids.keyboard.ids.action

    def on_pre_enter(self, *_args: Any) -> None:
        """Nobody reads what the one before him did not send."""
        self.ids.keyboard.text = ""

    def on_typed(self, *_args: object) -> None:
        """Each letter changes how much room is left."""
        self._show_left()

    def show(self, state: TillState) -> None:
        """Follows the language; the text stays."""
        self.language = state.language
        self._saving = state.saving
        self.send_text = tr._("Saving…") if state.saving else tr._("Send")
        self._show_left()

    def send(self) -> None:
        """Into the box."""
        self.events.send_suggestion(self.typed)

    def _show_left(self) -> None:
        left = SUGGESTION_LENGTH_MAX - len(self.typed)
        self.shown_text = self.typed + CARET
        self.is_full = left <= 0
        self.left_text = tr._("Characters left: {n}").format(n=left)
        self.ready = bool(self.typed.strip()) and not self._saving
