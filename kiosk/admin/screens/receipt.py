"""A sale found by its number; why it is taken back; how its goods and money go back."""

from __future__ import annotations

from typing import Any

from kivy.properties import (
    BooleanProperty,
    ListProperty,
    NumericProperty,
    ObjectProperty,
    StringProperty,
)
from kivy.uix.boxlayout import BoxLayout
from kivy.uix.widget import Widget

from kiosk.admin.desk import Said
from kiosk.admin.receipt import FoundSale, Reason, ReceiptNote, ReceiptState, Stage
from kiosk.admin.report_lines import day_text, time_text
from kiosk.admin.screens.kv import load_kv
from kiosk.admin.screens.view import AdminView
from kiosk.admin.screens.visit_parts import ReportRow
from kiosk.domain.chain import RECEIPT_LENGTH
from kiosk.domain.checkout import Refund
from kiosk.domain.entries import CashTender, Sale
from kiosk.domain.money import Pieces, format_tenge
from kiosk.screens.fit import tied
from kiosk.screens.tr import tr
from kiosk.screens.undo import PiecesStep, SaleRow, SignBox
from kiosk.screens.widgets import reuse

load_kv("receipt_parts", "receipt")

LINES_MAX = 7
"""More lines of the sale than this are only hinted at."""


class ReceiptBar(BoxLayout):
    """Back, other sales with the same number, and the big key of the question that is on."""

    view = ObjectProperty(None, allownone=True, rebind=True)


class FactRow(ReportRow):
    """When and how it was paid: read at arm's length, beside the lines of the sale."""

    size_max = NumericProperty("30dp")


class ReceiptView(AdminView):
    """One question at a time."""

    typed = StringProperty()
    words_typed = StringProperty()
    words_text = StringProperty()
    words_ready = BooleanProperty(False)
    message = StringProperty()
    status_text = StringProperty()
    reasons = ListProperty([""] * len(Reason))
    done_text = StringProperty()
    done_icon = StringProperty()
    ready = BooleanProperty(False)
    page = NumericProperty(0)
    pages = NumericProperty(1)
    page_text = StringProperty()

    def __init__(self, desk: Any, **kwargs: Any) -> None:
        super().__init__(desk, **kwargs)
        # All but one leave the tree in turn; ids alone would not keep them alive.
        self._parts = [child.__self__ for child in self.ids.place.children]
        self._spare: dict[str, list[Widget]] = {"rows": [], "facts": [], "steps": []}
        self._writes = False
        self._state = ReceiptState()
        for _ in range(RECEIPT_LENGTH):
            self.ids.signs.add_widget(SignBox())

    def title(self) -> str:
        """The page's name."""
        return tr._("Find a receipt")

    def words(self, said: Said) -> str:
        """What became of it."""
        if said.note is ReceiptNote.TAKEN_BACK:
            return tr._("The sale is taken back.")
        if said.note is ReceiptNote.NOT_SAVED:
            return tr._("It could not be saved. Please try once more.")
        return str(said.values["message"])

    def on_pre_enter(self, *_args: Any) -> None:
        """Each time from the beginning."""
        self.ids.pad.text = ""

    def on_typed(self, *_args: object) -> None:
        """A whole number can be looked for."""
        self._draw_typing()
        self._draw_bar()

    def on_words_typed(self, *_args: object) -> None:
        """His own words, as far as they are written."""
        self.words_text = self.words_typed or tr._("Type the reason")
        self.words_ready = bool(self.words_typed.strip())

    def draw(self, state: ReceiptState) -> None:
        """Shows the question that is on."""
        if state.stage is Stage.TYPING and self._state.stage is not Stage.TYPING:
            self.ids.pad.text = ""
        self._state = state
        self._writes = self._writes and state.stage is Stage.REASON
        self.reasons = [reason_text(reason) for reason in Reason]
        self.on_words_typed()
        self._draw_typing()
        if state.sale is not None:
            self._draw_sale(state.sale)
        if state.sale is not None and state.refund is not None:
            self._draw_refund(state.sale.sale, state.refund)
        self._show_part()
        self._draw_bar()

    # --- touches ---

    def erase(self) -> None:
        """Takes the last sign away."""
        self.ids.pad.type("<")

    def back(self) -> None:
        """From the keyboard to the reasons; else one question back."""
        if self._writes:
            self._writes = False
            self._show_part()
        else:
            self.desk.back()

    def done(self) -> None:
        """The big key of the question that is on."""
        match self._state.stage:
            case Stage.TYPING:
                self.desk.find(self.typed)
            case Stage.FOUND:
                self.desk.ask_reason()
            case Stage.REFUND:
                self.desk.confirm()

    def write_reason(self) -> None:
        """None of the usual reasons: the keyboard."""
        self._writes = True
        self.ids.keyboard.text = ""
        self._show_part()

    def give_reason(self, reason: str) -> None:
        """A usual reason, or his own words."""
        self._writes = False
        self.desk.give_reason(reason)

    # --- drawing ---

    def _show_part(self) -> None:
        name = "writing" if self._writes else self._state.stage.value
        part = self.ids[name]
        card, home = self.ids.sale, self.ids.sale_again if name == "refund" else self.ids.found
        if card.parent is not home:
            card.parent.remove_widget(card)
            home.add_widget(card, index=len(home.children))
        if [child.__self__ for child in self.ids.place.children] != [part.__self__]:
            self.ids.place.clear_widgets()
            self.ids.place.add_widget(part)

    def _draw_typing(self) -> None:
        _, state = tr._, self._state
        if state.busy:
            self.message = _("Searching the whole journal…")
        elif state.nothing_for and state.nothing_for == self.typed:
            self.message = _("There is no sale with this number. Check the number.")
        else:
            self.message = _("Type the receipt number.")
        boxes = list(reversed(self.ids.signs.children))
        for place, box in enumerate(boxes):
            box.text = self.typed[place : place + 1]
            box.next = place == len(self.typed)

    def _draw_sale(self, found: FoundSale) -> None:
        card = self.ids.sale
        card.receipt_text = f"{tr._('Receipt number')} {found.stored.receipt}"
        card.total_text = format_tenge(found.sale.total_tenge)
        texts = _sale_rows(found.sale)
        rows = reuse(card.ids.sale_rows, len(texts), SaleRow, self._spare["rows"])
        for row, (name, amount) in zip(rows, texts, strict=True):
            row.name, row.amount = name, amount
        facts = _facts(found)
        rows = reuse(self.ids.facts, len(facts), FactRow, self._spare["facts"])
        for row, (label, value) in zip(rows, facts, strict=True):
            row.label, row.value = label, value
        self.status_text = tr._("This sale was taken back.") if found.is_corrected else ""

    def _draw_refund(self, sale: Sale, refund: Refund) -> None:
        steps = refund_steps(sale, refund, self._state.reason)
        widgets = reuse(self.ids.steps_list, len(steps), PiecesStep, self._spare["steps"])
        for number, (widget, (text, pieces)) in enumerate(zip(widgets, steps, strict=True), 1):
            widget.fill(number, text, pieces)

    def _draw_bar(self) -> None:
        _, state = tr._, self._state
        several = state.stage is Stage.FOUND
        self.page, self.pages = state.shown, max(1, len(state.found)) if several else 1
        self.page_text = f"{self.page + 1} / {self.pages}"
        open_sale = state.sale is not None and not state.sale.is_corrected
        looks = {
            Stage.TYPING: (_("Find the sale"), "search", len(self.typed) == RECEIPT_LENGTH),
            Stage.FOUND: (_("Take this sale back"), "undo", True) if open_sale else ("", "", False),
            Stage.REASON: ("", "", False),
            Stage.REFUND: (_("Done: take the sale back"), "check", True),
        }
        self.done_text, self.done_icon, ready = looks[state.stage]
        self.ready = ready and not state.busy
        if state.busy and state.stage is Stage.REFUND:
            self.done_text = _("Saving…")


def reason_text(reason: Reason) -> str:
    """A usual reason in the current language."""
    _ = tr._
    texts = {
        Reason.MISTAKE: _("Registered by mistake"),
        Reason.TWICE: _("Registered twice"),
        Reason.WRONG_PRICE: _("Wrong price"),
        Reason.FAULTY: _("Faulty goods"),
    }
    return texts[reason]


def refund_steps(sale: Sale, refund: Refund, reason: str = "") -> list[tuple[str, Pieces]]:
    """What to do, in order: the change goes back first, so that the box can give."""
    _ = tr._
    steps = []
    if reason != Reason.TWICE:  # there were no second goods
        steps = [(_("Put the items back on the shelf, if they are good."), Pieces())]
    if reason in (Reason.TWICE, Reason.MISTAKE):
        text = _("If nobody paid for this sale, leave the box as it is and skip what follows.")
        steps.append((text, Pieces()))
    if not isinstance(sale.tender, CashTender):
        text = _(
            "Take nothing from the box: it was paid by QR. A coordinator gives the money back."
        )
        return [*steps, (text, Pieces())]
    if refund.put_back:
        amount = format_tenge(refund.put_back.total_tenge)
        text = _("Put the shopper's change back in the box: {amount}").format(amount=amount)
        steps.append((text, refund.put_back))
    amount = format_tenge(refund.take_back_tenge)
    text = _("Give the shopper from the box: {amount}").format(amount=amount)
    return [*steps, (text, refund.take_back or Pieces())]


def _sale_rows(sale: Sale) -> list[tuple[str, str]]:
    rows = [
        (f"{tied(line.name)} ×\u00a0{line.quantity}", format_tenge(line.total_tenge))
        for line in sale.lines
    ]
    if len(rows) > LINES_MAX:
        rows[LINES_MAX - 1 :] = [("…", "")]
    return rows


def _facts(found: FoundSale) -> list[tuple[str, str]]:
    """When and how it was paid; what is nothing is left out."""
    _, tender = tr._, found.sale.tender
    facts = [
        (_("Day"), day_text(found.at_ms)),
        (_("Time"), time_text(found.at_ms)),
    ]
    if not isinstance(tender, CashTender):
        return [*facts, (_("By QR, as shoppers say"), format_tenge(tender.claimed_tenge))]
    if tender.pieces_in is None:
        facts.append((_("Paid exactly"), format_tenge(found.sale.total_tenge)))
    else:
        put_in = Pieces.from_codes(tender.pieces_in)
        facts.append((_("Put in"), format_tenge(put_in.total_tenge)))
        facts.append(
            (_("Change taken"), format_tenge(Pieces.from_codes(tender.change).total_tenge))
        )
    more = (
        (_("Left to charity"), tender.left_to_cause_tenge),
        (_("Rounded off"), tender.rounded_off_tenge),
    )
    return facts + [(label, format_tenge(amount)) for label, amount in more if amount]
