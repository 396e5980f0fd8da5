"""The start screen: how it works, what the money is for, what the centre says, touch to begin."""

from __future__ import annotations

from typing import Any

from kivy.properties import BooleanProperty, ListProperty, ObjectProperty, StringProperty

from kiosk.domain.money import format_tenge
from kiosk.screens import pictures
from kiosk.screens.kv import load_kv
from kiosk.screens.start_board import Turning
from kiosk.screens.tr import tr
from kiosk.screens.widgets import AnywhereView
from kiosk.views import TillState, Voice

load_kv("start_parts", "start")

OF_EVERY_TENGE = 100


class StartScreen(AnywhereView):
    """Greets; any touch that is not on another key begins a visit."""

    scan_texture = ObjectProperty(None, allownone=True)
    pay_texture = ObjectProperty(None, allownone=True)
    change_texture = ObjectProperty(None, allownone=True)
    cause_text = StringProperty()
    collected_text = StringProperty()
    title_text = StringProperty()
    earned_text = StringProperty()
    """The week's sum where it is known, else all that was collected."""
    honesty_text = StringProperty()
    undo_open = BooleanProperty(False)
    posts = ListProperty()
    language = StringProperty()
    voice_offered = BooleanProperty(False)
    voice_on = BooleanProperty(False)

    def __init__(self, **kwargs: Any) -> None:
        self._turning = Turning(self.turn)
        super().__init__(**kwargs)
        self.scan_texture = pictures.how_to("how-scan")
        self.pay_texture = pictures.how_to("how-pay")
        self.change_texture = pictures.how_to("how-change")

    def show(self, state: TillState) -> None:
        """Cause, sums, posts, and whether a mistake can still be undone."""
        cause = self.face.cause(state.language)
        self.cause_text = tr._("Your money goes to: {cause}").format(cause=cause) if cause else ""
        self.collected_text = (
            tr._("Collected so far: {amount}").format(amount=format_tenge(state.collected_tenge))
            if state.collected_tenge
            else ""
        )
        week = format_tenge(state.week_tenge)
        self.earned_text = (
            tr._("This week: {amount}").format(amount=week)
            if state.week_tenge
            else self.collected_text
        )
        self.honesty_text = _honesty_text(state.honesty_permille)
        self.title_text = self.face.shop_name(state.language)
        self.undo_open = state.undo_open
        self.language = state.language
        self.posts = list(state.posts)
        self.voice_offered = state.voice is not Voice.NONE
        self.voice_on = state.voice is Voice.ON

    def turn(self) -> None:
        """The next post."""
        self.ids.board.turn()

    def on_posts(self, *_args: object) -> None:
        """What was on view begins anew."""
        self._turning.stop()
        if self.posts and self.manager is not None and self.manager.current_screen is self:
            self._turning.start()

    def on_enter(self, *_args: object) -> None:
        """Only a start screen that is seen turns its posts."""
        self.on_posts()

    def on_leave(self, *_args: object) -> None:
        """Nobody looks any more."""
        self._turning.stop()

    def touched(self) -> None:
        """A visit begins."""
        self.events.begin()


def _honesty_text(permille: int | None) -> str:
    """How much of what was due was found, of the shop and never of a person."""
    if permille is None:
        return ""
    found, of = format_tenge(permille * OF_EVERY_TENGE // 1000), format_tenge(OF_EVERY_TENGE)
    text = tr._("Honesty of this shop: {found} of every {of} in the box")
    return text.format(found=found, of=of)
