"""One product of the picture list: a tile to touch, kept and filled with another product."""

from __future__ import annotations

from kivy.properties import BooleanProperty, ObjectProperty, StringProperty
from kivy.uix.behaviors import ButtonBehavior
from kivy.uix.boxlayout import BoxLayout

from kiosk.domain.money import format_tenge
from kiosk.domain.products import Product, Status
from kiosk.screens import pictures
from kiosk.screens.fit import tied
from kiosk.screens.kv import load_kv
from kiosk.screens.tr import tr

load_kv("product_tile")


class ProductTile(ButtonBehavior, BoxLayout):
    """Picture, name, price; a touch puts one into the basket."""

    product_id = StringProperty()
    name = StringProperty()
    price_text = StringProperty()
    texture = ObjectProperty(None, allownone=True)
    sold_out = BooleanProperty(False)
    compact = BooleanProperty(False)
    """Picture beside the name, not above it."""

    def fill(self, product: Product, language: str) -> None:
        """Shows a product; sold-out goods stay touchable, for who holds one has found it."""
        self.product_id = product.product_id
        self.name = tied(product.name_in(language))
        self.sold_out = product.status is Status.SOLD_OUT
        price = format_tenge(product.price_tenge)
        self.price_text = tr._("Sold out") if self.sold_out else price
        self.texture = pictures.product(product.picture)
