"""The centre's pages as pictures: ``python -m tests.pictures.centre docs/pictures``.

A database of invented shops as ``adal-sync fleet`` makes it (the same seed, the same shops), the real
server before it, and Chromium as a national coordinator. Three minutes; needs no display.
"""

from __future__ import annotations

import argparse
import io
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, time, timedelta, timezone
from pathlib import Path

from PIL import Image
from playwright.sync_api import BrowserContext, sync_playwright

from kiosk.domain.ledger import day_of
from sync.server.alarms.service import Watch
from sync.server.alarms.settings import AlarmSettings
from sync.server.settings import wall_clock_ms
from tests.sync.harness import RunningServer
from tests.web.people import logged_in

SHOPS, DAYS, SEED = 60, 21, 1
VIEWPORT = {"width": 1280, "height": 1000}
SIZE = (960, 750)
COLOURS = (240, 160, 96, 64, 48, 32, 24)
"""The first that makes a picture small enough."""
KAZAKHSTAN = timezone(timedelta(hours=5))
EVENING_HOUR = 19
SHOP = "demo1-47-library-1"
PAGES = {
    "centre-overview": ("/overview", 51_500),
    "centre-shop": (f"/shops/{SHOP}", 39_500),
    "centre-catalogue": ("/catalogue", 44_500),
    "centre-public": ("/", 46_000),
}
"""Names in docs: the page, and the bytes it may have."""


def main() -> int:
    """Fills a database, looks at it, and writes the pictures."""
    parser = argparse.ArgumentParser(prog="python -m tests.pictures.centre", description=__doc__)
    parser.add_argument("out", type=Path, metavar="OUT_DIR")
    parser.add_argument("--shops", type=int, default=SHOPS)
    parser.add_argument("--days", type=int, default=DAYS)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/centre.db"
        _fill(url, options.shops, options.days)
        evening_ms = last_evening_ms(wall_clock_ms())
        with _centre(url, evening_ms) as server, _coordinator(server) as context:
            for name, (path, bytes_max) in PAGES.items():
                seen = _look(context, server.url + path)
                (options.out / f"{name}.png").write_bytes(small(seen, bytes_max))
    return 0


def last_evening_ms(now_ms: int) -> int:
    """The last evening in Kazakhstan: a day that has sold what it sells."""
    evening = datetime.combine(day_of(now_ms), time(EVENING_HOUR), tzinfo=KAZAKHSTAN)
    evening_ms = int(evening.timestamp() * 1000)
    return evening_ms if evening_ms <= now_ms else evening_ms - 86_400_000


def small(picture: bytes, bytes_max: int) -> bytes:
    """The same as it stands in a page of docs, in as many colours as fit into its bytes.

    Raises:
        ValueError: when even the fewest do not fit.
    """
    with Image.open(io.BytesIO(picture)) as opened:
        whole = opened.convert("RGB").resize(SIZE, Image.Resampling.LANCZOS)
    for colours in COLOURS:
        packed = io.BytesIO()
        whole.quantize(colours, dither=Image.Dither.NONE).save(packed, "PNG", optimize=True)
        if packed.tell() <= bytes_max:
            return packed.getvalue()
    raise ValueError(f"the picture does not fit into {bytes_max} bytes")


def _fill(url: str, shops: int, days: int) -> None:
    words = ["--shops", str(shops), "--days", str(days), "--seed", str(SEED), "--db", url]
    subprocess.run([sys.executable, "-m", "sync", "fleet", *words], check=True)


@contextmanager
def _centre(url: str, now_ms: int) -> Iterator[RunningServer]:
    """The real server, by whose clock it is then."""
    server = RunningServer(url)
    server.settings = replace(server.settings, now_ms=lambda: now_ms)
    server.start()
    try:
        Watch(server.store, AlarmSettings(), server.settings.now_ms).run_once()
        yield server
    finally:
        server.stop()
        server.store.close()


@contextmanager
def _coordinator(server: RunningServer) -> Iterator[BrowserContext]:
    cookies = dict(logged_in(server).http.cookies)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path="/usr/bin/chromium", args=["--no-sandbox"]
        )
        context = browser.new_context(viewport=VIEWPORT, locale="en")
        context.add_cookies(
            [{"name": n, "value": v, "url": server.url} for n, v in cookies.items()]
        )
        yield context
        browser.close()


def _look(context: BrowserContext, url: str) -> bytes:
    page = context.new_page()
    answer = page.goto(url, wait_until="networkidle")
    assert answer is not None
    assert answer.ok, url
    page.evaluate("document.getAnimations().forEach(each => each.finish())")
    seen = page.screenshot()
    page.close()
    return seen


if __name__ == "__main__":
    sys.exit(main())
