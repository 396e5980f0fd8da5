"""The catalogue on the kiosk: the last version from the centre, swapped in whole or not at all.

It is one JSON file beside the journal. A new version is written next to it, flushed to disk and
renamed over it; the one before stays as ``catalogue.previous.json``, so that a damaged file
costs a version, never the shop.
"""

from __future__ import annotations

import logging
import os
from pathlib import Path

import msgspec

from kiosk.disk import sync_directory
from kiosk.domain.errors import CatalogueError, ProductError
from kiosk.domain.products import Catalogue, Product

log = logging.getLogger(__name__)

FILE_NAME = "catalogue.json"
PREVIOUS_NAME = "catalogue.previous.json"


class Document(msgspec.Struct, frozen=True):
    """What the centre publishes: a version number and all products."""

    version: int
    products: tuple[Product, ...]


class CatalogueStore:
    """The catalogue files of one kiosk."""

    def __init__(self, directory: Path) -> None:
        self._file = directory / FILE_NAME
        self._previous = directory / PREVIOUS_NAME

    def load(self) -> Catalogue:
        """The last good version; an empty catalogue when none ever came."""
        for file in (self._file, self._previous):
            if not file.exists():
                continue
            try:
                return parse_catalogue(file.read_bytes(), str(file))
            except (OSError, CatalogueError) as error:
                log.warning("%s Trying the version before.", error)
        return Catalogue(0, ())

    def replace(self, document: bytes) -> Catalogue:
        """Takes a new version in.

        Args:
            document: the JSON bytes as the centre sent them.

        Raises:
            CatalogueError: when they are no catalogue or cannot be written; the old one stays.
        """
        catalogue = parse_catalogue(document, "the catalogue from the centre")
        fresh = self._file.with_suffix(".new")
        try:
            _write_durably(fresh, document)
            if _is_good(self._file):
                self._file.replace(self._previous)
            fresh.replace(self._file)
            sync_directory(self._file.parent)
        except OSError as error:
            raise CatalogueError(
                f"{self._file}: the new catalogue cannot be written ({error.strerror}); "
                "free some space or check the disk."
            ) from error
        return catalogue


def parse_catalogue(document: bytes, name: str) -> Catalogue:
    """Reads and checks a catalogue; ``name`` stands in messages.

    Raises:
        CatalogueError: saying what is wrong and where.
    """
    try:
        parsed = msgspec.json.decode(document, type=Document)
        return Catalogue(parsed.version, parsed.products)
    except (msgspec.MsgspecError, ProductError, UnicodeDecodeError, RecursionError) as error:
        raise CatalogueError(f"{name} cannot be used: {error}") from error


def _is_good(file: Path) -> bool:
    """Whether it is worth keeping as the version before; a damaged one must not displace that."""
    try:
        parse_catalogue(file.read_bytes(), str(file))
    except (OSError, CatalogueError):
        return False
    return True


def _write_durably(file: Path, content: bytes) -> None:
    with file.open("wb") as out:
        out.write(content)
        out.flush()
        os.fsync(out.fileno())
