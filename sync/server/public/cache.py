"""Public figures are worked out once a minute, however many ask."""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable
from typing import TypeVar

from fastapi import FastAPI

T = TypeVar("T")

LIFE_S = 60
_KEPT_MAX = 256


class Minute:
    """Keeps answers for a minute; one thread works while the others wait for it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: dict[Hashable, tuple[int, object]] = {}
        self.age = 0
        """How often everything was forgotten."""

    def get(self, key: Hashable, now_ms: int, make: Callable[[], T]) -> T:
        """What was made for that key within the last minute, or is made now."""
        with self._lock:
            made_ms, value = self._kept.get(key, (0, None))
            if 0 <= now_ms - made_ms < LIFE_S * 1000:
                return value  # type: ignore[return-value]  # a key always stands for one kind
            fresh = make()
            if len(self._kept) >= _KEPT_MAX:
                self._kept.clear()
            self._kept[key] = now_ms, fresh
            return fresh

    def put(self, key: Hashable, now_ms: int, value: object, age: int) -> None:
        """Keeps what was made without being asked, unless all was forgotten meanwhile."""
        with self._lock:
            if self.age == age:
                self._kept[key] = now_ms, value

    def clear(self) -> None:
        """Forgets everything: something was approved, hidden or deleted."""
        with self._lock:
            self._kept.clear()
            self.age += 1


_making = threading.Lock()


def minute_of(app: FastAPI) -> Minute:
    """The application's own."""
    with _making:
        if not hasattr(app.state, "public_minute"):
            app.state.public_minute = Minute()
        found: Minute = app.state.public_minute
        return found


def forget(app: FastAPI) -> None:
    """A change must not wait a minute; other workers and browsers do wait so long."""
    minute_of(app).clear()
