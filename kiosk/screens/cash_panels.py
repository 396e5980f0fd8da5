"""The answer beside the money: what is missing, what to take, or what works instead."""

from __future__ import annotations

from typing import Any

from kivy.properties import BooleanProperty, NumericProperty, ObjectProperty, StringProperty
from kivy.uix.behaviors import ButtonBehavior
from kivy.uix.boxlayout import BoxLayout
from kivy.uix.widget import Widget

from kiosk.domain.money import Kind, Pieces, format_tenge
from kiosk.domain.tender import CashAdvice, ChangeChoice
from kiosk.screens.kv import load_kv
from kiosk.screens.money_widgets import NOTE_RATIO, CountedPiece, TakeTile
from kiosk.screens.tr import tr
from kiosk.screens.widgets import reuse
from kiosk.views import TillState

load_kv("cash_panels", "cash_panels_take", "cash_panels_impossible")

COLUMNS_UP_TO = {2: 2, 6: 3}
"""Kinds of change and the columns they stand in, so that nothing scrolls; more kinds: four."""


class CashPanel(BoxLayout):
    """One answer; :meth:`show` gets a state for which it is the right one."""

    events = ObjectProperty(None, allownone=True)
    face = ObjectProperty(None, allownone=True)
    amount_text = StringProperty()
    has_qr = BooleanProperty(False)

    def show(self, state: TillState) -> None:
        """Fills the panel."""
        raise NotImplementedError


class MissingPanel(CashPanel):
    """Not enough yet; before the first tap it also says what to do."""

    begun = BooleanProperty(False)

    def show(self, state: TillState) -> None:
        """How much is missing."""
        advice = advice_of(state)
        self.begun = bool(advice.tendered)
        self.amount_text = format_tenge(advice.missing_tenge)
        self.has_qr = bool(state.qr_payload)


class EvenPanel(CashPanel):
    """No change is due: exactly paid, or the shopper says he has the exact sum."""

    exact = BooleanProperty(False)

    def show(self, state: TillState) -> None:
        """The sum to put in."""
        self.exact = state.exact
        self.amount_text = format_tenge(state.due_tenge)


class LeavePanel(CashPanel):
    """The change stays in the box for the cause."""

    cause = StringProperty()

    def show(self, state: TillState) -> None:
        """How much stays, and for what."""
        self.amount_text = format_tenge(advice_of(state).change_tenge)
        self.cause = self.face.cause(state.language)


class TakePanel(CashPanel):
    """Change is due, and these are the pieces to take."""

    put_text = StringProperty()
    note_text = StringProperty()
    leave_text = StringProperty()
    columns = NumericProperty(1)
    asking = BooleanProperty(False)
    """He said that something is not there, and is asked what."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._spare: list[Widget] = []
        self._leave_choice = ChangeChoice.LEAVE

    def show(self, state: TillState) -> None:
        """The change and its pieces."""
        advice = advice_of(state)
        change = advice.change if advice.change is not None else Pieces()
        amount = format_tenge(change.total_tenge)
        self.amount_text = tr._("Change: {amount}").format(amount=amount)
        put_in = format_tenge(advice.tendered.total_tenge)
        self.put_text = tr._("Put in the box: {amount}").format(amount=put_in)
        self.note_text = _note_text(advice)
        nearest = state.choice is ChangeChoice.TAKE_NEAREST
        self._leave_choice = ChangeChoice.TAKE if nearest else ChangeChoice.LEAVE
        self.leave_text = tr._("Choose again") if nearest else tr._("Leave the change to charity")
        self.columns = next((c for n, c in COLUMNS_UP_TO.items() if len(change) <= n), 4)
        self._show_tiles(change)

    def leave(self) -> None:
        """To the cause; or, when part of it goes there already, back to choosing."""
        self.events.choose_change(self._leave_choice)

    def ask(self) -> None:
        """Which of these is not there? The same key takes the question back."""
        self.asking = not self.asking

    def _show_tiles(self, change: Pieces) -> None:
        tiles = reuse(self.ids.pieces, len(change), self._tile, self._spare)
        changed = [(tile.code, tile.count) for tile in tiles] != [
            (piece.code, count) for piece, count in change.items()
        ]
        if changed:
            self.asking = False
        for tile, (piece, count) in zip(tiles, change.items(), strict=True):
            tile.code, tile.count = piece.code, count

    def _tile(self) -> TakeTile:
        tile = TakeTile(events=self.events)
        self.bind(asking=tile.setter("asking"))
        return tile


class OfferKey(ButtonBehavior, BoxLayout):
    """Pieces he could put in instead; one touch takes the offer."""

    index = ObjectProperty(0)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._spare: list[Widget] = []

    def fill(self, index: int, offer: Pieces) -> None:
        """Draws the pieces of one offer."""
        self.index = index
        for shown, (piece, count) in zip(
            reuse(self.ids.pieces, len(offer), CountedPiece, self._spare),
            offer.items(),
            strict=True,
        ):
            shown.code, shown.count = piece.code, count
            # Notes are wider: equal parts would make them smaller than the coins beside them.
            shown.size_hint_x = NOTE_RATIO if piece.kind is Kind.NOTE else 1


class ImpossiblePanel(CashPanel):
    """The box has no such change; said before any money goes in, with what works."""

    title_text = StringProperty()
    nearest_text = StringProperty()
    has_offers = BooleanProperty(False)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._spare: list[Widget] = []

    def show(self, state: TillState) -> None:
        """Offers, and the nearest change."""
        advice = advice_of(state)
        self.title_text = tr._("No exact change in the box: {amount}").format(
            amount=format_tenge(advice.change_tenge)
        )
        self.has_qr = bool(state.qr_payload)
        self.has_offers = bool(advice.offers)
        self.nearest_text = _nearest_text(advice)
        keys = reuse(self.ids.offers, len(advice.offers), self._offer_key, self._spare)
        for index, (key, offer) in enumerate(zip(keys, advice.offers, strict=True)):
            key.fill(index, offer)

    def _offer_key(self) -> OfferKey:
        key = OfferKey()
        key.bind(on_release=lambda pressed: self.events.take_offer(pressed.index))
        return key

    def take_nearest(self) -> None:
        """The nearest smaller change; the rest is for the cause."""
        self.events.choose_change(ChangeChoice.TAKE_NEAREST)


def panel_for(state: TillState) -> type[CashPanel]:
    """Which answer a state calls for."""
    advice = advice_of(state)
    if state.exact:
        return EvenPanel
    if advice.missing_tenge:
        return MissingPanel
    if advice.change_tenge == 0:
        return EvenPanel
    if advice.change is None:
        return ImpossiblePanel
    return LeavePanel if state.choice is ChangeChoice.LEAVE else TakePanel


def advice_of(state: TillState) -> CashAdvice:
    """The state's advice; a cash screen is never shown without."""
    if state.advice is None:
        raise ValueError("The cash screen needs the till's advice; show another screen.")
    return state.advice


def _note_text(advice: CashAdvice) -> str:
    if advice.left_tenge:
        left = format_tenge(advice.left_tenge)
        return tr._("The rest goes to charity: {amount}").format(amount=left)
    if not advice.box_known:
        return tr._("Nobody has counted the box yet, so these are simply the fewest pieces.")
    return ""


def _nearest_text(advice: CashAdvice) -> str:
    left = format_tenge(advice.change_tenge - advice.nearest.total_tenge)
    if not advice.nearest:
        return tr._("Leave the change to charity: {left}").format(left=left)
    return tr._("Take: {nearest}. To charity: {left}").format(
        nearest=format_tenge(advice.nearest.total_tenge), left=left
    )
