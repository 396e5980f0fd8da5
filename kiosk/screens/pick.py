"""The picture list: goods without a barcode first, categories, search."""

from __future__ import annotations

from typing import Any

from kivy.properties import (
    BooleanProperty,
    ListProperty,
    NumericProperty,
    StringProperty,
)
from kivy.uix.widget import Widget

from kiosk.domain.products import Product
from kiosk.screens import pictures
from kiosk.screens.kv import load_kv
from kiosk.screens.product_tile import ProductTile
from kiosk.screens.tr import tr
from kiosk.screens.widgets import Key, View, reuse
from kiosk.views import TillState

load_kv("pick")

PAGE, PAGE_PORTRAIT = (5, 2), (3, 4)
"""Columns and rows of a page; turned by large keys, for dragging is not known to everybody."""
PAGE_SEARCHING, PAGE_SEARCHING_PORTRAIT = (4, 1), (2, 5)
"""The same while the keyboard takes its half of the screen."""
ALL = ""
"""Stands for no category on a key."""


class CategoryKey(Key):
    """One category; ``category`` is empty for all goods."""

    category = StringProperty()
    chosen = BooleanProperty(False)


class PickScreen(View):
    """Tiles to touch, a page at a time; the same tiles are filled anew on every page."""

    columns = NumericProperty(PAGE[0])
    query = StringProperty()
    query_text = StringProperty()
    searching = BooleanProperty(False)
    nothing_text = StringProperty()
    language = StringProperty()
    tiles_size = ListProperty([1, 1])
    tile_width = NumericProperty(1)
    tile_height = NumericProperty(1)
    page = NumericProperty(0)
    pages = NumericProperty(1)
    page_text = StringProperty()

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._listing: tuple[Product, ...] = ()
        self._spare_tiles: list[Widget] = []
        self._spare_keys: list[Widget] = []
        for name in ("portrait", "searching"):
            self.fbind(name, self._from_the_top)
        self.fbind("tiles_size", self._size_tiles)

    def on_pre_enter(self, *_args: Any) -> None:
        """Each time from the top, without a search."""
        self.searching = False
        self.ids.keyboard.text = ""
        self.page = 0

    def on_query(self, *_args: object) -> None:
        """Every letter searches at once."""
        if self.events is not None:
            self.events.search(self.query)

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

    def show(self, state: TillState) -> None:
        """The goods that match."""
        self.language = state.language
        self.query_text = state.query or tr._("Type a part of the name")
        self.nothing_text = "" if state.listing else tr._("Nothing found")
        self._show_categories(state)
        if state.listing != self._listing:
            self._listing = state.listing
            self.page = 0
        self._show_page()

    def _show_categories(self, state: TillState) -> None:
        names = (ALL, *state.categories)
        keys = reuse(self.ids.categories, len(names), self._category_key, self._spare_keys)
        for key, category in zip(keys, names, strict=True):
            key.category = category
            key.text = category_name(category)
            key.picture = pictures.product(f"category-{category or 'all'}")
            key.chosen = category == (state.category or ALL)

    def _from_the_top(self, *_args: object) -> None:
        self.page = 0
        self._show_page()

    def _show_page(self) -> None:
        self.columns, rows = page_shape(searching=self.searching, portrait=self.portrait)
        size = int(self.columns * rows)
        self.pages = pages_of(len(self._listing), size)
        self.page_text = f"{self.page + 1} / {self.pages}"
        shown = self._listing[self.page * size :][:size]
        tiles = reuse(self.ids.tiles, len(shown), self._tile, self._spare_tiles)
        for tile, product in zip(tiles, shown, strict=True):
            tile.compact = self.searching
            tile.fill(product, self.language)
        self._size_tiles()

    def _size_tiles(self, *_args: object) -> None:
        """Tiles are as large as a full page makes them, however few there are."""
        grid = self.ids.tiles
        columns, rows = page_shape(searching=self.searching, portrait=self.portrait)
        self.tile_width = cell_size(self.tiles_size[0], columns, grid.spacing[0], 0)
        self.tile_height = cell_size(self.tiles_size[1], rows, grid.spacing[1], grid.padding[3])

    def _category_key(self) -> CategoryKey:
        key = CategoryKey()
        key.bind(on_release=lambda k: self.events.choose_category(k.category or None))
        return key

    def _tile(self) -> ProductTile:
        tile = ProductTile()
        tile.bind(on_release=lambda t: self.events.pick(t.product_id))
        return tile


def category_name(category: str) -> str:
    """The category in the current language; an unknown one as the catalogue has it."""
    _ = tr._
    names = {
        ALL: _("All goods"),
        "drinks": _("Drinks"),
        "snacks": _("Snacks"),
        "sweets": _("Sweets"),
        "bakery": _("Bakery"),
        "household": _("Household"),
        "stationery": _("Stationery"),
        "other": _("Other"),
    }
    return names.get(category, category)


def page_shape(*, searching: bool, portrait: bool) -> tuple[int, int]:
    """Columns and rows of tiles that have room."""
    if searching:
        return PAGE_SEARCHING_PORTRAIT if portrait else PAGE_SEARCHING
    return PAGE_PORTRAIT if portrait else PAGE


def cell_size(whole: float, cells: int, spacing: float, padding: float) -> float:
    """How wide or high each of so many cells is."""
    return max(1.0, (whole - padding - spacing * (cells - 1)) / cells)


def pages_of(goods: int, page_size: int) -> int:
    """How many pages so many goods fill; an empty list is one empty page."""
    return max(1, -(-goods // page_size))
