"""Goods that come: the product in front, what came so far, and what will be past its day soon."""

from __future__ import annotations

from kivy.properties import BooleanProperty, StringProperty

from kiosk.admin.goods_lines import Ask
from kiosk.admin.restock_state import CameRow, ExpiringRow, RestockState, Tab
from kiosk.admin.screens import goods_picker  # noqa: F401  its kv is used here
from kiosk.admin.screens.goods_parts import DASH, GoodsRow, day_text
from kiosk.admin.screens.goods_view import GoodsView
from kiosk.admin.screens.kv import load_kv
from kiosk.domain.best_before import format_day
from kiosk.domain.money import format_tenge
from kiosk.screens.keypad import grouped
from kiosk.screens.tr import tr

load_kv("restock")


class RestockView(GoodsView):
    """Scan a piece or a case; the keys are for numbers, cost and best-before day."""

    tab = StringProperty(Tab.CAME)
    expiring_text = StringProperty()
    came_text = StringProperty()
    cost_text = StringProperty()
    day_text = StringProperty()
    finish_text = StringProperty()
    code_text = StringProperty()
    is_case = BooleanProperty(False)
    has_pieces = BooleanProperty(False)
    has_lines = BooleanProperty(False)
    busy = BooleanProperty(False)

    def title(self) -> str:
        """The page's name."""
        return tr._("Receive goods")

    def draw(self, state: RestockState) -> None:
        """The product in front, the list of the tab or the question about a code."""
        self.expiring_text = tr._("Best before soon: {n}").format(n=len(state.expiring))
        self.came_text = tr._("Came: {n}").format(n=len(state.rows))
        self.code_text = grouped(state.unknown_code.lstrip("0"))
        self.busy = state.saving or state.loading
        self.has_lines = bool(state.rows)
        self.finish_text = _finish_text(state)
        self._draw_card(state.card)
        self._draw_rows(state)
        self.draw_parts(state, self.ids.unknown if state.unknown_code else None)

    def choose_tab(self, tab: str) -> None:
        """Another list, from its top."""
        self.ids.rows.from_the_top()
        self.desk.show_tab(Tab(tab))

    def touch_row(self, product_id: str) -> None:
        """What came is brought in front; what is past its day goes to the write-off."""
        if self.tab == Tab.EXPIRING:
            self.desk.write_off(product_id)
        else:
            self.desk.choose(product_id)

    def ask_cost(self) -> None:
        """The cost price was touched."""
        self.desk.ask_for(Ask.COST)

    def ask_day(self) -> None:
        """The best-before day was touched."""
        self.desk.ask_for(Ask.BEST_BEFORE)

    def _draw_card(self, row: CameRow | None) -> None:
        card = self.ids.card
        card.hint = tr._("Scan each piece or a whole case, or pick a product")
        card.show_product(row.product if row else None)
        if row is None:
            return
        self.has_pieces = row.quantity > 0
        card.quantity_label = tr._("Pieces that came")
        card.quantity_text = str(row.quantity)
        card.can_minus = row.quantity > 0
        card.left_label = tr._("On the shelf before")
        card.left_text = str(max(0, row.on_shelf))
        card.right_label = tr._("On the shelf now")
        card.right_text = str(row.shelf_after)
        cost = DASH if row.unit_cost_tenge is None else format_tenge(row.unit_cost_tenge)
        self.cost_text = tr._("Cost of one") + "\n" + cost
        self.day_text = tr._("Best before") + "\n" + day_text(row.best_before)

    def _draw_rows(self, state: RestockState) -> None:
        if state.tab != self.tab:
            self.ids.rows.from_the_top()
        self.tab = state.tab
        rows = self.ids.rows
        if state.tab is Tab.EXPIRING:
            rows.sum_text = tr._("Touch goods to write them off") if state.expiring else ""
            rows.nothing_text = "" if state.expiring else tr._("Nothing expires soon")
            rows.show(state.expiring, _fill_expiring)
            return
        rows.sum_text = _sum_text(state)
        rows.nothing_text = "" if state.rows else tr._("Nothing has come yet")
        chosen = state.chosen
        rows.show(state.rows, lambda w, row: _fill_came(w, row, row.product.product_id == chosen))


def _fill_came(widget: GoodsRow, row: CameRow, chosen: bool) -> None:
    day = "" if row.best_before is None else _until(row.best_before)
    cost = "" if row.unit_cost_tenge is None else format_tenge(row.unit_cost_tenge)
    widget.fill(row.product, day, f"+{row.quantity}", cost, chosen=chosen)


def _fill_expiring(widget: GoodsRow, row: ExpiringRow) -> None:
    about = tr._("The day has passed") if row.days_left < 0 else _days_left(row.days_left)
    widget.fill(
        row.product, about, format_day(row.best_before), _pieces(row.quantity), chosen=False
    )


def _until(day: object) -> str:
    return tr._("Best before: {day}").format(day=day_text(day))  # type: ignore[arg-type]


def _days_left(days: int) -> str:
    return tr._("Days left: {n}").format(n=days)


def _pieces(pieces: int) -> str:
    return tr._("Pieces: {n}").format(n=pieces)


def _finish_text(state: RestockState) -> str:
    if state.saving:
        return tr._("Saving…")
    if not state.rows:
        return tr._("Skip this step")
    return tr._("Put on the shelf: {n}").format(n=state.pieces)


def _sum_text(state: RestockState) -> str:
    if not state.rows:
        return ""
    pieces = _pieces(state.pieces)
    if not state.cost_tenge:
        return pieces
    return pieces + "\n" + tr._("Cost: {amount}").format(amount=format_tenge(state.cost_tenge))
