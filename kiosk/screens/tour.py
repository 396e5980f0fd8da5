"""One purchase played by itself with real X events, and a picture of every screen.

Touches and scanner keys are sent by xdotool, so they come in through the window's own input, like
a person's: nothing here calls the till. Used by ``kiosk demo --tour``.
"""

from __future__ import annotations

import shutil
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any, Protocol

from kivy.clock import mainthread
from kivy.core.window import Window
from kivy.uix.widget import Widget

from kiosk.domain.errors import AdalError
from kiosk.views import Screen, TillState

STEP_TIMEOUT_S = 20.0
SETTLE_S = 0.35
"""A person looks before he taps; long enough for a frame under software drawing."""

UNKNOWN_CODE = "4870000000913"
WATER_CODE = "4870001157937"
TEA_CODE = "4870202520103"
TAG_PRICE = "150"


class TourError(AdalError):
    """The purchase did not go as it should."""


class TillToWatch(Protocol):
    """What the tour needs of the till: to see, never to touch."""

    @property
    def state(self) -> TillState:
        """What the screens show now."""


class Tour:
    """Plays when the app has started and closes it at the end; then see ``error``."""

    def __init__(
        self, app: Any, till: TillToWatch, folder: Path, show_pack: Callable[[str], None]
    ) -> None:
        if shutil.which("xdotool") is None:
            raise TourError("The tour needs xdotool: apt-get install xdotool.")
        self._app = app
        self._till = till
        self._show_pack = show_pack
        self._folder = folder
        self._pictures = 0
        self.error: AdalError | None = None
        self.receipt = ""
        app.bind(on_start=lambda *_args: threading.Thread(target=self._run, daemon=True).start())

    def _run(self) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        for old in self._folder.glob("[0-9][0-9]-*.png"):
            old.unlink()
        try:
            self._play()
        except AdalError as error:
            self.error = error
            self._picture("failed")
        finally:
            on_screen_thread(self._app.stop)

    def _play(self) -> None:
        self._wait_for(Screen.START)
        _focus_window()
        self._picture("start")
        self._tap("begin", then=Screen.BASKET)
        self._picture("basket-empty")
        self._buy()
        self._look_around()
        self._pay()
        self._other_screens()

    def _buy(self) -> None:
        """An unknown item at the price on its tag, a USB scan, a pack before the lens."""
        self._scan(UNKNOWN_CODE)
        self._wait_for(Screen.PRICE)
        for digit in TAG_PRICE:
            self._tap_text(digit)
        self._picture("price")
        self._tap("done", then=Screen.BASKET)
        self._scan(WATER_CODE)
        self._wait(partial(self._holds, 2), "the water in the basket")
        self._show_pack(TEA_CODE)
        self._wait(partial(self._holds, 3), "the tea, seen by the camera")
        self._picture("basket")

    def _look_around(self) -> None:
        self._tap("pick", then=Screen.PICK)
        self._picture("pick")
        self._tap("back", then=Screen.BASKET)
        self._tap("keypad", then=Screen.KEYPAD)
        self._picture("keypad")
        self._tap("back", then=Screen.BASKET)
        self._tap("pay_qr", then=Screen.QR)
        self._picture("qr")
        self._tap("back", then=Screen.BASKET)

    def _pay(self) -> None:
        """A note that needs change."""
        self._tap("pay_cash", then=Screen.CASH)
        self._picture("cash")
        self._tap_money("n1000")
        self._wait(self._change_is_known, "the change on the screen")
        self._picture("cash-change")
        self._tap("confirm", then=Screen.THANKS)
        thanks = self._state.thanks
        self.receipt = thanks.receipt if thanks else ""
        self._picture("thanks")
        self._tap("done", then=Screen.START)

    def _other_screens(self) -> None:
        self._tap("undo", then=Screen.UNDO)
        self._picture("undo")
        self._tap("back", then=Screen.START)
        for language in ("ru", "en"):
            self._tap(language)
            self._wait(partial(self._speaks, language), "another language")
            self._picture(f"start-{language}")
        self._tap("suggest", then=Screen.SUGGEST)
        self._picture("suggest")

    # --- hands ---

    def _tap(self, name: str, then: Screen | None = None) -> None:
        """Taps the widget with that kv id, on the screen shown or in the frame around it."""
        self._click(lambda: key_named(self._app.root, self._state.screen, name), name)
        self._expect(then)

    def _tap_text(self, text: str, then: Screen | None = None) -> None:
        self._click(lambda: key_with(self._app.root, self._state.screen, "text", text), text)
        self._expect(then)

    def _tap_money(self, code: str) -> None:
        self._click(lambda: key_with(self._app.root, self._state.screen, "code", code), code)

    def _click(self, find: Callable[[], Widget | None], name: str) -> None:
        time.sleep(SETTLE_S)
        place = on_screen_thread(lambda: place_of(find()))
        if place is None:
            raise TourError(f"There is no {name!r} to tap on the screen {self._state.screen}.")
        _xdotool("mousemove", *map(str, place), "click", "1")

    def _scan(self, code: str) -> None:
        """Types like a USB scanner does: fast, with Enter at the end."""
        time.sleep(SETTLE_S)
        _xdotool("type", "--delay", "4", f"{code}\n")

    # --- eyes ---

    @property
    def _state(self) -> TillState:
        return self._till.state

    def _holds(self, items: int) -> bool:
        return self._state.basket.items >= items

    def _speaks(self, language: str) -> bool:
        return self._state.language == language

    def _change_is_known(self) -> bool:
        advice = self._state.advice
        return advice is not None and advice.ready

    def _expect(self, screen: Screen | None) -> None:
        if screen is not None:
            self._wait_for(screen)

    def _wait_for(self, screen: Screen) -> None:
        self._wait(lambda: self._state.screen is screen, f"the screen {screen}")

    def _wait(self, is_there: Callable[[], bool], what: str) -> None:
        until_s = time.monotonic() + STEP_TIMEOUT_S
        while not is_there():
            if time.monotonic() > until_s:
                raise TourError(f"Waited for {what} in vain on the screen {self._state.screen}.")
            time.sleep(0.02)

    def _picture(self, name: str) -> None:
        time.sleep(SETTLE_S)
        self._pictures += 1
        target = self._folder / f"{self._pictures:02d}-{name}.png"
        pattern = str(self._folder / "raw.png")
        raw = on_screen_thread(lambda: Window.screenshot(name=pattern))
        Path(raw).replace(target)


def on_screen_thread(action: Callable[[], Any]) -> Any:
    """Runs the action in the window's thread and waits for what it gives."""
    done = threading.Event()
    result: list[Any] = []

    @mainthread
    def run() -> None:
        try:
            result.append(action())
        finally:
            done.set()

    run()
    if not done.wait(STEP_TIMEOUT_S) or not result:
        raise TourError("The window does not answer.")
    return result[0]


def key_named(root: Any, screen: Screen, name: str) -> Widget | None:
    """The visible widget with that id: the screen's own first, then the frame's."""
    for place in (root.view(screen), root):
        for widget in _walk(place):
            if name in widget.ids and place_of(widget.ids[name]) is not None:
                found: Widget = widget.ids[name]
                return found
    return None


def key_with(root: Any, screen: Screen, attribute: str, value: str) -> Widget | None:
    """The smallest visible widget of the screen whose attribute has that value."""
    found = [
        widget
        for widget in _walk(root.view(screen))
        if getattr(widget, attribute, None) == value and hasattr(widget, "on_release")
    ]
    return found[0] if found else None


def _walk(widget: Any) -> Iterator[Any]:
    yield widget
    for child in widget.children:
        yield from _walk(child)


def place_of(widget: Any | None) -> tuple[int, int] | None:
    """Where to touch a widget, in pixels from the top left; None when it cannot be touched."""
    if widget is None or not widget.width or not widget.height or not widget.opacity:
        return None
    x, y = widget.to_window(*widget.center)
    return round(x), round(Window.height - y)


def _focus_window() -> None:
    """Without a window manager nobody else gives the window the keys of the scanner."""
    middle = (str(Window.width // 2), str(Window.height // 2))
    answer = _xdotool("mousemove", *middle, "getmouselocation", "--shell")
    window_id = next(x.partition("=")[2] for x in answer.split() if x.startswith("WINDOW="))
    _xdotool("windowfocus", window_id)


def _xdotool(*words: str) -> str:
    """Runs xdotool and gives what it printed."""
    try:
        done = subprocess.run(
            ["xdotool", *words], capture_output=True, text=True, check=False, timeout=STEP_TIMEOUT_S
        )
    except subprocess.TimeoutExpired as error:
        raise TourError(f"xdotool {words[0]} did not come to an end.") from error
    if done.returncode != 0:
        raise TourError(f"xdotool {words[0]} failed: {done.stderr.strip()}")
    return done.stdout
