"""Decoded code → basket drawn on the screen, in the real window with the real journal.

Codes enter where the camera's thread hands them over, from a thread of their own; a scan counts
as drawn when a frame has been flipped onto the screen that holds its row with its quantity.

    python tests/bench/floor_scan.py SCANS
"""

from __future__ import annotations

import json
import os
import statistics
import sys
import tempfile
import threading
import time
import traceback
from collections.abc import Callable
from itertools import cycle
from pathlib import Path
from typing import Any

from kiosk.__main__ import Kiosk, make_app
from kiosk.config import check_config
from kiosk.facts import ROOT
from tests.bench.floor_shop import make_shop

PER_VISIT = 8
TIMEOUT_S = 5.0
WARM_UP_S = 4.0


class Stopwatch:
    """Times scans, one after the other, from a thread of its own."""

    def __init__(self, app: Any, kiosk: Kiosk, scans: int) -> None:
        self._app, self._kiosk, self._scans = app, kiosk, scans
        self._wanted: tuple[str, int] | None = None
        self._drawn = threading.Event()
        self._drawn_s = 0.0
        self.took_ms: list[float] = []

    def watch_flips(self) -> None:
        """Looks at the screen's rows after each frame that was really shown."""
        from kivy.core.window import Window

        flip = Window.flip

        def flip_and_look() -> None:
            flip()
            now_s = time.perf_counter()
            if self._wanted is not None and self._is_drawn(*self._wanted):
                self._drawn_s, self._wanted = now_s, None
                self._drawn.set()

        Window.flip = flip_and_look

    def run(self) -> None:
        """Scans, visit after visit, then closes the window."""
        from kivy.clock import mainthread

        time.sleep(WARM_UP_S)
        codes = cycle(
            [p for p in self._kiosk.shelf.catalogue.products if p.codes and p.status == "on_sale"]
        )
        for number in range(self._scans + PER_VISIT):
            if number % PER_VISIT == 0:
                mainthread(self._kiosk.till.cancel)()
                mainthread(self._kiosk.till.begin)()
                time.sleep(0.4)
            product = next(codes)
            took_ms = self._scan(product)
            if number >= PER_VISIT:
                self.took_ms.append(took_ms)
            time.sleep(0.11)
        mainthread(self._app.stop)()

    def _scan(self, product: Any) -> float:
        from kiosk.domain.barcode import CodeKind, ProductCode, Symbology
        from kiosk.scanner.scan import Scan

        code = product.codes[0]
        held = self._kiosk.till.state.basket.line(product.product_id)
        self._drawn.clear()
        began_s = time.perf_counter()
        self._wanted = (product.product_id, (held.quantity if held else 0) + 1)
        scan = Scan((ProductCode(code, CodeKind.UNIT),), Symbology.EAN13, code, "bench", began_s)
        self._kiosk._on_scan(scan)
        if not self._drawn.wait(TIMEOUT_S):
            sys.stderr.write(f"{product.product_id} was not drawn within {TIMEOUT_S} s\n")
            os._exit(1)
        return (self._drawn_s - began_s) * 1e3

    def _is_drawn(self, key: str, quantity: int) -> bool:
        """A row of that line is on the screen, laid out, with that quantity in its label."""
        from kiosk.views import Screen

        view = self._app.root.view(Screen.BASKET)
        for row in view.ids.rows.children:
            if row.key == key and row.quantity_text == str(quantity):
                label = row.ids.quantity
                return bool(row.height > 1 and label.texture and label.text == str(quantity))
        return False


def main() -> None:
    """Prints the figures as JSON."""
    scans = int(sys.argv[1])
    with tempfile.TemporaryDirectory(prefix="adal-scan-") as name:
        directory = Path(name)
        make_shop(directory)
        _put_catalogue(directory)
        config = check_config({"camera": {"source": "none"}, "sound": {"enabled": False}}, "bench")
        app, kiosk = make_app(config, directory)
        stopwatch = Stopwatch(app, kiosk, scans)
        stopwatch.watch_flips()
        threading.Thread(target=_or_end, args=(stopwatch.run,), daemon=True).start()
        try:
            app.run()
        finally:
            kiosk.stop()
    took = sorted(stopwatch.took_ms)
    figures = {
        "scan_to_basket_p50_ms": round(statistics.median(took), 1),
        "scan_to_basket_p95_ms": round(took[int(len(took) * 0.95)], 1),
        "scans": len(took),
    }
    print(json.dumps(figures))


def _or_end(run: Callable[[], None]) -> None:
    """A thread that failed must end the window too, or the measurement would wait for ever."""
    try:
        run()
    except Exception:
        traceback.print_exc()
        os._exit(1)


def _put_catalogue(directory: Path) -> None:
    """The demo catalogue, as the centre would send it."""
    import msgspec

    from sync.server.catalogues import read_csv

    products = read_csv((ROOT / "assets" / "demo" / "catalogue.csv").read_bytes())
    document = {"version": 1, "products": msgspec.to_builtins(products)}
    (directory / "catalogue.json").write_bytes(msgspec.json.encode(document))


if __name__ == "__main__":
    main()
