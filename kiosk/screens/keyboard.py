"""The touch keyboard on the glass: large keys in rows, kept and relabelled, never built again."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from kivy.properties import BooleanProperty, NumericProperty, StringProperty
from kivy.uix.boxlayout import BoxLayout
from kivy.uix.widget import Widget

from kiosk.screens.keyboard_layouts import FIRST_LETTERS, OWN_NAMES, Typing
from kiosk.screens.kv import load_kv
from kiosk.screens.widgets import Key, reuse

load_kv("keyboard")


class LetterKey(Key):
    """One character; its text is what it types."""


class TouchKeyboard(BoxLayout):
    """Types into ``text``; ``on_action`` is the key at the end of the last row.

    ``language`` sets the letters; the shopper may switch them without leaving his language.
    """

    text = StringProperty()
    language = StringProperty()
    length_max = NumericProperty(500)
    capital = BooleanProperty(True)
    signs = BooleanProperty(False)
    narrow = BooleanProperty(False)
    """Less room: the signs that the other page has too make way."""
    is_wanted = BooleanProperty(True)
    """Its letters are made when this first is true: two megabytes, and few shoppers search."""
    layout_text = StringProperty()
    signs_text = StringProperty()
    action_text = StringProperty()
    action_icon = StringProperty("check")
    action_ready = BooleanProperty(True)

    def __init__(self, **kwargs: Any) -> None:
        self._typing = Typing()
        self._spare: list[list[Widget]] = []
        self.register_event_type("on_action")
        super().__init__(**kwargs)

    def on_kv_post(self, _base: Any) -> None:
        """The rows are there: characters onto the keys."""
        self._spare = [[] for _row in self._rows]
        self._take(self._typing)
        self._label()

    def on_action(self) -> None:
        """The last key; whoever uses the keyboard says what it does."""

    def on_is_wanted(self, *_args: object) -> None:
        """Somebody is about to type."""
        self._label()

    def on_length_max(self, *_args: object) -> None:
        """Less room cuts what is too long."""
        roomier = replace(self._typing, length_max=int(self.length_max))
        self._take(roomier.with_text(self.text))

    def on_language(self, *_args: object) -> None:
        """The shopper's language brings its letters."""
        self._take(self._typing.in_language(self.language))

    def on_text(self, *_args: object) -> None:
        """Set from outside: emptied for the next shopper."""
        if self.text != self._typing.text:
            self._take(self._typing.with_text(self.text))

    def type(self, character: str) -> None:
        """One character."""
        self._take(self._typing.type(character))

    def erase(self) -> None:
        """One character back."""
        self._take(self._typing.erase())

    def press_capital(self) -> None:
        """Capitals on or off."""
        self._take(self._typing.press_capital())

    def press_signs(self) -> None:
        """Letters or signs."""
        self._take(self._typing.press_signs())

    def press_layout(self) -> None:
        """The next language's letters."""
        self._take(self._typing.press_layout())

    @property
    def _rows(self) -> list[Widget]:
        return [self.ids.row_0, self.ids.row_1, self.ids.row_2, self.ids.row_3]

    def _take(self, typing: Typing) -> None:
        relabel = typing.rows != self._typing.rows
        self._typing = typing
        self.capital, self.signs = typing.capital, typing.signs
        self.layout_text = OWN_NAMES[typing.layout]
        self.signs_text = FIRST_LETTERS[typing.layout] if typing.signs else "123"
        self.text = typing.text
        if relabel:
            self._label()

    def _label(self) -> None:
        if not (self._spare and self.is_wanted):
            return
        for row, characters, spare in zip(self._rows, self._typing.rows, self._spare, strict=True):
            keys = reuse(row, len(characters), self._new_key, spare)
            for key, character in zip(keys, characters, strict=True):
                key.text = character

    def _new_key(self) -> Widget:
        key = LetterKey()
        key.bind(on_release=self._pressed)
        return key

    def _pressed(self, key: Any) -> None:
        self.type(key.text)
