"""The cash count: all notes and coins, then what the books say."""

from __future__ import annotations

from typing import Any

from kivy.properties import BooleanProperty, ColorProperty, ObjectProperty, StringProperty
from kivy.uix.boxlayout import BoxLayout

from kiosk.admin.count import Comparison, CountStage, CountState, PieceGap
from kiosk.admin.screens.kv import load_kv
from kiosk.admin.screens.money_table import MINUS, signed_tenge
from kiosk.admin.screens.money_view import MoneyForm, MoneyView
from kiosk.domain.money import format_tenge
from kiosk.screens.tr import tr

load_kv("count", "count_result")


class CountTable(MoneyForm):
    """Counting."""

    total_text = StringProperty()

    def show(self, state: CountState) -> None:
        """All kinds, and the running total."""
        self.show_form(state)
        amount = format_tenge(state.pieces.total_tenge)
        self.total_text = tr._("Counted: {amount}").format(amount=amount)
        self.ids.table.show(state)


class AmountRow(BoxLayout):
    """A name and an amount."""


class GapRow(BoxLayout):
    """A kind of which there are more or fewer than in the books."""

    code = StringProperty()
    more_text = StringProperty()
    counted_text = StringProperty()
    expected_text = StringProperty()


class CountResult(BoxLayout):
    """What was counted beside what the books say."""

    desk = ObjectProperty(None, allownone=True)
    expected_text = StringProperty()
    counted_text = StringProperty()
    difference_text = StringProperty()
    verdict_text = StringProperty()
    loose_text = StringProperty()
    gaps_text = StringProperty()
    confirm_text = StringProperty()
    agrees = BooleanProperty(False)
    busy = BooleanProperty(False)
    ink = ColorProperty("#000000")

    def show(self, state: CountState) -> None:
        """Sums on one side, pieces on the other."""
        found = state.comparison
        known = found.expected_tenge is not None
        self.busy = state.saving
        self.expected_text = format_tenge(found.expected_tenge or 0) if known else "–"
        self.counted_text = format_tenge(found.counted_tenge)
        self.difference_text = signed_tenge(found.difference_tenge) if known else "–"
        self.agrees = known and not found.difference_tenge
        self.verdict_text = _verdict(found)
        self.loose_text = _loose(found)
        self.gaps_text = _gaps_heading(found)
        self.confirm_text = tr._("Saving…") if state.saving else tr._("Confirm")
        self.ids.gaps.fill(found.gaps, GapRow, _put_gap)


class CountView(MoneyView):
    """The page of the cash count."""

    def title(self) -> str:
        """The page's name."""
        return tr._("Cash count")

    def draw_stage(self, state: Any) -> None:
        """Counting, or what came of it."""
        counting = state.stage is CountStage.COUNTING
        self.part(CountTable if counting else CountResult).show(state)


def _verdict(found: Comparison) -> str:
    if found.expected_tenge is None:
        return tr._("The box was never counted before. From now on its contents are known.")
    if found.difference_tenge == 0:
        return tr._("The sum is exactly as expected.")
    if found.difference_tenge > 0:
        return tr._("There is more than expected. You can count again or confirm it as it is.")
    return tr._("There is less than expected. You can count again or confirm it as it is.")


def _loose(found: Comparison) -> str:
    """Only said where it helps: sums that were paid exactly, in pieces nobody named."""
    if found.expected_tenge is None or found.loose_tenge <= 0:
        return ""
    amount = format_tenge(found.loose_tenge)
    return tr._("Expected, but not known by piece: {amount}").format(amount=amount)


def _gaps_heading(found: Comparison) -> str:
    if found.expected_tenge is None:
        return ""
    return tr._("Otherwise than in the books:") if found.gaps else tr._("Every piece is there.")


def _put_gap(row: GapRow, gap: PieceGap) -> None:
    row.code = gap.denomination.code
    row.more_text = f"+{gap.more}" if gap.more > 0 else f"{MINUS}{-gap.more}"
    row.counted_text = tr._("Counted: {n}").format(n=gap.counted)
    row.expected_text = tr._("Expected: {n}").format(n=gap.by_the_book)
