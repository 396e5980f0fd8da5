"""Reads retail codes that are too blurred for a threshold, from their grey levels.

For frames in which the engines found nothing: a frame costs up to a seventh of a second.
"""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from kiosk.scanner.known import KnownCodes
from kiosk.scanner.likelihood.catalogue import CodeList, code_list
from kiosk.scanner.likelihood.costs import total
from kiosk.scanner.likelihood.families import states_of
from kiosk.scanner.likelihood.find import find_regions
from kiosk.scanner.likelihood.reading import Reading
from kiosk.scanner.likelihood.refuse import Verdict, verdict
from kiosk.scanner.likelihood.sight import Sight, contradicts, sights_in
from kiosk.scanner.likelihood.templates import EAN13, Layout

LAYOUTS = (EAN13,)

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
        looks: list[Sight] = []
        doubtful: list[tuple[Sight, Reading]] = []
        for sight in _looks(grey):
            looks.append(sight)
            found = self._verdict([sight], catalogue)
            if found is not None:
                reading = _reading([sight], found)
                if found.is_sure:
                    return reading
                doubtful.append((sight, reading))
        return next((read for sight, read in doubtful if _agreed(sight, read, looks)), None)

    def judged(self, sights: list[Sight], catalogue: KnownCodes | None) -> Reading | None:
        """What looks at one code (all of one layout) say together; corners are the last one's."""
        found = self._verdict(sights, catalogue)
        return None if found is None else _reading(sights, found)

    def _verdict(self, sights: list[Sight], catalogue: KnownCodes | None) -> Verdict | None:
        layout = sights[-1].layout
        costs = total([sight.costs for sight in sights])
        known = self._codes(layout, catalogue)
        return verdict(
            layout,
            costs,
            _bands(sights),
            _fit(sights),
            known,
            looks=len(sights),
            is_dulled=any(sight.is_dulled for sight in sights),
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
    """One after another, the likeliest first."""
    for region in find_regions(grey):
        for layout in LAYOUTS:
            yield from sights_in(grey, region, layout)


def _agreed(sight: Sight, reading: Reading, looks: list[Sight]) -> bool:
    states = states_of(sight.layout, reading.text)
    return states is not None and not any(contradicts(other, sight, states) for other in looks)


def _reading(sights: list[Sight], found: Verdict) -> Reading:
    last = sights[-1]
    return Reading(
        last.layout.symbology,
        found.text,
        _fit(sights),
        found.margin,
        _bands(sights),
        last.corners,
        found.known,
    )


def _bands(sights: list[Sight]) -> int:
    return sum(sight.bands for sight in sights)


def _fit(sights: list[Sight]) -> float:
    return float(np.median([sight.fit for sight in sights]))
