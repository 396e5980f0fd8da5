"""Cash where there is little room: first the money to tap, then what to take, one after the other."""

from __future__ import annotations

from typing import Any

from kivy.factory import Factory
from kivy.metrics import dp
from kivy.properties import BooleanProperty, StringProperty

from kiosk.domain.money import format_tenge
from kiosk.screens.cash import CashScreen
from kiosk.screens.cash_panels import MissingPanel, panel_for
from kiosk.screens.kv import load_kv
from kiosk.screens.tr import tr
from kiosk.views import TillState

load_kv("cash_compact")

SIDE_BY_SIDE_DP = 1000
"""From this width on the money and the answer have room beside each other."""


class CompactCashScreen(CashScreen):
    """The answer takes the money's place once there is enough; a key leads back to the money."""

    due_line = StringProperty()
    state_line = StringProperty()
    is_missing = BooleanProperty(True)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._state: TillState | None = None
        self._changing = False
        self.columns = 4
        self._last_key = Factory.LastMoneyKey()
        self._last_key.bind(on_release=lambda _key: self.clear_or_exact())
        self.ids["exact"] = self._last_key
        # Both halves leave the tree in turn; ids alone would not keep them alive.
        self._halves = [self.ids.tapping.__self__, self.ids.panel.__self__]
        self.fbind("width", self._arrange_again)

    def on_pre_enter(self, *_args: Any) -> None:
        """Each time from the money."""
        self._changing = False

    def show(self, state: TillState) -> None:
        """Sum, money or answer, and what the big key says."""
        advice = state.advice
        if advice is None:
            return
        if self._state is not None and self._state.advice != advice:
            self._changing = False
        self._state = state
        super().show(state)
        self.due_line = tr._("To pay:") + f"\n{format_tenge(state.due_tenge)}"
        self.is_missing = bool(advice.missing_tenge) and not state.exact
        self.state_line = (
            tr._("Still missing:") + f"\n{format_tenge(advice.missing_tenge)}"
            if self.is_missing
            else tr._("You put in:") + f"\n{self.tendered_text}"
        )
        if state.exact:
            self.state_line = ""
        self._arrange_again()

    def go_back(self) -> None:
        """From the answer to the notes and coins, from those to the basket."""
        if self.ids.tapping.parent is not None:
            self.events.back()
            return
        self._changing = True
        if self._state is not None and self._state.exact:
            self.events.exact_amount(False)
        self._arrange_again()

    def clear_or_exact(self) -> None:
        """Nothing tapped yet: he may have it exactly; else all is taken away again."""
        if self.has_pieces:
            self.events.clear_pieces()
        else:
            self.events.exact_amount(True)

    def _arrange_again(self, *_args: object) -> None:
        if self._state is None or self._state.advice is None:
            return
        asks = panel_for(self._state) is MissingPanel
        both = self.width >= dp(SIDE_BY_SIDE_DP)
        tapping, panel = self._halves
        wanted = [tapping, panel] if both else [tapping if asks or self._changing else panel]
        if list(reversed(self.ids.place.children)) != wanted:
            self.ids.place.clear_widgets()
            for half in wanted:
                self.ids.place.add_widget(half)

    def _show_keys(self, state: TillState) -> None:
        """The last key takes all away again or, while nothing is tapped, says it is exact."""
        self.ids.money.remove_widget(self._last_key)
        super()._show_keys(state)
        self.ids.money.add_widget(self._last_key)
        self._last_key.text = tr._("Clear") if self.has_pieces else tr._("I have the exact amount")

    def _show_chips(self, state: TillState) -> None:
        """The numbers on the notes and coins say as much."""
