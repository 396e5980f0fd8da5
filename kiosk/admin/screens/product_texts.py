"""The editor's parts for words: names in three languages, and the category."""

from __future__ import annotations

from typing import Any

from kivy.properties import ObjectProperty, StringProperty
from kivy.uix.boxlayout import BoxLayout
from kivy.uix.widget import Widget

from kiosk.admin.product_form import NAME_LENGTH_MAX
from kiosk.admin.product_state import ProductState
from kiosk.admin.screens.kv import load_kv
from kiosk.domain.products import CATEGORIES
from kiosk.screens import pictures
from kiosk.screens.pick import CategoryKey, category_name
from kiosk.screens.widgets import reuse

load_kv("product_texts")

CARET = "|"
CATEGORY_PICTURE = "96dp"


class NamePart(BoxLayout):
    """A keyboard, and a key for each language's name."""

    view = ObjectProperty(None)
    typed = StringProperty()
    shown_text = StringProperty(CARET)
    language = StringProperty()
    """Whose name is typed; it sets the letters."""

    def on_kv_post(self, _base: Any) -> None:
        """The keyboard counts as the form does."""
        self.ids.keyboard.length_max = NAME_LENGTH_MAX

    def opened(self, state: ProductState) -> None:
        """That language's letters, and the name it has."""
        # First the text: a letter's event must not reach the other language's name.
        self.language = ""
        self.ids.keyboard.text = state.form.names.get(state.name_language, "")
        self.language = state.name_language

    def draw(self, state: ProductState) -> None:
        """The name as far as it is typed."""
        self.shown_text = state.form.names.get(state.name_language, "") + CARET

    def on_typed(self, *_args: object) -> None:
        """Every letter is in the form at once."""
        if self.language:
            self.view.desk.type_name(self.typed)


class CategoryPart(BoxLayout):
    """A key for each category."""

    view = ObjectProperty(None)

    def __init__(self, **kwargs: Any) -> None:
        self._spare: list[Widget] = []
        super().__init__(**kwargs)

    def opened(self, _state: ProductState) -> None:
        """Nothing to prepare."""

    def draw(self, state: ProductState) -> None:
        """The present one is filled; one that only the centre knows stays choosable."""
        category = state.form.category
        names = CATEGORIES if category in CATEGORIES else (*CATEGORIES, category)
        keys = reuse(self.ids.categories, len(names), self._key, self._spare)
        for key, name in zip(keys, names, strict=True):
            key.category = name
            key.text = category_name(name)
            key.picture = pictures.product(f"category-{name}")
            key.chosen = name == category

    def _key(self) -> CategoryKey:
        key = CategoryKey(icon_size=CATEGORY_PICTURE)
        key.bind(on_release=lambda touched: self.view.desk.set_category(touched.category))
        return key
