"""Reads retail codes that are too blurred for a threshold, from their grey levels.

For frames in which the engines found nothing: a frame costs about a tenth of a second.
"""

from collections.abc import Iterator
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from kiosk.scanner.known import KnownCodes
from kiosk.scanner.likelihood.catalogue import CodeList, code_list
from kiosk.scanner.likelihood.costs import total
from kiosk.scanner.likelihood.find import find_regions
from kiosk.scanner.likelihood.reading import Reading
from kiosk.scanner.likelihood.refuse import verdict
from kiosk.scanner.likelihood.sight import Sight, sights_in
from kiosk.scanner.likelihood.templates import EAN13, Layout

LAYOUTS = (EAN13,)

_REGIONS_BY_ENDS = 2
"""Regions in which strongly blurred codes are looked for too, which takes twice as long."""
_LOOKS_MAX = 4
_PLAIN_FIT = 0.03
"""What is explained so well needs no other explanation."""


class LikelihoodReader:
    """Reads single frames; make one per thread.

    A catalogue's codes are worked out once and kept for as long as the same object is given.
    """

    def __init__(self) -> None:
        self._known: KnownCodes | None = None
        self._lists: dict[Layout, CodeList] = {}

    def read(self, grey: NDArray[np.uint8], catalogue: KnownCodes | None = None) -> Reading | None:
        """The code in a grey picture (h, w), or None when none is sure.

        A code outside the catalogue is given too, if the picture alone makes it sure.
        """
        for sight in _looks(grey):
            reading = self.judged([sight], catalogue)
            if reading is not None:
                return reading
        return None

    def judged(self, sights: list[Sight], catalogue: KnownCodes | None) -> Reading | None:
        """What looks at one code (all of one layout) say together; corners are the last one's."""
        layout = sights[-1].layout
        costs = total([sight.costs for sight in sights])
        bands = sum(sight.bands for sight in sights)
        fit = float(np.median([sight.fit for sight in sights]))
        found = verdict(layout, costs, bands, fit, self._codes(layout, catalogue))
        if found is None:
            return None
        return Reading(
            layout.symbology, found.text, fit, found.margin, bands, sights[-1].corners, found.known
        )

    def _codes(self, layout: Layout, catalogue: KnownCodes | None) -> CodeList | None:
        if catalogue is None:
            return None
        if catalogue is not self._known:
            self._known = catalogue
            self._lists = {each: code_list(each, catalogue) for each in LAYOUTS}
        return self._lists[layout]

    def sights(self, grey: NDArray[np.uint8]) -> list[Sight]:
        """What a picture may show, the best explained first; [0] is the one to keep."""
        sights: list[Sight] = []
        for sight in _looks(grey):
            sights.append(sight)
            if sight.fit <= _PLAIN_FIT:
                break
        return sorted(sights, key=lambda sight: sight.fit)


def _looks(grey: NDArray[np.uint8]) -> Iterator[Sight]:
    """All that is worth its time: at most so many looks, the likeliest first."""
    return islice(
        (
            sight
            for place, region in enumerate(find_regions(grey))
            for layout in LAYOUTS
            for sight in sights_in(grey, region, layout, by_ends=place < _REGIONS_BY_ENDS)
        ),
        _LOOKS_MAX,
    )
