"""When a shopper has gone: warn, give time to say "I am here", then give up.

A timeout cancels; it never submits.
"""

from __future__ import annotations

from math import ceil


class IdleWatch:
    """Counts quiet seconds; time is handed in, so that it can be tested without waiting."""

    def __init__(self, idle_after_s: float, extend_s: float) -> None:
        self._idle_after_s = idle_after_s
        self._extend_s = extend_s
        self._touched_s = 0.0

    def touch(self, now_s: float) -> None:
        """Somebody did something."""
        self._touched_s = now_s

    def quiet_for_s(self, now_s: float) -> float:
        """Seconds since somebody did something."""
        return now_s - self._touched_s

    def left_s(self, now_s: float) -> int | None:
        """Seconds left to answer the warning; None while there is no warning."""
        over_s = self.quiet_for_s(now_s) - self._idle_after_s
        return None if over_s < 0 else max(0, ceil(self._extend_s - over_s))

    def expired(self, now_s: float) -> bool:
        """Whether nobody answered."""
        return self.quiet_for_s(now_s) >= self._idle_after_s + self._extend_s
