"""Keys and words that the pages about products share."""

from __future__ import annotations

from typing import Any

from kivy.graphics.texture import Texture
from kivy.properties import BooleanProperty, ObjectProperty, StringProperty
from kivy.uix.behaviors import ButtonBehavior
from kivy.uix.boxlayout import BoxLayout

from kiosk.admin.screens.kv import load_kv
from kiosk.domain.products import Status
from kiosk.screens import pick  # noqa: F401  its kv has the keys that turn pages
from kiosk.screens.keypad import grouped
from kiosk.screens.overlays import Veil
from kiosk.screens.tr import tr
from kiosk.screens.widgets import Key

load_kv("product_keys")


class ProductChoiceKey(Key):
    """One of several; the chosen one is filled. ``choice`` is what it stands for."""

    choice = StringProperty()
    chosen = BooleanProperty(False)


class ProductFieldKey(ButtonBehavior, BoxLayout):
    """A field of a form: what it is, what it says now; a touch edits it."""

    caption = StringProperty()
    value = StringProperty()
    missing = BooleanProperty(False)


class Question(Veil):
    """Asked over the page: two keys, ``yes`` and ``no``, each an event of its own."""

    heading = StringProperty()
    text = StringProperty()
    yes_text = StringProperty()
    no_text = StringProperty()
    third_text = StringProperty()
    texture = ObjectProperty(None, allownone=True)

    def __init__(self, **kwargs: Any) -> None:
        for event in ("on_yes", "on_no", "on_third"):
            self.register_event_type(event)
        super().__init__(**kwargs)

    def on_yes(self) -> None:
        """The large key."""

    def on_no(self) -> None:
        """The other one."""

    def on_third(self) -> None:
        """A third one, where there is a word for it."""


def code_text(gtin14: str) -> str:
    """A barcode as it stands under the bars."""
    return grouped(gtin14.lstrip("0"))


def status_text(status: Status) -> str:
    """What a shopper may do with it, in the current language."""
    _ = tr._
    texts = {
        Status.ON_SALE: _("On sale"),
        Status.SOLD_OUT: _("Sold out"),
        Status.HIDDEN: _("Hidden"),
        Status.NOT_FOR_SALE: _("Not for sale"),
    }
    return texts[status]


def stock_text(stock: int | None) -> str:
    """How many are on the shelf by the book; empty when nobody ever counted."""
    return "" if stock is None else tr._("On the shelf: {n}").format(n=stock)


def rgb_texture(pixels: bytes, size: tuple[int, int]) -> Any:
    """A texture of RGB rows that begin at the top."""
    texture = Texture.create(size=size, colorfmt="rgb")
    texture.flip_vertical()
    texture.blit_buffer(pixels, colorfmt="rgb", bufferfmt="ubyte")
    return texture
