"""A hand and an eye before a real window: taps where a key really is, reads what is really there.

Kivy has one window per process; every test hangs its own app into it and takes it out again.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from kivy.base import EventLoop
from kivy.core.window import Window
from kivy.tests.common import UnitTestTouch
from kivy.uix.label import Label
from kivy.uix.widget import Widget

from kiosk.app import KioskApp, post
from kiosk.domain.entries import CashCount, decode
from kiosk.journal import Journal
from kiosk.scan_event import ScanEvent
from kiosk.screens.face import Face
from kiosk.screens.frame import KioskRoot
from kiosk.screens.touch import ECHO_S, TouchGuard
from kiosk.screens.widgets import Key
from kiosk.till import Till
from kiosk.views import TillState
from tests.till.shop import CATALOGUE, SETTINGS

ROOT = Path(__file__).resolve().parents[2]
FACE = Face(
    ROOT,
    {"kk": "Адалдық дүкені", "ru": "Магазин честности", "en": "Honesty shop"},
    {"kk": "Кітаптар", "ru": "Книги", "en": "Books"},
)
PATIENCE_S = 60.0


class Kiosk:
    """The whole kiosk but the camera: real window, real till, real journal on a disk."""

    def __init__(self, directory: Path) -> None:
        self.now_s = 1000.0
        self._make_parts(directory)
        self.root: KioskRoot = self.app.build()
        self._hand_s = 0.0
        self.root.guard = TouchGuard(lambda: self._hand_s)
        self.app.root = self.root
        Window.add_widget(self.root)
        self.app.on_start()
        self.frames()

    def _make_parts(self, directory: Path) -> None:
        self.journal = Journal.open(directory)
        ids = itertools.count(1)
        self.till = Till(
            journal=self.journal,
            catalogue=CATALOGUE,
            settings=SETTINGS,
            new_id=lambda: f"visit-{next(ids)}",
            monotonic_s=lambda: self.now_s,
            post=post,
        )
        self.app = KioskApp(self.till, FACE)

    def close(self) -> None:
        """Leaves the window empty and the journal on the disk."""
        self.app.on_stop()
        Window.remove_widget(self.root)
        self.frames()
        self.journal.close()

    # --- time ---

    def frames(self, count: int = 2) -> None:
        """Lets the window draw."""
        for _ in range(count):
            EventLoop.idle()

    def until(self, done: Callable[[TillState], bool]) -> TillState:
        """Draws until the state is as awaited; other threads may have to finish first."""
        deadline_s = time.monotonic() + PATIENCE_S
        while not done(self.till.state):
            assert time.monotonic() < deadline_s, f"still {self.till.state}"
            self.frames(1)
        self.frames()
        return self.till.state

    def wait(self, seconds: float) -> None:
        """Time passes for the till, with its ticks; not for us."""
        for _ in range(int(seconds * 2)):
            self.now_s += 0.5
            self.till.tick()
        self.frames()

    # --- hand ---

    def tap(self, name: str) -> None:
        """Touches the key with that id on what is in front."""
        self.touch(self.key(name))

    def touch(self, widget: Widget) -> None:
        """One finger down and up in the middle of a widget."""
        self.touch_at(*widget.to_window(*widget.center))

    def touch_at(self, x: float, y: float, *, times: int = 1) -> None:
        """One finger at a place; more times is the same tap reported again."""
        self._hand_s += 2 * ECHO_S  # a hand is slower than an echo
        for _ in range(times):
            touch = UnitTestTouch(x, y)
            touch.touch_down()
            touch.touch_up()
        self.frames()

    def tap_money(self, *codes: str) -> None:
        """Touches the drawings of these notes and coins."""
        for code in codes:
            # By name: its module reads kv, which must not come before that of the frame.
            keys = [w for w in visible(self.front()) if type(w).__name__ == "MoneyKey"]
            self.touch(next(key for key in keys if key.code == code))

    def type(self, text: str) -> None:
        """Touches one key of a pad or keyboard after the other."""
        for character in text:
            self.touch(self.key_with_text(character))

    def scan(self, code: str) -> None:
        """A code comes from the camera's thread."""
        self.till.scanned(ScanEvent((code,), code, "ean13"))
        self.frames()

    def count_box(self, **pieces: int) -> None:
        """A volunteer has counted the box."""
        self.journal.append(CashCount(dict(pieces), "asel")).result(PATIENCE_S)

    # --- eye ---

    def front(self) -> Widget:
        """What lies on top: an overlay, or the screen with its frame."""
        return self.root.children[0] if len(self.root.children) > 1 else self.root

    def key(self, name: str) -> Any:
        """The widget with that id which is to be seen and not disabled."""
        found = [w for w in self.named(name) if w.width > 1 and w.opacity > 0]
        assert found, f"no {name!r} on {self.till.state.screen}: {self.text_on_screen()}"
        return found[0]

    def named(self, name: str) -> list[Any]:
        """All widgets with that id that are in the tree in front."""
        shown = list(visible(self.front()))
        owners = [w for w in shown if name in w.ids]
        widgets = [w.ids[name].__self__ for w in owners]
        return [w for w in widgets if w in shown]

    def key_with_text(self, text: str) -> Any:
        """The key that says exactly this."""
        return next(w for w in visible(self.front()) if isinstance(w, Key) and w.text == text)

    def text_on_screen(self) -> str:
        """Everything that can be read, a line per label."""
        return "\n".join(
            w.text for w in visible(self.root) if isinstance(w, Label) and w.text and w.width > 1
        )

    def written(self, kind: Any) -> list[Any]:
        """All journal entries of one type, after what is on its way has been written."""
        self.journal.mark_suggestion_sent("nobody's").result(PATIENCE_S)
        bodies = (decode(entry.payload).body for entry in self.journal.entries())
        return [body for body in bodies if isinstance(body, kind)]


def visible(widget: Widget) -> Iterator[Widget]:
    """The widget and all below it that are not faded out, in the order of reading."""
    if widget.opacity == 0:
        return
    yield widget
    for child in reversed(widget.children):
        yield from visible(child)
