"""Where files go and come from: USB sticks that are mounted, and the kiosk's own folder.

Mounting is the system's business (udisks or an fstab line); what is mounted under the roots of
removable media and can be written is a stick.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from kiosk.admin.ports import Place

MOUNTS = Path("/proc/self/mounts")
ROOTS = ("/media", "/run/media", "/mnt")
FILE_SYSTEMS = frozenset({"vfat", "exfat", "ntfs", "ntfs3", "fuseblk", "ext2", "ext3", "ext4"})
"""What sticks are formatted with; fuseblk is NTFS or exFAT through FUSE."""

_ESCAPE = re.compile(r"\\([0-7]{3})")


def find_places(
    own_folder: Path, mounts: Path = MOUNTS, roots: Sequence[str] = ROOTS
) -> list[Place]:
    """Sticks first, by name; the kiosk's own folder last, made when it is missing.

    Reads the disk, and waits as long as a dying stick lets it wait: not for the screens' thread.

    Args:
        own_folder: where exports lie that go to no stick.
        mounts: the kernel's list of mounts, in the form of fstab(5).
        roots: folders under which removable media are mounted.
    """
    sticks = sorted(_sticks(mounts, roots), key=lambda place: place.name.casefold())
    own = _own(own_folder)
    return [*sticks, *([own] if own else [])]


def _sticks(mounts: Path, roots: Sequence[str]) -> Iterator[Place]:
    seen: set[Path] = set()
    for path in _mounted(mounts, roots):
        place = _place(path, shown_name(path), is_stick=True)
        if place is not None and path not in seen:
            seen.add(path)
            yield place


def _mounted(mounts: Path, roots: Sequence[str]) -> Iterator[Path]:
    try:
        lines = mounts.read_bytes().decode("utf-8", "surrogateescape").split("\n")
    except OSError:  # no such list: not Linux, or not allowed
        return
    for line in lines:
        fields = line.split(" ")
        if len(fields) < 4 or fields[2] not in FILE_SYSTEMS or _is_read_only(fields[3]):
            continue
        path = Path(_unescaped(fields[1]))
        if any(Path(root) in path.parents or path == Path(root) for root in roots):
            yield path


def _is_read_only(options: str) -> bool:
    return "ro" in options.split(",")


def _unescaped(field: str) -> str:
    r"""The kernel writes space, tab, newline, backslash and hash as ``\040``, ``\011``, …."""
    return _ESCAPE.sub(lambda found: chr(int(found[1], 8)), field)


def _own(folder: Path) -> Place | None:
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError:  # a full or read-only disk: the sticks may still do
        return None
    return _place(folder, folder.name, is_stick=False)


def shown_name(path: Path) -> str:
    """A name for the screen: bytes that are no UTF-8 (old Windows letters) cannot be drawn."""
    return os.fsencode(path.name).decode("utf-8", "replace")


def _place(path: Path, name: str, *, is_stick: bool) -> Place | None:
    """The place, or None when nothing can be written there."""
    try:
        if not path.is_dir() or not os.access(path, os.W_OK | os.X_OK):
            return None
        room = os.statvfs(path)
    except OSError:  # pulled out in the meantime
        return None
    return Place(path, name, is_stick, room.f_bavail * room.f_frsize)
