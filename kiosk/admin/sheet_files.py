"""Tables that lie on sticks and in the kiosk's own folder."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from kiosk.admin.ports import Place

ENDINGS = frozenset({".csv", ".xlsx"})
FOLDERS_DEEP = 2
"""People put files into a folder of the stick, rarely into a folder of a folder."""
FILES_MAX = 200
LOOKED_AT_MAX = 20_000
"""A stick full of photographs must not keep anybody waiting."""


@dataclass(frozen=True, slots=True)
class SheetFile:
    """A file that may be a table of goods."""

    path: Path
    place: Place
    size_bytes: int
    changed_ms: int


def sheet_files(places: Iterable[Place]) -> tuple[SheetFile, ...]:
    """Tables in these places, the latest first. Reads the disk."""
    found = [file for place in places for file in _in_place(place)]
    return tuple(sorted(found, key=lambda file: -file.changed_ms)[:FILES_MAX])


def _in_place(place: Place) -> Iterator[SheetFile]:
    for path in _files(place.path):
        if path.suffix.lower() not in ENDINGS or path.name.startswith((".", "~$")):
            continue
        try:
            status = path.stat()
        except OSError:  # gone in the meantime
            continue
        yield SheetFile(path, place, status.st_size, status.st_mtime_ns // 1_000_000)


def _files(folder: Path) -> Iterator[Path]:
    """Files of a folder and those below it, so many deep and no more than a fair number."""
    waiting, looked_at = [(folder, 0)], 0
    while waiting:
        at, depth = waiting.pop()
        try:
            for path in at.iterdir():
                looked_at += 1
                if looked_at > LOOKED_AT_MAX:
                    return
                if not path.is_dir():
                    yield path
                elif depth + 1 < FOLDERS_DEEP and not path.name.startswith("."):
                    waiting.append((path, depth + 1))
        except OSError:  # a folder that cannot be read, or a stick that was pulled out
            continue
