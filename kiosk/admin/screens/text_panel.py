"""A line of text typed on the glass, in one field or in several that are switched between."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from kivy.properties import BooleanProperty, NumericProperty, OptionProperty, StringProperty
from kivy.uix.boxlayout import BoxLayout
from kivy.uix.widget import Widget

from kiosk.admin.screens.kv import load_kv
from kiosk.screens.keyboard import TouchKeyboard
from kiosk.screens.widgets import Key, reuse

load_kv("text_panel")

__all__ = ["TextPanel", "TouchKeyboard"]

CARET = "|"
"""Shows where the next letter goes; it does not blink, for that would draw twice a second."""


class FieldKey(Key):
    """Leads to one of several fields."""

    name = StringProperty()
    chosen = BooleanProperty(False)


class TextPanel(BoxLayout):
    """One field, the keyboard below it, and what stands around; every touch goes on as an event."""

    hint = StringProperty()
    is_bad = BooleanProperty(False)
    text = StringProperty()
    shown_text = StringProperty()
    language = StringProperty("kk")
    length_max = NumericProperty(60)
    action_text = StringProperty()
    action_ready = BooleanProperty(False)
    later_text = StringProperty()
    """Words of the key that leaves it for later; empty: there is none."""
    has_fields = BooleanProperty(False)
    portrait = BooleanProperty(False)
    flow = OptionProperty("horizontal", options=("horizontal", "vertical"))

    def __init__(self, **kwargs: Any) -> None:
        self._spare: list[Widget] = []
        for name in ("on_typed", "on_field", "on_later", "on_action", "on_back"):
            self.register_event_type(name)
        super().__init__(**kwargs)

    def on_kv_post(self, _base: Any) -> None:
        """The keyboard's last key is this panel's main one."""
        self.ids.done = self.ids.keyboard.ids.action
        self.ids.keyboard.bind(text=self._typed)
        self.on_text()

    def on_text(self, *_args: object) -> None:
        """From outside, or typed: both stand in field and keyboard."""
        self.shown_text = self.text + CARET
        if self.ids:
            self.ids.keyboard.text = self.text

    def clear(self) -> None:
        """An empty field."""
        self.ids.keyboard.text = ""

    def show_fields(self, fields: Sequence[tuple[str, str]], chosen: str) -> None:
        """Keys that lead to the fields (name, words); none for a single one."""
        self.has_fields = len(fields) > 1
        shown = fields if self.has_fields else ()
        keys = reuse(self.ids.fields, len(shown), self._field_key, self._spare)
        for key, (name, words) in zip(keys, shown, strict=True):
            key.name, key.text, key.chosen = name, words, name == chosen

    def on_typed(self, _text: str) -> None:
        """The field's text is another one."""

    def on_field(self, _name: str) -> None:
        """Another field was touched."""

    def on_later(self) -> None:
        """Leave it for later."""

    def on_action(self) -> None:
        """The text stands."""

    def on_back(self) -> None:
        """One step back."""

    def _typed(self, _keyboard: Any, text: str) -> None:
        if text != self.text:
            self.text = text
            self.dispatch("on_typed", text)

    def _field_key(self) -> FieldKey:
        key = FieldKey()
        key.bind(on_release=lambda touched: self.dispatch("on_field", touched.name))
        return key
