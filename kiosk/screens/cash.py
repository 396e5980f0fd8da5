"""Cash: tap what you are going to put in, see what to take back, confirm once."""

from __future__ import annotations

from typing import Any

from kivy.properties import BooleanProperty, NumericProperty, StringProperty
from kivy.uix.widget import Widget

from kiosk.domain.money import Denomination, format_tenge
from kiosk.screens.cash_panels import CashPanel, panel_for
from kiosk.screens.kv import load_kv
from kiosk.screens.money_widgets import MoneyKey, TenderChip
from kiosk.screens.tr import tr
from kiosk.screens.widgets import View, reuse
from kiosk.views import TillState

load_kv("cash")

COLUMNS = 5
CHIPS_MAX = 5
"""More kinds than this are only counted on their keys; one key takes all away."""


class CashScreen(View):
    """The heart of the kiosk: the calculator that stands beside the box."""

    due_text = StringProperty()
    tendered_text = StringProperty()
    confirm_text = StringProperty()
    has_pieces = BooleanProperty(False)
    ready = BooleanProperty(False)
    columns = NumericProperty(COLUMNS)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._panels: dict[type[CashPanel], CashPanel] = {}
        self._spare_keys: list[Widget] = []
        self._spare_chips: list[Widget] = []

    def show(self, state: TillState) -> None:
        """Sum, money, answer, and what the big key says."""
        advice = state.advice
        if advice is None:
            return
        self.due_text = format_tenge(state.due_tenge)
        self.tendered_text = format_tenge(advice.tendered.total_tenge)
        self.has_pieces = bool(advice.tendered)
        self.ready = (state.exact or advice.ready) and not state.saving
        self.confirm_text = _confirm_text(state)
        self._show_keys(state)
        self._show_chips(state)
        self._show_panel(state)

    def _show_keys(self, state: TillState) -> None:
        keys = reuse(self.ids.money, len(state.tender_kinds), self._money_key, self._spare_keys)
        kinds = sorted(state.tender_kinds, reverse=True)
        tendered = state.advice.tendered if state.advice else {}
        for key, piece in zip(keys, kinds, strict=True):
            key.code, key.count = piece.code, tendered.get(piece, 0)

    def _show_chips(self, state: TillState) -> None:
        tendered = list(state.advice.tendered.items())[:CHIPS_MAX] if state.advice else []
        chips = reuse(self.ids.chips, len(tendered), self._chip, self._spare_chips)
        for chip, (piece, count) in zip(chips, tendered, strict=True):
            chip.code, chip.count = piece.code, count

    def _show_panel(self, state: TillState) -> None:
        kind = panel_for(state)
        if kind not in self._panels:
            self._panels[kind] = kind(events=self.events, face=self.face)
        panel = self._panels[kind]
        panel.face = self.face  # the centre may have changed the cause
        if panel.parent is None:
            self.ids.panel.clear_widgets()
            self.ids.panel.add_widget(panel)
        panel.show(state)

    def _money_key(self) -> MoneyKey:
        key = MoneyKey()
        key.bind(on_release=lambda k: self.events.tap_piece(Denomination.from_code(k.code)))
        return key

    def _chip(self) -> TenderChip:
        chip = TenderChip()
        chip.bind(on_release=lambda c: self.events.untap_piece(Denomination.from_code(c.code)))
        return chip


def _confirm_text(state: TillState) -> str:
    if state.saving:
        return tr._("Saving…")
    takes_change = state.advice is not None and bool(state.advice.change) and not state.exact
    return tr._("Money in, change taken") if takes_change else tr._("The money is in the box")
