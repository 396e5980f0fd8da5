"""The structure tensor of a picture: for each small cell how strong its edges are, how parallel, and
which way they run.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from kiosk.scanner.likelihood.templates import Floats

_SIDE_MAX = 640
_CELLS = 96
"""Along the longer side of the picture."""
_STRENGTH_FLOOR = 1.5
"""Squared grey levels a pixel: weaker edges than that are noise."""


@dataclass(frozen=True, slots=True)
class Cells:
    """The tensor of each cell, (rows, columns); `pixels` of the picture to a cell's side."""

    strength: Floats
    angle_deg: Floats
    parallel: Floats
    pixels: float


def cells_of(grey: NDArray[np.uint8]) -> Cells:
    """The cells of a grey picture (h, w)."""
    height, width = grey.shape
    scale = min(1.0, _SIDE_MAX / max(height, width))
    small = grey
    if scale < 1:
        size = (round(width * scale), round(height * scale))
        small = np.asarray(cv2.resize(grey, size, interpolation=cv2.INTER_AREA), np.uint8)
    smooth = cv2.GaussianBlur(small, (5, 5), 1.0)
    across = cv2.Scharr(smooth, cv2.CV_32F, 1, 0, scale=1 / 32)
    down = cv2.Scharr(smooth, cv2.CV_32F, 0, 1, scale=1 / 32)
    factor = _CELLS / max(small.shape)
    size = (max(1, round(small.shape[1] * factor)), max(1, round(small.shape[0] * factor)))
    xx, yy, xy = (
        cv2.GaussianBlur(cv2.resize(product, size, interpolation=cv2.INTER_AREA), (0, 0), 1.2)
        for product in (across * across, down * down, across * down)
    )
    energy = xx + yy
    difference = xx - yy
    lean = np.hypot(difference, 2 * xy)
    return Cells(
        np.sqrt(energy),
        np.rad2deg(np.arctan2(2 * xy, difference) / 2) % 180,
        lean / (energy + _STRENGTH_FLOOR),
        max(height, width) / max(size),
    )
