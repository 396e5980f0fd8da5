"""A calm word over everything, when something went wrong that the shopper cannot mend."""

from __future__ import annotations

from kivy.properties import BooleanProperty, StringProperty

from kiosk.screens.kv import load_kv
from kiosk.screens.overlays import Veil

load_kv("calm")


class CalmWord(Veil):
    """What is the matter, and what to do; with a key to go on where going on is possible."""

    title = StringProperty()
    message = StringProperty()
    may_go_on = BooleanProperty(False)

    def go_on(self) -> None:
        """It was read."""
        if self.parent is not None:
            self.parent.remove_widget(self)
