"""What a file would change, and what is wrong with it, before anything is done."""

from __future__ import annotations

from typing import Any

from kivy.properties import BooleanProperty, NumericProperty, ObjectProperty, StringProperty
from kivy.uix.boxlayout import BoxLayout
from kivy.uix.widget import Widget

from kiosk.admin.screens.kv import load_kv
from kiosk.admin.sheets import FieldLine, Line, SheetsState, Stage, Tab
from kiosk.domain.money import format_tenge
from kiosk.domain.products import CATEGORIES, Product, Status
from kiosk.screens.fit import tied
from kiosk.screens.pick import category_name
from kiosk.screens.tr import tr
from kiosk.screens.widgets import Key, reuse
from kiosk.sheets.cells import category_text, codes_text, status_text
from kiosk.sheets.columns import Column
from kiosk.sheets.faults import Fault, Wrong, sentence
from kiosk.sheets.preview import Change, Preview

load_kv("sheets_preview")

EMPTY = "–"
"""Stands where a field is or was empty."""


class SheetTab(Key):
    """One part of the preview and how much is in it."""

    chosen = BooleanProperty(False)
    bad = BooleanProperty(False)


class SheetLine(BoxLayout):
    """One line: which goods or row, what, before, after or the sentence."""

    first = StringProperty()
    second = StringProperty()
    before = StringProperty()
    after = StringProperty()
    is_fault = BooleanProperty(False)
    tall = BooleanProperty(False)
    """On an upright panel a sentence takes more lines, and there is room for them."""


class PreviewPanel(BoxLayout):
    """Counts to touch, the lines of one of them, and the key that applies everything."""

    desk = ObjectProperty(None, allownone=True)
    flow = StringProperty("horizontal")
    new_text = StringProperty()
    changed_text = StringProperty()
    unchanged_text = StringProperty()
    faults_text = StringProperty()
    has_faults = BooleanProperty(False)
    tab = StringProperty(Tab.CHANGED)
    note_text = StringProperty()
    nothing_text = StringProperty()
    apply_text = StringProperty()
    ready = BooleanProperty(False)
    saving = BooleanProperty(False)
    page = NumericProperty(0)
    pages = NumericProperty(1)
    page_text = StringProperty()

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._spare: list[Widget] = []

    def draw(self, state: SheetsState) -> None:
        """The preview's counts and the lines of this page."""
        found = state.preview
        if found is None:
            return
        self._draw_counts(found)
        self.tab = state.tab
        self.saving = state.stage is Stage.SAVING
        self.ready = found.can_apply and not self.saving
        self.apply_text = _apply_text(found, saving=self.saving)
        self.note_text = _note_text(found)
        self.nothing_text = "" if state.lines else tr._("Nothing here")
        self.page, self.pages = state.page, state.pages
        self.page_text = f"{state.page + 1} / {state.pages}"
        lines = reuse(self.ids.lines, len(state.lines), SheetLine, self._spare)
        for widget, line in zip(lines, state.lines, strict=True):
            widget.tall = self.flow == "vertical"
            _fill(widget, line, tr.language)

    def on_flow(self, *_args: object) -> None:
        """Lines that are on grow or shrink with the panel."""
        for line in self.ids.lines.children:
            line.tall = self.flow == "vertical"

    def open_tab(self, tab: str) -> None:
        """Lists another part."""
        self.desk.open_tab(Tab(tab))

    def _draw_counts(self, found: Preview) -> None:
        self.new_text = tr._("New: {n}").format(n=len(found.new))
        self.changed_text = tr._("Changed: {n}").format(n=len(found.changed))
        self.unchanged_text = tr._("Unchanged: {n}").format(n=found.unchanged)
        self.faults_text = tr._("To put right: {n}").format(n=len(found.faults))
        self.has_faults = bool(found.faults)


def column_name(column: Column) -> str:
    """A field's name on the screen."""
    _ = tr._
    names = {
        Column.ID: _("Id"),
        Column.NAME_KK: _("Name in Kazakh"),
        Column.NAME_RU: _("Name in Russian"),
        Column.NAME_EN: _("Name in English"),
        Column.PRICE: _("Price"),
        Column.CATEGORY: _("Category"),
        Column.CODES: _("Barcodes"),
        Column.CASES: _("Cases"),
        Column.PICTURE: _("Picture"),
        Column.STATUS: _("Status"),
        Column.STOCK: _("Stock"),
    }
    return names[column]


def value_text(column: Column, value: str, language: str) -> str:
    """A field's value as a person reads it."""
    if not value:
        return EMPTY
    if column is Column.PRICE:
        return format_tenge(int(value))
    if column is Column.CATEGORY:
        return category_name(value)
    if column is Column.STATUS:
        return status_text(Status(value), language)
    return value


def fault_text(fault: Fault, language: str) -> str:
    """What is wrong with a cell, naming the words that are right in this language."""
    words = {
        Wrong.STATUS_WRONG: [status_text(status, language) for status in Status],
        Wrong.CATEGORY_WRONG: [category_text(category, language) for category in CATEGORIES],
    }.get(fault.wrong)
    values = {**fault.values, "words": ", ".join(words)} if words else fault.values
    return sentence(fault.wrong, values, tr._)


def _fill(widget: SheetLine, line: Line, language: str) -> None:
    widget.is_fault = isinstance(line, Fault)
    if isinstance(line, Fault):
        widget.first = tr._("Row {n}").format(n=line.row)
        widget.second = line.column
        widget.before, widget.after = "", fault_text(line, language)
    elif isinstance(line, FieldLine):
        column = line.field.column
        widget.first = tied(line.change.product.name_in(language)) if line.is_first else ""
        widget.second = column_name(column)
        widget.before = value_text(column, line.field.before, language)
        widget.after = value_text(column, line.field.after, language)
    else:
        _fill_new(widget, line, line.product, language)


def _fill_new(widget: SheetLine, line: Change, product: Product, language: str) -> None:
    widget.first = tied(product.name_in(language))
    widget.second = category_name(product.category)
    widget.before = codes_text(product.codes)
    widget.after = format_tenge(line.product.price_tenge)


def _apply_text(found: Preview, *, saving: bool) -> str:
    if saving:
        return tr._("Saving…")
    if found.faults:
        return tr._("Put the file right first")
    if not found.can_apply:
        return tr._("Nothing to change")
    return tr._("Apply all: {n}").format(n=len(found.products))


def _note_text(found: Preview) -> str:
    if not found.not_read:
        return ""
    return tr._("Columns that are not read: {names}").format(names=", ".join(found.not_read))
