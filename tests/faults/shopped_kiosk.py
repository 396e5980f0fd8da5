"""The whole kiosk in a real window, shopped in all day long, and what it holds on to meanwhile.

    python -m tests.faults.shopped_kiosk DIRECTORY SHOPPERS WARM_UP SEED

A shopper comes every minute: the till's clock is moved on, everything else is as it is in a shop,
down to the uploader. Each is a hand that taps keys where they are. Prints one line of JSON: memory,
threads and open files after the warm-up and at the end.

A short day cannot warm everything up: each font's size that is new opens a file for ever. There the
shoppers of the warm-up come once more, the same in everything, so that whatever is more is a leak.
Only one frame a second is painted then: no memory is compared, and painting is most of the time.
"""

from __future__ import annotations

import faulthandler
import gc
import json
import logging
import os
import random
import sys
import threading
import time
from collections import Counter
from contextlib import suppress
from pathlib import Path
from typing import Any

from kiosk.config import check_config
from kiosk.domain.entries import CashCount
from kiosk.screens.window import WindowSettings, harden
from tests.faults.frame import dice
from tests.faults.lobby import FULL_BOX, SIZE
from tests.screens.painting import paint_seldom

SETTINGS = {
    "camera": {"source": "none"},
    "sound": {"enabled": False},
    "sync": {"interval_s": 5},
    "qr": {"payload": "https://pay.example/shop"},
}
MINUTE_S = 60.0
HANGS_AFTER_S = 1500
COUNTED_EVERY = 20
"""Shoppers between two visits of a volunteer, who fills the box up."""
SAMPLES = 4
"""Looks at the memory, shoppers apart: a single one may fall just before or after a collection."""


Held = dict[str, Any]
"""Bytes, threads, and how often each file is open, at one moment."""


def main(directory: Path, shoppers: int, warm_up: int, seed: int) -> None:
    """One day."""
    is_short = shoppers <= warm_up
    open_window(paints_all=not is_short)
    day = Day(directory, seed)
    try:
        held = []
        for number in range(warm_up + shoppers):
            day.shopper(number % warm_up if is_short else number)
            print("shopper", flush=True)
            if number in (*range(warm_up - SAMPLES, warm_up),) or number >= (
                warm_up + shoppers - SAMPLES
            ):
                held.append(_held())
        day.wait_for_uploader()
        told = {
            # A short warm-up is warm at its end alone.
            "before": _least(held[SAMPLES - 1 : SAMPLES] if is_short else held[:SAMPLES]),
            "after": _least(held[SAMPLES:]),
            "files": _new_files(held),
            "did": day.did,
            "seconds": day.now_s,
            "backlog": day.backlog,
        }
    finally:
        day.close()
    print(json.dumps(told))


def open_window(*, paints_all: bool) -> None:
    """A window for this process, which ends when it hangs; silent but for what it prints."""
    logging.disable()
    faulthandler.dump_traceback_later(HANGS_AFTER_S, exit=True)
    harden(WindowSettings(*SIZE, fps_max=0))
    from kivy.base import EventLoop
    from kivy.core.window import Window

    if not paints_all:
        paint_seldom()
    EventLoop.ensure_window()
    EventLoop.status = "started"
    Window.size = SIZE


def _held() -> Held:
    gc.collect()
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return {
        "memory_bytes": pages * os.sysconf("SC_PAGE_SIZE"),
        "threads": threading.active_count(),
        "native_threads": len([*Path("/proc/self/task").iterdir()]),
        "files": _open_files(),
    }


def _open_files() -> Counter[str]:
    found: Counter[str] = Counter()
    for link in Path("/proc/self/fd").iterdir():
        with suppress(OSError):  # the one that this look itself opened
            found[str(link.readlink())] += 1
    return found


def _least(held: list[Held]) -> dict[str, int]:
    """What is never let go of: a file that was just open, or a young object, is no leak."""
    least = {name: min(one[name] for one in held) for name in held[0] if name != "files"}
    return least | {"open_files": min(one["files"].total() for one in held)}


def _new_files(held: list[Held]) -> list[str]:
    """Files that were open in the end and not, or not as often, after the warm-up."""
    return sorted((held[-1]["files"] - held[SAMPLES - 1]["files"]).elements())


class Day:
    """A hand before the window, and the shop's clock."""

    def __init__(self, directory: Path, seed: int) -> None:
        from kiosk.front_room import make_app
        from kiosk.screens.overlays import Toast
        from tests.screens.driver import Kiosk

        day = self

        class Whole(Kiosk):
            """The program's own parts, under the hand of the window's tests."""

            def _make_parts(self, directory: Path) -> None:
                self.app, parts = make_app(check_config(SETTINGS, "faults"), directory)
                day.parts, self.till = parts, parts.till
                self.till._shown.now_s = lambda: day.now_s

            def front(self) -> Any:
                """A passing word hides nothing from a hand."""
                front = super().front()
                return self.root if isinstance(front, Toast) else front

        self.parts: Any
        self.now_s = 0.0
        self.did: Counter[str] = Counter()
        self._seed = seed
        self.hand = Whole(directory)
        self._until(lambda: self.parts.uploader is not None)

    def shopper(self, number: int) -> None:
        """One minute of the shop."""
        rng = dice(self._seed, "long_day", number)
        if number % COUNTED_EVERY == 0:
            self.parts.journal.append(CashCount(FULL_BOX, "asel")).result(20)
        what = rng.choice(list(VISITS))
        VISITS[what](self, rng)
        self.did[what] += 1
        self._pass(MINUTE_S)

    def close(self) -> None:
        """Orderly, as the program does it."""
        self.hand.app.on_stop()
        self.parts.stop()

    @property
    def backlog(self) -> int:
        """Entries that the centre does not have yet."""
        return int(self.parts.uploader.backlog)

    def wait_for_uploader(self) -> None:
        """Until the centre has everything."""
        self.parts.centre.send_now()
        self._until(lambda: not self.backlog)

    def _pass(self, seconds: float) -> None:
        for _ in range(int(seconds)):
            self.now_s += 1.0
            self.hand.app._tick()
        self.hand.frames(3)

    def _until(self, done: Any) -> None:
        give_up_at = time.monotonic() + MINUTE_S
        while not done():
            if time.monotonic() > give_up_at:
                raise TimeoutError("the kiosk does not come to it")
            self.hand.frames(1)

    # --- what shoppers do ---

    def buys_for_cash(self, rng: random.Random) -> None:
        self._fill(rng)
        self.hand.tap("pay_cash")
        if rng.random() < 0.5:
            self.hand.tap("exact")
        else:
            self.hand.tap_money("n5000")
        self.hand.tap("confirm")
        self._thanked()

    def buys_by_qr(self, rng: random.Random) -> None:
        self._fill(rng)
        self.hand.tap("pay_qr")
        self.hand.tap("confirm")
        self._thanked()

    def goes_away(self, rng: random.Random) -> None:
        self._fill(rng)
        self.hand.tap("pay_cash")
        self._pass(2 * MINUTE_S)

    def looks_around(self, rng: random.Random) -> None:
        for name in (rng.choice(("kk", "ru", "en")), "begin", "pick", "back", "keypad", "back"):
            self.hand.tap(name)
        self._pass(2 * MINUTE_S)

    def writes_a_word(self, rng: random.Random) -> None:
        self.hand.till.open_suggest()
        self.hand.frames()
        self.hand.till.send_suggestion(f"нан {rng.random()}")
        self._until(lambda: not self.hand.till.state.saving)
        self._pass(2 * MINUTE_S)

    def scans_the_unknown(self, rng: random.Random) -> None:
        from tests.till.shop import UNKNOWN_CODE

        self.hand.scan(UNKNOWN_CODE)
        self.hand.till.enter_price(rng.randint(10, 500))
        self.hand.frames()
        self.hand.tap("pay_qr")
        self.hand.tap("confirm")
        self._thanked()

    def undoes_it(self, rng: random.Random) -> None:
        self.buys_for_cash(rng)
        receipt = self.hand.till.state.thanks.receipt
        self.hand.till.finish()
        self.hand.till.open_undo()
        self.hand.frames()
        self.hand.till.find_receipt(receipt)
        self.hand.frames()
        self.hand.till.confirm_undo()
        self._until(lambda: not self.hand.till.state.saving)

    def _fill(self, rng: random.Random) -> None:
        from tests.till.shop import TEA_CODE, WATER_CODE

        for _ in range(rng.randint(1, 5)):
            self.hand.scan(rng.choice((WATER_CODE, TEA_CODE)))

    def _thanked(self) -> None:
        from kiosk.views import Screen

        self.hand.until(lambda state: state.screen is Screen.THANKS)


VISITS = {
    "bought for cash": Day.buys_for_cash,
    "bought by QR": Day.buys_by_qr,
    "went away": Day.goes_away,
    "looked around": Day.looks_around,
    "left a word": Day.writes_a_word,
    "bought the unknown": Day.scans_the_unknown,
    "took it back": Day.undoes_it,
}

if __name__ == "__main__":
    main(Path(sys.argv[1]), *map(int, sys.argv[2:]))
