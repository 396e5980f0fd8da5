"""Tiles of goods a page at a time, searched by name: for shoppers and in the back room alike."""

from __future__ import annotations

from typing import Any

from kivy.properties import BooleanProperty, ListProperty, NumericProperty, StringProperty
from kivy.uix.widget import Widget

from kiosk.domain.products import Product
from kiosk.screens.product_tile import ProductTile
from kiosk.screens.tr import tr
from kiosk.screens.widgets import reuse

PAGE, PAGE_PORTRAIT = (5, 2), (3, 4)
"""Columns and rows of a page; turned by large keys, for dragging is not known to everybody."""
PAGE_SEARCHING, PAGE_SEARCHING_PORTRAIT = (4, 1), (2, 5)
"""The same while the keyboard takes its half of the screen."""


class ProductPages:
    """What a widget with tiles and a keyboard does; its kv has ``tiles`` and ``keyboard``.

    The same tiles are filled anew on every page. The widget has ``portrait`` and says what
    searching and touching a tile mean.
    """

    ids: Any
    portrait: Any
    fbind: Any

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
        for name in ("portrait", "searching"):
            self.fbind(name, self._from_the_top)
        self.fbind("tiles_size", self._size_tiles)

    def search(self, query: str) -> None:
        """A part of a name was typed."""
        raise NotImplementedError

    def pick(self, product_id: str) -> None:
        """A tile was touched."""
        raise NotImplementedError

    def begin(self) -> None:
        """Each time from the top, without a search."""
        self.searching = False
        self.ids.keyboard.text = ""
        self.page = 0

    def fill(self, listing: tuple[Product, ...], query: str) -> None:
        """The goods that match."""
        self.language = tr.language
        self.query_text = query or tr._("Type a part of the name")
        self.nothing_text = "" if listing else tr._("Nothing found")
        if listing != self._listing:
            self._listing = listing
            self.page = 0
        self._show_page()

    def on_query(self, *_args: object) -> None:
        """Every letter searches at once."""
        self.search(self.query)

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
        self.page += pages
        self._show_page()

    def _from_the_top(self, *_args: object) -> None:
        self.page = 0
        self._show_page()

    def _show_page(self) -> None:
        self.columns, rows = self._page_shape()
        size = int(self.columns * rows)
        self.pages = pages_of(len(self._listing), size)
        self.page = min(max(self.page, 0), self.pages - 1)
        self.page_text = f"{self.page + 1} / {self.pages}"
        shown = self._listing[int(self.page) * size :][:size]
        tiles = reuse(self.ids.tiles, len(shown), self._tile, self._spare_tiles)
        for tile, product in zip(tiles, shown, strict=True):
            tile.compact = self.searching
            tile.fill(product, self.language)
        self._size_tiles()

    def _size_tiles(self, *_args: object) -> None:
        """Tiles are as large as a full page makes them, however few there are."""
        grid = self.ids.tiles
        columns, rows = self._page_shape()
        self.tile_width = cell_size(self.tiles_size[0], columns, grid.spacing[0], 0)
        self.tile_height = cell_size(self.tiles_size[1], rows, grid.spacing[1], grid.padding[3])

    def _page_shape(self) -> tuple[int, int]:
        """Columns and rows of tiles that have room."""
        if self.searching:
            return PAGE_SEARCHING_PORTRAIT if self.portrait else PAGE_SEARCHING
        return PAGE_PORTRAIT if self.portrait else PAGE

    def _tile(self) -> ProductTile:
        tile = ProductTile()
        tile.bind(on_release=lambda touched: self.pick(touched.product_id))
        return tile


def cell_size(whole: float, cells: int, spacing: float, padding: float) -> float:
    """How wide or high each of so many cells is."""
    return max(1.0, (whole - padding - spacing * (cells - 1)) / cells)


def pages_of(goods: int, page_size: int) -> int:
    """How many pages so many goods fill; an empty list is one empty page."""
    return max(1, -(-goods // page_size))
