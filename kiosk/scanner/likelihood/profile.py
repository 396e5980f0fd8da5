"""From a region of the picture to a few grey profiles across its bars.

The region is resampled so that its bars stand upright, once roughly and once more with the lean
of the bars, which the gradients tell by least squares: along a bar the picture does not change,
so gx·s + gy = 0 for a lean of s columns a row. Rows that do not look like the rest (printed
digits, a finger, glare) are left out, and the rest is averaged in a few bands: less noise, yet
several witnesses that can disagree.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from kiosk.scanner.likelihood.find import Region
from kiosk.scanner.likelihood.templates import Floats

_LIGHT = (255 * np.linspace(0, 1, 256) ** 2.0).astype(np.float32)
"""Lenses blur light, but cameras write about its square root: grey level → light, both 0 to 255."""

_SAMPLES_ALONG = 420
"""At least so many samples to the width of a region, or four to a pixel."""
_SAMPLES_A_PIXEL_MAX = 4.0
_SAMPLES_ALONG_MAX = 800
_ROWS_MAX = 72
_MARGIN_ALONG = 0.3
_MARGIN_ACROSS = 0.25
BANDS_MAX = 5
_BAND_ROWS_MIN = 3


@dataclass(frozen=True, slots=True)
class Profiles:
    """`bands` (B, samples) of light, `scale` samples to a pixel, `width` samples of the region
    without its margins, `left` the place of sample 0 along the region, in pixels. `lamp` (B,
    samples): how much light of a lamp was taken out, in times the bars' contrast; None: nothing."""

    bands: Floats
    scale: float
    width: float
    left: float = 0.0
    lamp: Floats | None = None


@dataclass(frozen=True, slots=True)
class _Grid:
    """Sample (column, row) of a strip ↔ (u, v) of its region."""

    left: float
    top: float
    scale: float
    row_pixels: float
    columns: int
    rows: int


def profiles_of(
    grey: NDArray[np.uint8], region: Region, lamp: NDArray[np.uint8] | None = None
) -> Profiles | None:
    """The bands of a region; None when it lies outside or is too low.

    `lamp` (h, w): light that was taken out of the picture, where it is to be trusted less.
    """
    grid = _grid(grey, region)
    if grid.rows < _BAND_ROWS_MIN:
        return None
    lean = np.zeros(3)
    for _ in range(2):
        strip = _strip(grey, region, grid, lean)
        lean = lean + _lean(strip, grid)
    strip = _strip(grey, region, grid, lean)
    kept = _alike_rows(strip)
    bands = _bands(strip[kept])
    if bands is None:
        return None
    mirrored = None
    if lamp is not None:
        taken = _band_means(_resampled(lamp, region, grid, lean)[kept], len(bands))
        low, high = np.percentile(bands, (10, 90), axis=1)
        mirrored = (taken / (high - low + 1e-3)[:, None]).astype(np.float32)
    return Profiles(bands, grid.scale, region.width * grid.scale, grid.left, mirrored)


def _grid(grey: NDArray[np.uint8], region: Region) -> _Grid:
    scale = min(max(1.0, _SAMPLES_ALONG / region.width), _SAMPLES_A_PIXEL_MAX)
    scale = min(scale, _SAMPLES_ALONG_MAX / region.width)
    along = _MARGIN_ALONG * region.width + 6
    across = _MARGIN_ACROSS * region.height + 1
    left, right = region.left - along, region.right + along
    top, bottom = region.top - across, region.bottom + across
    row_pixels = max(1.0, (bottom - top) / _ROWS_MAX)
    return _Grid(
        left, top, scale, row_pixels, int((right - left) * scale), int((bottom - top) / row_pixels)
    )


def _strip(
    grey: NDArray[np.uint8], region: Region, grid: _Grid, lean: NDArray[np.float64]
) -> Floats:
    """Light of the region (rows, columns), bars upright if they lean by `lean`."""
    return np.asarray(_LIGHT[_resampled(grey, region, grid, lean)])


def _resampled(
    grey: NDArray[np.uint8], region: Region, grid: _Grid, lean: NDArray[np.float64]
) -> NDArray[np.uint8]:
    columns = np.arange(grid.columns, dtype=np.float32)
    rows = np.arange(grid.rows, dtype=np.float32)[:, None]
    along = (columns - grid.columns / 2) / grid.columns
    down = rows - grid.rows / 2
    shift = (lean[0] + lean[1] * along) * down + lean[2] * down * down / (2 * grid.rows)
    u = grid.left + (columns + shift) / grid.scale
    v = grid.top + rows * grid.row_pixels
    c, s = np.cos(region.across_rad), np.sin(region.across_rad)
    x = (c * u - s * v).astype(np.float32)
    y = (s * u + c * v).astype(np.float32)
    strip = cv2.remap(grey, x, y, cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(strip, np.uint8)


def _lean(strip: Floats, grid: _Grid) -> NDArray[np.float64]:
    """What bars still lean: columns a row at the middle, its change along and down the strip."""
    smooth = cv2.GaussianBlur(strip, (0, 0), max(1.0, grid.scale * 0.8), sigmaY=1.0)
    across = cv2.Sobel(smooth, cv2.CV_32F, 1, 0, ksize=3)[2:-2, 4:-4]
    down = cv2.Sobel(smooth, cv2.CV_32F, 0, 1, ksize=3)[2:-2, 4:-4]
    # Digits and the rims of labels have steep edges; bars have none.
    upright = np.abs(down) < np.abs(across) * 0.7
    across, down = across * upright, down * upright
    rows, columns = across.shape
    along = (np.arange(columns, dtype=np.float32) + 4 - grid.columns / 2) / grid.columns
    low = ((np.arange(rows, dtype=np.float32) + 2 - grid.rows / 2) / grid.rows)[:, None]
    # Bar-like rows count; a few rows of text must not.
    basis = (across, across * along, across * low)
    normal = np.array([[float(np.vdot(a, b)) for b in basis] for a in basis])
    wanted = np.array([-float(np.vdot(a, down)) for a in basis])
    normal += np.diag(np.array([1e-6, 0.02, 0.02]) * normal[0, 0] + 1e-6)
    return np.asarray(np.linalg.solve(normal, wanted))


def _alike_rows(strip: Floats) -> slice:
    """The longest run of rows that look like most of the middle."""
    rows = len(strip)
    group = max(1, rows // 24)
    count = rows // group
    means = strip[: count * group].reshape(count, group, -1).mean(1)
    # The light's slow change says nothing about bars.
    detail = means - cv2.blur(means, (means.shape[1] // 4 * 2 + 1, 1))
    middle = detail[count // 4 : max(count // 4 + 1, count - count // 4)]
    reference = np.median(middle, 0)
    norms = np.linalg.norm(detail, axis=1) * np.linalg.norm(reference) + 1e-6
    likeness = (detail @ reference) / norms
    good = likeness > 0.85 * np.percentile(likeness, 80)
    start, stop = _longest_run(good)
    return slice(start * group, stop * group)


def _longest_run(good: NDArray[np.bool_]) -> tuple[int, int]:
    edges = np.flatnonzero(np.diff(np.concatenate([[False], good, [False]]).astype(np.int8)))
    starts, stops = edges[::2], edges[1::2]
    if len(starts) == 0:
        return 0, len(good)
    longest = int(np.argmax(stops - starts))
    return int(starts[longest]), int(stops[longest])


def _bands(rows: Floats) -> Floats | None:
    count = min(BANDS_MAX, len(rows) // _BAND_ROWS_MIN)
    if count < 1:
        return None
    bands = []
    for part in np.array_split(rows, count):
        # The mean has less noise, the median forgets specks and scratches.
        bands.append((np.median(part, 0) + part.mean(0)) / 2)
    return np.stack(bands).astype(np.float32)


def _band_means(rows: NDArray[np.uint8], count: int) -> Floats:
    return np.stack([part.mean(0) for part in np.array_split(rows, count)]).astype(np.float32)
