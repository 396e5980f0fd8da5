"""A back room for each test."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.admin.back_room import BackRoom


@pytest.fixture
def back_room(tmp_path: Path) -> Iterator[BackRoom]:
    """An office on an empty journal, with the catalogue of :mod:`tests.till.shop`."""
    room = BackRoom(tmp_path)
    yield room
    room.close()
