"""The whole kiosk in a real window while a long backlog drains: how long a shopper waits for a frame.

    python -m tests.faults.draining_kiosk DIRECTORY SEED SHOPPERS

Shoppers buy while the centre cannot be reached; then it says ``ready`` and waits for a line, after
which the centre is there. Shoppers go on until the centre has everything. Prints one line of JSON.
"""

from __future__ import annotations

import faulthandler
import json
import logging
import statistics
import sys
import time
from pathlib import Path
from typing import Any

from kiosk.domain.entries import Sale
from kiosk.screens.window import WindowSettings, harden
from tests.faults.frame import dice
from tests.faults.lobby import SIZE
from tests.screens.painting import paint_seldom

HANGS_AFTER_S = 1500
UNTIMED = 1
"""One shopper alone: of a short backlog nobody compares frames, so most are not painted."""


def main(directory: Path, seed: int, shoppers: int) -> None:
    """Before and while."""
    logging.disable()
    faulthandler.dump_traceback_later(HANGS_AFTER_S, exit=True)
    harden(WindowSettings(*SIZE, fps_max=0))
    from kivy.base import EventLoop
    from kivy.core.window import Window

    from tests.faults.shopped_kiosk import Day

    if shoppers == UNTIMED:
        paint_seldom()
    EventLoop.ensure_window()
    EventLoop.status = "started"
    Window.size = SIZE
    day = Day(directory, seed)
    try:
        watch = Watch(day, seed)
        watch.shop(1)  # every screen is made the first time
        watch.forget()
        watch.shop(shoppers)
        before = watch.told()
        print("ready", flush=True)
        sys.stdin.readline()
        watch.forget()
        began_s = time.monotonic()
        while day.backlog:
            day.parts.send_now()
            watch.shop(1)
        drain_s = time.monotonic() - began_s
        told = {"before": before, "while": watch.told(), "drain_s": drain_s}
        day.wait_for_uploader()
    finally:
        day.close()
    print(json.dumps(told))


class Watch:
    """Times each frame, and each sale from when it is handed over until it is on the disk."""

    def __init__(self, day: Any, seed: int) -> None:
        from kivy.base import EventLoop

        self._day, self._dice = day, dice(seed, "away")
        self._frames_ms: list[float] = []
        self._saves_ms: list[float] = []
        draw, append = EventLoop.idle, day.parts.journal.append

        def timed_draw() -> None:
            began_s = time.perf_counter()
            draw()
            self._frames_ms.append((time.perf_counter() - began_s) * 1000)

        def timed_append(body: Any) -> Any:
            began_s = time.perf_counter()
            saved = append(body)
            if isinstance(body, Sale):
                saved.add_done_callback(
                    lambda _done: self._saves_ms.append((time.perf_counter() - began_s) * 1000)
                )
            return saved

        EventLoop.idle, day.parts.journal.append = timed_draw, timed_append

    def shop(self, shoppers: int) -> None:
        """So many buy for cash."""
        for _ in range(shoppers):
            self._day.buys_for_cash(self._dice)
            self._day.hand.till.finish()
            self._day.hand.frames()

    def forget(self) -> None:
        """A new measurement begins."""
        self._frames_ms.clear()
        self._saves_ms.clear()

    def told(self) -> dict[str, float]:
        """What was measured."""
        return {
            "sales": len(self._saves_ms),
            "frame_ms_p95": statistics.quantiles(self._frames_ms, n=20)[-1],
            "frame_ms_max": max(self._frames_ms),
            "save_ms_max": max(self._saves_ms),
        }


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
