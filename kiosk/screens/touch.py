"""One touch, one event: panels and drivers are known to report a single tap twice."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

ECHO_S = 0.06
"""A second touch this soon after the last was let go is the same finger; nobody taps so fast."""
ECHO_PX = 12
"""An echo comes where the finger was; after a slow frame real taps arrive as close together."""
STUCK_S = 2.0
"""A finger that was never reported as lifted stops counting when another one comes later."""


class TouchGuard:
    """Lets in one finger at a time, and not its echo."""

    def __init__(self, monotonic_s: Callable[[], float] = time.monotonic) -> None:
        self._monotonic_s = monotonic_s
        self._finger: Any | None = None
        self._down_s = 0.0
        self._free_s = 0.0
        self._lifted_at: tuple[float, float] | None = None

    def down(self, touch: Any) -> bool:
        """Whether this touch may act."""
        now_s = self._monotonic_s()
        held = self._finger is not None and now_s - self._down_s < STUCK_S
        if held or (now_s < self._free_s and self._is_echo(touch)):
            return False
        self._finger, self._down_s = touch.uid, now_s
        return True

    def is_in(self, touch: Any) -> bool:
        """Whether this is the touch that was let in."""
        return bool(touch.uid == self._finger)

    def up(self, touch: Any) -> bool:
        """Whether this lift belongs to the touch that was let in."""
        if touch.uid != self._finger:
            return False
        self._finger = None
        self._lifted_at = (touch.x, touch.y)
        self._free_s = self._monotonic_s() + ECHO_S
        return True

    def wait_for_release(self) -> None:
        """A new screen is on: a finger still down came for the old one."""
        self._lifted_at = None
        self._free_s = max(self._free_s, self._monotonic_s() + ECHO_S)

    def _is_echo(self, touch: Any) -> bool:
        if self._lifted_at is None:
            return True
        x, y = self._lifted_at
        return bool(abs(touch.x - x) < ECHO_PX and abs(touch.y - y) < ECHO_PX)
