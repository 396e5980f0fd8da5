"""What a picture shows before anything is read in it: stripes where, how large, in which light.

Measured on a picture 320 pixels wide, in about a millisecond; only while somebody shops.
"""

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np

from kiosk.scanner.frames import Pixels

_WIDTH = 320
_CELL = 4
"""Cells of 4×4 of those pixels are judged: wide enough for two bars of a small code."""
_ENERGY_MIN = 60.0
_WHITE, _WHITE_PERCENTILE = 220.0, 95
_NOISE_ENERGY = 8.0
"""Mean squared gradient of a cell that may hold bars, even blurred ones, where paper is as light
as `_WHITE`. In less light bars have less of it by the square; below the last it is a sensor's."""
_COHERENCE_MIN = 0.5
"""1: all edges run the same way; 0: every way. Bars have 0.7 to 1, in noise 0.5 and more; print and
noise alone about 0.3."""
_TURN_MAX_RAD = 0.4
_DIRECTIONS = 36
_CELLS_MIN = 12
_ELONGATION_MIN = 0.25
_DAZZLED = 247
"""Mean level of a cell in which a lamp is mirrored: paper in good light stays below."""


@dataclass(frozen=True, slots=True)
class Stripes:
    """A patch of parallel edges; places and lengths as shares of the picture's width.

    `length` runs across the bars, `height` along them. `dazzled` is the share of its middle in
    which nothing but white is left. `at_edges`: it leaves the picture on two opposite sides.
    `sharpness` is its mean squared gradient: of one pack's pictures the least blurred has the most.
    """

    centre: tuple[float, float]
    length: float
    height: float
    dazzled: float
    at_edges: bool
    sharpness: float = 0.0


@dataclass(frozen=True, slots=True)
class Sight:
    """One picture; `brightness` is 0 black to 1 white, `stripes` None when there are none."""

    brightness: float
    stripes: Stripes | None


def sight_of(luma: Pixels) -> Sight:
    """What a grey picture shows."""
    height, width = luma.shape
    scale = _WIDTH / width
    small = cv2.resize(luma, (_WIDTH, max(8, round(height * scale))), interpolation=cv2.INTER_AREA)
    return Sight(float(cv2.mean(small)[0]) / 255, _stripes(np.asarray(small, np.uint8)))


def _stripes(small: Pixels) -> Stripes | None:
    edges = _edges(small)
    energy, coherence, turn_rad = edges
    mask = (energy > _least_energy(small)) & (coherence > _COHERENCE_MIN)
    if not mask.any():
        return None
    # All of a code's edges run alike, the rims of its label do not; yet under a blur that leaves
    # nothing of the bars those rims are all there is.
    alike = mask & _is_along(turn_rad, _commonest(turn_rad[mask], energy[mask]))
    return _strongest(alike, edges, small) or _strongest(mask, edges, small)


def _strongest(mask: Any, edges: tuple[Any, Any, Any], small: Pixels) -> Stripes | None:
    """The patch with the most contrast; None when it is too small or no patch of stripes."""
    energy, _, turn_rad = edges
    count, labels = cv2.connectedComponents(mask.astype(np.uint8), connectivity=8)
    if count < 2:
        return None
    # Lines of print are parallel as well, and often cover more; bars have more contrast.
    weights = np.bincount(labels.ravel(), energy.ravel())
    inside = labels == 1 + int(np.argmax(weights[1:]))
    if np.count_nonzero(inside) < _CELLS_MIN:
        return None
    return _patch(inside, turn_rad, small, sharpness=float(energy[inside].mean()))


def _least_energy(small: Pixels) -> float:
    """What a cell of bars has at least, in the light of this picture."""
    white = float(np.percentile(small[::4, ::4], _WHITE_PERCENTILE))
    return max(_NOISE_ENERGY, _ENERGY_MIN * min(1.0, white / _WHITE) ** 2)


def _commonest(turns_rad: Any, energy: Any) -> float:
    """The direction that most of some cells' energy has."""
    step = np.pi / _DIRECTIONS
    bins = np.floor(turns_rad / step).astype(int) % _DIRECTIONS
    counts = np.bincount(bins, energy, minlength=_DIRECTIONS)
    near = counts + np.roll(counts, 1) + np.roll(counts, -1)
    return (float(np.argmax(near)) + 0.5) * step


def _is_along(turn_rad: Any, direction_rad: float) -> Any:
    away = (turn_rad - direction_rad + np.pi / 2) % np.pi - np.pi / 2
    return np.abs(away) < _TURN_MAX_RAD


def _edges(small: Pixels) -> tuple[Any, Any, Any]:
    """Per cell: squared gradient, how parallel the edges are, the direction across them."""
    across = cv2.Sobel(small, cv2.CV_32F, 1, 0, ksize=1)
    down = cv2.Sobel(small, cv2.CV_32F, 0, 1, ksize=1)
    size = (small.shape[1] // _CELL, small.shape[0] // _CELL)
    xx, yy, xy = (
        cv2.blur(cv2.resize(product, size, interpolation=cv2.INTER_AREA), (5, 5))
        for product in (across * across, down * down, across * down)
    )
    energy = xx + yy
    coherence = np.hypot(xx - yy, 2 * xy) / (energy + 1e-6)
    return energy, coherence, 0.5 * np.arctan2(2 * xy, xx - yy)


def _patch(inside: Any, turn_rad: Any, small: Pixels, *, sharpness: float) -> Stripes | None:
    rows, columns = np.nonzero(inside)
    turns = 2 * turn_rad[inside]
    turn = 0.5 * np.arctan2(np.sin(turns).mean(), np.cos(turns).mean())
    along = columns * np.cos(turn) + rows * np.sin(turn)
    beside = -columns * np.sin(turn) + rows * np.cos(turn)
    low, high = np.percentile(along, [2, 98])
    top, bottom = np.percentile(beside, [2, 98])
    cells_wide = inside.shape[1]
    length, height = (high - low + 1) / cells_wide, (bottom - top + 1) / cells_wide
    if length < _ELONGATION_MIN * height:
        return None
    middle = ((columns.mean() + 0.5) / cells_wide, (rows.mean() + 0.5) / cells_wide)
    return Stripes(
        (float(middle[0]), float(middle[1])),
        float(length),
        float(height),
        _dazzled(small, inside, (turn, low, high, top, bottom)),
        _is_cut(rows, columns, inside.shape),
        sharpness,
    )


def _dazzled(small: Pixels, inside: Any, box: tuple[float, ...]) -> float:
    """The share of a patch's middle that is white all around: no gap between bars is so wide.

    The edges are left out; quiet zones are white by right.
    """
    turn, low, high, top, bottom = box
    rows, columns = np.mgrid[0 : inside.shape[0], 0 : inside.shape[1]]
    along = columns * np.cos(turn) + rows * np.sin(turn)
    beside = -columns * np.sin(turn) + rows * np.cos(turn)
    side, end = 0.12 * (high - low), 0.3 * (bottom - top)
    middle = (along > low + side) & (along < high - side)
    middle &= (beside > top + end) & (beside < bottom - end)
    if not middle.any():
        return 0.0
    size = (inside.shape[1], inside.shape[0])
    levels = np.asarray(cv2.resize(small, size, interpolation=cv2.INTER_AREA))
    white = cv2.erode((levels >= _DAZZLED).astype(np.uint8), np.ones((3, 3), np.uint8))
    return float(white[middle].mean())


def _is_cut(rows: Any, columns: Any, shape: tuple[int, ...]) -> bool:
    high, wide = shape
    sides = columns.min() <= 1 and columns.max() >= wide - 2
    ends = rows.min() <= 1 and rows.max() >= high - 2
    return bool(sides or ends)
