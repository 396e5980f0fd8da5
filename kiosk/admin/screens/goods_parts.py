"""Parts of the pages about goods: the product in front, rows of goods, the number pad's panel."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any, TypeVar

from kivy.properties import (
    BooleanProperty,
    ColorProperty,
    NumericProperty,
    ObjectProperty,
    StringProperty,
)
from kivy.uix.behaviors import ButtonBehavior
from kivy.uix.boxlayout import BoxLayout
from kivy.uix.floatlayout import FloatLayout
from kivy.uix.widget import Widget

from kiosk.admin.goods_lines import page_of
from kiosk.admin.screens.kv import load_kv
from kiosk.domain.best_before import format_day
from kiosk.domain.money import format_tenge
from kiosk.domain.products import Product
from kiosk.screens import pad, pictures  # noqa: F401  the pad's kv draws what is typed
from kiosk.screens.fit import tied
from kiosk.screens.tr import tr
from kiosk.screens.widgets import Key, reuse

load_kv("goods_parts", "goods_side")

T = TypeVar("T")

MINUS = "\u2212"
DASH = "–"


class GoodsTab(Key):
    """One of the lists that the page has."""

    chosen = BooleanProperty(False)


class GoodsCard(FloatLayout):
    """The product in front; pages put their own keys below its quantity."""

    view = ObjectProperty(None, allownone=True)
    empty = BooleanProperty(True)
    hint = StringProperty()
    name = StringProperty()
    texture = ObjectProperty(None, allownone=True)
    quantity_label = StringProperty()
    quantity_text = StringProperty()
    can_minus = BooleanProperty(False)
    left_label = StringProperty()
    left_text = StringProperty()
    right_label = StringProperty()
    right_text = StringProperty()
    right_note = StringProperty()
    right_ink = ColorProperty("#1D2B33")

    def add_widget(self, widget: Widget, *args: Any, **kwargs: Any) -> None:
        """Once the card itself stands, what a page adds are its keys below the quantity."""
        more = self.ids.get("more")
        if more is None:
            super().add_widget(widget, *args, **kwargs)
        else:
            more.add_widget(widget, *args, **kwargs)

    def show_product(self, product: Product | None) -> None:
        """Its picture and name, or the hint alone."""
        self.empty = product is None
        self.name = tied(product.name_in(tr.language)) if product else ""
        self.texture = pictures.product(product.picture) if product else None


class GoodsRow(ButtonBehavior, BoxLayout):
    """One product of a list; a touch brings it in front."""

    product_id = StringProperty()
    name = StringProperty()
    about = StringProperty()
    """Small, under the name."""
    value = StringProperty()
    note = StringProperty()
    """Small, under the value."""
    texture = ObjectProperty(None, allownone=True)
    chosen = BooleanProperty(False)

    def fill(self, product: Product, about: str, value: str, note: str, *, chosen: bool) -> None:
        """Shows a product."""
        self.product_id = product.product_id
        self.name = tied(product.name_in(tr.language))
        self.texture = pictures.product(product.picture)
        self.about, self.value, self.note, self.chosen = about, value, note, chosen


class GoodsRows(BoxLayout):
    """A page of rows, with keys to turn it and a line that sums it up."""

    per_page = NumericProperty(4)
    page = NumericProperty(0)
    pages = NumericProperty(1)
    page_text = StringProperty()
    sum_text = StringProperty()
    nothing_text = StringProperty()

    def __init__(self, **kwargs: Any) -> None:
        self.register_event_type("on_row")
        self._spare: list[Widget] = []
        self._items: Sequence[Any] = ()
        self._fill: Callable[[GoodsRow, Any], None] | None = None
        super().__init__(**kwargs)

    def on_row(self, product_id: str) -> None:
        """A row was touched; the page says what that means."""

    def show(self, items: Sequence[T], fill: Callable[[GoodsRow, T], None]) -> None:
        """Shows the items; ``fill(row, item)`` draws one."""
        self._items, self._fill = items, fill
        self._draw()

    def on_per_page(self, *_args: object) -> None:
        """A panel that stands upright has room for fewer."""
        self._draw()

    def from_the_top(self) -> None:
        """The first page: another list, or something new on top of it."""
        self.page = 0

    def turn(self, pages: int) -> None:
        """So many pages on, or back."""
        self.page += pages
        self._draw()

    def _draw(self) -> None:
        shown, self.page, self.pages = page_of(self._items, int(self.page), int(self.per_page))
        self.page_text = f"{self.page + 1} / {self.pages}"
        rows = reuse(self.ids.rows, len(shown), self._row, self._spare)
        for row, item in zip(rows, shown, strict=True):
            assert self._fill is not None, "there are items, so they were shown"
            self._fill(row, item)

    def _row(self) -> GoodsRow:
        row = GoodsRow()
        row.bind(on_release=lambda touched: self.dispatch("on_row", touched.product_id))
        return row


class AskPanel(BoxLayout):
    """A question, a number pad and what was typed; ``view`` takes the digits."""

    view = ObjectProperty(None, allownone=True)
    question = StringProperty()
    typed = StringProperty()
    typed_text = StringProperty()
    shape: Callable[[str], str] = ObjectProperty(str)
    """How digits are shown: as an amount, as a day."""
    ready = BooleanProperty(True)
    may_be_empty = BooleanProperty(False)
    saving = BooleanProperty(False)

    def ask(self, question: str, shape: Callable[[str], str], length_max: int) -> None:
        """Begins a question."""
        self.question, self.shape = question, shape
        self.ids.pad.length_max = length_max
        self.ids.pad.text = ""
        self.on_typed()

    def on_typed(self, *_args: object) -> None:
        """Each digit is shown at once, and counts even when a scan comes before "done"."""
        if self.view is not None:
            self.view.desk.typed(self.typed)
        self.typed_text = self.shape(self.typed)
        self.ready = not self.saving and (self.may_be_empty or bool(self.typed))

    def on_saving(self, *_args: object) -> None:
        """Nothing can be answered meanwhile."""
        self.on_typed()

    def on_may_be_empty(self, *_args: object) -> None:
        """An empty answer takes away what was typed before."""
        self.on_typed()


def signed(number: int) -> str:
    """With its sign, as a difference is written: ``+3``, ``−2``, ``0``."""
    return f"+{number}" if number > 0 else str(number).replace("-", MINUS)


def signed_tenge(amount_tenge: int) -> str:
    """``−360 ₸``, with a true minus that stays with its figure."""
    sign = "+" if amount_tenge > 0 else MINUS if amount_tenge < 0 else ""
    return f"{sign}{format_tenge(abs(amount_tenge))}"


def day_text(day: date | None) -> str:
    """A day, or a dash where none was typed."""
    return DASH if day is None else format_day(day)
