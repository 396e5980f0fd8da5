"""A sheet to draw flat shapes on, at four times the size it is saved at.

Everything is painted with hard-edged masks and shrunk once at the end, which is what makes the
edges smooth. `where` limits painting to an outline already drawn (shade inside a bottle).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import pairwise
from math import cos, hypot, radians, sin
from pathlib import Path

from PIL import Image, ImageChops, ImageDraw

from .geometry import Outline, Point, circle
from .palette import INK, Colour

_OVERSAMPLING = 4


class Sheet:
    """A transparent picture `width` × `height` pixels; drawn in those units."""

    def __init__(self, width: int, height: int) -> None:
        self.size = (width, height)
        self._big = (width * _OVERSAMPLING, height * _OVERSAMPLING)
        self._picture = Image.new("RGBA", self._big, (0, 0, 0, 0))
        self._where: Image.Image | None = None
        self._place = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)

    # -- placing ------------------------------------------------------------------------------

    @contextmanager
    def placed(
        self,
        at: Point = (0, 0),
        scale: float = 1,
        turn: float = 0,
        origin: Point = (0, 0),
        mirror: bool = False,
    ) -> Iterator[None]:
        """Draw with `origin` moved to `at`, grown by `scale` and turned by `turn` degrees."""
        before = self._place
        c, s = cos(radians(turn)) * scale, sin(radians(turn)) * scale
        a, b, d, e = (-c if mirror else c), -s, (-s if mirror else s), c
        tx = at[0] - (a * origin[0] + b * origin[1])
        ty = at[1] - (d * origin[0] + e * origin[1])
        A, B, D, E, X, Y = before
        self._place = (
            A * a + B * d, A * b + B * e, D * a + E * d, D * b + E * e,
            A * tx + B * ty + X, D * tx + E * ty + Y,
        )  # fmt: skip
        try:
            yield
        finally:
            self._place = before

    @contextmanager
    def where(self, outline: Outline) -> Iterator[None]:
        """Paint only inside `outline`."""
        before = self._where
        mask = self._filled(outline)
        self._where = mask if before is None else ImageChops.darker(mask, before)
        try:
            yield
        finally:
            self._where = before

    def _pixels(self, outline: Sequence[Point]) -> list[Point]:
        a, b, d, e, x0, y0 = self._place
        k = _OVERSAMPLING
        return [((a * x + b * y + x0) * k, (d * x + e * y + y0) * k) for x, y in outline]

    def _width_pixels(self, width: float) -> float:
        a, _, d, _, _, _ = self._place
        return width * hypot(a, d) * _OVERSAMPLING

    # -- masks --------------------------------------------------------------------------------

    def _filled(self, outline: Outline) -> Image.Image:
        mask = Image.new("L", self._big, 0)
        ImageDraw.Draw(mask).polygon(self._pixels(outline), fill=255)
        return mask

    def _stroked(self, outline: Sequence[Point], width: float, closed: bool) -> Image.Image:
        mask = Image.new("L", self._big, 0)
        draw = ImageDraw.Draw(mask)
        points = self._pixels(outline)
        if closed:
            points = [*points, points[0]]
        r = self._width_pixels(width) / 2
        # Pillow's own wide lines round to whole pixels, which makes curves look beaded:
        # each piece is a polygon here, each join and end a circle.
        for x, y in points:
            draw.polygon(circle(x, y, r), fill=255)
        for (x0, y0), (x1, y1) in pairwise(points):
            length = hypot(x1 - x0, y1 - y0)
            if length:
                dx, dy = (y1 - y0) / length * r, (x0 - x1) / length * r
                quad = [
                    (x0 + dx, y0 + dy),
                    (x1 + dx, y1 + dy),
                    (x1 - dx, y1 - dy),
                    (x0 - dx, y0 - dy),
                ]
                draw.polygon(quad, fill=255)
        return mask

    def _paint(self, mask: Image.Image, colour: Colour | None) -> None:
        if self._where is not None:
            mask = ImageChops.darker(mask, self._where)
        if colour is None:
            self._picture.paste((0, 0, 0, 0), mask=mask)
        else:
            self._picture.paste((*colour, 255), mask=mask)

    # -- drawing ------------------------------------------------------------------------------

    def fill(self, outline: Outline, colour: Colour | None) -> None:
        """Fill an outline; without a colour, cut it out."""
        self._paint(self._filled(outline), colour)

    def stroke(
        self,
        outline: Sequence[Point],
        width: float,
        colour: Colour | None = INK,
        *,
        closed: bool = False,
    ) -> None:
        """Draw along an outline with a round pen; without a colour, cut it out."""
        self._paint(self._stroked(outline, width, closed), colour)

    def shape(self, outline: Outline, colour: Colour, width: float = 7) -> None:
        """Fill an outline and draw its ink line."""
        self.fill(outline, colour)
        self.stroke(outline, width, INK, closed=True)

    def body(
        self,
        outline: Outline,
        colour: Colour,
        dark: Colour,
        width: float = 7,
        dx: float = -11,
        dy: float = -5,
    ) -> None:
        """A shape lit from the upper left: its far edge is `dark`."""
        with self.where(outline):
            self.fill(outline, dark)
            self.fill([(x + dx, y + dy) for x, y in outline], colour)
        self.stroke(outline, width, INK, closed=True)

    def dot(self, x: float, y: float, r: float, colour: Colour | None = INK) -> None:
        """A filled circle."""
        self.fill(circle(x, y, r), colour)

    # -- saving -------------------------------------------------------------------------------

    def finished(self) -> Image.Image:
        """The picture at its own size.

        Pixels that nothing covers carry the colour of what is near: a graphics card that scales
        the picture blends them in, and black there would show as a dirty rim.
        """
        small = self._picture.resize(self.size, Image.Resampling.BOX)
        width, height = self.size
        rough = self._picture.resize(
            (max(1, width // 8), max(1, height // 8)), Image.Resampling.BOX
        )
        around = rough.resize(self.size, Image.Resampling.NEAREST)
        empty = small.getchannel("A").point(lambda a: 255 if a == 0 else 0)
        result = Image.composite(around, small, empty)
        result.putalpha(small.getchannel("A"))
        return result

    def save(self, file: Path) -> None:
        """Write the picture as a PNG."""
        self.finished().save(file, optimize=True)
