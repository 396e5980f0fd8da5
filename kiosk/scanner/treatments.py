"""The same picture made easier to read: local contrast, twice the size, only its liveliest part.

What was not worth its time on 387 real photographs: gamma, Otsu, unsharp masks, three times the
size, Richardson-Lucy, turned copies.
"""

from dataclasses import dataclass
from functools import cached_property

import cv2
import numpy as np

from kiosk.scanner.engines import Corner
from kiosk.scanner.frames import Pixels

PART_WIDTH_MAX, PART_HEIGHT_MAX = 640, 480
"""Twice this is the largest picture an engine is given: a code that needs doubling is small."""
_CONTRAST_LIMIT = 2.0
_CONTRAST_TILES = (8, 8)
_SEARCH_WIDTH = 160


@dataclass(frozen=True, slots=True)
class View:
    """Pixels to read in, and how their places map back: picture = offset + place ÷ scale."""

    pixels: Pixels
    scale: float = 1.0
    offset: Corner = (0.0, 0.0)

    def in_picture(self, place: Corner) -> Corner:
        """A place of this view in the picture it was made of."""
        return (self.offset[0] + place[0] / self.scale, self.offset[1] + place[1] / self.scale)


class Views:
    """One picture's views, each made once, when a stage first asks for it."""

    def __init__(self, luma: Pixels) -> None:
        self._luma = luma

    @cached_property
    def plain(self) -> View:
        """The picture itself."""
        return View(self._luma)

    @cached_property
    def contrast(self) -> View:
        """With local contrast."""
        return View(_with_contrast(self._luma))

    @cached_property
    def doubled(self) -> View:
        """Its liveliest part at twice the size, with local contrast."""
        left, top, part = liveliest_part(self._luma)
        large = cv2.resize(part, None, fx=2, fy=2, interpolation=cv2.INTER_CUBIC)
        return View(_with_contrast(np.asarray(large, np.uint8)), 2.0, (float(left), float(top)))


def _with_contrast(luma: Pixels) -> Pixels:
    equaliser = cv2.createCLAHE(_CONTRAST_LIMIT, _CONTRAST_TILES)
    return np.asarray(equaliser.apply(luma), np.uint8)


def liveliest_part(luma: Pixels) -> tuple[int, int, Pixels]:
    """Where most edges are: (left, top, pixels), at most 640×480; a small picture whole."""
    height, width = luma.shape
    part_width, part_height = min(width, PART_WIDTH_MAX), min(height, PART_HEIGHT_MAX)
    if (part_width, part_height) == (width, height):
        return 0, 0, luma
    scale = _SEARCH_WIDTH / width
    small = cv2.resize(luma, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    edges = cv2.magnitude(
        cv2.Sobel(small, cv2.CV_32F, 1, 0, ksize=1), cv2.Sobel(small, cv2.CV_32F, 0, 1, ksize=1)
    )
    window = (max(1, round(part_width * scale)), max(1, round(part_height * scale)))
    energy = cv2.boxFilter(edges, cv2.CV_32F, window, borderType=cv2.BORDER_CONSTANT)
    _, _, _, (x, y) = cv2.minMaxLoc(energy)
    left = int(np.clip(x / scale - part_width / 2, 0, width - part_width))
    top = int(np.clip(y / scale - part_height / 2, 0, height - part_height))
    return left, top, np.ascontiguousarray(luma[top : top + part_height, left : left + part_width])
