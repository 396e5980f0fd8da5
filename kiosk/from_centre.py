"""Pictures, campaigns and replies that came from the centre, kept beside the catalogue.

A picture's name is made of its own bytes, so that one that is here is never another one.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from pathlib import Path

import msgspec

from kiosk.board import CAMPAIGNS_FILE, REPLIES_FILE
from kiosk.domain.errors import CatalogueError
from kiosk.facts import PICTURES_FOLDER
from kiosk.whole_file import write_whole

__all__ = ["CAMPAIGNS_FILE", "REPLIES_FILE", "FromCentre"]

REPLIES_EVERY_S = 600.0
"""The centre's mark does not tell of them, and nobody waits for one by the minute."""
_NAME = re.compile("p-[0-9a-f]{12}")
"""Never a path: the centre must not write where it likes."""


class _Tag(msgspec.Struct):
    tag: str
    pictures: dict[str, str] = {}


class FromCentre:
    """What one kiosk keeps; used by the uploader's thread alone.

    ``on_posts`` is told when there are other campaigns or replies.
    """

    def __init__(
        self,
        directory: Path,
        on_posts: Callable[[], None] = lambda: None,
        monotonic_s: Callable[[], float] = time.monotonic,
    ) -> None:
        self._pictures = directory / PICTURES_FOLDER
        self._campaigns = directory / CAMPAIGNS_FILE
        self._replies = directory / REPLIES_FILE
        self._on_posts = on_posts
        self._monotonic_s = monotonic_s
        self._replies_asked_s: float | None = None

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
        """Which campaigns are here; "" for none, for a damaged file, or where a poster lacks."""
        kept = _tag_in(self._campaigns)
        if kept is None or not all(map(self.has_picture, kept.pictures)):
            return ""
        return kept.tag

    def keep_campaigns(self, document: bytes) -> None:
        """Keeps the campaigns as they came.

        Raises:
            CatalogueError: when the disk refuses.
        """
        self._keep(self._campaigns, document)

    def wants_replies(self) -> bool:
        """Whether it is time to ask for them again."""
        now_s = self._monotonic_s()
        asked_s = self._replies_asked_s
        if asked_s is not None and now_s - asked_s < REPLIES_EVERY_S:
            return False
        self._replies_asked_s = now_s
        return True

    def replies_tag(self) -> str:
        """Which replies are here; "" for none, or for a file that is damaged."""
        kept = _tag_in(self._replies)
        return "" if kept is None else kept.tag

    def keep_replies(self, document: bytes) -> None:
        """Keeps the replies as they came.

        Raises:
            CatalogueError: when the disk refuses.
        """
        self._keep(self._replies, document)

    def _keep(self, path: Path, document: bytes) -> None:
        try:
            write_whole(path, document)
        except OSError as error:
            raise _unwritten(path, error) from error
        self._on_posts()


def _tag_in(path: Path) -> _Tag | None:
    try:
        return msgspec.json.decode(path.read_bytes(), type=_Tag)
    except (OSError, msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None


def _unwritten(path: Path, error: OSError) -> CatalogueError:
    return CatalogueError(
        f"{path} cannot be written ({error.strerror}); free some space or check the disk."
    )
