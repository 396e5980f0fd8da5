"""The whole kiosk, filling its screen, for somebody to touch; tells what happened when it is ended.

    python -m tests.faults.touched_kiosk DIRECTORY

Beside the journal it keeps ``keys.json``: the places and names of all keys that can be seen, top
left being (0, 0), and a number that grows with each look. After SIGTERM it prints one line of JSON.
"""

from __future__ import annotations

import faulthandler
import json
import logging
import signal
import sys
import threading
from pathlib import Path
from typing import Any

from kiosk.config import check_config
from kiosk.domain.entries import EntryBody, Sale
from kiosk.front_room import make_app
from kiosk.parts import Kiosk
from kiosk.views import TillState

LOOK_EVERY_S = 0.05
SETTINGS = {
    "camera": {"source": "none"},
    "sound": {"enabled": False},
    "window": {"fullscreen": True},
    "idle": {"thanks_s": 3},
    "qr": {"payload": "https://pay.example/shop"},
}


class Witness:
    """Sees what is confirmed, what is thanked for, and what fails."""

    def __init__(self, kiosk: Kiosk) -> None:
        self.receipts: dict[str, None] = {}
        self.confirmed: list[str] = []
        self.errors: list[str] = []
        kiosk.till.subscribe(self._look)
        self._append = kiosk.journal.append
        kiosk.journal.append = self._written  # type: ignore[method-assign]  # it only looks on
        logging.getLogger().addHandler(_Ear(self.errors))

    def _look(self, state: TillState) -> None:
        if state.thanks is not None:
            self.receipts[state.thanks.receipt] = None

    def _written(self, body: EntryBody) -> Any:
        if isinstance(body, Sale):
            self.confirmed.append(body.checkout_id)
        return self._append(body)


class _Ear(logging.Handler):
    """Errors that somebody caught and wrote down are errors too."""

    def __init__(self, errors: list[str]) -> None:
        super().__init__(logging.ERROR)
        self._errors = errors

    def emit(self, record: logging.LogRecord) -> None:
        self._errors.append(logging.Formatter().format(record))


def main(directory: Path) -> None:
    """Runs until it is told to end."""
    faulthandler.enable()
    logging.basicConfig(level=logging.WARNING)
    app, kiosk = make_app(check_config(SETTINGS, "faults"), directory)
    witness = Witness(kiosk)
    threading.excepthook = lambda args: witness.errors.append(f"in a thread: {args.exc_value!r}")

    from kivy.clock import Clock

    from kiosk.app import stop_window

    signal.signal(signal.SIGTERM, lambda *_: stop_window())
    looks = iter(range(1, sys.maxsize))
    Clock.schedule_interval(
        lambda _dt: _tell_keys(app.root, directory / "keys.json", next(looks)), LOOK_EVERY_S
    )
    try:
        app.run()
    finally:
        kiosk.stop()
    told = {
        "receipts": list(witness.receipts),
        "confirmed": witness.confirmed,
        "errors": witness.errors,
        "starts_again": kiosk.power.starts_again,
    }
    print(json.dumps(told))


def _tell_keys(root: Any, file: Path, number: int) -> None:
    from kivy.core.window import Window

    from kiosk.screens.widgets import Key
    from tests.screens.driver import visible

    shown = list(visible(root))
    names = {child.__self__: name for owner in shown for name, child in owner.ids.items()}
    seen = []
    for key in shown:
        if isinstance(key, Key) and key.width > 1 and not key.disabled:
            x, y = key.to_window(*key.center)
            seen.append((round(x), round(Window.height - y), names.get(key, "")))
    fresh = file.with_suffix(".new")
    fresh.write_text(json.dumps({"look": number, "keys": seen}))
    fresh.replace(file)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
