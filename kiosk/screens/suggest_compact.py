"""The suggestions box where there is little room."""

from __future__ import annotations

from kiosk.screens.kv import load_kv
from kiosk.screens.suggest import SuggestScreen

load_kv("suggest_compact")


class CompactSuggestScreen(SuggestScreen):
    """One line of text above as much keyboard as there is room for."""
