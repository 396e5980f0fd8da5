"""Whether the stripes in view are held still enough for a second look, or are gone."""

import math

from kiosk.scanner.sight import Stripes

_STEP_MAX, _STEP_MAX_OF_LENGTH = 0.08, 0.35
"""Of the picture's width, or of the stripes' own length (glare may part them in two), from one look
to the next: more is a pack on its way in or out."""
_GONE_S = 0.4


class Steadiness:
    """Follows the stripes from look to look; told the time."""

    def __init__(self) -> None:
        self._last: Stripes | None = None
        self._seen_s = 0.0

    def is_steady(self, stripes: Stripes | None, *, now_s: float) -> bool:
        """One look at a frame that could not be read."""
        last, self._last = self._last, stripes
        if stripes is None:
            return False
        self._seen_s = now_s
        if last is None:
            return False
        step_max = max(_STEP_MAX, _STEP_MAX_OF_LENGTH * max(last.length, stripes.length))
        return math.dist(last.centre, stripes.centre) <= step_max

    def is_gone(self, *, now_s: float) -> bool:
        """Whether no stripes were seen for so long that the next may be another pack's."""
        return now_s - self._seen_s > _GONE_S
