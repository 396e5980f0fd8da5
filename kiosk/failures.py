"""Errors that nobody thought of: how many of them a running window may live through."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable

RECENT_S = 30.0
RECENT_MAX = 20
"""So many in so short a time, and going on helps nobody: a new start does."""
SAVE_IS_SLOW_S = 15.0
"""A sale takes milliseconds; a disk that is busy with itself takes seconds. After that, say so."""


class Failures:
    """Counts what went wrong lately."""

    def __init__(self, monotonic_s: Callable[[], float] = time.monotonic) -> None:
        self._monotonic_s = monotonic_s
        self._at_s: deque[float] = deque(maxlen=RECENT_MAX)

    def note(self) -> None:
        """Something went wrong just now."""
        self._at_s.append(self._monotonic_s())

    @property
    def is_hopeless(self) -> bool:
        """Whether it goes wrong again and again."""
        return len(self._at_s) == RECENT_MAX and self._monotonic_s() - self._at_s[0] < RECENT_S


class SlowSave:
    """Notices a save that hangs: the disk does not answer, and nobody can say for how long."""

    def __init__(self, monotonic_s: Callable[[], float] = time.monotonic) -> None:
        self._monotonic_s = monotonic_s
        self._since_s: float | None = None

    def is_slow(self, *, saving: bool) -> bool:
        """Asked again and again while a save may be on its way."""
        if not saving:
            self._since_s = None
            return False
        if self._since_s is None:
            self._since_s = self._monotonic_s()
        return self._monotonic_s() - self._since_s >= SAVE_IS_SLOW_S
