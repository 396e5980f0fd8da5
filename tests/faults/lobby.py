"""A display of its own for a fault, and a kiosk's folder as it is on any day but the first."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec

from kiosk.admin.pin_hash import HashCost
from kiosk.admin.pins import PinBook
from kiosk.catalogue import CatalogueStore
from kiosk.domain.entries import CashCount
from kiosk.facts import ROOT
from kiosk.journal import Journal
from sync import wire
from tests.till.shop import TEA_CODE, WATER_CODE

SIZE = (1280, 800)
FULL_BOX = {"n1000": 50, "n500": 50, "c100": 500, "c50": 500, "c20": 500, "c10": 500}
QUICK_TO_CHECK = HashCost(memory_kib=64, passes=1)
_GOODS = (("water", "Су", 180, (WATER_CODE,)), ("tea", "Шай", 350, (TEA_CODE,)))


@contextmanager
def display() -> Iterator[dict[str, str]]:
    """An X server that nobody else uses; gives the environment for a program with a window."""
    reading, writing = os.pipe()
    words = ["-displayfd", str(writing), "-screen", "0", "x".join(map(str, (*SIZE, 24)))]
    server = subprocess.Popen(
        ["Xvfb", *words, "-nolisten", "tcp", "-noreset"],
        pass_fds=[writing],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    os.close(writing)
    try:
        with os.fdopen(reading) as said:
            number = said.readline().strip()
        own = {"DISPLAY": f":{number}", "LIBGL_ALWAYS_SOFTWARE": "1", "SDL_AUDIODRIVER": "dummy"}
        yield os.environ | own | {"PYTHONPATH": str(ROOT)}
    finally:
        server.terminate()
        server.wait(20)


def furnish(directory: Path) -> None:
    """Goods, a counted box, and a volunteer: without one a kiosk begins with its set-up."""
    directory.mkdir(parents=True, exist_ok=True)
    PinBook(directory, cost=QUICK_TO_CHECK).add("Айгүл", "481516")
    goods = [
        wire.ProductMessage(name, {"kk": called}, tenge, codes=codes)
        for name, called, tenge, codes in _GOODS
    ]
    CatalogueStore(directory).replace(msgspec.json.encode(wire.CatalogueDocument(1, goods)))
    journal = Journal.open(directory)
    journal.append(CashCount(FULL_BOX, "asel")).result(20)
    journal.close()
