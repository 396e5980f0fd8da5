"""Undoing a purchase where there is little room."""

from __future__ import annotations

from kiosk.domain.entries import Sale
from kiosk.domain.money import format_tenge
from kiosk.screens.kv import load_kv
from kiosk.screens.tr import tr
from kiosk.screens.undo import UndoScreen

load_kv("undo_compact")


class CompactUndoScreen(UndoScreen):
    """The steps of giving money back, without the goods: he knows what he bought."""

    def _show_sale(self, sale: Sale, receipt: str) -> None:
        self.receipt_text = tr._("Receipt number") + f" {receipt}"
        self.total_text = format_tenge(sale.total_tenge)
