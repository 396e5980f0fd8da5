"""A small bar chart on the canvas: two amounts on top of each other, labels below."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from kivy.clock import Clock
from kivy.core.text import Label as CoreLabel
from kivy.graphics import Color, Line, Rectangle
from kivy.metrics import dp
from kivy.properties import ListProperty
from kivy.uix.widget import Widget
from kivy.utils import get_color_from_hex as rgba

from kiosk.domain.money import format_amount

LOWER, UPPER = rgba("#0B727C"), rgba("#F5B83D")
GROUND, INK = rgba("#DDD5C3"), rgba("#1D2B33")
FONT_DP = 20
FEW_BARS = 7
GAP_SHARE = 0.28
"""Of a bar's place, left free."""


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar's label and its two parts."""

    label: str
    lower: int
    upper: int

    @property
    def total(self) -> int:
        """Both parts together."""
        return self.lower + self.upper


class BarChart(Widget):
    """Draws its ``bars`` (of :class:`Bar`), with what they amount to above them.

    Of many bars only the tallest one's amount has room.
    """

    bars = ListProperty()

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        redraw = Clock.create_trigger(self._draw, -1)
        self.bind(pos=redraw, size=redraw, bars=redraw)

    def _draw(self, *_args: object) -> None:
        self.canvas.clear()
        if not self.bars or min(self.size) <= 0:
            return
        tallest = max(self.bars, key=lambda bar: bar.total)
        text_px = dp(FONT_DP) * 1.5
        place_px = self.width / len(self.bars)
        base_px = self.y + text_px
        room_px = self.height - 2 * text_px
        with self.canvas:
            for place, bar in enumerate(self.bars):
                left_px = self.x + place * place_px
                self._bar(bar, left_px, base_px, place_px, room_px / max(1, tallest.total))
                self._text(bar.label, left_px + place_px / 2, self.y)
                if bar.total and (bar is tallest or len(self.bars) <= FEW_BARS):
                    top_px = base_px + room_px * bar.total / tallest.total
                    self._text(format_amount(bar.total), left_px + place_px / 2, top_px)
            Color(*GROUND)
            Line(points=(self.x, base_px, self.right, base_px), width=dp(1))

    def _bar(
        self, bar: Bar, left_px: float, base_px: float, place_px: float, px_per_unit: float
    ) -> None:
        gap_px = place_px * GAP_SHARE
        lower_px, upper_px = bar.lower * px_per_unit, bar.upper * px_per_unit
        width_px = place_px - gap_px
        Color(*LOWER)
        Rectangle(pos=(left_px + gap_px / 2, base_px), size=(width_px, lower_px))
        Color(*UPPER)
        Rectangle(pos=(left_px + gap_px / 2, base_px + lower_px), size=(width_px, upper_px))

    def _text(self, text: str, middle_px: float, bottom_px: float) -> None:
        """Written around a middle, but never beyond the chart's edges."""
        if not text:
            return
        label = CoreLabel(text=text, font_size=dp(FONT_DP), font_name="Roboto")
        label.refresh()
        width_px = label.texture.width
        left_px = min(max(middle_px - width_px / 2, self.x), self.right - width_px)
        Color(*INK)
        Rectangle(texture=label.texture, pos=(round(left_px), round(bottom_px)), size=label.size)
