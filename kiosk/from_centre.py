"""Pictures and campaigns that came from the centre, kept beside the catalogue.

A picture's name is made of its own bytes, so that one that is here is never another one.
"""

from __future__ import annotations

import re
from pathlib import Path

import msgspec

from kiosk.domain.errors import CatalogueError
from kiosk.facts import PICTURES_FOLDER
from kiosk.whole_file import write_whole

CAMPAIGNS_FILE = "campaigns.json"
_NAME = re.compile("p-[0-9a-f]{12}")
"""Never a path: the centre must not write where it likes."""


class _Tag(msgspec.Struct):
    tag: str


class FromCentre:
    """What one kiosk keeps; used by the uploader's thread alone."""

    def __init__(self, directory: Path) -> None:
        self._pictures = directory / PICTURES_FOLDER
        self._campaigns = directory / CAMPAIGNS_FILE

    def has_picture(self, name: str) -> bool:
        """Whether it is here; a name that is none is not asked for either."""
        return _NAME.fullmatch(name) is None or (self._pictures / f"{name}.png").is_file()

    def keep_picture(self, name: str, content: bytes) -> None:
        """Keeps a PNG in ``pictures``.

        Raises:
            CatalogueError: for a name that is none, or when the disk refuses.
        """
        if _NAME.fullmatch(name) is None:
            raise CatalogueError(f"{name!r} is no name of a picture.")
        try:
            self._pictures.mkdir(parents=True, exist_ok=True)
            write_whole(self._pictures / f"{name}.png", content)
        except OSError as error:
            raise _unwritten(self._pictures, error) from error

    def campaigns_tag(self) -> str:
        """Which campaigns are here; "" for none, or for a file that is damaged."""
        try:
            return msgspec.json.decode(self._campaigns.read_bytes(), type=_Tag).tag
        except (OSError, msgspec.MsgspecError, UnicodeDecodeError):
            return ""

    def keep_campaigns(self, document: bytes) -> None:
        """Keeps the campaigns as they came.

        Raises:
            CatalogueError: when the disk refuses.
        """
        try:
            write_whole(self._campaigns, document)
        except OSError as error:
            raise _unwritten(self._campaigns, error) from error


def _unwritten(path: Path, error: OSError) -> CatalogueError:
    return CatalogueError(
        f"{path} cannot be written ({error.strerror}); free some space or check the disk."
    )
