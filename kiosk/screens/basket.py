"""The basket: what was scanned, how much it is, and the two ways to pay."""

from __future__ import annotations

from typing import Any

from kivy.clock import Clock
from kivy.metrics import dp
from kivy.properties import BooleanProperty, ObjectProperty, StringProperty
from kivy.uix.boxlayout import BoxLayout
from kivy.uix.widget import Widget

from kiosk.aim import Aim
from kiosk.domain.basket import QUANTITY_MAX, Line
from kiosk.domain.money import format_tenge
from kiosk.screens import pictures
from kiosk.screens.fit import tied
from kiosk.screens.kv import load_kv
from kiosk.screens.lens import Lens
from kiosk.screens.notices import REFUSALS, sentence_of
from kiosk.screens.tr import tr
from kiosk.screens.widgets import View, reuse
from kiosk.views import Notice, Said, TillState

load_kv("basket_lines", "basket_side", "basket")

ROWS_BUILT_AHEAD = 5
LIT_S = 1.2
SIDE_SIZE_DP = (364, 660)
"""Width beside the lines; height below them."""


class BasketRow(BoxLayout):
    """One line of the basket; kept and filled anew rather than built again."""

    events = ObjectProperty(None, allownone=True)
    key = StringProperty()
    name = StringProperty()
    unit_text = StringProperty()
    quantity_text = StringProperty()
    total_text = StringProperty()
    texture = ObjectProperty(None, allownone=True)
    full = BooleanProperty(False)
    lit = BooleanProperty(False)

    def fill(self, line: Line, language: str) -> None:
        """Shows a line."""
        self.key = line.key
        self.name = tied(line.name_in(language))
        self.unit_text = format_tenge(line.unit_price_tenge)
        self.quantity_text = str(line.quantity)
        self.total_text = format_tenge(line.total_tenge)
        self.texture = pictures.product(line.picture)
        self.full = line.quantity >= QUANTITY_MAX


class BasketSide(BoxLayout):
    """Total, camera and the keys to pay, beside the lines or below them."""

    events = ObjectProperty(None, allownone=True)
    frame = ObjectProperty(None, allownone=True)
    items_text = StringProperty()
    total_text = StringProperty()
    empty = BooleanProperty(True)
    camera_lost = BooleanProperty(False)
    has_qr = BooleanProperty(False)


class BasketScreen(View):
    """Newest goods on top, so that what was just scanned never has to be looked for."""

    total_text = StringProperty()
    items_text = StringProperty()
    hint = StringProperty()
    hint_icon = StringProperty("barcode")
    again_key = StringProperty()
    empty = BooleanProperty(True)
    camera_lost = BooleanProperty(False)
    can_undo = BooleanProperty(False)
    has_qr = BooleanProperty(False)
    empty_text = StringProperty()

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._spare: list[Widget] = [self._row() for _ in range(ROWS_BUILT_AHEAD)]
        self._heard = 0
        self._unlight = Clock.create_trigger(self._dim, LIT_S)

    def show(self, state: TillState) -> None:
        """Lines, total, what was just said."""
        basket = state.basket
        self.empty = not basket.lines
        self.total_text = format_tenge(basket.total_tenge)
        self.items_text = tr.ngettext("{n} item", "{n} items", basket.items).format(n=basket.items)
        self.can_undo = state.can_undo
        self.camera_lost = state.camera_lost
        self.has_qr = bool(state.qr_payload)
        scan = tr._("Scan the barcode of each item")
        self.empty_text = tr._("The basket is empty") + "\n" + scan
        self._show_lines(state)
        self._show_said(state.said)

    def on_portrait(self, *_args: object) -> None:
        """Beside the lines, or below them."""
        self._place_side()

    def on_kv_post(self, _base: Any) -> None:
        """Before the first size is known, as on a panel that lies."""
        self._place_side()

    def _place_side(self) -> None:
        side = self.ids.side
        side.size_hint = (1, None) if self.portrait else (None, 1)
        side.size = SIDE_SIZE_DP[0] * dp(1), SIDE_SIZE_DP[1] * dp(1)

    def show_preview(self, frame: Any | None) -> None:
        """The camera's newest frame."""
        self._lens.show(frame)

    def show_aim(self, aim: Aim) -> None:
        """Whether the camera has just read a code, or what would help it."""
        self._lens.show_aim(aim)

    @property
    def _lens(self) -> Lens:
        return self.ids.side.ids.lens

    def _row(self) -> BasketRow:
        return BasketRow(events=self.events)

    def _show_lines(self, state: TillState) -> None:
        lines = state.basket.lines[::-1]
        rows = reuse(self.ids.rows, len(lines), self._row, self._spare)
        for row, line in zip(rows, lines, strict=True):
            row.fill(line, state.language)

    def _show_said(self, said: Said | None) -> None:
        if said is None or said.notice not in REFUSALS | {Notice.ADDED}:
            self.again_key, self.hint_icon = "", "barcode"
            self.hint = (
                tr._("Hold the barcode in front of the camera")
                if self.empty
                else tr._("Scan the next item")
            )
            return
        self.hint = sentence_of(said)
        added = said.notice is Notice.ADDED
        self.hint_icon = "check" if added else "warning"
        self.again_key = said.line_key or "" if added else ""
        if said.serial != self._heard:
            self._heard = said.serial
            self._light(said.line_key)

    def _light(self, key: str | None) -> None:
        """Marks the row that was just scanned, and brings it into view."""
        for row in self.ids.rows.children:
            row.lit = row.key == key
            if row.lit and self.ids.rows.height > self.ids.scroll.height:
                self.ids.scroll.scroll_to(row, animate=False)
        self._unlight.cancel()
        self._unlight()

    def _dim(self, _dt: float) -> None:
        for row in self.ids.rows.children:
            row.lit = False
