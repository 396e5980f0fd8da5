"""The start screen where there is little room."""

from __future__ import annotations

from kiosk.screens.kv import load_kv
from kiosk.screens.start import StartScreen

load_kv("start_compact")


class CompactStartScreen(StartScreen):
    """The shop's name is here, for the rail at the side has no room for it."""
