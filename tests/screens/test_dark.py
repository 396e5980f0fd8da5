"""The panel at night in the real window: black, and the touch that lights it buys nothing."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from kiosk.night import LIT_S, Night, hours_of
from kiosk.views import Screen
from tests.till.shop import WATER_CODE

pytestmark = pytest.mark.window
MIDNIGHT_MS = int(datetime(2026, 11, 20, 19, tzinfo=UTC).timestamp() * 1000)


class Lamp:
    """What was asked of it."""

    def __init__(self) -> None:
        self.is_dark = False

    def show(self, *, dark: bool) -> None:
        self.is_dark = dark


@pytest.fixture
def lamp() -> Lamp:
    return Lamp()


@pytest.fixture
def kiosk(window: None, tmp_path: Path, lamp: Lamp) -> Iterator[Any]:
    """A kiosk at midnight, dark from ten to seven."""
    from kiosk.app import KioskApp
    from tests.screens.driver import FACE, Kiosk

    class Lobby(Kiosk):
        def _make_parts(self, directory: Path) -> None:
            super()._make_parts(directory)
            night = Night(hours_of("22:00", "07:00"), lambda: MIDNIGHT_MS, lambda: self.now_s)
            self.app = KioskApp(self.till, FACE, night=night, backlight=lamp)

    kiosk = Lobby(tmp_path)
    kiosk.count_box(c100=4)
    yield kiosk
    kiosk.close()


def nobody_comes(kiosk: Any) -> None:
    kiosk.now_s += LIT_S
    kiosk.app._tick()
    kiosk.frames()


def is_black() -> bool:
    from kivy.core.window import Window

    from kiosk.screens.dark import Dark

    return any(isinstance(child, Dark) for child in Window.children)


def test_the_touch_that_lights_the_panel_starts_no_visit(kiosk: Any, lamp: Lamp) -> None:
    assert not is_black()
    nobody_comes(kiosk)
    assert (is_black(), lamp.is_dark) == (True, True)
    start = kiosk.key("begin")
    kiosk.touch(start)
    assert (is_black(), lamp.is_dark) == (False, False)
    assert kiosk.till.state.screen is Screen.START
    kiosk.touch(start)
    assert kiosk.till.state.screen is Screen.BASKET


def test_a_scan_lights_the_panel_and_counts(kiosk: Any, lamp: Lamp) -> None:
    nobody_comes(kiosk)
    kiosk.scan(WATER_CODE)
    kiosk.app._tick()
    assert not is_black()
    assert not lamp.is_dark
    assert kiosk.till.state.screen is Screen.BASKET


def test_a_window_that_closes_takes_the_dark_with_it(kiosk: Any) -> None:
    nobody_comes(kiosk)
    kiosk.app.on_stop()
    assert not is_black()
