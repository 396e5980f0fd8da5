"""What Kivy itself costs: a window with one button, and OpenCV with a camera that was opened.

python tests/bench/face_bare.py rest FILM     until killed; says RESTING when all is loaded
python tests/bench/face_bare.py taps TAPS     JSON: a tap → the frame with the button's new text
"""

from __future__ import annotations

import json
import random
import sys
import threading
import time
from functools import partial
from typing import Any

from tests.bench.floor_bare import BareApp
from tests.bench.floor_flips import Flips, or_end, percentiles

WARM_UP_S = 3.0


def rest(film: str) -> None:
    """The least that a program with a window and a camera keeps in memory."""
    import cv2
    from kivy.clock import Clock

    camera = cv2.VideoCapture(film)
    camera.read()
    Clock.schedule_once(lambda _dt: print("RESTING", flush=True), WARM_UP_S)
    BareApp().run()


def tap_through(taps: int) -> None:
    """As many taps, each to its frame."""
    app, flips, took_ms = BareApp(), Flips(), []
    flips.watch()

    def run() -> None:
        from kivy.clock import mainthread

        from tests.bench.face_taps import FRAME_S, PAUSE_S, SEED, Hand

        time.sleep(WARM_UP_S)
        button, hand, dice = app.root, Hand(), random.Random(SEED)
        button.bind(on_release=lambda pressed: setattr(pressed, "text", str(len(took_ms))))
        for number in range(taps):
            time.sleep(PAUSE_S + dice.uniform(1, 3) * FRAME_S)
            flips.expect(partial(_says, button, str(number)))
            began_s = time.perf_counter()
            hand.tap(640, 400)
            took_ms.append((flips.wait("the button") - began_s) * 1e3)
        hand.close()
        mainthread(app.stop)()

    threading.Thread(target=or_end, args=(run,), daemon=True).start()
    app.run()
    p50_ms, p95_ms = percentiles(took_ms)
    print(json.dumps({"p50_ms": p50_ms, "p95_ms": p95_ms}))


def _says(button: Any, text: str) -> bool:
    return bool(button.text == text and button.texture)


if __name__ == "__main__":
    rest(sys.argv[2]) if sys.argv[1] == "rest" else tap_through(int(sys.argv[2]))
