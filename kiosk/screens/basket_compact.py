"""The basket where there is little room: a line's name above its keys."""

from __future__ import annotations

from kiosk.screens.basket import BasketRow, BasketScreen
from kiosk.screens.kv import load_kv
from kiosk.screens.lens import Lens

load_kv("basket_compact_lines", "basket_compact")


class CompactBasketRow(BasketRow):
    """A line without a key to remove it: minus does, at one."""


class CompactBasketScreen(BasketScreen):
    """The camera's picture only where it does not push the goods away."""

    def _place_side(self) -> None:
        """The side has its place already."""

    @property
    def _lens(self) -> Lens:
        return self.ids.lens

    def _row(self) -> BasketRow:
        return CompactBasketRow(events=self.events)
