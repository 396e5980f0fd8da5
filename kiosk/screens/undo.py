"""Undoing a purchase within minutes: the receipt's number, then how the money goes back."""

from __future__ import annotations

from typing import Any

from kivy.properties import BooleanProperty, NumericProperty, StringProperty
from kivy.uix.boxlayout import BoxLayout
from kivy.uix.widget import Widget

from kiosk.domain.chain import RECEIPT_LENGTH
from kiosk.domain.entries import Sale
from kiosk.domain.money import Pieces, format_tenge
from kiosk.screens.fit import tied
from kiosk.screens.kv import load_kv
from kiosk.screens.money_widgets import CountedPiece
from kiosk.screens.tr import tr
from kiosk.screens.widgets import FitLabel, View, reuse
from kiosk.views import TillState, UndoView

load_kv("undo")

LINES_MAX = 7
"""More lines of the sale than this are only counted; he knows what he bought."""


class SignBox(FitLabel):
    """The place of one sign of the receipt's number; ``next`` is where the next one goes."""

    next = BooleanProperty(False)


class SaleRow(BoxLayout):
    """One line of the sale that was found."""

    name = StringProperty()
    amount = StringProperty()


class PiecesStep(BoxLayout):
    """One step of giving money back: a sentence and the pieces, drawn."""

    number = StringProperty()
    text = StringProperty()
    pieces_share = NumericProperty(0)
    """Of the width, beside the sentence; a sentence without pieces has it all."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._spare: list[Widget] = []

    def fill(self, number: int, text: str, pieces: Pieces) -> None:
        """Shows the step."""
        self.number, self.text = str(number), text
        self.pieces_share = 1 if pieces else 0
        shown = reuse(self.ids.pieces, len(pieces), CountedPiece, self._spare)
        for widget, (piece, count) in zip(shown, pieces.items(), strict=True):
            widget.code, widget.count = piece.code, count


class UndoScreen(View):
    """First the number pad; when the sale is found, what to give and take."""

    typed = StringProperty()
    found = BooleanProperty(False)
    ready = BooleanProperty(False)
    message = StringProperty()
    title_text = StringProperty()
    receipt_text = StringProperty()
    total_text = StringProperty()
    confirm_text = StringProperty()

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._spare: list[Widget] = []
        self._spare_rows: list[Widget] = []
        self._saving = False
        # Both halves leave the tree in turn; ids alone would not keep them alive.
        self._halves = [child.__self__ for child in self.ids.place.children]

    def on_kv_post(self, _base: Any) -> None:
        """As many boxes as the number has signs."""
        for _ in range(RECEIPT_LENGTH):
            self.ids.signs.add_widget(SignBox())
        self._show_signs()

    def on_pre_enter(self, *_args: Any) -> None:
        """Each time from the beginning."""
        self.ids.pad.text = ""

    def on_typed(self, *_args: object) -> None:
        """A whole number is looked up at once by the big key."""
        self.ready = not self._saving and (self.found or len(self.typed) == RECEIPT_LENGTH)
        self._show_signs()

    def show(self, state: TillState) -> None:
        """Asks for the number, or says how the money goes back."""
        undo = state.undo or UndoView()
        self._saving = state.saving
        self.found = undo.sale is not None
        self._show_halves()
        self.on_typed()
        self.title_text = tr._("Undo a purchase")
        wrong = bool(undo.receipt) and undo.sale is None
        self.message = (
            tr._("No such receipt in the last minutes. Check the number.")
            if wrong
            else tr._("Type the receipt number from the thank-you screen.")
        )
        self.confirm_text = _confirm_text(state, found=self.found)
        if undo.sale is not None:
            self._show_sale(undo.sale, undo.receipt)
            self._show_steps(undo)

    def done(self) -> None:
        """Looks the number up, or confirms that the money is back."""
        if self.found:
            self.events.confirm_undo()
        else:
            self.events.find_receipt(self.typed)

    def erase(self) -> None:
        """Takes the last sign away."""
        self.ids.pad.type("<")

    def _show_halves(self) -> None:
        shown = self.ids.steps if self.found else self.ids.asking
        if self.ids.place.children != [shown]:
            self.ids.place.clear_widgets()
            self.ids.place.add_widget(shown)

    def _show_signs(self) -> None:
        boxes = list(reversed(self.ids.signs.children))
        for place, box in enumerate(boxes):
            box.text = self.typed[place : place + 1]
            box.next = place == len(self.typed)

    def _show_sale(self, sale: Sale, receipt: str) -> None:
        self.receipt_text = tr._("Receipt number") + f" {receipt}"
        self.total_text = format_tenge(sale.total_tenge)
        texts = _sale_rows(sale)
        rows = reuse(self.ids.sale_rows, len(texts), SaleRow, self._spare_rows)
        for row, (name, amount) in zip(rows, texts, strict=True):
            row.name, row.amount = name, amount

    def _show_steps(self, undo: UndoView) -> None:
        steps = _steps(undo)
        widgets = reuse(self.ids.steps_list, len(steps), PiecesStep, self._spare)
        for number, (widget, (text, pieces)) in enumerate(zip(widgets, steps, strict=True), 1):
            widget.fill(number, text, pieces)


def _steps(undo: UndoView) -> list[tuple[str, Pieces]]:
    """What to do, in order: the change goes back first, so that the box can give."""
    items_back = (tr._("Put the items back on the shelf."), Pieces())
    if undo.tender == "qr":
        paid_by_qr = tr._("Take nothing from the box: you paid by QR. A coordinator will see it.")
        return [items_back, (paid_by_qr, Pieces())]
    steps = [items_back]
    if undo.put_back:
        amount = format_tenge(undo.put_back.total_tenge)
        text = tr._("Put the change back in the box: {amount}").format(amount=amount)
        steps.append((text, undo.put_back))
    amount = format_tenge(undo.take_back_tenge)
    text = tr._("Take your money from the box: {amount}").format(amount=amount)
    steps.append((text, undo.take_back or Pieces()))
    return steps


def _sale_rows(sale: Sale) -> list[tuple[str, str]]:
    """Names and amounts of the lines; what has no room is one line of dots."""
    rows = [
        (f"{tied(line.name)} ×\u00a0{line.quantity}", format_tenge(line.total_tenge))
        for line in sale.lines
    ]
    if len(rows) > LINES_MAX:
        rows[LINES_MAX - 1 :] = [("…", "")]
    return rows


def _confirm_text(state: TillState, *, found: bool) -> str:
    if state.saving:
        return tr._("Saving…")
    return tr._("Done: undo the purchase") if found else tr._("Find the purchase")
