"""Fixtures of the journal's tests."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from kiosk.journal import Journal
from tests.places import quick_place


@pytest.fixture
def directory() -> Iterator[Path]:
    """A kiosk's directory that does not exist yet, in memory where the system has such a place.

    Thousands of commits on a real disk take their time and show nothing more here; the tests that
    kill the kiosk use the disk.
    """
    with tempfile.TemporaryDirectory(prefix="adal-journal-", dir=quick_place()) as name:
        yield Path(name) / "kiosk"


@pytest.fixture
def journal(directory: Path) -> Iterator[Journal]:
    """An open journal of a new kiosk."""
    opened = Journal.open(directory)
    yield opened
    opened.close()
