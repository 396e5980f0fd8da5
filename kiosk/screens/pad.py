"""Keys to type numbers with: a number pad, and a hexadecimal one for receipts."""

from __future__ import annotations

from typing import Any

from kivy.properties import BooleanProperty, NumericProperty, StringProperty
from kivy.uix.gridlayout import GridLayout

from kiosk.screens.kv import load_kv
from kiosk.screens.widgets import Key

load_kv("pad")

DIGITS = "123456789"
HEX_DIGITS = "0123456789ABCDEF"


class TypingKey(Key):
    """One character."""


class NumberPad(GridLayout):
    """Digits, erase, and the text so far; ``hexadecimal`` adds A to F."""

    text = StringProperty()
    length_max = NumericProperty(14)
    hexadecimal = BooleanProperty(False)

    def on_kv_post(self, _base: Any) -> None:
        """Makes the keys once it is known which."""
        characters = HEX_DIGITS if self.hexadecimal else f"{DIGITS}C0<"
        self.cols = 4 if self.hexadecimal else 3
        for character in characters:
            self.add_widget(self._key(character))

    def type(self, character: str) -> None:
        """Adds a character while there is room; ``<`` erases one, ``C`` (digits only) all."""
        if character == "<":
            self.text = self.text[:-1]
        elif character == "C" and not self.hexadecimal:
            self.text = ""
        elif len(self.text) < self.length_max:
            self.text += character

    def _key(self, character: str) -> Key:
        icons = {"<": "backspace"} if self.hexadecimal else {"<": "backspace", "C": "trash"}
        icon = icons.get(character, "")
        key = TypingKey(text="" if icon else character, icon=icon)
        key.bind(on_release=lambda _key: self.type(character))
        return key
