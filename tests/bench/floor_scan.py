"""Decoded code → basket drawn on the screen, in the real window with the real journal.

Codes enter where the camera's thread hands them over, from a thread of their own; a scan counts
as drawn when a frame has been flipped onto the screen that holds its row with its quantity.

    python tests/bench/floor_scan.py SCANS
"""

from __future__ import annotations

import json
import sys
import time
from functools import partial
from itertools import cycle
from typing import Any

from kiosk.parts import Kiosk
from tests.bench.floor_flips import Flips, percentiles
from tests.bench.floor_window import worked

PER_VISIT = 8
WARM_UP_S = 4.0


class Stopwatch:
    """Times scans, one after the other, from a thread of its own."""

    def __init__(self, app: Any, kiosk: Kiosk, scans: int) -> None:
        self._app, self._kiosk, self._scans = app, kiosk, scans
        self.flips = Flips()
        self.took_ms: list[float] = []

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
        began_s = time.perf_counter()
        wanted = product.product_id, (held.quantity if held else 0) + 1
        self.flips.expect(partial(self._is_drawn, *wanted))
        scan = Scan((ProductCode(code, CodeKind.UNIT),), Symbology.EAN13, code, "bench", began_s)
        self._kiosk._on_scan(scan)
        return (self.flips.wait(product.product_id) - began_s) * 1e3

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
    stopwatch = worked(lambda app, kiosk: Stopwatch(app, kiosk, scans))
    p50_ms, p95_ms = percentiles(stopwatch.took_ms)
    figures = {
        "scan_to_basket_p50_ms": p50_ms,
        "scan_to_basket_p95_ms": p95_ms,
        "scans": len(stopwatch.took_ms),
    }
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
