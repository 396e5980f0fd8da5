"""One window for all tests of this folder; a new kiosk in it for each."""

import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.conftest import WINDOW_PX
from tests.screens.painting import paint_seldom

if TYPE_CHECKING:
    from tests.screens.driver import Kiosk


@pytest.fixture(scope="session")
def window() -> None:
    """A real window under whatever display there is."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what Kivy itself imports is not ours to mend
        from kivy.base import EventLoop
        from kivy.core.window import Window
        from kivy.tests import common  # noqa: F401

        from kiosk import app

        # A kiosk builds screens ahead of need; here each lives for a second and shows two or
        # three of them. test_warm_up.py lets it.
        app.WARM_UP_AFTER_S = 3600.0
        EventLoop.ensure_window()
        paint_seldom()
        EventLoop.status = "started"
        Window.size = WINDOW_PX


@pytest.fixture
def uncounted(window: None, tmp_path: Path) -> Iterator["Kiosk"]:
    """A kiosk whose cash box nobody has counted."""
    from tests.screens.driver import Kiosk

    kiosk = Kiosk(tmp_path)
    yield kiosk
    kiosk.close()


@pytest.fixture
def kiosk(uncounted: "Kiosk") -> "Kiosk":
    """A kiosk with 700 ₸ of change in its box."""
    uncounted.count_box(c100=4, c50=2, c20=10)
    return uncounted
