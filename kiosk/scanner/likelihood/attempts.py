"""Where to look for a code in a picture, and in which light: other places at every look.

A lamp in the pack's shine spoils a part of the bars' height, seldom all of it, so the parts that it
dazzles least are tried by themselves, with the shine taken out. All of that in every picture would
cost more than the next picture, which shows the same pack anyway.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from math import cos, sin

import cv2
import numpy as np
from numpy.typing import NDArray

from kiosk.scanner.likelihood.find import Region, find_regions
from kiosk.scanner.likelihood.shine import without_shine

_PARTS = ((0.0, 0.4), (0.15, 0.55), (0.3, 0.7), (0.45, 0.85), (0.6, 1.0))
_THIN_PARTS = ((0.0, 0.2), (0.2, 0.4), (0.4, 0.6), (0.6, 0.8), (0.8, 1.0))
"""Shares of a region's height. Under a large lamp only a thin part is clear."""
_ROWS, _COLUMNS = 20, 64


@dataclass(frozen=True, slots=True)
class Attempt:
    """A place in a picture; `lamp`: the shine that was taken out of the picture, if it was."""

    picture: NDArray[np.uint8]
    region: Region
    lamp: NDArray[np.uint8] | None = None


def attempts(grey: NDArray[np.uint8], turn: int) -> Iterator[Attempt]:
    """Three places, in an order that depends on the number of the look."""
    regions = find_regions(grey)
    if not regions:
        return
    first = regions[0]
    yield Attempt(grey, first)
    dull = without_shine(grey, first)
    clearest = _clearest(grey, first, _PARTS if turn % 2 == 0 else _THIN_PARTS)
    yield Attempt(dull.picture, _part(first, *clearest[0]), dull.lamp)
    if turn % 2 == 1 and len(regions) > 1:
        yield Attempt(grey, regions[1])
    else:
        yield Attempt(dull.picture, _part(first, *clearest[-1]), dull.lamp)


def _clearest(
    grey: NDArray[np.uint8], region: Region, parts: tuple[tuple[float, float], ...]
) -> tuple[tuple[float, float], tuple[float, float]]:
    """The part of a region that a lamp dazzles least, and the clearest that lies apart from it."""
    u = np.linspace(region.left, region.right, _COLUMNS, dtype=np.float32)
    v = np.linspace(region.top, region.bottom, _ROWS, dtype=np.float32)[:, None]
    c, s = np.float32(cos(region.across_rad)), np.float32(sin(region.across_rad))
    smooth = cv2.blur(cv2.remap(grey, c * u - s * v, s * u + c * v, cv2.INTER_LINEAR), (5, 1))
    lamp = np.square(smooth.max(1).astype(np.float32))
    light = [float(lamp[int(a * _ROWS) : int(b * _ROWS)].mean()) for a, b in parts]
    first, *others = [parts[index] for index in np.argsort(light, kind="stable")]
    apart = (part for part in others if part[1] <= first[0] or part[0] >= first[1])
    return first, next(apart, others[0])


def _part(region: Region, start: float, stop: float) -> Region:
    """A share of a region's height."""
    return replace(
        region,
        top=region.top + start * region.height,
        bottom=region.top + stop * region.height,
    )
