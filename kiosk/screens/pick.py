"""The picture list: goods without a barcode first, categories, search."""

from __future__ import annotations

from typing import Any

from kivy.properties import BooleanProperty, StringProperty
from kivy.uix.widget import Widget

from kiosk.screens import pictures
from kiosk.screens.kv import load_kv
from kiosk.screens.product_pages import ProductPages
from kiosk.screens.tr import tr
from kiosk.screens.widgets import Key, View, reuse
from kiosk.views import TillState

load_kv("pick")

ALL = ""
"""Stands for no category on a key."""


class CategoryKey(Key):
    """One category; ``category`` is empty for all goods."""

    category = StringProperty()
    chosen = BooleanProperty(False)


class PickScreen(ProductPages, View):
    """Tiles to touch, a page at a time, of all goods or of a category."""

    def __init__(self, **kwargs: Any) -> None:
        self._spare_keys: list[Widget] = []
        super().__init__(**kwargs)

    def on_pre_enter(self, *_args: Any) -> None:
        """Each time from the top, without a search."""
        self.begin()

    def search(self, query: str) -> None:
        """To the till."""
        if self.events is not None:
            self.events.search(query)

    def pick(self, product_id: str) -> None:
        """Into the basket."""
        self.events.pick(product_id)

    def show(self, state: TillState) -> None:
        """The goods that match, and the categories."""
        self._show_categories(state)
        self.fill(state.listing, state.query)

    def _show_categories(self, state: TillState) -> None:
        names = (ALL, *state.categories)
        keys = reuse(self.ids.categories, len(names), self._category_key, self._spare_keys)
        for key, category in zip(keys, names, strict=True):
            key.category = category
            key.text = category_name(category)
            key.picture = pictures.product(f"category-{category or 'all'}")
            key.chosen = category == (state.category or ALL)

    def _category_key(self) -> CategoryKey:
        key = CategoryKey()
        key.bind(on_release=lambda k: self.events.choose_category(k.category or None))
        return key


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
