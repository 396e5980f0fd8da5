"""The picture list where there is little room."""

from __future__ import annotations

from typing import Any

from kivy.metrics import dp
from kivy.properties import BooleanProperty

from kiosk.screens.kv import load_kv
from kiosk.screens.pick import PickScreen

load_kv("pick_compact")

WIDE_DP, HIGH_DP = 1000, 540
CATEGORY_DP = 94
"""A category's key with the gap beside it."""


class CompactPickScreen(PickScreen):
    """Fewer goods on a page; the keys stand at the right, and categories where they have room."""

    has_categories = BooleanProperty(False)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.fbind("searching", self._make_room)
        self.fbind("size", self._make_room)

    def _make_room(self, *_args: object) -> None:
        keys = len(self.ids.categories.children) + 2
        high, wide = self.height > dp(HIGH_DP), self.width > keys * dp(CATEGORY_DP)
        self.has_categories = high and wide and not self.searching
        self._show_page()

    def _page_shape(self) -> tuple[int, int]:
        columns = 5 if self.width > dp(WIDE_DP) else 3
        return (columns, 1) if self.searching else (columns, 2)
