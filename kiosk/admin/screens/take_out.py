"""Taking cash out: which pieces, to whom, and who says that it arrived."""

from __future__ import annotations

from typing import Any

from kivy.properties import BooleanProperty, ObjectProperty, StringProperty
from kivy.uix.boxlayout import BoxLayout

from kiosk.admin.cash_waiting import WaitingCash
from kiosk.admin.pin_rules import LENGTH_MIN
from kiosk.admin.screens.kv import load_kv
from kiosk.admin.screens.money_view import MoneyForm, MoneyView
from kiosk.admin.take_out import TakeOutStage, TakeOutState
from kiosk.domain.ledger import day_of
from kiosk.domain.money import format_tenge
from kiosk.screens.tr import tr

load_kv("take_out", "take_out_taking", "take_out_second")

DOT = "\u2022"


class BoxUncounted(MoneyForm):
    """Nobody knows what is in the box."""

    def show(self, state: TakeOutState) -> None:
        """Only its keys follow the state."""
        self.show_form(state)


class TakeOutTable(MoneyForm):
    """Choosing what to take."""

    taken_text = StringProperty()
    left_text = StringProperty()
    proposal_text = StringProperty()
    has_proposal = BooleanProperty(False)
    waiting_text = StringProperty()
    loose_text = StringProperty()

    def show(self, state: TakeOutState) -> None:
        """All kinds with how many there are, and the two sums."""
        self.show_form(state)
        taken, left = format_tenge(state.pieces.total_tenge), format_tenge(state.left.total_tenge)
        self.taken_text = tr._("Taken out: {amount}").format(amount=taken)
        self.left_text = tr._("Stays in the box: {amount}").format(amount=left)
        # Only for an empty form: one touch must not replace what was typed.
        self.has_proposal = bool(state.proposal) and not state.pieces
        self.proposal_text = _proposal(state)
        waiting = len(state.waiting)
        self.waiting_text = tr._("Not confirmed: {n}").format(n=waiting) if waiting else ""
        loose = format_tenge(state.loose_tenge)
        self.loose_text = (
            tr._("Not known by piece: {amount}. To take it out too, count the box.").format(
                amount=loose
            )
            if state.loose_tenge > 0
            else ""
        )
        notes = {kind: _of(state.available[kind]) for kind in state.kinds}
        self.ids.table.show(state, notes)


class TakeOutTaking(BoxLayout):
    """What to take out of the box now."""

    desk = ObjectProperty(None, allownone=True)
    busy = BooleanProperty(False)
    amount_text = StringProperty()
    left_text = StringProperty()
    to_text = StringProperty()
    confirm_text = StringProperty()

    def show(self, state: TakeOutState) -> None:
        """Every piece, drawn."""
        self.busy = state.saving
        self.amount_text = format_tenge(state.pieces.total_tenge)
        left = format_tenge(state.left.total_tenge)
        self.left_text = tr._("Stays in the box: {amount}").format(amount=left)
        self.to_text = destination(state.to)
        self.confirm_text = tr._("Saving…") if state.saving else tr._("The money is taken out")
        self.ids.pieces.show(state.pieces)


class TakeOutReceiving(BoxLayout):
    """The second person's PIN."""

    desk = ObjectProperty(None, allownone=True)
    busy = BooleanProperty(False)
    typed = StringProperty()
    dots = StringProperty()
    ready = BooleanProperty(False)
    amount_text = StringProperty()
    about_text = StringProperty()

    def show(self, state: TakeOutState) -> None:
        """Which money it is about."""
        self.busy = state.saving
        receiving = state.receiving
        if receiving is not None:
            self.amount_text = format_tenge(receiving.amount_tenge)
            self.about_text = _about(receiving)
        self.on_typed()

    def on_typed(self, *_args: object) -> None:
        """A PIN is never shown, only how long it is."""
        self.dots = DOT * len(self.typed)
        self.ready = not self.busy and len(self.typed) >= LENGTH_MIN

    def confirm(self) -> None:
        """Hands the PIN over and forgets it."""
        pin, self.ids.pad.text = self.typed, ""
        self.desk.receive(pin)

    def later(self) -> None:
        """What was typed is forgotten."""
        self.ids.pad.text = ""
        self.desk.later()


class WaitingRow(BoxLayout):
    """One cash-out that waits."""

    desk = ObjectProperty(None, allownone=True)
    waiting = ObjectProperty(None, allownone=True)
    amount_text = StringProperty()
    about_text = StringProperty()


class TakeOutWaiting(BoxLayout):
    """All that wait."""

    desk = ObjectProperty(None, allownone=True)

    def show(self, state: TakeOutState) -> None:
        """A row each."""

        def put(row: WaitingRow, waiting: WaitingCash) -> None:
            row.desk, row.waiting = self.desk, waiting
            row.amount_text = format_tenge(waiting.amount_tenge)
            row.about_text = _about(waiting)

        self.ids.rows.fill(state.waiting, WaitingRow, put)


_PARTS = {
    TakeOutStage.UNCOUNTED: BoxUncounted,
    TakeOutStage.CHOOSING: TakeOutTable,
    TakeOutStage.TAKING: TakeOutTaking,
    TakeOutStage.RECEIVING: TakeOutReceiving,
    TakeOutStage.WAITING: TakeOutWaiting,
}


class TakeOutView(MoneyView):
    """The page where cash leaves the box."""

    def title(self) -> str:
        """The page's name."""
        return tr._("Take cash out")

    def draw_stage(self, state: Any) -> None:
        """The part of the stage."""
        self.part(_PARTS[state.stage]).show(state)


def destination(to: str) -> str:
    """Where the money goes."""
    return tr._("To the bank") if to == "bank" else tr._("To the cause")


def _proposal(state: TakeOutState) -> str:
    if state.proposal is None:
        return tr._("Working it out…")
    amount = format_tenge(state.proposal.total_tenge)
    return tr._("Leave the float, take {amount}").format(amount=amount)


def _of(count: int) -> str:
    return tr._("of {n}").format(n=count)


def _about(waiting: WaitingCash) -> str:
    """``21.11.2026. To the bank. Taken out by: Asel``."""
    return tr._("{date}. {to}. Taken out by: {name}").format(
        date=day_of(waiting.at_ms).strftime("%d.%m.%Y"),
        to=destination(waiting.to),
        name=waiting.by_name or waiting.by,
    )
