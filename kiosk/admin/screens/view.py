"""What every page of the back room has in common."""

from __future__ import annotations

from typing import Any

from kivy.properties import BooleanProperty, ObjectProperty, OptionProperty
from kivy.uix.screenmanager import Screen

from kiosk.admin.desk import Desk, Said


class AdminView(Screen):
    """A dumb page: :meth:`draw` takes its desk's state in, the desk's methods take events.

    ``title`` and ``words`` are asked for again when the language changes.
    """

    desk = ObjectProperty(None, allownone=True)
    portrait = BooleanProperty(False)
    flow = OptionProperty("horizontal", options=("horizontal", "vertical"))
    """How the halves of a page follow one another."""

    def __init__(self, desk: Desk[Any], **kwargs: Any) -> None:
        super().__init__(desk=desk, **kwargs)

    def on_size(self, *_args: object) -> None:
        """A panel that stands upright has its halves one above the other."""
        self.portrait = self.height > self.width
        self.flow = "vertical" if self.portrait else "horizontal"

    def draw(self, state: Any) -> None:
        """Shows the state; properties that did not change cost nothing."""
        raise NotImplementedError

    def title(self) -> str:
        """The page's name, in the current language."""
        raise NotImplementedError

    def words(self, said: Said) -> str:
        """The sentence for something the desk says; empty to say nothing."""
        return ""
