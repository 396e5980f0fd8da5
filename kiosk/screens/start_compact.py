"""The start screen where there is little room."""

from __future__ import annotations

from kivy.properties import NumericProperty

from kiosk.screens.kv import load_kv
from kiosk.screens.start import StartScreen
from kiosk.screens.start_board import come_in

load_kv("start_compact")


class CompactStartScreen(StartScreen):
    """The shop's name is here, for the rail at the side has no room for it.

    How it works and the posts of the centre take turns in one place: 0 is how it works.
    """

    turn_place = NumericProperty(0)

    def turn(self) -> None:
        """How it works, then one post after the other."""
        self.turn_place = (self.turn_place + 1) % (len(self.posts) + 1)
        if self.turn_place:
            self.ids.board.place = self.turn_place - 1
            come_in(self.ids.board.ids.post)

    def on_posts(self, *_args: object) -> None:
        """From how it works on."""
        self.turn_place = 0
        super().on_posts()
