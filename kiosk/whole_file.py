"""A small file that is either the old one or the new one, whatever happens in between."""

from __future__ import annotations

import os
from pathlib import Path

from kiosk.disk import sync_directory

PRIVATE = 0o600


def write_whole(file: Path, content: bytes, *, mode: int = 0o644) -> None:
    """Writes beside the file, flushes, and renames over it; on disk when this returns.

    Args:
        file: its directory exists.
        content: all of the new file.
        mode: who may read it, from the first byte on.

    Raises:
        OSError: nothing was changed.
    """
    fresh = file.with_name(f"{file.name}.new")
    # A leftover of a power cut may have another mode; O_CREAT would keep that one.
    fresh.unlink(missing_ok=True)
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    with os.fdopen(descriptor, "wb") as out:
        out.write(content)
        out.flush()
        os.fsync(out.fileno())
    fresh.replace(file)
    sync_directory(file.parent)
