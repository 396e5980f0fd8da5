"""The editor's parts for its picture: what the camera sees, and the files on a stick."""

from __future__ import annotations

from typing import Any

from kivy.clock import Clock
from kivy.properties import (
    BooleanProperty,
    NumericProperty,
    ObjectProperty,
    StringProperty,
)
from kivy.uix.behaviors import ButtonBehavior
from kivy.uix.boxlayout import BoxLayout
from kivy.uix.widget import Widget

from kiosk.admin.product_pictures import PictureFile
from kiosk.admin.product_state import ProductState
from kiosk.admin.product_studio import FILES_PER_PAGE
from kiosk.admin.screens.kv import load_kv
from kiosk.admin.screens.product_keys import rgb_texture
from kiosk.screens import pictures
from kiosk.screens.tr import tr
from kiosk.screens.widgets import reuse

load_kv("product_pictures")

LIVE_S = 0.1
"""Ten pictures a second are enough to aim by."""


class PicturePart(BoxLayout):
    """What the camera sees, and the picture that the product has."""

    view = ObjectProperty(None)
    live = ObjectProperty(None, allownone=True)
    present = ObjectProperty(None, allownone=True)
    has_picture = BooleanProperty(False)
    live_text = StringProperty()
    ready = BooleanProperty(True)

    def __init__(self, **kwargs: Any) -> None:
        self._clock: Any = None
        super().__init__(**kwargs)

    def on_parent(self, _part: Widget, parent: Widget | None) -> None:
        """The camera is looked through only while this is on."""
        if self._clock is not None:
            self._clock.cancel()
            self._clock = None
        if parent is not None:
            self._clock = Clock.schedule_interval(lambda _dt: self._look(), LIVE_S)

    def opened(self, _state: ProductState) -> None:
        """The picture as it is now."""
        self._look()

    def draw(self, state: ProductState) -> None:
        """The picture it has; a new one takes a moment."""
        self.present = pictures.product(state.form.picture)
        self.has_picture = state.form.picture is not None
        self.ready = not state.picturing

    def _look(self) -> None:
        pixels = self.view.desk.frame()
        if pixels is None:
            self.live = None
            self.live_text = tr._("The camera gives no picture.")
            return
        self.live = rgb_texture(pixels.tobytes(), (pixels.shape[1], pixels.shape[0]))
        self.live_text = ""


class FileKey(ButtonBehavior, BoxLayout):
    """One picture file."""

    index = NumericProperty(0)
    name = StringProperty()
    texture = ObjectProperty(None, allownone=True)
    file: PictureFile | None = None

    def fill(self, index: int, file: PictureFile) -> None:
        """Shows a file; its small picture is made once."""
        self.index, self.name = index, file.name
        if file == self.file:
            return
        self.file = file
        size = (file.side_px, file.side_px)
        self.texture = rgb_texture(file.thumbnail, size) if file.thumbnail else None


class FilesPart(BoxLayout):
    """Pictures on the sticks, a page at a time."""

    view = ObjectProperty(None)
    pages = NumericProperty(1)
    page = NumericProperty(0)
    page_text = StringProperty()
    nothing_text = StringProperty()

    def __init__(self, **kwargs: Any) -> None:
        self._spare: list[Widget] = []
        super().__init__(**kwargs)

    def opened(self, _state: ProductState) -> None:
        """Nothing to prepare."""

    def draw(self, state: ProductState) -> None:
        """This page's files."""
        self.page, self.pages = state.files_page, state.files_pages
        self.page_text = f"{state.files_page + 1} / {state.files_pages}"
        self.nothing_text = "" if state.files else _nothing_text(state)
        keys = reuse(self.ids.files, len(state.files), self._key, self._spare)
        for index, (key, file) in enumerate(zip(keys, state.files, strict=True)):
            key.fill(index, file)
        for _ in range(FILES_PER_PAGE - len(state.files) if state.files else 0):
            self.ids.files.add_widget(Widget())

    def _key(self) -> FileKey:
        key = FileKey()
        key.bind(on_release=lambda touched: self.view.desk.pictures.pick(touched.index))
        return key


def _nothing_text(state: ProductState) -> str:
    if state.looking:
        return tr._("Looking for pictures…")
    return tr._("There is no picture on a USB stick. Put one in and try again.")
