"""Notes and coins in rows and columns: to enter how many, or only to read them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, TypeVar

from kivy.clock import Clock
from kivy.metrics import dp
from kivy.properties import BooleanProperty, NumericProperty, ObjectProperty, StringProperty
from kivy.uix.boxlayout import BoxLayout
from kivy.uix.widget import Widget

from kiosk.admin.money_form import MoneyState
from kiosk.admin.screens.kv import load_kv
from kiosk.domain.money import Denomination, Pieces, format_tenge
from kiosk.screens import money_widgets  # noqa: F401  their kv is used here
from kiosk.screens.widgets import reuse

load_kv("money_table")

T = TypeVar("T")
MINUS = "\u2212"


class PagedGrid(BoxLayout):
    """Equal cells, as many as fit; the rest is a key away, nothing scrolls."""

    columns = NumericProperty(1)
    row_height_min = NumericProperty("86dp")
    row_height_max = NumericProperty("120dp")
    page = NumericProperty(0)
    page_count = NumericProperty(1)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._items: Sequence[Any] = ()
        self._make: Callable[[], Widget] = Widget
        self._put: Callable[[Any, Any], None] = lambda _cell, _item: None
        self._spare: list[Widget] = []
        redraw = Clock.create_trigger(lambda _dt: self._draw(), -1)
        self.bind(size=redraw, columns=redraw, page=redraw)

    def fill(
        self, items: Sequence[T], make: Callable[[], Widget], put: Callable[[Any, T], None]
    ) -> None:
        """Shows the items of the page that is on; ``put(cell, item)`` fills a cell."""
        self._items, self._make, self._put = items, make, put
        self._draw()

    def turn(self, pages: int) -> None:
        """So many pages on."""
        self.page = max(0, min(self.page + pages, self.page_count - 1))

    def _draw(self) -> None:
        rows = self._rows()
        per_page = rows * self.columns
        self.page_count = max(1, -(-len(self._items) // per_page))
        self.page = min(self.page, self.page_count - 1)
        shown = self._items[self.page * per_page : (self.page + 1) * per_page]
        grid = self.ids.grid
        grid.row_default_height = self._row_height(min(rows, -(-len(self._items) // self.columns)))
        for cell, item in zip(reuse(grid, len(shown), self._make, self._spare), shown, strict=True):
            self._put(cell, item)

    def _rows(self) -> int:
        """Rows of one page: all in one where they fit, else room is left for the page keys."""
        needed = max(1, -(-len(self._items) // self.columns))
        if self._fitting(self.height) >= needed:
            return needed
        return max(1, self._fitting(self.height - self.ids.pager.height_shown - self.spacing))

    def _fitting(self, height: float) -> int:
        gap = self.ids.grid.spacing[1]
        return int((height + gap) // (self.row_height_min + gap))

    def _row_height(self, rows: int) -> float:
        gap = self.ids.grid.spacing[1]
        pager = self.ids.pager.height_shown + self.spacing if self.page_count > 1 else 0
        height = (self.height - pager + gap) / max(1, rows) - gap
        return max(dp(1), min(height, self.row_height_max))


class MoneyCell(BoxLayout):
    """One kind: its drawing, fewer, how many, more."""

    desk = ObjectProperty(None, allownone=True)
    kind = ObjectProperty(None, allownone=True)
    code = StringProperty()
    count = NumericProperty(0)
    note = StringProperty()
    marked = BooleanProperty(False)
    is_full = BooleanProperty(False)


class MoneyTable(PagedGrid):
    """All kinds to enter; the number itself is a key too, for typing."""

    desk = ObjectProperty(None, allownone=True)

    def show(
        self,
        state: MoneyState,
        notes: Mapping[Denomination, str] | None = None,
        marked: Collection[Denomination] = (),
    ) -> None:
        """``notes`` stand below the numbers, ``marked`` kinds need attention."""

        def put(cell: MoneyCell, kind: Denomination) -> None:
            cell.desk, cell.kind, cell.code = self.desk, kind, kind.code
            cell.count = state.pieces[kind]
            cell.note = (notes or {}).get(kind, "")
            cell.marked = kind in marked
            cell.is_full = state.limit is not None and cell.count >= state.limit[kind]

        self.fill(state.kinds, MoneyCell, put)


class PieceLine(BoxLayout):
    """A note or coin and how many of it."""

    code = StringProperty()
    count = NumericProperty(0)


class PieceGrid(PagedGrid):
    """Notes and coins to read: the largest first."""

    def show(self, pieces: Pieces) -> None:
        """Draws them."""

        def put(line: PieceLine, kind: Denomination) -> None:
            line.code, line.count = kind.code, pieces[kind]

        self.fill(tuple(pieces), PieceLine, put)


def signed_tenge(amount_tenge: int) -> str:
    """``−100 ₸``, ``+50 ₸``, ``0 ₸``."""
    sign = {True: "+", False: MINUS}[amount_tenge > 0] if amount_tenge else ""
    return f"{sign}{format_tenge(abs(amount_tenge))}"
