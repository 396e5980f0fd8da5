"""The frame around the pages of the back room: it lies over the shop floor while somebody is in."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from kivy.clock import Clock
from kivy.properties import (
    BooleanProperty,
    ListProperty,
    NumericProperty,
    ObjectProperty,
    StringProperty,
)
from kivy.uix.boxlayout import BoxLayout
from kivy.uix.floatlayout import FloatLayout
from kivy.uix.widget import Widget

from kiosk.admin.desk import Said
from kiosk.admin.office_state import SCAN_IGNORED, OfficeState
from kiosk.admin.pages import Page
from kiosk.admin.screens.error_words import in_words, told
from kiosk.admin.screens.kv import load_kv
from kiosk.admin.screens.view import AdminView
from kiosk.domain.errors import AdalError
from kiosk.screens.tr import tr

load_kv("frame")

TOAST_S, LONG_TOAST_S = 6.0, 15.0
"""A passing word, and one of several lines: what went wrong and what to do takes reading."""


class AdminToast(BoxLayout):
    """A passing word."""

    text = StringProperty()
    is_long = BooleanProperty(False)


class StillThere(BoxLayout):
    """How long until the volunteer is taken to have gone."""

    seconds_text = StringProperty()


class BackRoomFrame(FloatLayout):
    """Shows the office's state and the view of the page that is on.

    ``office`` is a :class:`kiosk.admin.office.Office`, or what stands for one in a picture.
    """

    office = ObjectProperty(None)
    height_share = NumericProperty(1)
    """The part of the panel, from below, that the pages take."""
    title_text = StringProperty()
    volunteer_name = StringProperty()
    languages = ListProperty()

    def __init__(self, office: Any, **kwargs: Any) -> None:
        super().__init__(office=office, languages=office.languages, **kwargs)
        self._views: dict[Page, AdminView] = {}
        self._overlays: dict[str, Widget] = {}
        self._told_serial = 0
        self._page: Page | None = None
        self._language = ""
        self._hide_toast: Any = None

    def show(self, state: OfficeState) -> None:
        """Draws the office: language first, then the page, then what lies over it."""
        tr.use(state.language)
        self.volunteer_name = state.volunteer_name
        view = self.view(state.page)
        if state.page is not self._page:
            self._page = state.page
            self._close("toast")
            self.ids.pages.current = state.page.value
            self._draw(view)
        elif state.language != self._language:
            self._draw(view)
        self._language = state.language
        self._show_told(state)
        self._show_idle(state.idle_left_s)

    def view(self, page: Page) -> AdminView:
        """The page's view on its desk, built when it is first needed."""
        if page not in self._views:
            module = import_module(f"kiosk.admin.screens.{page.value}")
            desk = self.office.desk(page)
            view: AdminView = getattr(module, f"{page.class_stem}View")(desk, name=page.value)
            desk.watch(
                lambda _state, shown=view: self._draw(shown),
                lambda said, shown=view: self._say(shown, said),
            )
            self._views[page] = view
            self.ids.pages.add_widget(view)
        return self._views[page]

    def forget(self) -> None:
        """The volunteer went out: the next one finds new pages."""
        for view in self._views.values():
            view.desk.watch(None, None)
        self.ids.pages.clear_widgets()
        self._views.clear()
        self._page = None
        for name in list(self._overlays):
            self._close(name)

    def on_touch_down(self, touch: Any) -> bool:
        """Everything below is covered; every touch says that somebody is here."""
        self._close("toast")
        super().on_touch_down(touch)
        self.office.activity()
        return True

    # --- inside ---

    def _draw(self, view: AdminView) -> None:
        view.draw(view.desk.state)
        if view.name == self._page:
            self.title_text = view.title()

    def _say(self, view: AdminView, said: Said) -> None:
        self._toast(view.words(in_words(said)))

    def _show_told(self, state: OfficeState) -> None:
        if state.told_serial == self._told_serial:
            return
        self._told_serial = state.told_serial
        self._toast(told_text(state.told))

    def _toast(self, text: str) -> None:
        if not text:
            return
        toast = self._open("toast", AdminToast)
        toast.text, toast.is_long = text, "\n" in text
        if self._hide_toast is not None:
            self._hide_toast.cancel()
        shown_s = LONG_TOAST_S if toast.is_long else TOAST_S
        self._hide_toast = Clock.schedule_once(lambda _dt: self._close("toast"), shown_s)

    def _show_idle(self, left_s: int | None) -> None:
        if left_s is None:
            self._close("idle")
        else:
            self._open("idle", StillThere).seconds_text = str(left_s)

    def _open(self, name: str, kind: type[Widget]) -> Any:
        if name not in self._overlays:
            self._overlays[name] = kind()
        overlay = self._overlays[name]
        if overlay.parent is None:
            self.add_widget(overlay)
        return overlay

    def _close(self, name: str) -> None:
        overlay = self._overlays.get(name)
        if overlay is not None and overlay.parent is not None:
            self.remove_widget(overlay)


def told_text(what: str | AdalError) -> str:
    """What the office tells, in the current language."""
    if isinstance(what, AdalError):
        return told(what)
    if what == SCAN_IGNORED:
        return tr._("A code was read, but it is not needed on this page.")
    return what
