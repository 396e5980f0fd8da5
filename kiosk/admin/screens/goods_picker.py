"""The picture list of the back room: all goods a page at a time, searched by name."""

from __future__ import annotations

from kivy.properties import BooleanProperty, ObjectProperty
from kivy.uix.boxlayout import BoxLayout

from kiosk.admin.screens.kv import load_kv
from kiosk.screens.product_pages import ProductPages

load_kv("goods_picker")


class GoodsPicker(ProductPages, BoxLayout):
    """Tiles to touch; ``view.desk`` searches and takes what was picked."""

    view = ObjectProperty(None, allownone=True)
    portrait = BooleanProperty(False)

    def search(self, query: str) -> None:
        """To the desk."""
        if self.view is not None:
            self.view.desk.search(query)

    def pick(self, product_id: str) -> None:
        """To the desk."""
        self.view.desk.pick(product_id)
