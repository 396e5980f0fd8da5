"""Where in a picture bars may stand, and how they are turned.

The structure tensor (sums of products of gradients over small cells) tells for each cell how
strong its edges are, how parallel, and which way they run. Bars are a patch of many cells that
agree. Directions are collected into a histogram; for each of its peaks the cells that agree are
turned upright, smoothed along the bars' row and cut into patches.
"""

from dataclasses import dataclass, replace
from math import cos, pi, sin

import cv2
import numpy as np
from numpy.typing import NDArray

from kiosk.scanner.likelihood.cells import Cells, cells_of
from kiosk.scanner.likelihood.templates import Floats

_DIRECTIONS = 60
_SMOOTHINGS = (0.09, 0.18)
"""Shares of the picture's longer side over which gaps between bars are bridged."""
_THRESHOLDS = (0.28, 0.5)
_PRINT, _BARS, _NOT_NONE = 0.5, 0.8, 0.05
"""How parallel the edges of printed lines and of bars are on average, and what a patch is given at
least: in little light nothing is very parallel."""
_WHOLE_ENERGY_MIN = 0.6
_TURN_MAX_RAD = 0.08


@dataclass(frozen=True, slots=True)
class Region:
    """A turned rectangle that may hold bars, in pixels of the picture.

    `across_rad` is the direction in which the bars follow one another; with u along it and v a
    quarter turn further, the region spans u from `left` to `right` and v from `top` to `bottom`.
    """

    across_rad: float
    left: float
    right: float
    top: float
    bottom: float
    energy: float

    @property
    def width(self) -> float:
        return self.right - self.left

    @property
    def height(self) -> float:
        return self.bottom - self.top

    def point(self, u: float, v: float) -> tuple[float, float]:
        """(x, y) of a point given along and across."""
        c, s = cos(self.across_rad), sin(self.across_rad)
        return (c * u - s * v, s * u + c * v)

    def place(self, x: float, y: float) -> tuple[float, float]:
        """(u, v) of a point of the picture."""
        c, s = cos(self.across_rad), sin(self.across_rad)
        return (c * x + s * y, c * y - s * x)


def find_regions(grey: NDArray[np.uint8], count: int = 2) -> list[Region]:
    """The regions most like bars, the strongest first."""
    cells = cells_of(grey)
    regions: list[Region] = []
    for angle_deg in _directions(cells):
        regions += _patches(cells, angle_deg)
    regions.sort(key=lambda region: -region.energy)
    kept: list[Region] = []
    for region in regions:
        if not any(_alike(region, other) for other in kept):
            kept.append(region)
    return _whole_first(kept)[:count]


def _whole_first(regions: list[Region]) -> list[Region]:
    """With the strongest behind one that holds it: a lamp or a gap parts a code in two."""
    if not regions:
        return regions
    first = regions[0]
    wholes = (
        other
        for other in regions[1:]
        if other.energy > _WHOLE_ENERGY_MIN * first.energy and _holds(other, first)
    )
    whole = next(wholes, first)
    return [whole, *(region for region in regions if region is not whole)]


def _holds(whole: Region, part: Region) -> bool:
    slack = 0.1 * part.width
    is_along = whole.left - slack < part.left and part.right < whole.right + slack
    low, high = max(whole.top, part.top), min(whole.bottom, part.bottom)
    return is_along and _turned(whole, part) < _TURN_MAX_RAD and high - low > 0.5 * part.height


def _turned(a: Region, b: Region) -> float:
    return float(abs((a.across_rad - b.across_rad + pi / 2) % pi - pi / 2))


def _directions(cells: Cells, count: int = 2) -> list[float]:
    """The commonest directions of edges in degrees."""
    # Blurred bars are weak and the rim of a label is strong, so strength is capped.
    capped = np.minimum(cells.strength, np.percentile(cells.strength, 90))
    weight = capped * np.clip(cells.parallel - 0.5, 0, 1)
    histogram, _ = np.histogram(cells.angle_deg, bins=_DIRECTIONS, range=(0, 180), weights=weight)
    smooth = np.convolve(
        np.concatenate([histogram[-2:], histogram, histogram[:2]]),
        np.array([1, 2, 3, 2, 1]) / 9,
        "valid",
    )
    peaks: list[int] = []
    for index in np.argsort(-smooth):
        if all(_apart(int(index), peak) > 5 for peak in peaks):
            peaks.append(int(index))
        if len(peaks) == count:
            break
    return [_refined(cells, weight, (peak + 0.5) * 180 / _DIRECTIONS) for peak in peaks]


def _apart(a: int, b: int) -> int:
    return min(abs(a - b), _DIRECTIONS - abs(a - b))


def _refined(cells: Cells, weight: Floats, angle_deg: float) -> float:
    away = (cells.angle_deg - angle_deg + 90) % 180 - 90
    near = np.abs(away) < 7
    share = float(weight[near].sum())
    if share <= 0:
        return angle_deg
    return angle_deg + float((weight[near] * away[near]).sum()) / share


def _patches(cells: Cells, angle_deg: float) -> list[Region]:
    theta = np.deg2rad(angle_deg if angle_deg <= 135 else angle_deg - 180)
    away = np.abs((cells.angle_deg - angle_deg + 90) % 180 - 90)
    capped = np.minimum(cells.strength, np.percentile(cells.strength, 92))
    energy = (capped * np.clip(cells.parallel - 0.4, 0, 1) * (away < 22)).astype(np.float32)
    upright, left, top = _upright(energy, float(theta))
    strength, _, _ = _upright(cells.strength, float(theta))
    agreed, _, _ = _upright(cells.strength * np.minimum(cells.parallel, 1), float(theta))
    regions = []
    for share in _SMOOTHINGS:
        width = max(3, round(share * max(energy.shape)))
        smooth = cv2.blur(upright, (width, max(1, width // 5)))
        peak = float(np.percentile(smooth, 99.5))
        for threshold in _THRESHOLDS:
            mask = (smooth > max(threshold * peak, 1e-3)).astype(np.uint8)
            found, labels, stats, _ = cv2.connectedComponentsWithStats(mask)
            largest = sorted(range(1, found), key=lambda i: -stats[i][cv2.CC_STAT_AREA])[:2]
            for label in largest:
                patch = _region(labels == label, upright, cells.pixels, (left, top), float(theta))
                if patch is not None:
                    box = _box(labels == label)
                    parallel = float(agreed[box].sum() / (strength[box].sum() + 1e-6))
                    regions.append(replace(patch, energy=patch.energy * _likeness(parallel)))
    return regions


def _likeness(parallel: float) -> float:
    """How much like bars a patch is by how parallel its edges are: lines of print are less so."""
    return min(max(parallel - _PRINT, _NOT_NONE), _BARS - _PRINT) ** 2


def _box(patch: NDArray[np.bool_]) -> tuple[slice, slice]:
    rows, columns = np.flatnonzero(patch.any(1)), np.flatnonzero(patch.any(0))
    return slice(rows[0], rows[-1] + 1), slice(columns[0], columns[-1] + 1)


def _upright(energy: Floats, theta: float) -> tuple[Floats, float, float]:
    """The cells turned so that bars stand upright, and where their left top corner lies."""
    rows, columns = energy.shape
    c, s = cos(theta), sin(theta)
    corners = np.array([(0, 0), (columns, 0), (columns, rows), (0, rows)])
    u = corners[:, 0] * c + corners[:, 1] * s
    v = -corners[:, 0] * s + corners[:, 1] * c
    left, top = float(u.min()), float(v.min())
    size = (int(np.ptp(u)) + 1, int(np.ptp(v)) + 1)
    # Cells are numbered by their middles.
    shift_x, shift_y = left + 0.5, top + 0.5
    way = np.array(
        [
            [c, -s, c * shift_x - s * shift_y - 0.5],
            [s, c, s * shift_x + c * shift_y - 0.5],
        ]
    )
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    turned = cv2.warpAffine(energy, way, size, flags=flags)
    return np.asarray(turned, np.float32), left, top


def _region(
    patch: NDArray[np.bool_],
    smooth: Floats,
    pixels: float,
    corner: tuple[float, float],
    theta: float,
) -> Region | None:
    rows, columns = patch.sum(1), patch.sum(0)
    if patch.sum() < 0.004 * patch.size:
        return None
    high = np.nonzero(rows > 0.55 * rows.max())[0]
    wide = np.nonzero(columns > 0.25 * columns.max())[0]
    left, right = wide[0], wide[-1] + 1
    top, bottom = high[0], high[-1] + 1
    if right - left < 5 or bottom - top < 1:
        return None
    return Region(
        theta,
        float((corner[0] + left) * pixels),
        float((corner[0] + right) * pixels),
        float((corner[1] + top) * pixels),
        float((corner[1] + bottom) * pixels),
        float(smooth[patch].sum() / np.sqrt(patch.sum())),
    )


def _alike(a: Region, b: Region) -> bool:
    along = abs(a.left - b.left) + abs(a.right - b.right)
    across = abs(a.top - b.top) + abs(a.bottom - b.bottom)
    return _turned(a, b) < _TURN_MAX_RAD and along < 0.2 * b.width and across < 0.6 * b.height
