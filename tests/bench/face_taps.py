"""A tap → the frame that shows what it did, in the real window with the real journal.

Taps are X events (XTEST) of a hand in a process of its own, as a panel's would come. The watch
runs from before the hand is told, so its own time counts too, until a frame has been flipped onto
the screen that shows the effect: the other screen with its keys laid out, the line's new quantity,
the note's badge with the change beside it.

    python tests/bench/face_taps.py TAPS [CAMERA]
"""

from __future__ import annotations

import json
import random
import resource
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from kiosk.parts import Kiosk
from kiosk.views import Screen
from tests.bench.floor_flips import Flips, percentiles
from tests.bench.floor_window import worked

SEED = 7
WARM_UP_S = 4.0
WITH_CAMERA_WARM_UP_S = 8.0
PAUSE_S = 0.2
"""A person looks before he taps; less than the shop's own motion lasts would measure that too."""
FRAME_S = 1 / 60
NOTE = "n2000"
PIECES = 3
"""How often plus is tapped in a visit."""

Step = tuple[str, Callable[[], Any], Callable[[], bool]]
"""What is tapped, where it is, and whether a frame shows what the tap does."""


class Hand:
    """Taps with an X pointer, as soon as it is told."""

    def __init__(self) -> None:
        self._xdotool = subprocess.Popen(["xdotool", "-"], stdin=subprocess.PIPE, bufsize=0)

    def tap(self, x: int, y: int) -> None:
        """One tap there, in pixels from the top left."""
        assert self._xdotool.stdin is not None
        self._xdotool.stdin.write(f"mousemove {x} {y} click --delay 0 1\n".encode())

    def close(self) -> None:
        """No more taps."""
        assert self._xdotool.stdin is not None
        self._xdotool.stdin.close()
        self._xdotool.wait()


class Visits:
    """Taps its way to the change to take, visit after visit, then closes the window."""

    def __init__(self, app: Any, kiosk: Kiosk, taps: int, warm_up_s: float) -> None:
        self._app, self._kiosk, self._taps, self._warm_up_s = app, kiosk, taps, warm_up_s
        self._dice = random.Random(SEED)
        self.flips = Flips()
        self.took_ms: dict[str, list[float]] = defaultdict(list)

    def run(self) -> None:
        """The first visit builds what the later ones have; it is not counted."""
        from kivy.clock import mainthread

        time.sleep(self._warm_up_s)
        hand = Hand()
        first, tapped = True, 0
        while tapped < self._taps:
            for name, find, is_shown in self._visit():
                took_ms = self._tap(hand, name, find, is_shown)
                if not first:
                    self.took_ms[name].append(took_ms)
                    tapped += 1
            first = False
            mainthread(self._kiosk.till.cancel)()
        hand.close()
        mainthread(self._app.stop)()

    def _visit(self) -> Iterator[Step]:
        yield "begin", self._key("begin"), self._is_on(Screen.BASKET, "pick")
        yield "pick", self._key("pick"), self._is_on(Screen.PICK, "back")
        yield "tile", self._first_tile, self._is_on(Screen.BASKET, "pick")
        for quantity in range(2, 2 + PIECES):
            yield "plus", self._key("plus"), partial(self._has_quantity, str(quantity))
        yield "pay_cash", self._key("pay_cash"), self._is_on(Screen.CASH, "back")
        yield "note", self._note, self._shows_change
        yield "back", self._key("back"), self._is_on(Screen.BASKET, "pick")

    def _tap(
        self, hand: Hand, name: str, find: Callable[[], Any], is_shown: Callable[[], bool]
    ) -> float:
        from kiosk.screens.tour import on_screen_thread, place_of

        time.sleep(PAUSE_S)
        x, y = on_screen_thread(lambda: place_of(find()))
        # Asking woke the window; only now the tap comes at any moment of a frame.
        time.sleep(self._dice.uniform(1, 3) * FRAME_S)
        self.flips.expect(is_shown)
        began_s = time.perf_counter()
        hand.tap(x, y)
        return (self.flips.wait(name) - began_s) * 1e3

    # --- where, and what is to be seen then ---

    def _key(self, name: str) -> Callable[[], Any]:
        from kiosk.screens.tour import key_named

        return lambda: key_named(self._app.root, self._kiosk.till.state.screen, name)

    def _first_tile(self) -> Any:
        return self._app.root.view(Screen.PICK).ids.tiles.children[-1]

    def _note(self) -> Any:
        keys = self._app.root.view(Screen.CASH).ids.money.children
        return next(key for key in keys if key.code == NOTE)

    def _is_on(self, screen: Screen, name: str) -> Callable[[], bool]:
        from kiosk.screens.tour import place_of

        def look() -> bool:
            root = self._app.root
            if root.ids.screens.current != screen.value:
                return False
            key = root.view(screen).ids[name]
            return place_of(key) is not None and bool(key.texture or key.icon_texture)

        return look

    def _has_quantity(self, text: str) -> bool:
        label = self._app.root.view(Screen.BASKET).ids.rows.children[-1].ids.quantity
        return bool(label.texture and label.text == text)

    def _shows_change(self) -> bool:
        panel = self._app.root.view(Screen.CASH).ids.panel.children[0]
        tiles = panel.ids.pieces.children if "pieces" in panel.ids else ()
        return bool(self._note().count == 1 and tiles and tiles[0].width > 1)


def main() -> None:
    """Prints the figures as JSON."""
    taps = int(sys.argv[1])
    source = sys.argv[2] if len(sys.argv) > 2 else "none"
    warm_up_s = WARM_UP_S if source == "none" else WITH_CAMERA_WARM_UP_S
    visits = worked(lambda app, kiosk: Visits(app, kiosk, taps, warm_up_s), source)
    p50_ms, p95_ms = percentiles([ms for some in visits.took_ms.values() for ms in some])
    each = {name: percentiles(some)[0] for name, some in visits.took_ms.items()}
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6
    figures = {"p50_ms": p50_ms, "p95_ms": p95_ms, "each_p50_ms": each}
    print(json.dumps(figures | {"rss_peak_mb": round(peak_mb, 1)}))


if __name__ == "__main__":
    main()
