"""The picture list of the back room: all goods a page at a time, searched by name."""

from __future__ import annotations

from typing import Any

from kivy.properties import (
    BooleanProperty,
    ListProperty,
    NumericProperty,
    ObjectProperty,
    StringProperty,
)
from kivy.uix.boxlayout import BoxLayout
from kivy.uix.widget import Widget

from kiosk.admin.goods_lines import page_of
from kiosk.admin.screens.kv import load_kv
from kiosk.domain.products import Product
from kiosk.screens.pick import cell_size, page_shape
from kiosk.screens.product_tile import ProductTile
from kiosk.screens.tr import tr
from kiosk.screens.widgets import reuse

load_kv("goods_picker")


class GoodsPicker(BoxLayout):
    """Tiles to touch; ``view.desk`` searches and takes what was picked."""

    view = ObjectProperty(None, allownone=True)
    portrait = BooleanProperty(False)
    columns = NumericProperty(5)
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
        self._spare: list[Widget] = []
        for name in ("portrait", "searching"):
            self.fbind(name, self._from_the_top)
        self.fbind("tiles_size", self._size_tiles)

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
        if self.view is not None:
            self.view.desk.search(self.query)

    def open_search(self) -> None:
        """The keyboard comes."""
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
        self.columns, rows = page_shape(searching=self.searching, portrait=self.portrait)
        size = int(self.columns * rows)
        shown, self.page, self.pages = page_of(self._listing, int(self.page), size)
        self.page_text = f"{self.page + 1} / {self.pages}"
        tiles = reuse(self.ids.tiles, len(shown), self._tile, self._spare)
        for tile, product in zip(tiles, shown, strict=True):
            tile.compact = self.searching
            tile.fill(product, tr.language)
        self._size_tiles()

    def _size_tiles(self, *_args: object) -> None:
        grid = self.ids.tiles
        columns, rows = page_shape(searching=self.searching, portrait=self.portrait)
        self.tile_width = cell_size(self.tiles_size[0], columns, grid.spacing[0], 0)
        self.tile_height = cell_size(self.tiles_size[1], rows, grid.spacing[1], grid.padding[3])

    def _tile(self) -> ProductTile:
        tile = ProductTile()
        tile.bind(on_release=lambda touched: self.view.desk.pick(touched.product_id))
        return tile
