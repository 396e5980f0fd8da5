"""What lies over a screen: the idle warning, the question before leaving, a passing word."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from kivy.properties import BooleanProperty, NumericProperty, ObjectProperty, StringProperty
from kivy.uix.anchorlayout import AnchorLayout
from kivy.uix.boxlayout import BoxLayout

from kiosk.screens.kv import load_kv
from kiosk.screens.shape import Look

load_kv("overlays", "looks")


class Veil(AnchorLayout):
    """Darkens the screen and keeps every touch from it."""

    events = ObjectProperty(None, allownone=True)
    frame = ObjectProperty(None, allownone=True)
    share = NumericProperty(1)
    """The part of the panel, from below, that is used."""

    def on_touch_down(self, touch: Any) -> bool:
        """Nothing under the veil feels it."""
        super().on_touch_down(touch)
        return True

    def on_touch_up(self, touch: Any) -> bool:
        """Nothing under the veil feels it."""
        super().on_touch_up(touch)
        return True


class IdleWarning(Veil):
    """Counts down; any touch is "I am still here", and does nothing else."""

    seconds_text = StringProperty()


class OutOfOrder(Veil):
    """Nothing can be sold; a calm word for the shopper, a small one for the operator."""

    message = StringProperty()


class ConfirmLeave(Veil):
    """Asked before a basket with goods in it is given up."""


class Looks(Veil):
    """Other ways to see and reach; each key is a switch, and what it did is seen at once."""

    look = ObjectProperty(Look())
    low_is_offered = BooleanProperty(False)

    def switch(self, name: str) -> None:
        """One of ``large``, ``low``, ``contrast`` on or off."""
        if name == "contrast":
            theme = "light" if self.look.theme == "contrast" else "contrast"
            look = replace(self.look, theme=theme)
        else:
            look = replace(self.look, **{name: not getattr(self.look, name)})
        self.frame.change_look(look)
        self.frame.open_looks()


class Toast(BoxLayout):
    """A sentence that goes away by itself."""

    events = ObjectProperty(None, allownone=True)
    frame = ObjectProperty(None, allownone=True)
    share = NumericProperty(1)
    text = StringProperty()
