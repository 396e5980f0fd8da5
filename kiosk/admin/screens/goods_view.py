"""What the views of stocktake, restock and write-off share: halves that come and go, and words."""

from __future__ import annotations

from typing import Any

from kivy.properties import BooleanProperty
from kivy.uix.widget import Widget

from kiosk.admin.desk import Said
from kiosk.admin.goods_lines import QUANTITY_LENGTH, Ask, GoodsNote, GoodsState
from kiosk.admin.screens.view import AdminView
from kiosk.domain.best_before import grouped_day
from kiosk.domain.money import format_tenge
from kiosk.screens.tr import tr

AMOUNT_LENGTH = 7
DAY_LENGTH = 8


class GoodsView(AdminView):
    """Lines beside the product in front, with the list to pick from in place of both.

    kv has ``place`` with ``main`` and ``picker`` in it, and ``side`` with ``lists`` and ``asking``.
    """

    asked = BooleanProperty(False)
    """Something else waits for an answer first."""

    def __init__(self, desk: Any, **kwargs: Any) -> None:
        super().__init__(desk, **kwargs)
        # What leaves the tree must stay alive; ids alone would not keep it.
        self._parts = [*self.ids.place.children, *self.ids.side.children]
        self._picking = False
        self._asked: tuple[object, ...] = ()

    def ask_quantity(self) -> None:
        """The number was touched."""
        self.desk.ask_for(Ask.QUANTITY)

    def draw_parts(self, state: GoodsState, side: Widget | None = None) -> None:
        """Puts the right parts in their places; ``side`` in place of the lists."""
        self.asked = state.ask is not None or side is not None
        self._draw_ask(state)
        self._draw_picker(state)
        only(self.ids.place, self.ids.picker if state.picking else self.ids.main)
        beside = self.ids.asking if state.ask is not None else (side or self.ids.lists)
        only(self.ids.side, beside)

    def words(self, said: Said) -> str:
        """The sentence for what the desk says."""
        return _words(GoodsNote(said.note)).format(**said.values)

    def _draw_picker(self, state: GoodsState) -> None:
        if state.picking and not self._picking:
            self.ids.picker.begin()
        self._picking = state.picking
        if state.picking:
            self.ids.picker.portrait = self.portrait
            self.ids.picker.fill(state.listing, state.query)

    def _draw_ask(self, state: GoodsState) -> None:
        panel = self.ids.asking
        panel.saving = state.saving
        asked = (state.ask, state.chosen)
        if state.ask is None or asked == self._asked:
            self._asked = asked
            panel.question = question_of(state.ask)
            return
        self._asked = asked
        panel.may_be_empty = state.ask in (Ask.COST, Ask.BEST_BEFORE)
        panel.ask(question_of(state.ask), *_SHAPES[state.ask])


def only(place: Widget, part: Widget) -> None:
    """Shows one part in that place, and no other."""
    if place.children != [part.__self__]:
        place.clear_widgets()
        place.add_widget(part)


def question_of(ask: Ask | None) -> str:
    """What the number pad asks."""
    _ = tr._
    questions = {
        Ask.QUANTITY: _("How many pieces?"),
        Ask.COST: _("What did one piece cost the shop?"),
        Ask.BEST_BEFORE: _("Best before: day, month, year"),
        Ask.CASE_PIECES: _("How many pieces are in this case? You are asked only once."),
    }
    return questions[ask] if ask is not None else ""


def _amount(digits: str) -> str:
    return format_tenge(int(digits)) if digits else ""


_SHAPES = {
    Ask.QUANTITY: (str, QUANTITY_LENGTH),
    Ask.COST: (_amount, AMOUNT_LENGTH),
    Ask.BEST_BEFORE: (grouped_day, DAY_LENGTH),
    Ask.CASE_PIECES: (str, QUANTITY_LENGTH),
}
"""How typed digits are shown, and how many there may be."""


def _words(note: GoodsNote) -> str:
    _ = tr._
    sentences = {
        GoodsNote.NO_PRODUCT_CODE: _("This is not an item's code. Look for the striped barcode."),
        GoodsNote.CASE_CODE: _("This is the code of a whole box. Scan a single item."),
        GoodsNote.UNKNOWN_KEPT: _(
            "This code is not in the list yet: {code}. It is noted; go on counting."
        ),
        GoodsNote.NOT_SAVED: _("It could not be saved. Please try once more."),
        GoodsNote.MOVED_SINCE: _("Goods came or went since you counted; your count follows them."),
        GoodsNote.HANDED_IN_BEFORE: _("This was saved before the power went. Nothing is lost."),
        GoodsNote.NO_SUCH_DAY: _("There is no such day. Look at the pack once more."),
        GoodsNote.DAY_PAST: _("This day has passed already."),
        GoodsNote.ANSWER_FIRST: _("First say how many pieces are in this case."),
        GoodsNote.CODE_ADDED: _("From now on this barcode belongs to the product."),
        GoodsNote.WRITTEN_OFF: _("It is written off."),
    }
    return sentences[note]
