"""A kiosk's folder as it is on any day but the first: somebody has a PIN, so the shop opens."""

from __future__ import annotations

from pathlib import Path

from kiosk.admin.pins import PinBook


def make_shop(directory: Path) -> None:
    """Makes the folder; without a PIN a kiosk would begin with its set-up instead of the shop."""
    directory.mkdir(parents=True, exist_ok=True)
    PinBook(directory).add("Bench", "271828")
