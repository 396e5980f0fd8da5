"""An unknown product: its price is read off the shelf tag and typed in."""

from __future__ import annotations

from kivy.properties import BooleanProperty, StringProperty

from kiosk.domain.money import format_tenge
from kiosk.screens.keypad import grouped
from kiosk.screens.kv import load_kv
from kiosk.screens.tr import tr
from kiosk.screens.widgets import View
from kiosk.views import TillState

load_kv("price")


class PriceScreen(View):
    """The number pad for a price."""

    typed = StringProperty()
    price_text = StringProperty()
    code_text = StringProperty()
    ready = BooleanProperty(False)

    def on_typed(self, *_args: object) -> None:
        """The price as an amount; nothing and zero are no price."""
        digits = self.typed.lstrip("0")
        self.ready = bool(digits)
        self.price_text = format_tenge(int(digits or 0))

    def show(self, state: TillState) -> None:
        """Another code begins with no price."""
        code_text = tr._("Code: {code}").format(code=grouped(state.pending_code.lstrip("0")))
        if code_text != self.code_text:
            self.code_text = code_text
            self.ids.pad.text = ""
        self.on_typed()

    def done(self) -> None:
        """Into the basket at this price."""
        price_tenge, self.ids.pad.text = int(self.typed or 0), ""
        self.events.enter_price(price_tenge)
