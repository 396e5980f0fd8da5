"""Goods that go unsold: which, how many, and why."""

from __future__ import annotations

from typing import Any

from kivy.properties import BooleanProperty, StringProperty

from kiosk.admin.screens import goods_picker  # noqa: F401  its kv is used here
from kiosk.admin.screens.goods_parts import GoodsRow
from kiosk.admin.screens.goods_view import GoodsView, only
from kiosk.admin.screens.kv import load_kv
from kiosk.admin.write_off import WORDS_LENGTH_MAX, OffRow, Reason, WriteOffState
from kiosk.domain.money import format_tenge
from kiosk.screens.tr import tr
from kiosk.screens.widgets import Key

load_kv("write_off")

CARET = "|"


class ReasonKey(Key):
    """One reason."""

    reason = StringProperty()
    chosen = BooleanProperty(False)


class WriteOffView(GoodsView):
    """Goods on the left and below the list why they go."""

    reason = StringProperty()
    words_text = StringProperty()
    other_text = StringProperty()
    language = StringProperty()
    beyond_text = StringProperty()
    finish_text = StringProperty()
    has_pieces = BooleanProperty(False)
    ready = BooleanProperty(False)

    def __init__(self, desk: Any, **kwargs: Any) -> None:
        super().__init__(desk, **kwargs)
        self._writing = False
        self.ids.keyboard.length_max = WORDS_LENGTH_MAX
        self.ids.keyboard.bind(text=lambda _keyboard, words: self.desk.write(words))

    def title(self) -> str:
        """The page's name."""
        return tr._("Write-off")

    def draw(self, state: WriteOffState) -> None:
        """The product in front, what else goes, the reasons."""
        self.language = tr.language
        self.reason = state.reason or ""
        self.other_text = state.words or tr._("Another reason")
        self.words_text = state.words + CARET
        self.ready = state.ready and not state.saving
        self.finish_text = (
            tr._("Saving…") if state.saving else tr._("Write off: {n}").format(n=state.pieces)
        )
        self._draw_card(state.card)
        self._draw_rows(state)
        self.draw_parts(state)
        self._draw_writing(state)

    def choose_reason(self, reason: str) -> None:
        """A reason was touched."""
        self.desk.choose_reason(Reason(reason))

    def _draw_writing(self, state: WriteOffState) -> None:
        if state.writing and not self._writing:
            self.ids.keyboard.text = state.words
        self._writing = state.writing
        if state.writing:
            only(self.ids.place, self.ids.writing)

    def _draw_card(self, row: OffRow | None) -> None:
        card = self.ids.card
        card.hint = tr._("Scan what goes off the shelf, or pick a product")
        card.show_product(row.product if row else None)
        if row is None:
            return
        self.has_pieces = row.quantity > 0
        card.quantity_label = tr._("Pieces that go")
        card.quantity_text = str(row.quantity)
        card.can_minus = row.quantity > 0
        card.left_label = tr._("By the books")
        card.left_text = str(row.on_shelf).replace("-", "\u2212")
        card.right_label = tr._("Worth")
        card.right_text = format_tenge(row.value_tenge)
        beyond = tr._("The books know of fewer. What you see is what counts.")
        self.beyond_text = beyond if row.is_more_than_known else ""

    def _draw_rows(self, state: WriteOffState) -> None:
        rows = self.ids.rows
        rows.nothing_text = "" if state.rows else tr._("Nothing is chosen yet")
        worth = tr._("Worth: {amount}").format(amount=format_tenge(state.value_tenge))
        rows.sum_text = worth if state.rows else ""
        chosen = state.chosen
        rows.show(state.rows, lambda w, row: _fill(w, row, row.product.product_id == chosen))


def _fill(widget: GoodsRow, row: OffRow, chosen: bool) -> None:
    widget.fill(row.product, "", f"\u2212{row.quantity}", "", chosen=chosen)
