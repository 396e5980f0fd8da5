"""A lobby's window stays, whoever asks it to close; one on a desk closes."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.window


@pytest.fixture(params=[True, False], ids=["lobby", "desk"])
def kiosk(request: pytest.FixtureRequest, window: None, tmp_path: Path) -> Iterator[Any]:
    from kiosk.app import KioskApp
    from tests.screens.driver import FACE, Kiosk

    class Closable(Kiosk):
        def _make_parts(self, directory: Path) -> None:
            super()._make_parts(directory)
            self.stays = bool(request.param)
            self.app = KioskApp(self.till, FACE, kiosk=self.stays)

    kiosk = Closable(tmp_path)
    yield kiosk
    kiosk.close()


def test_a_request_to_close_is_heard_on_a_desk_alone(kiosk: Any) -> None:
    from kivy.core.window import Window

    assert bool(Window.dispatch("on_request_close", source="keyboard")) is kiosk.stays
