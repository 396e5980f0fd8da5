"""Paying by QR where there is little room."""

from __future__ import annotations

from kiosk.screens.kv import load_kv
from kiosk.screens.qr import QrScreen

load_kv("qr_compact")


class CompactQrScreen(QrScreen):
    """Code, amount, two keys."""
