"""Fixtures of the backups' tests."""

from pathlib import Path

import pytest

from kiosk.journal import Journal
from tests.journal.support import fill


@pytest.fixture
def kiosk(tmp_path: Path) -> Path:
    """The data of a kiosk that has sold, with everything beside its journal; not running."""
    directory = tmp_path / "kiosk"
    journal = Journal.open(directory)
    fill(journal)
    journal.close()
    (directory / "catalogue.json").write_text('{"version": 3, "products": []}')
    (directory / "catalogue.previous.json").write_text("{}")
    (directory / "pictures").mkdir()
    (directory / "pictures" / "samsa.png").write_bytes(b"a picture" * 1000)
    (directory / "enrolment.json").write_text('{"token": "of the centre"}')
    (directory / "volunteers.json").write_text('{"pin": "a hash"}')
    return directory


@pytest.fixture
def stick(tmp_path: Path) -> Path:
    """An empty folder that stands for a USB stick."""
    folder = tmp_path / "stick"
    folder.mkdir()
    return folder
