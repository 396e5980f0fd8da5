"""What was sold: a small chart, sums, what goes best."""

from __future__ import annotations

from typing import Any

from kivy.properties import ColorProperty, StringProperty
from kivy.uix.boxlayout import BoxLayout
from kivy.uix.widget import Widget

from kiosk.admin.report_lines import signed_tenge
from kiosk.admin.sales import ChartBar, SalesState, Span, TopProduct
from kiosk.admin.screens.chart import Bar
from kiosk.admin.screens.kv import load_kv
from kiosk.admin.screens.view import AdminView
from kiosk.admin.screens.visit_parts import ReportRow
from kiosk.domain.money import format_tenge
from kiosk.screens.fit import tied
from kiosk.screens.tr import tr
from kiosk.screens.widgets import reuse

load_kv("sales")

VALUE_WIDTH = "136dp"
TOP_ROWS = 3
"""Rows that have room; the journal may know more."""


class Legend(BoxLayout):
    """A colour and what it stands for."""

    text = StringProperty()
    tint = ColorProperty("#000000")


class SalesView(AdminView):
    """One span at a time."""

    span = StringProperty()
    note_text = StringProperty()

    def __init__(self, desk: Any, **kwargs: Any) -> None:
        super().__init__(desk, **kwargs)
        self._spare_sums: list[Widget] = []
        self._spare_top: list[Widget] = []

    def title(self) -> str:
        """The page's name."""
        return tr._("Sales")

    def choose(self, span: str) -> None:
        """A span's key was touched."""
        self.desk.choose(Span(span))

    def draw(self, state: SalesState) -> None:
        """Chart, sums, products."""
        self.span = state.span.value
        self.ids.chart.bars = [
            Bar(_bar_label(bar, place, len(state.bars)), bar.cash_tenge, bar.qr_tenge)
            for place, bar in enumerate(state.bars)
        ]
        self._fill(self.ids.sums, _sums(state), self._spare_sums)
        top = [_top_row(product, state) for product in (state.top or ())[:TOP_ROWS]]
        self._fill(self.ids.top.__self__, top, self._spare_top)
        self.note_text = _note(state)

    def _fill(self, place: Widget, texts: list[tuple[str, str]], spare: list[Widget]) -> None:
        rows = reuse(place, len(texts), ReportRow, spare)
        for row, (label, value) in zip(rows, texts, strict=True):
            row.label, row.value, row.value_width = label, value, VALUE_WIDTH
            row.is_tall = place is self.ids.top.__self__


def _sums(state: SalesState) -> list[tuple[str, str]]:
    _, totals = tr._, state.totals
    return [
        (_("Sales"), str(totals.sales)),
        (_("In cash"), _amount(totals.cash_tenge)),
        (_("By QR, as shoppers say"), _amount(totals.qr_tenge)),
        (_("Left to charity"), _amount(totals.left_to_cause_tenge)),
        (_("Sales taken back"), str(totals.corrections)),
    ]


def _top_row(top: TopProduct, state: SalesState) -> tuple[str, str]:
    product = state.products.get(top.product_id)
    name = top.name if product is None else product.name_in(tr.language)
    return f"{tied(name)} ×\u00a0{top.pieces}", format_tenge(top.total_tenge)


def _note(state: SalesState) -> str:
    if state.top is None:
        return tr._("Adding up…")
    return "" if state.top else tr._("Nothing was sold yet.")


def _amount(amount_tenge: int) -> str:
    """Below zero on a day when older sales were taken back."""
    return format_tenge(amount_tenge) if amount_tenge >= 0 else signed_tenge(amount_tenge)


def _bar_label(bar: ChartBar, place: int, bars: int) -> str:
    """The hour, or the day; of many days every seventh, counted back from today."""
    if bar.hour is not None:
        return str(bar.hour) if bar.hour % 2 == 0 else ""
    named = bars <= Span.WEEK.days or (bars - 1 - place) % Span.WEEK.days == 0
    return f"{bar.day:%d.%m}" if named else ""
