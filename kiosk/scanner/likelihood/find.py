"""Where in a picture bars may stand, and how they are turned.

The structure tensor (sums of products of gradients over small cells) tells for each cell how
strong its edges are, how parallel, and which way they run. Bars are a patch of many cells that
agree. Directions are collected into a histogram; for each of its peaks the cells that agree are
turned upright, smoothed along the bars' row and cut into patches.
"""

from dataclasses import dataclass
from math import cos, pi, sin

import cv2
import numpy as np
from numpy.typing import NDArray

from kiosk.scanner.likelihood.templates import Floats

_SIDE_MAX = 640
_CELLS = 96
"""Along the longer side of the picture."""
_DIRECTIONS = 60
_SMOOTHINGS = (0.09, 0.18)
"""Shares of the picture's longer side over which gaps between bars are bridged."""
_THRESHOLDS = (0.28, 0.5)
_STRENGTH_FLOOR = 1.5
"""Squared grey levels a pixel: weaker edges than that are noise."""


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


@dataclass(frozen=True, slots=True)
class _Cells:
    """The tensor of each cell, (rows, columns); `pixels` of the picture to a cell's side."""

    strength: Floats
    angle_deg: Floats
    parallel: Floats
    pixels: float


def find_regions(grey: NDArray[np.uint8], count: int = 2) -> list[Region]:
    """The regions most like bars, the strongest first."""
    cells = _cells(grey)
    regions: list[Region] = []
    for angle_deg in _directions(cells):
        regions += _patches(cells, angle_deg)
    regions.sort(key=lambda region: -region.energy)
    kept: list[Region] = []
    for region in regions:
        if not any(_alike(region, other) for other in kept):
            kept.append(region)
    return kept[:count]


def _cells(grey: NDArray[np.uint8]) -> _Cells:
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
    return _Cells(
        np.sqrt(energy),
        np.rad2deg(np.arctan2(2 * xy, difference) / 2) % 180,
        lean / (energy + _STRENGTH_FLOOR),
        max(height, width) / max(size),
    )


def _directions(cells: _Cells, count: int = 2) -> list[float]:
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


def _refined(cells: _Cells, weight: Floats, angle_deg: float) -> float:
    away = (cells.angle_deg - angle_deg + 90) % 180 - 90
    near = np.abs(away) < 7
    share = float(weight[near].sum())
    if share <= 0:
        return angle_deg
    return angle_deg + float((weight[near] * away[near]).sum()) / share


def _patches(cells: _Cells, angle_deg: float) -> list[Region]:
    theta = np.deg2rad(angle_deg if angle_deg <= 135 else angle_deg - 180)
    away = np.abs((cells.angle_deg - angle_deg + 90) % 180 - 90)
    capped = np.minimum(cells.strength, np.percentile(cells.strength, 92))
    energy = (capped * np.clip(cells.parallel - 0.4, 0, 1) * (away < 22)).astype(np.float32)
    upright, left, top = _upright(energy, float(theta))
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
                    regions.append(patch)
    return regions


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
    turned = abs((a.across_rad - b.across_rad + pi / 2) % pi - pi / 2)
    along = abs(a.left - b.left) + abs(a.right - b.right)
    across = abs(a.top - b.top) + abs(a.bottom - b.bottom)
    return turned < 0.08 and along < 0.2 * b.width and across < 0.6 * b.height
