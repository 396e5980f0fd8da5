"""Thanks where there is little room."""

from __future__ import annotations

from kiosk.screens.kv import load_kv
from kiosk.screens.thanks import ThanksScreen

load_kv("thanks_compact")


class CompactThanksScreen(ThanksScreen):
    """The receipt's number and the change, in a column."""
