"""The whole kiosk in a real window while a long backlog drains: how long a shopper waits for a frame.

    python -m tests.faults.draining_kiosk DIRECTORY SEED SHOPPERS

Shoppers buy while the centre cannot be reached; then it says ``ready`` and waits for a line, after
which the centre is there. Shoppers go on until the centre has everything. Prints one line of JSON.
"""

from __future__ import annotations

import json
import statistics
import sys
import time
from pathlib import Path
from typing import Any

from kiosk.domain.entries import Sale
from tests.faults.frame import dice
from tests.faults.shopped_kiosk import Day, open_window

UNTIMED = 1
"""One shopper alone: of a short backlog nobody compares frames, so most are not painted."""


def main(directory: Path, seed: int, shoppers: int) -> None:
    """Before and while."""
    open_window(paints_all=shoppers != UNTIMED)
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
            day.parts.centre.send_now()
            watch.shop(1)
        drain_s = time.monotonic() - began_s
        told = {"before": before, "while": watch.told(), "drain_s": drain_s}
        day.wait_for_uploader()
    finally:
        day.close()
    print(json.dumps(told))


class Watch:
    """Times each turn of the event loop, and each sale from when it is handed over until it is on
    the disk.

    A turn in which nothing had changed paints nothing and takes no time: it would hide the others
    in a quantile, so only turns that painted are frames. A turn that hangs is the longest either
    way.
    """

    def __init__(self, day: Any, seed: int) -> None:
        from kivy.base import EventLoop

        self._day, self._dice = day, dice(seed, "away")
        self._frames_ms: list[float] = []
        self._turn_ms_max = 0.0
        self._saves_ms: list[float] = []
        turn, append = EventLoop.idle, day.parts.journal.append
        painted = False

        def note_painted(_window: Any) -> None:
            nonlocal painted
            painted = True

        def timed_turn() -> None:
            nonlocal painted
            painted = False
            began_s = time.perf_counter()
            turn()
            took_ms = (time.perf_counter() - began_s) * 1000
            self._turn_ms_max = max(self._turn_ms_max, took_ms)
            if painted:
                self._frames_ms.append(took_ms)

        def timed_append(body: Any) -> Any:
            began_s = time.perf_counter()
            saved = append(body)
            if isinstance(body, Sale):
                saved.add_done_callback(
                    lambda _done: self._saves_ms.append((time.perf_counter() - began_s) * 1000)
                )
            return saved

        EventLoop.window.bind(on_flip=note_painted)
        EventLoop.idle, day.parts.journal.append = timed_turn, timed_append

    def shop(self, shoppers: int) -> None:
        """So many buy for cash."""
        for _ in range(shoppers):
            self._day.buys_for_cash(self._dice)
            self._day.hand.till.finish()
            self._day.hand.frames()

    def forget(self) -> None:
        """A new measurement begins."""
        self._frames_ms.clear()
        self._turn_ms_max = 0.0
        self._saves_ms.clear()

    def told(self) -> dict[str, float]:
        """What was measured."""
        return {
            "sales": len(self._saves_ms),
            "frame_ms_p95": statistics.quantiles(self._frames_ms, n=20)[-1],
            "frames": len(self._frames_ms),
            "turn_ms_max": self._turn_ms_max,
            "save_ms_max": max(self._saves_ms),
        }


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
