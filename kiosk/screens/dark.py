"""The panel at night: black, and the first touch only lights it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from kivy.core.window import Window
from kivy.graphics import Color, Rectangle
from kivy.uix.widget import Widget


class Dark(Widget):
    """Over everything, the back room too; no touch goes through it.

    Args:
        on_touched: somebody is here.
    """

    def __init__(self, on_touched: Callable[[], None], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._on_touched = on_touched
        with self.canvas:
            Color(0, 0, 0, 1)
            self._black = Rectangle()
        self.bind(pos=self._fill, size=self._fill)

    def show(self, *, dark: bool) -> None:
        """Covers the window, or lets go of it."""
        if dark and self.parent is None:
            self.size = Window.size
            Window.add_widget(self)
        elif not dark and self.parent is not None:
            Window.remove_widget(self)

    def _fill(self, *_: object) -> None:
        self._black.pos, self._black.size = self.pos, self.size

    def on_touch_down(self, touch: Any) -> bool:
        """Lights the panel; what lies under the finger cannot be seen, so it is not meant."""
        touch.grab(self)
        self._on_touched()
        return True

    def on_touch_move(self, touch: Any) -> bool:
        """The same finger."""
        return True

    def on_touch_up(self, touch: Any) -> bool:
        """It lets go, of nothing."""
        touch.ungrab(self)
        return True
