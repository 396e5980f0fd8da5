"""A pad for PINs: dots for what was typed, the door's and every other place's that asks for one."""

from __future__ import annotations

from typing import Any

from kivy.graphics import Color, Ellipse, InstructionGroup, Line
from kivy.metrics import dp
from kivy.properties import (
    BooleanProperty,
    ColorProperty,
    NumericProperty,
    OptionProperty,
    StringProperty,
)
from kivy.uix.boxlayout import BoxLayout
from kivy.uix.widget import Widget

from kiosk.admin.pin_rules import LENGTH_MIN
from kiosk.admin.screens.kv import load_kv
from kiosk.screens.pad import TypingKey

load_kv("pin_panel")

ERASE, NOTHING = "<", ""
PAD = "012345678?9<"
"""Places of the digits on a telephone's keys; the tenth stands below between nothing and erase."""


class PinDots(Widget):
    """A dot for each digit typed, rings for those that are needed at least."""

    typed = NumericProperty(0)
    ink = ColorProperty("#000000")

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._drawing = InstructionGroup()
        self.canvas.add(self._drawing)
        for name in ("typed", "pos", "size", "ink"):
            self.fbind(name, self._draw)

    def _draw(self, *_args: object) -> None:
        self._drawing.clear()
        self._drawing.add(Color(*self.ink))
        size, step = dp(30), dp(48)
        for place in range(max(LENGTH_MIN, int(self.typed))):
            left, bottom = self.x + place * step, self.center_y - size / 2
            if place < self.typed:
                self._drawing.add(Ellipse(pos=(left, bottom), size=(size, size)))
            else:
                self._drawing.add(
                    Line(ellipse=(left + 2, bottom + 2, size - 4, size - 4), width=dp(1.6))
                )


class PinPanel(BoxLayout):
    """Says what to type, shows how much was typed, and hands every touch on as an event.

    ``digits`` are what the ten keys say, in their order.
    """

    heading = StringProperty()
    message = StringProperty()
    is_bad = BooleanProperty(False)
    typed = NumericProperty(0)
    digits = StringProperty("1234567890")
    takes_digits = BooleanProperty(True)
    action_text = StringProperty()
    action_ready = BooleanProperty(False)
    flow = OptionProperty("horizontal", options=("horizontal", "vertical"))

    def __init__(self, **kwargs: Any) -> None:
        for name in ("on_digit", "on_erase", "on_action", "on_back"):
            self.register_event_type(name)
        super().__init__(**kwargs)

    def on_kv_post(self, _base: Any) -> None:
        """The keys, once."""
        for sign in PAD:
            self.ids.pad.add_widget(self._place_of(sign))
        self._label()

    def on_digits(self, *_args: object) -> None:
        """The keys change places."""
        self._label()

    def on_digit(self, _digit: str) -> None:
        """A digit was touched."""

    def on_erase(self) -> None:
        """The last digit is to go."""

    def on_action(self) -> None:
        """The PIN is there."""

    def on_back(self) -> None:
        """One step back."""

    def _place_of(self, sign: str) -> Widget:
        if sign == "?":
            return Widget()
        key = TypingKey(icon="backspace" if sign == ERASE else "", size_max=dp(46))
        key.bind(on_release=self._pressed)
        self.fbind("takes_digits", lambda _panel, takes: setattr(key, "disabled", not takes))
        return key

    def _pressed(self, key: Any) -> None:
        if key.icon:
            self.dispatch("on_erase")
        else:
            self.dispatch("on_digit", key.text)

    def _label(self) -> None:
        keys = list(reversed(self.ids.pad.children)) if self.ids else []
        for sign, key in zip(PAD, keys, strict=False):
            if sign.isdigit():
                key.text = self.digits[int(sign)]
