"""Paper on the screen: the marks that the PDF is made of, and small drawings of its layouts."""

from __future__ import annotations

from typing import Any

from kivy.core.text import Label as CoreLabel
from kivy.graphics import Color, Line, Rectangle
from kivy.properties import NumericProperty, ObjectProperty, StringProperty
from kivy.resources import resource_find
from kivy.uix.widget import Widget

from kiosk.paper.fonts import BOLD, REGULAR
from kiosk.paper.marks import Block, Page, Words

ASCENT = 1.069
"""Noto Sans's ascent, above which SDL draws nothing: where a baseline lies in a texture."""
READABLE_PX = 3.0


class PaperPreview(Widget):
    """One page as it will be printed, as large as there is room, on white."""

    page = ObjectProperty(None, allownone=True)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        for name in ("page", "pos", "size"):
            self.fbind(name, self._draw)

    def _draw(self, *_args: object) -> None:
        self.canvas.clear()
        page: Page | None = self.page
        if page is None or min(self.size) <= 0:
            return
        scale = min(self.width / page.width_mm, self.height / page.height_mm)
        wide, high = page.width_mm * scale, page.height_mm * scale
        left = round(self.x + (self.width - wide) / 2)
        top = round(self.y + (self.height + high) / 2)
        with self.canvas:
            Color(1, 1, 1, 1)
            Rectangle(pos=(left, top - high), size=(wide, high))
            Color(0.72, 0.69, 0.62, 1)
            Line(rectangle=(left, top - high, wide, high), width=1)
            for mark in page.marks:
                if isinstance(mark, Block):
                    _draw_block(mark, left, top, scale)
                else:
                    _draw_words(mark, left, top, scale)


def _draw_block(mark: Block, left: float, top: float, scale: float) -> None:
    Color(mark.lightness, mark.lightness, mark.lightness, 1)
    wide, high = mark.width_mm * scale, mark.height_mm * scale
    Rectangle(
        pos=(left + mark.x_mm * scale, top - mark.y_mm * scale - high), size=(wide, max(high, 1))
    )


def _draw_words(mark: Words, left: float, top: float, scale: float) -> None:
    size_px = mark.size_mm * scale
    if size_px < READABLE_PX or not mark.text:
        return
    font = resource_find(f"assets/fonts/{BOLD if mark.bold else REGULAR}")
    label = CoreLabel(text=mark.text, font_name=font, font_size=size_px)
    label.refresh()
    texture = label.texture
    Color(0, 0, 0, 1)
    Rectangle(
        texture=texture,
        pos=(
            left + mark.x_mm * scale,
            top - mark.baseline_mm * scale + ASCENT * size_px - texture.height,
        ),
        size=texture.size,
    )


class LayoutPicture(Widget):
    """A small drawing of a paper: a sheet of tags, a roll, or a list."""

    kind = StringProperty()
    """One of :class:`kiosk.admin.labels_print.Paper`."""
    gap = NumericProperty(2)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        for name in ("kind", "pos", "size"):
            self.fbind(name, self._draw)

    def _draw(self, *_args: object) -> None:
        self.canvas.clear()
        if min(self.size) <= 0:
            return
        wide, high, columns, rows = _SHAPES.get(self.kind, (210, 297, 1, 1))
        scale = min(self.width / wide, self.height / high)
        sheet_px, sheet_high_px = wide * scale, high * scale
        x = round(self.x + (self.width - sheet_px) / 2)
        y = round(self.y + (self.height - sheet_high_px) / 2)
        with self.canvas:
            Color(1, 1, 1, 1)
            Rectangle(pos=(x, y), size=(sheet_px, sheet_high_px))
            Color(0.114, 0.169, 0.2, 1)
            Line(rectangle=(x, y, sheet_px, sheet_high_px), width=1)
            Color(0.043, 0.447, 0.486, 1)
            cell, cell_high = sheet_px / columns, sheet_high_px / rows
            for row in range(rows):
                for column in range(columns):
                    Rectangle(
                        pos=(x + column * cell + self.gap, y + row * cell_high + self.gap),
                        size=(cell - 2 * self.gap, cell_high - 2 * self.gap),
                    )


_SHAPES = {
    "sheet_24": (210, 297, 3, 8),
    "sheet_40": (210, 297, 4, 10),
    "roll_58": (120, 297, 1, 3),
    "price_list": (210, 297, 1, 11),
}
"""Width, height, columns and rows of the drawings."""
