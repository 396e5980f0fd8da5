"""Takes the mirror image of a lamp out of a picture of bars.

What a lamp adds to the light of paper it adds to the bars as well. Between bars there is always
paper near, so the lightest of a neighbourhood tells how much was added; where the camera saturated
nothing is left to be had.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from kiosk.scanner.likelihood.find import Region

_NEAR = 0.06
"""Of the code's width: six modules and more, and no bar is wider than four."""
_HIGH = 5
_SMOOTH_PX = 1.5
_PAPER_PERCENTILE = 60
"""A lamp covers less than the rest of a code, so this is plain paper's light."""
_MARGIN_PX = 40
_FULL = 255.0
_SATURATED = 248.0
"""Grey level from which a camera no longer tells light from more light."""


@dataclass(frozen=True, slots=True)
class Dulled:
    """`picture` without a lamp's mirror image, and how much light of the `lamp` was taken out of
    it (0 to 255, where 255 is a white that blinds the camera)."""

    picture: NDArray[np.uint8]
    lamp: NDArray[np.uint8]


def without_shine(grey: NDArray[np.uint8], region: Region) -> Dulled:
    """The picture with even paper in and around a region; as it was elsewhere."""
    top, bottom, left, right = _box(grey, region)
    # Light adds up; grey levels are about its square root.
    light = np.square(grey[top:bottom, left:right].astype(np.float32))
    near = max(3, int(_NEAR * region.width)) | 1
    smooth = cv2.GaussianBlur(light, (0, 0), _SMOOTH_PX)
    lightest = cv2.dilate(smooth, np.ones((_HIGH, near), np.uint8))
    paper = cv2.GaussianBlur(lightest, (0, 0), near / 2)
    inner = paper[_MARGIN_PX // 2 : -_MARGIN_PX // 2, _MARGIN_PX // 2 : -_MARGIN_PX // 2]
    usual = float(np.percentile(inner if inner.size else paper, _PAPER_PERCENTILE))
    added = np.maximum(paper - usual, 0)
    even = np.sqrt(np.clip(light - added, 0, _FULL * _FULL))
    treated, lamp = grey.copy(), np.zeros_like(grey)
    treated[top:bottom, left:right] = even.astype(np.uint8)
    added[smooth >= _SATURATED * _SATURATED] = _FULL * _FULL
    lamp[top:bottom, left:right] = np.minimum(added / _FULL, _FULL).astype(np.uint8)
    return Dulled(treated, lamp)


def _box(grey: NDArray[np.uint8], region: Region) -> tuple[int, int, int, int]:
    """Rows from, to and columns from, to of the upright box around a region, with a margin."""
    points = np.array(
        [
            region.point(u, v)
            for u in (region.left, region.right)
            for v in (region.top, region.bottom)
        ]
    )
    height, width = grey.shape
    low = np.floor(points.min(0)) - _MARGIN_PX
    high = np.ceil(points.max(0)) + _MARGIN_PX
    left, right = (int(np.clip(x, 0, width)) for x in (low[0], high[0]))
    top, bottom = (int(np.clip(y, 0, height)) for y in (low[1], high[1]))
    return top, max(bottom, top + 1), left, max(right, left + 1)
