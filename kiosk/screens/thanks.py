"""Thanks: shown only after the sale is on disk."""

from __future__ import annotations

from typing import Any

from kivy.properties import StringProperty
from kivy.uix.widget import Widget

from kiosk.domain.money import format_tenge
from kiosk.screens.kv import load_kv
from kiosk.screens.money_widgets import CountedPiece
from kiosk.screens.tr import tr
from kiosk.screens.widgets import AnywhereView, reuse
from kiosk.views import TillState

load_kv("thanks")


class ThanksScreen(AnywhereView):
    """Receipt number, change once more, and what honesty has earned."""

    receipt_text = StringProperty()
    paid_text = StringProperty()
    change_text = StringProperty()
    cause_text = StringProperty()
    collected_text = StringProperty()

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._spare: list[Widget] = []

    def show(self, state: TillState) -> None:
        """The sale that was just written."""
        thanks = state.thanks
        if thanks is None:
            return
        self.receipt_text = thanks.receipt
        self.paid_text = tr._("Paid: {amount}").format(amount=format_tenge(thanks.paid_tenge))
        self.change_text = (
            tr._("Your change: {amount}").format(amount=format_tenge(thanks.change.total_tenge))
            if thanks.change
            else ""
        )
        shown = reuse(self.ids.change, len(thanks.change), CountedPiece, self._spare)
        for widget, (piece, count) in zip(shown, thanks.change.items(), strict=True):
            widget.code, widget.count = piece.code, count
        self.cause_text = self.face.cause(state.language)
        collected = format_tenge(thanks.collected_tenge)
        self.collected_text = tr._("Collected so far: {amount}").format(amount=collected)

    def touched(self) -> None:
        """Back to the start."""
        self.events.finish()
