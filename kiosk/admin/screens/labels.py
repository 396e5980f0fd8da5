"""Shelf tags and the price list: goods on the left, the paper and how it will look on the right."""

from __future__ import annotations

from typing import Any

from kivy.metrics import dp
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
from kiosk.admin.goods_lines import page_of
from kiosk.admin.labels_print import Paper
from kiosk.admin.labels_state import LabelRow, LabelsState, Note, Stage, Tab
from kiosk.admin.ports import Place
from kiosk.admin.screens import (
    goods_parts,  # noqa: F401  its kv is used here
    goods_picker,
    paper_preview,  # noqa: F401  kv names its widgets
)
from kiosk.admin.screens.goods_view import only
from kiosk.admin.screens.kv import load_kv
from kiosk.admin.screens.view import AdminView
from kiosk.domain.money import format_tenge
from kiosk.screens import pictures
from kiosk.screens.fit import tied
from kiosk.screens.tr import tr
from kiosk.screens.widgets import Key, reuse

load_kv("labels_parts", "labels_halves", "labels_panels", "labels")

ROW_HEIGHT_DP, ROW_GAP_DP = 76, 5
_OWN_NAMES = {"kk": "Қазақша", "ru": "Русский", "en": "English"}
_MEGABYTE = 1_000_000


class LabelsRow(BoxLayout):
    """A product, its price, and how many tags; ``view`` takes the touches."""

    view = ObjectProperty(None, allownone=True)
    product_id = StringProperty()
    name = StringProperty()
    price_text = StringProperty()
    copies = NumericProperty(0)
    texture = ObjectProperty(None, allownone=True)

    def fill(self, row: LabelRow) -> None:
        """Shows a product."""
        self.product_id = row.product.product_id
        self.name = tied(row.product.name_in(tr.language))
        self.price_text = format_tenge(row.price_tenge)
        self.copies = row.copies
        self.texture = pictures.product(row.product.picture)


class LabelsPaperKey(ButtonBehavior, BoxLayout):
    """A drawing of a paper with its name."""

    kind = StringProperty()
    name = StringProperty()
    measure = StringProperty()
    chosen = BooleanProperty(False)


class LabelsPlaceKey(Key):
    """Somewhere to put the file."""

    number = NumericProperty(0)


class LabelsPart(BoxLayout):
    """A part of the page; made by the view, so that its kv finds the view from the first."""

    view = ObjectProperty(None)


class LabelsMain(LabelsPart):
    """Choosing goods and paper."""


class LabelsGoods(LabelsPart):
    """Goods with their numbers of tags."""


class LabelsList(LabelsPart):
    """What the price list holds."""


class LabelsPaper(LabelsPart):
    """The paper, and how it will look."""


class LabelsPlaces(LabelsPart):
    """Where the file is to go."""


class LabelsSaved(LabelsPart):
    """Where the file is."""


class LabelsView(AdminView):
    """Three parts in one place: choosing, where to, and what was saved; or the picture list."""

    tab = StringProperty(Tab.ALL)
    paper = StringProperty(Paper.SHEET_24)
    is_list = BooleanProperty(False)
    page = ObjectProperty(None, allownone=True)
    chosen_text = StringProperty()
    changed_text = StringProperty()
    without_code_text = StringProperty()
    all_text = StringProperty()
    list_text = StringProperty()
    barcodes_text = StringProperty()
    large_text = StringProperty()
    small_text = StringProperty()
    sum_text = StringProperty()
    codes_text = StringProperty()
    lacks_codes = BooleanProperty(False)
    nothing_text = StringProperty()
    page_text = StringProperty()
    row_page = NumericProperty(0)
    row_pages = NumericProperty(1)
    ready = BooleanProperty(False)
    busy = BooleanProperty(False)
    save_text = StringProperty()
    saved_where = StringProperty()
    saved_name = StringProperty()
    saved_pages = StringProperty()
    no_stick = BooleanProperty(False)

    def __init__(self, desk: Any, **kwargs: Any) -> None:
        super().__init__(desk, **kwargs)
        self._main = LabelsMain(view=self)
        self._main.ids.paper.add_widget(LabelsPaper(view=self))
        self._goods = LabelsGoods(view=self)
        self._goods.ids.area.bind(height=lambda *_: self._show_rows())
        self._list = LabelsList(view=self)
        self._picker = goods_picker.GoodsPicker(view=self)
        self._places = LabelsPlaces(view=self)
        self._saved = LabelsSaved(view=self)
        self._spare_rows: list[Widget] = []
        self._spare_places: list[Widget] = []
        self._rows: tuple[LabelRow, ...] = ()
        self._picking = False

    def title(self) -> str:
        """The page's name."""
        return tr._("Tags and price list")

    def words(self, said: Said) -> str:
        """The sentence for what the desk says."""
        _ = tr._
        sentences = {
            Note.ADDED: _("Added: {name}"),
            Note.UNKNOWN: _("This code is not in the list. Make a product of it first."),
            Note.LIST_HAS_ALL: _("The price list holds all goods already."),
            Note.CODES_GIVEN: _("New barcodes: {n}. They stand on the tags."),
            Note.NOT_SAVED: _("It could not be saved. Please try once more."),
            Note.NOT_WRITTEN: _(
                "The file could not be written. Take another stick, or make room on this one."
            ),
        }
        return sentences[Note(said.note)].format(**said.values)

    def draw(self, state: LabelsState) -> None:
        """The part that is on, and everything in it."""
        self.busy = state.busy
        self._draw_rows(state)
        self._draw_paper(state)
        self._draw_places(state)
        self._draw_saved(state)
        self._draw_picker(state)
        only(self._main.ids.side, self._list if self.is_list else self._goods)
        only(self.ids.place, self._part(state))

    def choose_tab(self, tab: str) -> None:
        """Another list, from its top."""
        self.row_page = 0
        self.desk.show_tab(Tab(tab))

    def choose_paper(self, kind: str) -> None:
        """Another paper."""
        self.desk.choose_paper(Paper(kind))

    def turn(self, pages: int) -> None:
        """So many pages on, or back."""
        self.row_page += pages
        self._show_rows()

    # --- inside ---

    def _part(self, state: LabelsState) -> Widget:
        if state.picking:
            return self._picker
        parts = {
            Stage.CHOOSE: self._main,
            Stage.PLACES: self._places,
            Stage.SAVED: self._saved,
        }
        return parts[state.stage]

    def _draw_rows(self, state: LabelsState) -> None:
        _ = tr._
        counts = dict(state.counts)
        self.chosen_text = _("Chosen: {n}").format(n=counts.get(Tab.CHOSEN, 0))
        self.changed_text = _("Changed: {n}").format(n=counts.get(Tab.CHANGED, 0))
        self.without_code_text = _("No barcode: {n}").format(n=counts.get(Tab.WITHOUT_CODE, 0))
        self.all_text = _("All: {n}").format(n=counts.get(Tab.ALL, 0))
        if state.tab != self.tab:
            self.row_page = 0
        self.tab = state.tab
        self._rows = state.rows
        self.nothing_text = "" if state.rows else _nothing_text(state.tab)
        self._show_rows()

    def _show_rows(self) -> None:
        gap_px = dp(ROW_GAP_DP)
        fitting = int((self._goods.ids.area.height + gap_px) // (dp(ROW_HEIGHT_DP) + gap_px))
        shown, self.row_page, self.row_pages = page_of(
            self._rows, int(self.row_page), max(fitting, 1)
        )
        self.page_text = f"{int(self.row_page) + 1} / {int(self.row_pages)}"
        rows = reuse(
            self._goods.ids.rows, len(shown), lambda: LabelsRow(view=self), self._spare_rows
        )
        for widget, row in zip(rows, shown, strict=True):
            widget.fill(row)

    def _draw_paper(self, state: LabelsState) -> None:
        _ = tr._
        self.paper = state.paper
        self.is_list = state.paper is Paper.PRICE_LIST
        self.page = state.preview
        self.large_text = _("Large: {language}").format(language=_OWN_NAMES[state.large])
        small = _OWN_NAMES[state.small] if state.small else _("none")
        self.small_text = _("Small: {language}").format(language=small)
        self.list_text = _("All goods that can be bought, by category: {n}").format(n=state.tags)
        with_barcodes, without = _("Print barcodes: yes"), _("Print barcodes: no")
        self.barcodes_text = with_barcodes if state.with_barcodes else without
        self.sum_text = _sum_text(state)
        self.lacks_codes = state.without_code > 0
        self.codes_text = _("Give barcodes: {n}").format(n=state.without_code)
        self.ready = state.tags > 0 and not state.busy
        self.save_text = _("One moment…") if state.busy else _("Save for printing")

    def _draw_places(self, state: LabelsState) -> None:
        self.no_stick = not any(place.is_stick for place in state.places)
        keys = reuse(
            self._places.ids.places, len(state.places), self._place_key, self._spare_places
        )
        for number, (key, place) in enumerate(zip(keys, state.places, strict=True)):
            key.number = number
            key.text = _place_text(place)
            key.disabled = state.busy

    def _draw_saved(self, state: LabelsState) -> None:
        saved = state.saved
        if saved is None:
            return
        on_stick = tr._("The file is on the stick: {name}").format(name=saved.place.name)
        here = tr._("The file is in the kiosk: {folder}").format(folder=saved.place.path)
        self.saved_where = on_stick if saved.place.is_stick else here
        self.saved_name = saved.name
        self.saved_pages = tr._("Pages: {n}").format(n=saved.pages)

    def _draw_picker(self, state: LabelsState) -> None:
        if state.picking and not self._picking:
            self._picker.begin()
        self._picking = state.picking
        if state.picking:
            self._picker.portrait = self.portrait
            self._picker.fill(state.listing, state.query)

    def _place_key(self) -> LabelsPlaceKey:
        key = LabelsPlaceKey()
        key.bind(on_release=lambda touched: self.desk.choose_place(int(touched.number)))
        return key


def _nothing_text(tab: Tab) -> str:
    _ = tr._
    texts = {
        Tab.CHOSEN: _("Scan goods or pick them from the list"),
        Tab.CHANGED: _("No name and no price was changed this week"),
        Tab.WITHOUT_CODE: _("All goods have a barcode"),
        Tab.ALL: _("There are no goods yet"),
    }
    return texts[tab]


def _sum_text(state: LabelsState) -> str:
    if not state.tags:
        return tr._("Nothing is chosen yet")
    if state.paper is Paper.PRICE_LIST:
        return tr._("Pages: {n}").format(n=state.pages)
    return tr._("Tags: {tags}. Pages: {pages}").format(tags=state.tags, pages=state.pages)


def _place_text(place: Place) -> str:
    _ = tr._
    free = place.free_bytes // _MEGABYTE
    stick = _("USB stick: {name}\nFree: {n} MB")
    own = _("In the kiosk itself\nFree: {n} MB")
    return (stick if place.is_stick else own).format(name=place.name, n=free)
