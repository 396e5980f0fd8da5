"""Where to look for a code in a picture, and in which light: other places at every look.

A lamp in the pack's shine spoils a part of the bars' height, seldom all of it, so the upper and the
lower part are tried by themselves, with the shine taken out. All of that in every picture would
cost more than the next picture, which shows the same pack anyway.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from kiosk.scanner.likelihood.find import Region, find_regions
from kiosk.scanner.likelihood.shine import without_shine

_UPPER, _LOWER = (0.0, 0.4), (0.6, 1.0)


@dataclass(frozen=True, slots=True)
class Attempt:
    """A place in a picture; `dull`: the picture is one without shine."""

    picture: NDArray[np.uint8]
    region: Region
    dull: bool


def attempts(grey: NDArray[np.uint8], turn: int) -> Iterator[Attempt]:
    """Three places, in an order that depends on the number of the look."""
    regions = find_regions(grey)
    if not regions:
        return
    first = regions[0]
    yield Attempt(grey, first, dull=False)
    dull = without_shine(grey, first)
    parts = (_UPPER, _LOWER) if turn % 2 == 0 else (_LOWER, _UPPER)
    yield Attempt(dull, _part(first, *parts[0]), dull=True)
    if turn % 2 == 1 and len(regions) > 1:
        yield Attempt(grey, regions[1], dull=False)
    else:
        yield Attempt(dull, _part(first, *parts[1]), dull=True)


def _part(region: Region, start: float, stop: float) -> Region:
    """A share of a region's height."""
    return replace(
        region,
        top=region.top + start * region.height,
        bottom=region.top + stop * region.height,
    )
