"""How often the window's loop runs: at once when a finger or a scan is there, else no more than needed."""

from __future__ import annotations

import time
from functools import partial

from kivy.clock import Clock
from kivy.core.window import Window


def keep_pace() -> None:
    """Once per process, before the window runs."""
    # The same clock that Kivy reads through ctypes, several times a frame.
    Clock.time = partial(time.clock_gettime, time.CLOCK_MONOTONIC_RAW)
    # A timer that is nearly due kept the loop spinning for 5 ms: 200 rounds a second at rest.
    Clock.interupt_next_only = True
    # Kivy reads the window's events after a frame and hands touches over after its next sleep: 17 of
    # the 51 ms from a tap to the frame that shows what it did. What is due at once ends that sleep.
    wake = Clock.create_trigger(lambda _dt: None, 0)

    def touched(*_args: object) -> bool:
        wake()
        return False  # it is for others to take

    Window.bind(on_mouse_down=touched, on_mouse_up=touched)
