"""Every screen in every state on every panel and in every look, laid out and measured.

Widgets are told by the names of their classes: importing a screen's module reads its kv, and that
must not happen before ``kiosk.kv``, or the rules of what it is made of would override its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from kivy.clock import Clock
from kivy.uix.behaviors import ButtonBehavior

from kiosk.config import Shop
from kiosk.screens.face import LANGUAGES, Face
from kiosk.screens.frame import KioskRoot
from kiosk.screens.gallery import LOOKS, ROOT, demo_products, states
from kiosk.screens.shape import Look, Panel
from kiosk.screens.widgets import FitLabel
from tests.screens.driver import visible

PANELS = {
    "7in": Panel(800, 480, 7.0),
    "10in": Panel(1280, 800, 10.1),
    "15in": Panel(1280, 800, 15.6),
    "21in-upright": Panel(1080, 1920, 21.5),
}
SETTLE_TICKS = 3
SAME_SHAPE = {"cash-saving", "cash-exact", "thanks-exact", "pick-category", "undo-found-exact"}
"""States that another one has the widgets of, and more."""


class Silent:
    """Nobody listens to a picture."""

    def __getattr__(self, _name: str) -> Any:
        return lambda *_args: None


@dataclass(frozen=True)
class Shown:
    """One state on one panel; ``root`` is laid out, though not drawn."""

    name: str
    root: KioskRoot
    panel: Panel

    def touchable(self) -> Iterator[Any]:
        """What answers to a finger, but for the letters of the keyboard."""
        for widget in parts(self.root):
            asked = type(widget).__name__ != "TakeTile" or widget.asking
            if isinstance(widget, ButtonBehavior) and asked and not within(widget, "TouchKeyboard"):
                yield widget

    def texts(self) -> Iterator[FitLabel]:
        """What is to be read."""
        return (w for w in parts(self.root) if isinstance(w, FitLabel) and w.text)


def parts(root: Any) -> Iterator[Any]:
    """What is to be seen: nothing without a place of its own."""
    return (w for w in visible(root) if w.width > 1 and w.height > 1)


def within(widget: Any, kind: str) -> bool:
    """Whether one of those holds the widget."""
    while widget is not None and widget.parent is not widget:
        if type(widget).__name__ == kind:
            return True
        widget = widget.parent
    return False


def scrolls(widget: Any) -> bool:
    """Whether a finger can push it into view."""
    return within(widget, "ScrollView")


def settle() -> None:
    """Layouts and letters come to rest; nothing is drawn."""
    for _ in range(SETTLE_TICKS):
        Clock.tick()
        Clock.tick_draw()


def root_on(panel: Panel, look: Look) -> KioskRoot:
    """The whole face on a panel of that size, beside the window."""
    shop = Shop()
    face = Face(ROOT, dict(shop.name.items()), dict(shop.cause.items()), panel_inches=panel.inches)
    root = KioskRoot(Silent(), face, panel=panel)
    root.size = panel.width_px, panel.height_px
    root.own_look = look
    root.change_look(look)
    return root


def shown(panel: Panel, look: Look, languages: Iterable[str] = LANGUAGES) -> Iterator[Shown]:
    """All states, one after the other, in the same root."""
    root = root_on(panel, look)
    for language in languages:
        for name, state in states(demo_products(), language):
            if name in SAME_SHAPE:
                continue
            root.show(state)
            if name == LOOKS:
                root.open_looks()
            settle()
            yield Shown(f"{language}-{name}", root, panel)
            for take in [w for w in visible(root) if type(w).__name__ == "TakePanel"]:
                take.ask()
                settle()
                yield Shown(f"{language}-{name}-asked", root, panel)
                take.ask()
        root.close_looks()
