"""Typing a code where there is little room."""

from __future__ import annotations

from kiosk.screens.keypad import KeypadScreen
from kiosk.screens.kv import load_kv

load_kv("keypad_compact")


class CompactKeypadScreen(KeypadScreen):
    """Words and keys at the left, the pad at the right."""
