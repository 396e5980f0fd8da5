"""Which file to read, or what to write and where to."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from kivy.properties import BooleanProperty, NumericProperty, ObjectProperty, StringProperty
from kivy.uix.behaviors import ButtonBehavior
from kivy.uix.boxlayout import BoxLayout
from kivy.uix.widget import Widget

from kiosk.admin.places import shown_name
from kiosk.admin.ports import Place
from kiosk.admin.screens.kv import load_kv
from kiosk.admin.sheet_files import SheetFile
from kiosk.admin.sheets import SheetsState, What
from kiosk.domain.ledger import KAZAKHSTAN
from kiosk.screens.tr import tr
from kiosk.screens.widgets import reuse

load_kv("sheets_choose")

KILO = 1000


class SheetFileKey(ButtonBehavior, BoxLayout):
    """One file to touch: name, where it lies, size and day."""

    name = StringProperty()
    detail = StringProperty()
    file: SheetFile

    def fill(self, file: SheetFile) -> None:
        """Shows a file."""
        self.file = file
        self.name = shown_name(file.path)
        size = tr._("{n} kB").format(n=max(1, round(file.size_bytes / KILO)))
        self.detail = " · ".join((place_name(file.place), size, _day(file.changed_ms)))


class ChoosePanel(BoxLayout):
    """Files to read on the left, what can be written on the right."""

    desk = ObjectProperty(None, allownone=True)
    flow = StringProperty("horizontal")
    nothing_text = StringProperty()
    place_text = StringProperty()
    write_ready = BooleanProperty(False)
    page = NumericProperty(0)
    pages = NumericProperty(1)
    page_text = StringProperty()

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._spare: list[Widget] = []

    def draw(self, state: SheetsState) -> None:
        """The files of this page."""
        keys = reuse(self.ids.files, len(state.files), self._key, self._spare)
        for key, file in zip(keys, state.files, strict=True):
            key.fill(file)
        self.nothing_text = _nothing_text(state)
        self.page, self.pages = state.page, state.pages
        self.page_text = f"{state.page + 1} / {state.pages}"
        self.write_ready = state.place is not None and not state.writing
        place = place_name(state.place) if state.place else ""
        self.place_text = tr._("Saving…") if state.writing else place

    def write(self, what: str) -> None:
        """Writes a file of that kind."""
        self.desk.write(What(what))

    def _key(self) -> SheetFileKey:
        key = SheetFileKey()
        key.bind(on_release=lambda touched: self.desk.read(touched.file.path))
        return key


def place_name(place: Any) -> str:
    """A stick by its name; the kiosk's own folder in words."""
    return place.name if isinstance(place, Place) and place.is_stick else tr._("This kiosk")


def _nothing_text(state: SheetsState) -> str:
    if state.files:
        return ""
    if state.looking:
        return tr._("Looking for files…")
    return tr._("No tables found. Put in a stick with an XLSX or CSV file.")


def _day(at_ms: int) -> str:
    """The day at UTC+5, as it is written in all three languages."""
    moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=at_ms)
    return f"{moment.astimezone(KAZAKHSTAN):%d.%m.%Y}"
