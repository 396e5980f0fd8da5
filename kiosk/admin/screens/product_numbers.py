"""The editor's parts for numbers: price, a code's digits, pieces in a case."""

from __future__ import annotations

from kivy.properties import BooleanProperty, NumericProperty, ObjectProperty, StringProperty
from kivy.uix.boxlayout import BoxLayout

from kiosk.admin.product_state import ProductState
from kiosk.admin.screens.kv import load_kv
from kiosk.admin.screens.product_keys import code_text
from kiosk.domain.money import format_amount, format_tenge
from kiosk.screens.keypad import CODE_LENGTH_MIN, grouped
from kiosk.screens.tr import tr

load_kv("product_numbers")


class NumberPart(BoxLayout):
    """A number pad, and what was typed so far."""

    view = ObjectProperty(None)
    typed = StringProperty()
    heading = StringProperty()
    hint = StringProperty()
    shown_text = StringProperty()
    icon = StringProperty("keypad")
    length_max = NumericProperty(6)
    ready = BooleanProperty(False)

    def opened(self, _state: ProductState) -> None:
        """Typed from the beginning."""
        self.ids.pad.text = ""
        self.on_typed()

    def draw(self, state: ProductState) -> None:
        """What is asked for."""
        raise NotImplementedError

    def done(self) -> None:
        """Hands the number over."""
        raise NotImplementedError

    def on_typed(self, *_args: object) -> None:
        """Nothing and zero are no number."""
        self.ready = bool(self.digits)
        self.shown_text = self.as_text()

    @property
    def digits(self) -> str:
        """Without zeros before them."""
        return str(self.typed).lstrip("0")

    def as_text(self) -> str:
        """What was typed, as it is read."""
        return format_amount(int(self.digits or 0))


class PricePart(NumberPart):
    """What one piece costs."""

    def draw(self, state: ProductState) -> None:
        """With the price it has."""
        self.icon = "tag"
        self.heading = tr._("Price of one piece")
        price_tenge = state.form.price_tenge
        now = "" if price_tenge is None else format_tenge(price_tenge)
        self.hint = tr._("Price now: {amount}").format(amount=now) if now else ""

    def as_text(self) -> str:
        """An amount."""
        return format_tenge(int(self.digits or 0))

    def done(self) -> None:
        """The new price."""
        self.view.desk.set_price(int(self.digits or 0))


class TypeCodePart(NumberPart):
    """The digits under a barcode."""

    def draw(self, _state: ProductState) -> None:
        """What to type."""
        self.icon = "barcode"
        self.length_max = 14
        self.heading = tr._("Type the code")
        self.hint = tr._("Type the digits under the barcode.")

    def on_typed(self, *_args: object) -> None:
        """Zeros count here."""
        self.ready = len(self.typed) >= CODE_LENGTH_MIN
        self.shown_text = grouped(self.typed)

    def done(self) -> None:
        """Read as if it had been scanned."""
        self.view.desk.type_code(self.typed)


class CasePart(NumberPart):
    """How many pieces a case holds."""

    def draw(self, state: ProductState) -> None:
        """Which case, and what is known of it."""
        self.icon = "grid"
        self.length_max = 4
        self.heading = tr._("How many pieces are in this case?")
        self.hint = tr._("Code: {code}").format(code=code_text(state.case_code))

    def done(self) -> None:
        """So many."""
        self.view.desk.set_case_pieces(int(self.digits or 0))
