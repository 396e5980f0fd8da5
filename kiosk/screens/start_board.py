"""What the centre has to say on the start screen, one post after the other."""

from __future__ import annotations

from typing import Any

from kivy.animation import Animation
from kivy.clock import Clock
from kivy.lang.parser import global_idmap
from kivy.properties import (
    BooleanProperty,
    ListProperty,
    NumericProperty,
    ObjectProperty,
    StringProperty,
)
from kivy.uix.boxlayout import BoxLayout

from kiosk.screens import pictures
from kiosk.screens.fit import tied
from kiosk.screens.kv import load_kv
from kiosk.views import Post

load_kv("start_board")

POST_S = 8.0
"""Long enough to read two sentences, short enough that nobody waits for the next."""


class StartBoard(BoxLayout):
    """Shows one post at a time; ``turn`` brings the next."""

    posts = ListProperty()
    language = StringProperty()
    place = NumericProperty(0)
    wide = BooleanProperty(False)
    """Text stands beside the picture, not below it."""
    picture_texture = ObjectProperty(None, allownone=True)
    line_text = StringProperty()
    words_text = StringProperty()
    is_reply = BooleanProperty(False)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        for name in ("posts", "language", "place"):
            self.fbind(name, self._draw)

    def turn(self) -> None:
        """The next post comes in softly; a touch meanwhile is a touch as ever."""
        if len(self.posts) > 1:
            self.place = (self.place + 1) % len(self.posts)
            come_in(self.ids.post)

    def _draw(self, *_args: object) -> None:
        post = self.posts[self.place % len(self.posts)] if self.posts else Post({})
        self.picture_texture = pictures.poster(post.picture)
        self.line_text = tied(post.line_in(self.language))
        self.words_text = f"«{post.words}»" if post.words else ""
        self.is_reply = post.is_reply


class Turning:
    """Calls ``turn`` while a screen is in front; ``stop`` when it is not."""

    def __init__(self, turn: Any) -> None:
        self._turn = turn
        self._clock: Any = None

    def start(self) -> None:
        """From now on every few seconds."""
        self.stop()
        self._clock = Clock.schedule_interval(lambda _dt: self._turn(), POST_S)

    def stop(self) -> None:
        """Not any more."""
        if self._clock is not None:
            self._clock.cancel()
            self._clock = None


def come_in(widget: Any) -> None:
    """The one motion of the face: something new fades in, within what ``motion_s`` allows."""
    Animation.cancel_all(widget, "opacity")
    widget.opacity = 0.01
    Animation(opacity=1, duration=global_idmap["motion_s"], t="out_quad").start(widget)
