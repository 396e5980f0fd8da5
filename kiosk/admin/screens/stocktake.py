"""Counting the shelf: the product in front, and what is still to count."""

from __future__ import annotations

from kivy.properties import BooleanProperty, StringProperty
from kivy.utils import get_color_from_hex

from kiosk.admin.screens import goods_picker  # noqa: F401  its kv is used here
from kiosk.admin.screens.goods_parts import (
    DASH,
    GoodsRow,
    signed,
    signed_tenge,
)
from kiosk.admin.screens.goods_view import GoodsView
from kiosk.admin.screens.kv import load_kv
from kiosk.admin.stocktake_state import CountRow, StocktakeState, Tab
from kiosk.domain.money import format_tenge
from kiosk.domain.stock_plan import Why
from kiosk.screens.tr import tr

load_kv("stocktake")

MISSING_INK, EVEN_INK = get_color_from_hex("#A93B26"), get_color_from_hex("#1D2B33")


class StocktakeView(GoodsView):
    """Scan, scan, scan; the keys are for what has no barcode and for whole shelves."""

    tab = StringProperty(Tab.FIRST)
    first_text = StringProperty()
    all_text = StringProperty()
    counted_text = StringProperty()
    finish_text = StringProperty()
    has_lines = BooleanProperty(False)
    is_counted = BooleanProperty(False)
    busy = BooleanProperty(False)

    def title(self) -> str:
        """The page's name."""
        return tr._("Stocktake")

    def draw(self, state: StocktakeState) -> None:
        """The product in front, the list of the tab, what the big key does."""
        self.first_text = tr._("First: {n}").format(n=state.first_left)
        self.all_text = tr._("All: {n}").format(n=state.all_left)
        self.counted_text = tr._("Counted: {n}").format(n=state.counted)
        self.busy = state.saving or state.loading
        self.has_lines = state.counted > 0
        self.finish_text = _finish_text(state)
        self._draw_card(state.card)
        self._draw_rows(state)
        self.draw_parts(state)

    def choose_tab(self, tab: str) -> None:
        """Another list, from its top."""
        self.ids.rows.from_the_top()
        self.desk.show_tab(Tab(tab))

    def _draw_card(self, row: CountRow | None) -> None:
        card = self.ids.card
        card.hint = tr._("Scan every piece on the shelf, or pick a product")
        card.show_product(row.product if row else None)
        if row is None:
            return
        self.is_counted = row.counted is not None
        card.quantity_label = tr._("Counted pieces")
        card.quantity_text = DASH if row.counted is None else str(row.counted)
        card.can_minus = bool(row.counted)
        card.left_label = tr._("Expected")
        card.left_text = DASH if row.expected is None else str(row.expected)
        card.right_label = tr._("Difference")
        card.right_text = DASH if row.difference is None else signed(row.difference)
        card.right_note = signed_tenge(row.difference_tenge) if row.difference_tenge else ""
        card.right_ink = MISSING_INK if (row.difference or 0) < 0 else EVEN_INK

    def _draw_rows(self, state: StocktakeState) -> None:
        if state.tab != self.tab:
            self.ids.rows.from_the_top()
        self.tab = state.tab
        rows = self.ids.rows
        rows.nothing_text = "" if state.rows or state.loading else _nothing_text(state)
        rows.sum_text = _sum_text(state)
        chosen = state.chosen
        rows.show(
            state.rows, lambda widget, row: _fill(widget, row, row.product.product_id == chosen)
        )


def _fill(widget: GoodsRow, row: CountRow, chosen: bool) -> None:
    if row.counted is None:
        widget.fill(row.product, why_text(row.why), "", "", chosen=chosen)
        return
    difference = row.difference
    value = str(row.counted) if row.expected is None else f"{row.counted} / {row.expected}"
    note = ""
    if difference is not None and row.difference_tenge is not None and difference:
        note = f"{signed(difference)} ({signed_tenge(row.difference_tenge)})"
    widget.fill(row.product, "", value, note, chosen=chosen)


def why_text(why: Why | None) -> str:
    """Why the product is to be counted, in a few words."""
    _ = tr._
    texts = {
        Why.BELOW_ZERO: _("By the books there are fewer than none"),
        Why.GAP: _("Some were missing last time"),
        Why.EXPIRING: _("Best before soon"),
        Why.FAST: _("Sells fast"),
        Why.NEVER: _("Never counted"),
        Why.LONG_AGO: _("Not counted for weeks"),
    }
    return texts[why] if why is not None else ""


def _finish_text(state: StocktakeState) -> str:
    if state.saving:
        return tr._("Saving…")
    if not state.counted:
        return tr._("Skip this step")
    return tr._("Save the count: {n}").format(n=state.counted)


def _nothing_text(state: StocktakeState) -> str:
    if state.tab is Tab.COUNTED:
        return tr._("Nothing is counted yet")
    if state.tab is Tab.ALL:
        return tr._("Everything is counted")
    return tr._("Nothing pressing is left. You can count the rest under “All”, or go on.")


def _sum_text(state: StocktakeState) -> str:
    if not state.counted:
        return ""
    pieces = tr._("Pieces: {n}").format(n=state.pieces)
    amount = signed_tenge(state.difference_tenge) if state.difference_tenge else format_tenge(0)
    return pieces + "\n" + tr._("Difference: {amount}").format(amount=amount)
