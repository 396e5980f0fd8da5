"""The list of products, a page at a time."""

from __future__ import annotations

from typing import Any

from kivy.properties import (
    BooleanProperty,
    ListProperty,
    NumericProperty,
    ObjectProperty,
    StringProperty,
)
from kivy.uix.behaviors import ButtonBehavior
from kivy.uix.boxlayout import BoxLayout
from kivy.uix.widget import Widget

from kiosk.admin.desk import Said
from kiosk.admin.products import Filter, Note, ProductRow, ProductsState
from kiosk.admin.screens.kv import load_kv
from kiosk.admin.screens.product_keys import (
    ProductChoiceKey,
    Question,
    code_text,
    status_text,
    stock_text,
)
from kiosk.admin.screens.view import AdminView
from kiosk.domain.money import format_tenge
from kiosk.domain.products import Status
from kiosk.screens import pictures
from kiosk.screens.fit import in_one_piece, tied
from kiosk.screens.pick import ALL, CategoryKey, category_name
from kiosk.screens.product_pages import cell_size, pages_of
from kiosk.screens.tr import tr
from kiosk.screens.widgets import reuse

load_kv("products_cell", "products")

PAGE, PAGE_PORTRAIT = (2, 5), (1, 8)
"""Columns and rows of a page."""
PAGE_SEARCHING, PAGE_SEARCHING_PORTRAIT = (3, 1), (1, 4)
"""The same while the keyboard takes its half of the screen."""
CATEGORY_PICTURE = "96dp"


class ProductCell(ButtonBehavior, BoxLayout):
    """One product of the list, kept and filled with another one."""

    product_id = StringProperty()
    name = StringProperty()
    price_text = StringProperty()
    below_text = StringProperty()
    texture = ObjectProperty(None, allownone=True)
    faded = BooleanProperty(False)
    """Shoppers cannot buy it now."""

    def fill(self, row: ProductRow) -> None:
        """Shows a product; its status stands in words where it is not simply on sale."""
        product = row.product
        self.product_id = product.product_id
        self.name = tied(product.name_in(tr.language))
        self.price_text = format_tenge(product.price_tenge)
        self.faded = product.status is not Status.ON_SALE
        self.below_text = status_text(product.status) if self.faded else stock_text(row.stock)
        self.texture = pictures.product(product.picture)


class ProductsView(AdminView):
    """Filters above, cells, and the main keys below; or the keyboard; or the categories."""

    query = StringProperty()
    query_text = StringProperty()
    searching = BooleanProperty(False)
    choosing = BooleanProperty(False)
    finding = BooleanProperty(False)
    heading = StringProperty()
    nothing_text = StringProperty()
    category_text = StringProperty()
    category_texture = ObjectProperty(None, allownone=True)
    columns = NumericProperty(PAGE[0])
    cells_size = ListProperty([1, 1])
    cell_width = NumericProperty(1)
    cell_height = NumericProperty(1)
    page = NumericProperty(0)
    pages = NumericProperty(1)
    page_text = StringProperty()
    language = StringProperty()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self._rows: tuple[ProductRow, ...] = ()
        self._spare_cells: list[Widget] = []
        self._spare_filters: list[Widget] = []
        self._spare_categories: list[Widget] = []
        self._question: Question | None = None
        super().__init__(*args, **kwargs)
        for name in ("portrait", "searching"):
            self.fbind(name, self._from_the_top)
        self.fbind("cells_size", self._size_cells)

    def title(self) -> str:
        """What a touch does here."""
        return tr._("Products")

    def words(self, said: Said) -> str:
        """What happened to a code."""
        _ = tr._
        texts = {
            Note.NO_PRODUCT_CODE: _("This is not an item's code. Look for the striped barcode."),
            Note.CODE_ADDED: _("{name}: the barcode {code} was added."),
            Note.NOT_SAVED: _("It could not be saved: {reason}"),
        }
        values = dict(said.values)
        if "code" in values:
            values["code"] = code_text(str(values["code"]))
        return texts[Note(said.note)].format(**values)

    def draw(self, state: ProductsState) -> None:
        """The products that passed."""
        self.language = tr.language
        if state.query != self.query:
            self.ids.keyboard.text = state.query
        self.query_text = state.query or tr._("Type a part of the name")
        self.choosing = state.choosing_category
        self.finding = bool(state.finding)
        self.heading = _heading(state)
        self.nothing_text = "" if state.rows else tr._("Nothing found")
        self.category_text = category_name(state.category or ALL)
        self.category_texture = pictures.product(f"category-{state.category or 'all'}")
        self._show_filters(state)
        self._show_categories(state)
        if [row.product.product_id for row in state.rows] != [
            row.product.product_id for row in self._rows
        ]:
            self.page = 0
        self._rows = state.rows
        self._show_page()
        self._show_question(state)

    def on_query(self, *_args: object) -> None:
        """Every letter searches at once."""
        self.desk.search(self.query)

    def open_search(self) -> None:
        """The keyboard comes; what was searched for is still there to go on with."""
        self.searching = True

    def close_search(self) -> None:
        """The keyboard goes, what was found stays."""
        self.searching = False

    def forget_search(self) -> None:
        """All goods again."""
        self.ids.keyboard.text = ""
        self.searching = False

    def turn(self, pages: int) -> None:
        """So many pages on, or back."""
        self.page = min(max(self.page + pages, 0), self.pages - 1)
        self._show_page()

    def _show_filters(self, state: ProductsState) -> None:
        texts = _filter_texts()
        keys = reuse(self.ids.filters, len(texts), self._filter_key, self._spare_filters)
        for key, (wanted, text) in zip(keys, texts.items(), strict=True):
            key.choice, key.text = wanted.value, text
            key.chosen = wanted is state.filter

    def _show_categories(self, state: ProductsState) -> None:
        names = (ALL, *state.categories) if state.choosing_category else ()
        keys = reuse(self.ids.categories, len(names), self._category_key, self._spare_categories)
        for key, category in zip(keys, names, strict=True):
            key.category = category
            key.text = category_name(category)
            key.picture = pictures.product(f"category-{category or 'all'}")
            key.chosen = category == (state.category or ALL)

    def _show_question(self, state: ProductsState) -> None:
        if state.asked is None:
            if self._question is not None and self._question.parent is not None:
                self.remove_widget(self._question)
            return
        if self._question is None:
            self._question = Question()
            self._question.bind(
                on_yes=lambda *_args: self.desk.confirm(), on_no=lambda *_args: self.desk.refuse()
            )
        question = self._question
        question.heading = tr._("Is it this product?")
        question.text = tr._("{name}\nNew barcode: {code}").format(
            name=tied(state.asked.name_in(tr.language)),
            code=in_one_piece(code_text(state.finding)),
        )
        question.texture = pictures.product(state.asked.picture)
        question.no_text = tr._("No, another one")
        question.yes_text = tr._("Saving…") if state.saving else tr._("Yes, add the barcode")
        if question.parent is None:
            self.add_widget(question)

    def _from_the_top(self, *_args: object) -> None:
        self.page = 0
        self._show_page()

    def _show_page(self) -> None:
        self.columns, rows = self._shape()
        size = int(self.columns * rows)
        self.pages = pages_of(len(self._rows), size)
        self.page = min(self.page, self.pages - 1)
        self.page_text = f"{self.page + 1} / {self.pages}"
        shown = self._rows[self.page * size :][:size]
        cells = reuse(self.ids.cells, len(shown), self._cell, self._spare_cells)
        for cell, row in zip(cells, shown, strict=True):
            cell.fill(row)
        self._size_cells()

    def _size_cells(self, *_args: object) -> None:
        """Cells are as large as a full page makes them, however few there are."""
        columns, rows = self._shape()
        gap = self.ids.cells.spacing
        self.cell_width = cell_size(self.cells_size[0], columns, gap[0], 0)
        self.cell_height = cell_size(self.cells_size[1], rows, gap[1], 0)

    def _shape(self) -> tuple[int, int]:
        if self.searching:
            return PAGE_SEARCHING_PORTRAIT if self.portrait else PAGE_SEARCHING
        return PAGE_PORTRAIT if self.portrait else PAGE

    def _cell(self) -> ProductCell:
        cell = ProductCell()
        cell.bind(on_release=lambda touched: self.desk.open_product(touched.product_id))
        return cell

    def _filter_key(self) -> ProductChoiceKey:
        key = ProductChoiceKey()
        key.bind(on_release=lambda touched: self.desk.choose_filter(touched.choice))
        return key

    def _category_key(self) -> CategoryKey:
        key = CategoryKey(icon_size=CATEGORY_PICTURE)
        key.bind(on_release=lambda touched: self.desk.choose_category(touched.category))
        return key


def _heading(state: ProductsState) -> str:
    """What is asked for, or how to find something."""
    if state.finding:
        text = tr._("Which product has this barcode, too? {code}")
        return text.format(code=code_text(state.finding))
    return tr._("Scan a product or touch it.")


def _filter_texts() -> dict[Filter, str]:
    _ = tr._
    return {
        Filter.ALL: _("All"),
        Filter.SOLD_OUT: _("Sold out"),
        Filter.HIDDEN: _("Not shown"),
        Filter.NO_BARCODE: _("Without a barcode"),
    }
