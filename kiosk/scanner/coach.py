"""When to help, and with what: pure, told the time. Calm: a hint waits, and then it stays.

Nothing is said in the first second of trying, most packs are read by then. A hint stays for at
least a second and a half, whatever the next frames show, because words that flicker are worse
than none. A read ends all hints at once.
"""

import math
from collections import Counter, deque

from kiosk.aim import Aim, Hint
from kiosk.scanner.sight import Sight, Stripes

_WAITS_S = 1.0
_STAYS_S = 1.5
_GREEN_S = 1.0
_GAP_S = 0.6
"""A pack that is out of view no longer than this is still being tried."""
_REMEMBERED_S = 0.8
_PATIENCE_S = 1.5
_DARK = 0.16
_DAZZLED = 0.02
_NEAR, _FAR = 0.9, 0.19
"""Of the picture's width: 95 modules of 1.3 of 640 pixels are the smallest that can be read."""
_FAST = 0.45
"""Picture widths a second: 2 modules during an exposure of 1/60 s."""


class Coach:
    """Follows one camera."""

    def __init__(self) -> None:
        self._trying_since_s: float | None = None
        self._seen_s = 0.0
        self._read_s = float("-inf")
        self._last: tuple[float, tuple[float, float]] | None = None
        self._wishes: deque[tuple[float, Hint | None]] = deque()
        self._shown: tuple[float, Hint] | None = None

    def read(self, *, now_s: float) -> None:
        """A code was read for the first time."""
        self._read_s = now_s
        self.rest()

    def rest(self) -> None:
        """Nothing is being tried: what is in view was read, or nothing is."""
        self._trying_since_s = self._shown = self._last = None
        self._wishes.clear()

    def saw(self, sight: Sight, *, now_s: float) -> None:
        """One frame in which something lively was seen and nothing read."""
        if self._trying_since_s is None or now_s - self._seen_s > _GAP_S:
            self._trying_since_s = now_s
        self._seen_s = now_s
        self._wish(self._wanted(sight, now_s), now_s)

    def saw_the_same(self, *, now_s: float) -> None:
        """The picture is what it was at the last frame."""
        if self._trying_since_s is not None and self._wishes:
            self._seen_s = now_s
            self._wish(self._wishes[-1][1], now_s)

    def aim(self, *, now_s: float) -> Aim:
        """What to show now."""
        if now_s - self._read_s < _GREEN_S:
            return Aim(is_read=True)
        hint = self._hint(now_s)
        if self._shown is not None and now_s - self._shown[0] < _STAYS_S:
            return Aim(hint=self._shown[1])
        if hint is None:
            self._shown = None
        elif self._shown is None or self._shown[1] is not hint:
            self._shown = (now_s, hint)
        return Aim(hint=hint)

    def _hint(self, now_s: float) -> Hint | None:
        """What most of the last frames asked for, once trying has lasted."""
        since_s = self._trying_since_s
        if since_s is None or now_s - since_s < _WAITS_S or now_s - self._seen_s > _GAP_S:
            return None
        wishes = Counter(wish for _, wish in self._wishes)
        return wishes.most_common(1)[0][0] if wishes else None

    def _wish(self, wish: Hint | None, now_s: float) -> None:
        self._wishes.append((now_s, wish))
        while self._wishes[0][0] < now_s - _REMEMBERED_S:
            self._wishes.popleft()

    def _wanted(self, sight: Sight, now_s: float) -> Hint | None:
        """The greatest obstacle in one frame."""
        if sight.brightness < _DARK:
            return Hint.DARK
        stripes = sight.stripes
        speed = self._speed(stripes, now_s)
        if stripes is None:
            return Hint.SHOW_STRIPES if self._has_lasted(now_s) else None
        obstacles = (
            (Hint.FURTHER, stripes.at_edges or stripes.length > _NEAR),
            (Hint.GLARE, stripes.dazzled > _DAZZLED),
            (Hint.HOLD_STILL, speed > _FAST),
            (Hint.CLOSER, stripes.length < _FAR),
            (Hint.HOLD_STILL, self._has_lasted(now_s)),
        )
        return next((hint for hint, is_there in obstacles if is_there), None)

    def _has_lasted(self, now_s: float) -> bool:
        return self._trying_since_s is not None and now_s - self._trying_since_s > _PATIENCE_S

    def _speed(self, stripes: Stripes | None, now_s: float) -> float:
        """How fast the patch moves, in picture widths a second."""
        last = self._last
        self._last = None if stripes is None else (now_s, stripes.centre)
        if stripes is None or last is None or now_s <= last[0]:
            return 0.0
        return math.dist(stripes.centre, last[1]) / (now_s - last[0])
