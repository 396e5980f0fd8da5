"""The first page of the back room."""

from __future__ import annotations

from typing import Any

from kivy.properties import (
    BooleanProperty,
    ColorProperty,
    NumericProperty,
    ObjectProperty,
    StringProperty,
)
from kivy.uix.behaviors import ButtonBehavior
from kivy.uix.boxlayout import BoxLayout
from kivy.uix.widget import Widget
from kivy.utils import get_color_from_hex as rgba

from kiosk.admin.home import Concern, HomeState, Matter
from kiosk.admin.pages import Page, Step
from kiosk.admin.report_lines import day_text, step_name, time_text
from kiosk.admin.screens.kv import load_kv
from kiosk.admin.screens.view import AdminView
from kiosk.admin.visit_book import StepState
from kiosk.domain.money import format_tenge
from kiosk.screens.tr import tr
from kiosk.screens.widgets import Key, reuse

load_kv("home", "home_pages")

ICON, ICON_SMALL = "64dp", "46dp"
FEW_CONCERNS = 2
"""More rows of them leave the tiles less height."""

_LOOKS = {
    StepState.OPEN: ("", rgba("#0B727C")),
    StepState.DONE: ("check", rgba("#1E7145")),
    StepState.SKIPPED: ("minus", rgba("#4A5A64")),
}


class HomeStep(ButtonBehavior, BoxLayout):
    """One step of the visit; a touch goes straight to it."""

    number = StringProperty()
    icon = StringProperty()
    tint = ColorProperty("#0B727C")
    name = StringProperty()
    state_text = StringProperty()
    is_next = BooleanProperty(False)


class ConcernKey(Key):
    """Something that is wrong; a touch goes where something can be done about it."""

    page = ObjectProperty(None, allownone=True)


class HomePages(BoxLayout):
    """What is wrong, and the tiles."""

    view = ObjectProperty(None, allownone=True, rebind=True)
    narrow = BooleanProperty(False)
    all_well = BooleanProperty(True)
    icon_size = NumericProperty()
    unknown_text = StringProperty()
    tags_text = StringProperty()

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._spare: list[Widget] = []

    def open(self, page: str) -> None:
        """A tile was touched."""
        self.view.desk.open_page(Page(page))

    def fill(self, state: HomeState) -> None:
        """Concerns and counts."""
        self.all_well = not state.concerns
        self.narrow = len(state.concerns) == 1
        self.icon_size = ICON if len(state.concerns) <= FEW_CONCERNS else ICON_SMALL
        self.unknown_text = _counted(tr._("Unknown codes"), state.unknown or 0)
        self.tags_text = _counted(tr._("Price tags"), state.tags)
        keys = reuse(self.ids.concerns, len(state.concerns), self._key, self._spare)
        for key, concern in zip(keys, state.concerns, strict=True):
            key.page = concern.page
            key.text = concern_text(concern)

    def _key(self) -> ConcernKey:
        key = ConcernKey()
        key.bind(on_release=lambda k: self.view.desk.open_page(k.page))
        return key


class HomeQuestion(BoxLayout):
    """An old visit was left open: does it go on?"""

    view = ObjectProperty(None, allownone=True)
    text = StringProperty()


class HomeView(AdminView):
    """The visit at the left, everything else at the right."""

    begun_text = StringProperty()
    start_text = StringProperty()

    def __init__(self, desk: Any, **kwargs: Any) -> None:
        super().__init__(desk, **kwargs)
        # Both leave the tree in turn; ids alone would not keep them alive.
        self._halves = [child.__self__ for child in self.ids.place.children]
        for number, step in enumerate(Step, 1):
            self.ids[step.value].number = str(number)
            self.ids[step.value].bind(on_release=lambda _k, s=step: self.desk.open_step(s))

    def title(self) -> str:
        """The page's name."""
        return tr._("Volunteer's room")

    def draw(self, state: HomeState) -> None:
        """Shows the visit, then either the pages or the question."""
        begun = f"{day_text(state.begun_ms)} {time_text(state.begun_ms)}"
        self.begun_text = (
            tr._("Visit begun: {time}").format(time=begun)
            if state.is_open
            else tr._("A visit takes about five minutes")
        )
        self.start_text = tr._("Go on with the visit") if state.is_open else tr._("Start the visit")
        for step, how in state.steps:
            self._draw_step(step, how, is_next=step is state.next_step)
        self.ids.pages.fill(state)
        self.ids.question.text = tr._("A visit was begun and not finished: {time}").format(
            time=begun
        )
        self._show_half(self.ids.question if state.asks_anew else self.ids.pages)

    def _draw_step(self, step: Step, how: StepState, *, is_next: bool) -> None:
        row = self.ids[step.value]
        row.name = step_name(step, tr._)
        row.icon, row.tint = _LOOKS[how]
        row.is_next = is_next
        row.state_text = _state_text(how, is_next=is_next)

    def _show_half(self, half: Widget) -> None:
        place = self.ids.place
        if [child.__self__ for child in place.children] != [half.__self__]:
            place.clear_widgets()
            place.add_widget(half)


def concern_text(concern: Concern) -> str:
    """What is wrong, in the current language."""
    _ = tr._
    kinds = ", ".join(format_tenge(kind.value_tenge) for kind in concern.kinds)
    texts = {
        Matter.BOX_UNKNOWN: _("The cash box was never counted"),
        Matter.COINS_OUT: _("No coins left: {kinds}").format(kinds=kinds),
        Matter.EXPIRED: _("Best before has passed: {n}").format(n=concern.count),
        Matter.EXPIRING: _("Best before soon: {n}").format(n=concern.count),
        Matter.TAGS: _("New price tags to hang: {n}").format(n=concern.count),
        Matter.BACKLOG: _("Waiting to be sent: {n}").format(n=concern.count),
    }
    return texts[concern.matter]


def _state_text(how: StepState, *, is_next: bool) -> str:
    _ = tr._
    texts = {
        StepState.OPEN: _("Next step") if is_next else "",
        StepState.DONE: _("Done"),
        StepState.SKIPPED: _("Left out"),
    }
    return texts[how]


def _counted(name: str, count: int) -> str:
    """A tile's name, with how many wait there."""
    return f"{name}: {count}" if count else name
