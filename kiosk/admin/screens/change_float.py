"""Putting change in: how many of what, then how long it lasts and what to bring."""

from __future__ import annotations

from typing import Any

from kivy.properties import BooleanProperty, ObjectProperty, StringProperty
from kivy.uix.boxlayout import BoxLayout

from kiosk.admin.change_float import ChangeFloatState, FloatStage
from kiosk.admin.screens.kv import load_kv
from kiosk.admin.screens.money_view import MoneyForm, MoneyView
from kiosk.domain.cash_plan import RunsOut
from kiosk.domain.money import NOTHING, format_tenge
from kiosk.screens.tr import tr

load_kv("change_float", "change_float_after")


class FloatTable(MoneyForm):
    """What is put in."""

    put_in_text = StringProperty()
    after_text = StringProperty()
    suggested_text = StringProperty()
    has_suggestion = BooleanProperty(False)
    hint_text = StringProperty()

    def show(self, state: ChangeFloatState) -> None:
        """All kinds with how many the box holds; those that run out soon stand out."""
        self.show_form(state)
        amount = format_tenge(state.pieces.total_tenge)
        self.put_in_text = tr._("Put in: {amount}").format(amount=amount)
        after = format_tenge(state.after.total_tenge)
        known = state.holds is not None
        self.after_text = tr._("The box then holds: {amount}").format(amount=after) if known else ""
        # Only for an empty form: one touch must not replace what was typed.
        self.has_suggestion = bool(state.bring) and not state.pieces
        missing = format_tenge((state.bring or NOTHING).total_tenge)
        self.suggested_text = tr._("Put in all that is missing: {amount}").format(amount=missing)
        self.hint_text = (
            tr._("Kinds with a warning sign run out soon.")
            if state.soon
            else tr._("Enter the notes and coins that you put in the box.")
        )
        held = state.holds or NOTHING
        notes = {k: tr._("has {n}").format(n=held[k]) for k in state.kinds} if known else None
        self.ids.table.show(state, notes, {one.denomination for one in state.soon})


class RunsOutRow(BoxLayout):
    """A kind, how many of it there are, and for how long."""

    code = StringProperty()
    count_text = StringProperty()
    days_text = StringProperty()


class FloatAfter(BoxLayout):
    """How long the box lasts now, and what to bring."""

    desk = ObjectProperty(None, allownone=True)
    busy = BooleanProperty(False)
    put_in_text = StringProperty()
    holds_text = StringProperty()
    soon_text = StringProperty()
    bring_text = StringProperty()
    confirm_text = StringProperty()

    def show(self, state: ChangeFloatState) -> None:
        """The forecast on one side, the suggestion on the other."""
        self.busy = state.saving
        self.put_in_text = format_tenge(state.pieces.total_tenge)
        known = state.holds is not None
        self.holds_text = format_tenge(state.after.total_tenge) if known else "–"
        self.soon_text = _soon(state)
        self.bring_text = _bring(state)
        self.confirm_text = _confirm(state)
        self.ids.soon.fill(state.soon, RunsOutRow, _put_row)
        self.ids.bring.show(state.bring or NOTHING)


class ChangeFloatView(MoneyView):
    """The page where change comes into the box."""

    def title(self) -> str:
        """The page's name."""
        return tr._("Float for change")

    def draw_stage(self, state: Any) -> None:
        """Entering, or what follows from it."""
        putting = state.stage is FloatStage.PUTTING
        self.part(FloatTable if putting else FloatAfter).show(state)


def days_left_text(days: int) -> str:
    """How long a kind lasts."""
    if days == 0:
        return tr._("less than a day")
    return tr.ngettext("about {n} day", "about {n} days", days).format(n=days)


def _put_row(row: RunsOutRow, one: RunsOut) -> None:
    row.code = one.denomination.code
    row.count_text = tr._("has {n}").format(n=one.count)
    row.days_text = days_left_text(one.days_left) if one.count else tr._("none left")


def _soon(state: ChangeFloatState) -> str:
    if state.holds is None:
        return tr._("Nobody has counted the box yet, so nobody knows how long the change lasts.")
    if state.soon:
        return tr._("These run out first:")
    return tr._("By the last weeks' sales, no change runs out within two weeks.")


def _bring(state: ChangeFloatState) -> str:
    if state.holds is None:
        return ""
    if state.bring is None:
        return tr._("Working it out…")
    if not state.bring:
        return tr._("Nothing needs to be brought next time.")
    amount = format_tenge(state.bring.total_tenge)
    return tr._("Bring next time: {amount}").format(amount=amount)


def _confirm(state: ChangeFloatState) -> str:
    if state.saving:
        return tr._("Saving…")
    if state.pieces:
        return tr._("The money is in the box")
    return tr._("Continue")
