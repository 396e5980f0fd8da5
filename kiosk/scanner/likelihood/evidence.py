"""Several looks at one hand-held pack say together what no single one says.

Wherever a code may lie is followed from look to look (a path), and its costs of codes add up along
it, however differently the pack lay in each. A look that speaks for something else than the rest
is left out, and too many of them make the path worthless; so does a look that is sure of another
code by itself, for then another pack is in view.
"""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import islice, zip_longest

import numpy as np
from numpy.typing import NDArray

from kiosk.scanner.known import KnownCodes
from kiosk.scanner.likelihood.attempts import Attempt, attempts
from kiosk.scanner.likelihood.costs import total
from kiosk.scanner.likelihood.reader import LAYOUTS, LikelihoodReader
from kiosk.scanner.likelihood.reading import Reading
from kiosk.scanner.likelihood.shine import without_shine
from kiosk.scanner.likelihood.sight import Sight, sights_in
from kiosk.scanner.likelihood.templates import templates_of
from kiosk.scanner.likelihood.track import Track, begin, follow
from kiosk.scanner.likelihood.viterbi import best_codes

_LOOKS_MAX = 12
_PATHS_MAX = 2
_PROMISING_MARGIN = 0.08
"""Wrong places are explained well, but by two codes about equally: below 0.1 as a rule."""
_STRONG_MARGIN, _STRONG_FIT = 0.2, 0.1
_WEAK_LOOKS_MAX = 3
"""So many looks without a clear one, one after another, and a path leads nowhere."""
_EXCESS_MAX = 1.0
"""A look that the common code explains so much worse than its own best one saw something else."""


@dataclass(frozen=True, slots=True)
class _Look:
    """A sight with its own best code and how clearly that stands out."""

    sight: Sight
    text: str
    cost: float
    margin: float

    @property
    def is_strong(self) -> bool:
        """So clear that the code lies here and there is no need to search elsewhere."""
        return self.margin >= _STRONG_MARGIN and self.sight.fit <= _STRONG_FIT

    @property
    def rank(self) -> tuple[bool, float]:
        """Of two looks at one picture the greater shows a better place."""
        return (self.is_strong, self.margin)


@dataclass(slots=True)
class _Path:
    """Where a code may lie by now, and what was seen along the way there."""

    track: Track
    dull: bool
    looks: deque[_Look] = field(default_factory=lambda: deque(maxlen=_LOOKS_MAX))
    weak: int = 0

    def take(self, look: _Look, track: Track) -> None:
        self.track = track
        self.looks.append(look)
        self.weak = 0 if look.margin >= _PROMISING_MARGIN else self.weak + 1

    def copy(self) -> "_Path":
        """One that goes on by itself from here."""
        return replace(self, looks=self.looks.copy())

    @property
    def is_strong(self) -> bool:
        return bool(self.looks) and self.looks[-1].is_strong

    @property
    def is_clear(self) -> bool:
        """Whether one code stood out at the last look, however badly explained."""
        return bool(self.looks) and self.looks[-1].margin >= _STRONG_MARGIN


class Evidence:
    """Sums up looks at one pack; make one per thread."""

    def __init__(self, catalogue: KnownCodes | None = None) -> None:
        self.catalogue = catalogue
        self._reader = LikelihoodReader()
        self._paths: list[_Path] = []
        self._turn = 0
        self._is_another = False

    def add(self, grey: NDArray[np.uint8]) -> Reading | None:
        """Looks at one more frame (h, w) and says what is known by now."""
        self.look(grey)
        return self.best()

    def look(self, grey: NDArray[np.uint8]) -> None:
        """Looks at one more frame (h, w)."""
        self._paths = [path for path in self._paths if _goes_on(path, grey)]
        if not any(path.is_strong for path in self._paths):
            self._search(grey)
        self._is_another = self._has_changed()

    def take_over(self, other: "Evidence") -> None:
        """What another has seen, in place of what was seen here."""
        self._paths = [path.copy() for path in other._paths]
        self._turn, self._is_another = other._turn, other._is_another

    def best(self) -> Reading | None:
        """The code that the newest look and those before it speak for; None when none is sure."""
        if self._is_another:
            return None
        readings = [reading for path in self._paths if (reading := self._judged(path))]
        # Two places that show two codes cannot both be the pack's.
        return readings[0] if len({reading.text for reading in readings}) == 1 else None

    def forget(self) -> None:
        """No look so far counts any more. Where a code lay is kept: it is no look at the code."""
        for path in self._paths:
            path.looks.clear()

    def _search(self, grey: NDArray[np.uint8]) -> None:
        """A new path from the clearest sight of a picture."""
        self._turn += 1
        # A code that stands out but is badly explained lies under a lamp: only elsewhere is better.
        is_found = any(path.is_clear for path in self._paths)
        found: tuple[_Look, Attempt] | None = None
        for look, attempt in _tried(grey, self._turn, briefly=is_found):
            if found is None or look.rank > found[0].rank:
                found = look, attempt
            if look.is_strong:
                break
        if found is None or found[0].margin < _PROMISING_MARGIN:
            return
        look, attempt = found
        track = begin(attempt.picture, look.sight, attempt.lamp)
        if track is not None:
            path = _Path(track, dull=attempt.lamp is not None)
            path.take(look, track)
            self._paths = [path, *self._paths][:_PATHS_MAX]

    def _has_changed(self) -> bool:
        """Whether a look is sure of one code where others were sure of another: start afresh."""
        for path in self._paths:
            if not path.looks or path.looks[-1].margin < _STRONG_MARGIN:
                continue
            now = path.looks[-1]
            if any(
                look.text != now.text and look.margin >= _STRONG_MARGIN
                for other in self._paths
                for look in other.looks
            ):
                path.looks = deque([now], maxlen=_LOOKS_MAX)
                self._paths = [path]
                return True
        return False

    def _judged(self, path: _Path) -> Reading | None:
        looks = _agreeing(path)
        if not looks:
            return None
        return self._reader.judged([look.sight for look in looks], self.catalogue)


def _tried(grey: NDArray[np.uint8], turn: int, *, briefly: bool) -> Iterator[tuple[_Look, Attempt]]:
    """Looks at some places of a picture; briefly: at a part of the strongest only."""
    places = attempts(grey, turn)
    for attempt in islice(places, 1, 2) if briefly else places:
        for layout in LAYOUTS:
            for sight in sights_in(attempt.picture, attempt.region, layout, attempt.lamp):
                yield _look(sight), attempt


def _look(sight: Sight) -> _Look:
    best = best_codes(sight.layout, sight.costs)
    cost = float(best.costs[0])
    return _Look(sight, best.texts[0], cost, (float(best.second_costs[0]) - cost) / sight.bands)


def _goes_on(path: _Path, grey: NDArray[np.uint8]) -> bool:
    """Whether a path's code was found in the next picture too; adds the look at it."""
    if path.weak >= _WEAK_LOOKS_MAX:
        return False
    picture, lamp = grey, None
    if path.dull:
        dulled = without_shine(grey, path.track.region)
        picture, lamp = dulled.picture, dulled.lamp
    # All tracks are of one layout's templates, the one that stage 2 reads.
    followed = follow(path.track, picture, templates_of(LAYOUTS[0]), lamp)
    if followed is None:
        return False
    sight, track = followed
    path.take(_look(sight), track)
    return True


def _agreeing(path: _Path) -> list[_Look]:
    """The looks that speak for one code, the newest among them and most of all; else none."""
    looks = list(path.looks)
    if not looks:
        return []
    layout = looks[-1].sight.layout
    kept = looks
    for _ in range(3):
        best = best_codes(layout, total([look.sight.costs for look in kept]))
        agreeing = [look for look in looks if _excess(look, best.states) <= _EXCESS_MAX]
        if not agreeing:
            return []
        if all(one is other for one, other in zip_longest(agreeing, kept)):
            break
        kept = agreeing
    is_most = 2 * len(kept) > len(looks)
    return kept if is_most and kept[-1] is looks[-1] else []


def _excess(look: _Look, states: NDArray[np.intp]) -> float:
    """How much worse than its own best a code explains a look, in units of its unexplained rest."""
    cost = float(look.sight.costs.of_codes(states)[0, 0])
    return (cost - look.cost) / look.sight.bands
