"""One window for all tests of this folder; a volunteer's kiosk in it for each."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.admin.screens.driver import OfficeKiosk
from tests.screens.conftest import window

__all__ = ["window"]


@pytest.fixture
def office(window: None, tmp_path: Path) -> Iterator[OfficeKiosk]:
    """A kiosk with its back room, on the start screen."""
    kiosk = OfficeKiosk(tmp_path)
    yield kiosk
    kiosk.close()
