"""Memory a kiosk does without: a Raspberry Pi has little of it, and swaps onto a card."""

from __future__ import annotations

import ctypes
import sys

_M_MMAP_THRESHOLD = -3
"""malloc.h of the GNU C library."""
_LARGE_BYTES = 1 << 20
"""More than a camera's frame of 640 × 480, so that frames are not mapped anew each time."""


def spare() -> None:
    """At the program's start, before anything large is loaded."""
    # Wherever rich, click and Pygments are installed httpx loads them all, for a command line of
    # its own: 8 MB.
    sys.modules.setdefault("httpx._main", None)  # type: ignore[arg-type]  # Python's "there is none"
    _ask_the_c_library("mallopt", _M_MMAP_THRESHOLD, _LARGE_BYTES)


def give_back() -> None:
    """After the start: what pictures, fonts and imports needed on their way in."""
    _ask_the_c_library("malloc_trim", 0)


def _ask_the_c_library(name: str, *words: int) -> None:
    """Only the GNU C library keeps memory so; others have no such function."""
    function = getattr(ctypes.CDLL(None), name, None)
    if function is not None:
        function(*words)
