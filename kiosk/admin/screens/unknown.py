"""Unknown codes, a page at a time: each becomes a product, or one more barcode of one."""

from __future__ import annotations

from datetime import date
from typing import Any

from kivy.properties import (
    BooleanProperty,
    NumericProperty,
    ObjectProperty,
    StringProperty,
)
from kivy.uix.boxlayout import BoxLayout
from kivy.uix.widget import Widget

from kiosk.admin.desk import Said
from kiosk.admin.screens.kv import load_kv
from kiosk.admin.screens.product_keys import code_text
from kiosk.admin.screens.view import AdminView
from kiosk.admin.unknown import Order, UnknownRow, UnknownState
from kiosk.domain.ledger import day_of
from kiosk.domain.money import format_tenge
from kiosk.screens.product_pages import pages_of
from kiosk.screens.tr import tr
from kiosk.screens.widgets import reuse

load_kv("unknown")

ROWS, ROWS_PORTRAIT = 5, 9
PRICES_MAX = 2
"""More prices than these are guesses, and there is no room for them."""


class UnknownLine(BoxLayout):
    """One code and its two keys."""

    view = ObjectProperty(None)
    gtin14 = StringProperty()
    code_text = StringProperty()
    seen_text = StringProperty()
    price_text = StringProperty()
    portrait = BooleanProperty(False)

    def fill(self, row: UnknownRow) -> None:
        """Shows a code: how often, when last, and what shoppers paid."""
        self.gtin14 = row.gtin14
        self.code_text = code_text(row.gtin14)
        self.seen_text = tr._("Scanned: {n}, last on {day}").format(
            n=row.scans, day=day_text(day_of(row.last_ms))
        )
        amounts = " / ".join(format_tenge(price) for price, _count in row.prices[:PRICES_MAX])
        self.price_text = tr._("Shoppers paid: {amount}").format(amount=amounts) if amounts else ""


class UnknownView(AdminView):
    """The list, and what stands first."""

    nothing_text = StringProperty()
    often_first = BooleanProperty(True)
    page = NumericProperty(0)
    pages = NumericProperty(1)
    page_text = StringProperty()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self._rows: tuple[UnknownRow, ...] = ()
        self._spare: list[Widget] = []
        super().__init__(*args, **kwargs)
        self.fbind("portrait", lambda *_args: self._show_page())

    def title(self) -> str:
        """What the page lists."""
        return tr._("Unknown barcodes")

    def words(self, said: Said) -> str:
        """The only thing it says."""
        return tr._("This is not an item's code. Look for the striped barcode.")

    def draw(self, state: UnknownState) -> None:
        """The rows there are."""
        self.often_first = state.order is Order.OFTEN
        self._rows = state.rows
        self.nothing_text = "" if state.rows else _nothing_text(state)
        self._show_page()

    def sort(self, order: str) -> None:
        """From the top, in that order."""
        self.page = 0
        self.desk.sort(order)

    def turn(self, pages: int) -> None:
        """So many pages on, or back."""
        self.page = min(max(self.page + pages, 0), self.pages - 1)
        self._show_page()

    def _show_page(self) -> None:
        size = ROWS_PORTRAIT if self.portrait else ROWS
        self.pages = pages_of(len(self._rows), size)
        self.page = min(self.page, self.pages - 1)
        self.page_text = f"{self.page + 1} / {self.pages}"
        shown = self._rows[int(self.page) * size :][:size]
        lines = reuse(self.ids.lines, len(shown), lambda: UnknownLine(view=self), self._spare)
        for line, row in zip(lines, shown, strict=True):
            line.portrait = self.portrait
            line.fill(row)


def day_text(day: date) -> str:
    """As dates are written in Kazakhstan: ``21.11.2026``."""
    return f"{day:%d.%m.%Y}"


def _nothing_text(state: UnknownState) -> str:
    if state.looking:
        return tr._("Looking through the journal…")
    return tr._("Every barcode that was scanned is known.")
