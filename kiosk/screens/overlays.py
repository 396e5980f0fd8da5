"""What lies over a screen: the idle warning, the question before leaving, a passing word."""

from __future__ import annotations

from typing import Any

from kivy.properties import ObjectProperty, StringProperty
from kivy.uix.anchorlayout import AnchorLayout
from kivy.uix.boxlayout import BoxLayout

from kiosk.screens.kv import load_kv

load_kv("overlays")


class Veil(AnchorLayout):
    """Darkens the screen and keeps every touch from it."""

    events = ObjectProperty(None, allownone=True)
    frame = ObjectProperty(None, allownone=True)

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


class Toast(BoxLayout):
    """A sentence that goes away by itself."""

    events = ObjectProperty(None, allownone=True)
    frame = ObjectProperty(None, allownone=True)
    text = StringProperty()
