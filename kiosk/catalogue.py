"""The catalogue on the kiosk: the last version from the centre, swapped in whole or not at all.

It is one JSON file beside the journal. A new version is written next to it, flushed to disk and
renamed over it; the one before stays as ``catalogue.previous.json``, so that a damaged file
costs a version, never the shop. ``catalogue.sums`` holds their SHA-256: a bit that flips on the disk
may leave a file readable, with another price in it.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Iterable
from pathlib import Path

import msgspec

from kiosk.domain.errors import CatalogueError, ProductError
from kiosk.domain.products import Catalogue
from kiosk.domain.shelf import NOTHING_PUBLISHED, LocalChanges, Published
from kiosk.whole_file import write_whole

log = logging.getLogger(__name__)

FILE_NAME = "catalogue.json"
PREVIOUS_NAME = "catalogue.previous.json"
CHANGES_NAME = "changes.json"
SUMS_NAME = "catalogue.sums"


class CatalogueStore:
    """The catalogue files of one kiosk."""

    def __init__(self, directory: Path) -> None:
        self._file = directory / FILE_NAME
        self._previous = directory / PREVIOUS_NAME
        self._changes = directory / CHANGES_NAME
        self._sums = directory / SUMS_NAME

    def load(self) -> Published:
        """The last good version; nothing when none ever came."""
        sums = self._load_sums()
        readable = []
        for file in (self._file, self._previous):
            try:
                content = file.read_bytes()
                published = parse_catalogue(content, str(file))
            except FileNotFoundError:
                continue
            except (OSError, CatalogueError) as error:
                log.warning("%s Trying the version before.", error)
                continue
            if _sum_of(content) in sums:
                return published
            if sums:
                log.warning("%s was changed on the disk since it came from the centre.", file)
            readable.append(published)
        # Files of an older program have no sums: they are what there is.
        return readable[0] if readable else NOTHING_PUBLISHED

    def replace(self, document: bytes) -> Published:
        """Takes a new version in.

        Args:
            document: the JSON bytes as the centre sent them.

        Raises:
            CatalogueError: when they are no catalogue or cannot be written; the old one stays.
        """
        published = parse_catalogue(document, "the catalogue from the centre")
        try:
            self._replace(document)
        except OSError as error:
            raise CatalogueError(
                f"{self._file}: the new catalogue cannot be written ({error.strerror}); "
                "free some space or check the disk."
            ) from error
        return published

    def _replace(self, document: bytes) -> None:
        """In an order in which the sums of both files are known at every moment."""
        held = {file: _content_of(file) for file in (self._file, self._previous)}
        known = self._load_sums()
        good = [
            _sum_of(content)
            for content in held.values()
            if content is not None and (not known or _sum_of(content) in known)
        ]
        write_whole(self._sums, "\n".join([_sum_of(document), *good, ""]).encode())
        current = held[self._file]
        if current is not None and _sum_of(current) in good:
            write_whole(self._previous, current)
        write_whole(self._file, document)

    def note_as_they_came(self, sums: Iterable[str]) -> None:
        """Notes the SHA-256 of files that were put here whole and checked, as from a backup.

        Raises:
            OSError: when the disk refuses.
        """
        write_whole(self._sums, "".join(f"{one}\n" for one in sums).encode())

    def _load_sums(self) -> frozenset[str]:
        """SHA-256 in hex of every file that is as it came; empty when none was noted."""
        try:
            return frozenset(self._sums.read_text("ascii").split())
        except (OSError, ValueError):
            return frozenset()

    def load_changes(self) -> LocalChanges:
        """What was changed here, as last noted; nothing when the note is lost or damaged.

        It is only a cache of the journal: whoever reads it goes on from the entry it names.
        """
        try:
            return msgspec.json.decode(self._changes.read_bytes(), type=LocalChanges)
        except FileNotFoundError:
            return LocalChanges()
        except (OSError, msgspec.MsgspecError, ProductError, ValueError) as error:
            log.warning("%s: %s Making it again from the journal.", self._changes, error)
            return LocalChanges()

    def save_changes(self, changes: LocalChanges) -> None:
        """Notes what was changed here.

        Raises:
            CatalogueError: when the disk refuses; the note before stays.
        """
        try:
            write_whole(self._changes, msgspec.json.encode(changes))
        except OSError as error:
            raise CatalogueError(
                f"{self._changes} cannot be written ({error.strerror}); "
                "free some space or check the disk."
            ) from error


def parse_catalogue(document: bytes, name: str) -> Published:
    """Reads and checks a catalogue; ``name`` stands in messages.

    Raises:
        CatalogueError: saying what is wrong and where.
    """
    try:
        published = msgspec.json.decode(document, type=Published)
        Catalogue(published.version, published.products)
    except (msgspec.MsgspecError, ProductError, UnicodeDecodeError, RecursionError) as error:
        raise CatalogueError(f"{name} cannot be used: {error}") from error
    return published


def _content_of(file: Path) -> bytes | None:
    """What is worth keeping as the version before; a damaged file must not displace that."""
    try:
        content = file.read_bytes()
        parse_catalogue(content, str(file))
    except (OSError, CatalogueError):
        return None
    return content


def _sum_of(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
