"""An unknown product where there is little room."""

from __future__ import annotations

from kiosk.screens.kv import load_kv
from kiosk.screens.price import PriceScreen

load_kv("price_compact")


class CompactPriceScreen(PriceScreen):
    """Words and keys at the left, the pad at the right."""
