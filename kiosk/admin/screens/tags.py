"""Changed prices, a page at a time: choose, print, hang, confirm."""

from __future__ import annotations

from typing import Any

from kivy.properties import (
    BooleanProperty,
    NumericProperty,
    ObjectProperty,
    StringProperty,
)
from kivy.uix.behaviors import ButtonBehavior
from kivy.uix.boxlayout import BoxLayout
from kivy.uix.widget import Widget

from kiosk.admin.desk import Said
from kiosk.admin.ports import PendingTag
from kiosk.admin.screens import product_keys  # noqa: F401  its kv has the keys to choose with
from kiosk.admin.screens.kv import load_kv
from kiosk.admin.screens.view import AdminView
from kiosk.admin.tags import Note, TagsState
from kiosk.domain.money import format_tenge
from kiosk.screens import pictures
from kiosk.screens.fit import tied
from kiosk.screens.product_pages import pages_of
from kiosk.screens.tr import tr
from kiosk.screens.widgets import reuse

load_kv("tags")

ROWS, ROWS_PORTRAIT = 5, 9


class TagLine(ButtonBehavior, BoxLayout):
    """One product with its old and its new price; a touch chooses it or leaves it out."""

    product_id = StringProperty()
    name = StringProperty()
    old_text = StringProperty()
    new_text = StringProperty()
    texture = ObjectProperty(None, allownone=True)
    chosen = BooleanProperty(False)

    def fill(self, tag: PendingTag, *, chosen: bool) -> None:
        """Shows a changed price."""
        product = tag.product
        self.product_id = product.product_id
        self.name = tied(product.name_in(tr.language))
        self.old_text = tr._("was {amount}").format(amount=format_tenge(product.price_tenge))
        self.new_text = format_tenge(tag.price_tenge)
        self.texture = pictures.product(product.picture)
        self.chosen = chosen


class TagsView(AdminView):
    """The list and its two main keys."""

    nothing_text = StringProperty()
    hint_text = StringProperty()
    confirm_text = StringProperty()
    all_text = StringProperty()
    any_tag = BooleanProperty(False)
    ready = BooleanProperty(False)
    page = NumericProperty(0)
    pages = NumericProperty(1)
    page_text = StringProperty()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self._state = TagsState()
        self._spare: list[Widget] = []
        super().__init__(*args, **kwargs)
        self.fbind("portrait", lambda *_args: self._show_page())

    def title(self) -> str:
        """What the page is about."""
        return tr._("New price tags")

    def words(self, said: Said) -> str:
        """What happened."""
        _ = tr._
        texts = {
            Note.CHANGED_MEANWHILE: _("More prices have changed just now. Please look again."),
            Note.NOT_SAVED: _("It could not be saved: {reason}"),
        }
        if said.note is Note.CONFIRMED:
            text = _("Prices in effect now: {n}")
        else:
            text = texts[Note(said.note)]
        return text.format(**said.values)

    def draw(self, state: TagsState) -> None:
        """What waits, and what is chosen."""
        self._state = state
        self.any_tag = bool(state.tags)
        self.nothing_text = "" if state.tags else tr._("No new price waits for its tag.")
        self.hint_text = _hint_text(state)
        self.ready = bool(state.chosen) and not state.saving
        self.confirm_text = tr._("Saving…") if state.saving else tr._("The new tags hang")
        self.all_text = tr._("Choose none") if state.all_chosen else tr._("Choose all")
        self._show_page()

    def turn(self, pages: int) -> None:
        """So many pages on, or back."""
        self.page = min(max(self.page + pages, 0), self.pages - 1)
        self._show_page()

    def _show_page(self) -> None:
        size = ROWS_PORTRAIT if self.portrait else ROWS
        tags = self._state.tags
        self.pages = pages_of(len(tags), size)
        self.page = min(self.page, self.pages - 1)
        self.page_text = f"{self.page + 1} / {self.pages}"
        shown = tags[int(self.page) * size :][:size]
        lines = reuse(self.ids.lines, len(shown), self._line, self._spare)
        for line, tag in zip(lines, shown, strict=True):
            line.fill(tag, chosen=tag.product.product_id in self._state.chosen)

    def _line(self) -> TagLine:
        line = TagLine()
        line.bind(on_release=lambda touched: self.desk.toggle(touched.product_id))
        return line


def _hint_text(state: TagsState) -> str:
    """What to do, and how many are meant."""
    if not state.tags:
        return ""
    text = tr._("Chosen: {n} of {total}. Print the tags, hang them up, then confirm.")
    return text.format(n=len(state.chosen), total=len(state.tags))
