"""What stands around every screen: the bar at the top or the rail at the side, and the banner."""

from __future__ import annotations

from typing import Any

from kivy.metrics import dp
from kivy.properties import BooleanProperty, ListProperty, ObjectProperty, StringProperty
from kivy.uix.boxlayout import BoxLayout

from kiosk.screens.face import LANGUAGES
from kiosk.screens.kv import load_kv
from kiosk.screens.widgets import FitLabel

NARROW_DP = 1000
RAIL_KEY_DP = 92
"""A key of the rail with the gap below it."""
RAIL_OTHER_KEYS = 3


class FrameKeys:
    """What the bar at the top and the rail at the side have in common; kv gives them keys."""

    events = ObjectProperty(None, allownone=True)
    frame = ObjectProperty(None, allownone=True)
    shop_name = StringProperty()
    language = StringProperty()
    languages = ListProperty(LANGUAGES)
    shown_languages = ListProperty(LANGUAGES)
    may_change_look = BooleanProperty(True)


class TopBar(FrameKeys, BoxLayout):
    """Shop name, suggestions, help, looks, languages: on every screen."""

    narrow = BooleanProperty(False)

    def on_width(self, *_args: object) -> None:
        """On an upright panel two keys keep only their drawings; the languages stay whole."""
        self.narrow = self.width < dp(NARROW_DP)

    def on_languages(self, *_args: object) -> None:
        """All that are offered."""
        self.shown_languages = self.languages


class Rail(FrameKeys, BoxLayout):
    """The same keys one below the other; with little room one key leads to the next language."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        for name in ("languages", "language", "height"):
            self.fbind(name, self._choose_languages)

    def _choose_languages(self, *_args: object) -> None:
        languages = list(self.languages)
        if self.height >= dp(RAIL_KEY_DP) * (len(languages) + RAIL_OTHER_KEYS):
            self.shown_languages = languages
            return
        at = languages.index(self.language) if self.language in languages else -1
        following = languages[(at + 1) % len(languages)]
        self.shown_languages = [following] if following != self.language else []


class Body(BoxLayout):
    """The bar, the banner and the screens."""

    events = ObjectProperty(None, allownone=True)
    frame = ObjectProperty(None, allownone=True)


class CompactBody(BoxLayout):
    """The same with a rail at the side."""

    events = ObjectProperty(None, allownone=True)
    frame = ObjectProperty(None, allownone=True)


class Banner(FitLabel):
    """A calm line under the top bar; no height while it has nothing to say."""


def body_for(*, compact: bool) -> type[Body] | type[CompactBody]:
    """The one that belongs to the look; the compact one's kv is read when it is first asked for."""
    if not compact:
        return Body
    load_kv("frame_compact")
    return CompactBody
