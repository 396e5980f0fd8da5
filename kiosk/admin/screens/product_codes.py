"""The editor's part for barcodes and cases."""

from __future__ import annotations

from typing import Any

from kivy.properties import BooleanProperty, NumericProperty, ObjectProperty, StringProperty
from kivy.uix.boxlayout import BoxLayout
from kivy.uix.widget import Widget

from kiosk.admin.product_form import ProductForm
from kiosk.admin.product_state import ProductState
from kiosk.admin.screens.kv import load_kv
from kiosk.admin.screens.product_keys import code_text
from kiosk.screens.product_pages import pages_of
from kiosk.screens.tr import tr
from kiosk.screens.widgets import reuse

load_kv("product_codes")

ROWS = 5


class CodeRow(BoxLayout):
    """One code, what it is, and the key that takes it away."""

    gtin14 = StringProperty()
    code_text = StringProperty()
    kind_text = StringProperty()
    is_case = BooleanProperty(False)
    part = ObjectProperty(None)


class CodesPart(BoxLayout):
    """All codes; a scan adds one at any moment."""

    view = ObjectProperty(None)
    page = NumericProperty(0)
    pages = NumericProperty(1)
    page_text = StringProperty()
    may_give = BooleanProperty(True)
    nothing_text = StringProperty()

    def __init__(self, **kwargs: Any) -> None:
        self._spare: list[Widget] = []
        self._form = ProductForm()
        super().__init__(**kwargs)

    def opened(self, _state: ProductState) -> None:
        """From the top."""
        self.page = 0

    def draw(self, state: ProductState) -> None:
        """A code that was added is on the last page, so that page comes."""
        before = len(self._form.codes) + len(self._form.cases)
        self._form = state.form
        codes = len(state.form.codes) + len(state.form.cases)
        self.pages = pages_of(codes, ROWS)
        self.page = self.pages - 1 if codes > before else min(self.page, self.pages - 1)
        self.may_give = not state.form.has_own_code
        self.nothing_text = "" if codes else tr._("Without a barcode")
        self._show_page()

    def turn(self, pages: int) -> None:
        """So many pages on, or back."""
        self.page = min(max(self.page + pages, 0), self.pages - 1)
        self._show_page()

    def _show_page(self) -> None:
        self.page_text = f"{self.page + 1} / {self.pages}"
        codes = [(code, _kind_text(code)) for code in self._form.codes]
        codes += [
            (code, tr._("Case, pieces: {n}").format(n=pieces))
            for code, pieces in self._form.cases.items()
        ]
        shown = codes[int(self.page) * ROWS :][:ROWS]
        rows = reuse(self.ids.rows, len(shown), lambda: CodeRow(part=self), self._spare)
        for row, (code, kind) in zip(rows, shown, strict=True):
            row.gtin14, row.kind_text = code, kind
            row.code_text = code_text(code)
            row.is_case = code in self._form.cases


def _kind_text(gtin14: str) -> str:
    if ProductForm(codes=(gtin14,)).has_own_code:
        return tr._("The shop's own barcode")
    return tr._("Barcode")
