"""Pictures and campaigns from the centre are kept whole, and only where they belong."""

from pathlib import Path

import pytest

from kiosk.domain.errors import CatalogueError
from kiosk.from_centre import CAMPAIGNS_FILE, FromCentre

NAME = "p-0123456789ab"


def test_a_picture_is_kept_under_its_name(tmp_path: Path) -> None:
    kept = FromCentre(tmp_path)
    assert not kept.has_picture(NAME)
    kept.keep_picture(NAME, b"png")
    assert kept.has_picture(NAME)
    assert (tmp_path / "pictures" / f"{NAME}.png").read_bytes() == b"png"


@pytest.mark.parametrize("name", ["../journal", "p-0123456789ab/../x", "", "water", "p-XYZ"])
def test_the_centre_writes_nowhere_else(tmp_path: Path, name: str) -> None:
    kept = FromCentre(tmp_path)
    # It is not even asked for.
    assert kept.has_picture(name)
    with pytest.raises(CatalogueError):
        kept.keep_picture(name, b"png")
    assert list(tmp_path.iterdir()) == []


def test_a_damaged_file_of_campaigns_is_fetched_again(tmp_path: Path) -> None:
    kept = FromCentre(tmp_path)
    assert kept.campaigns_tag() == ""
    kept.keep_campaigns(b'{"tag":"abc","campaigns":[],"pictures":{}}')
    assert kept.campaigns_tag() == "abc"
    (tmp_path / CAMPAIGNS_FILE).write_bytes(b"\x00\xff")
    assert kept.campaigns_tag() == ""


def test_a_disk_that_refuses_is_said_in_plain_words(tmp_path: Path) -> None:
    (tmp_path / "pictures").write_text("in the way")
    with pytest.raises(CatalogueError, match="cannot be written"):
        FromCentre(tmp_path).keep_picture(NAME, b"png")
    with pytest.raises(CatalogueError, match="cannot be written"):
        FromCentre(tmp_path / "gone").keep_campaigns(b"{}")
