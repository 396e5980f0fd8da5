"""Where tests put what they throw away: in memory, where the system has such a place with room."""

import os
import shutil
from pathlib import Path

MEMORY = Path("/dev/shm")
ROOM_BYTES = 2 * 1024**3
"""For all that a few processes of tests hold at a time: databases, journals, films."""


def quick_place() -> str | None:
    """A folder in memory; None (the system's own choice) where there is none or too small a one.

    Thousands of commits that wait for a disk take their time and show nothing more: nobody cuts
    the power of these tests. What needs a disk (tests/faults) asks for one.
    """
    if not os.access(MEMORY, os.W_OK) or shutil.disk_usage(MEMORY).free < ROOM_BYTES:
        return None
    return str(MEMORY)
