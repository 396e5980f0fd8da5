"""When what was waited for has been flipped onto the screen: the end of every figure of response."""

from __future__ import annotations

import os
import sys
import threading
import time
import traceback
from collections.abc import Callable

TIMEOUT_S = 5.0


class Flips:
    """One expectation at a time, looked at after each frame that was really shown."""

    def __init__(self) -> None:
        self._is_shown: Callable[[], bool] | None = None
        self._shown = threading.Event()
        self._shown_s = 0.0

    def watch(self) -> None:
        """From now on; in the window's thread, before it runs."""
        from kivy.core.window import Window

        flip = Window.flip

        def flip_and_look() -> None:
            flip()
            now_s = time.perf_counter()
            if self._is_shown is not None and self._is_shown():
                self._shown_s, self._is_shown = now_s, None
                self._shown.set()

        Window.flip = flip_and_look

    def expect(self, is_shown: Callable[[], bool]) -> None:
        """What the next frame that counts must show; asked in the window's thread."""
        self._shown.clear()
        self._is_shown = is_shown

    def wait(self, what: str) -> float:
        """Seconds (``perf_counter``) of that frame; ends the process when it never comes."""
        if not self._shown.wait(TIMEOUT_S):
            sys.stderr.write(f"{what} was not drawn within {TIMEOUT_S} s\n")
            os._exit(1)
        return self._shown_s


def or_end(run: Callable[[], None]) -> None:
    """A thread that failed must end the window too, or the measurement would wait for ever."""
    try:
        run()
    except Exception:
        traceback.print_exc()
        os._exit(1)


def percentiles(took_ms: list[float]) -> tuple[float, float]:
    """p50 and p95, of at least one."""
    ordered = sorted(took_ms)
    return round(ordered[len(ordered) // 2], 1), round(ordered[int(len(ordered) * 0.95)], 1)
