"""A kiosk's folder as it is on any day but the first: somebody has a PIN, so the shop opens."""

from __future__ import annotations

from pathlib import Path

import msgspec

from kiosk.admin.pins import PinBook
from kiosk.facts import ROOT


def make_shop(directory: Path) -> None:
    """Makes the folder; without a PIN a kiosk would begin with its set-up instead of the shop."""
    directory.mkdir(parents=True, exist_ok=True)
    PinBook(directory).add("Bench", "271828")


def fill_shelf(directory: Path) -> None:
    """The demo catalogue, as the centre would send it."""
    from sync.server.catalogues import read_csv

    products = read_csv((ROOT / "assets" / "demo" / "catalogue.csv").read_bytes())
    document = {"version": 1, "products": msgspec.to_builtins(products)}
    (directory / "catalogue.json").write_bytes(msgspec.json.encode(document))
