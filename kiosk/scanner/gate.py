"""Which frames are worth decoding: a still scene stops here, in a fraction of a millisecond.

A frame is compared, as a small picture, with the last one that was tried; so a slow change
counts as well as a quick one. Still scenes are tried again, at first soon, because a camera that
focuses late changes nothing in a small picture, then less and less: shelves full of stripes must
not keep the engines busy. The gate spaces tries out, it never blocks a scene for good.
"""

from enum import Enum, auto

import cv2
import numpy as np

from kiosk.scanner.frames import Pixels

_SMOOTHING = (5, 5)
"""Averages the sensor's noise away before two small pictures are compared."""
_DIFFERENCE = 6
"""Grey levels by which a smoothed pixel must differ to count as changed."""
_CHANGED_PARTS_PER_MILLION = 600

_BARS_WIDTH = 320
_BARS_WINDOW = (17, 17)
_BARS_GRADIENT = 9
"""Mean gradient of a window that may hold bars. The faintest of 336 real photographs of
barcodes (strongly out of focus) had 16; noise of 6 grey levels on a plain counter has 8."""

_RETRY_BARS_S = 0.1
_RETRY_S = 1.0
_REST_S = 6.4
"""Still bars that give nothing are tried this seldom in the end."""
_FRUITLESS_S = 3.0
_MOMENT_S = 2.0
_THRIFTY_S = 0.15
"""While idle, a scene that keeps moving without ever giving a code (a corridor behind the shelf) is
tried this seldom, and less where a try costs much:"""
_SHARE_IDLE, _SHARE_ACTIVE = 0.04, 0.4
"""of one core, on whatever machine, for scenes that move and give nothing;"""
_PAUSE_MAX_S = 1.0
"""but a pack that comes into such a scene does not wait longer than this."""


class Verdict(Enum):
    """What to do with a frame."""

    TRY = auto()
    UNCHANGED = auto()
    """The view is what it was at the last try."""
    LATER = auto()
    """Something moved, but trying again so soon is not worth it."""


class Gate:
    """Decides frame by frame; told the time and what each try gave and cost."""

    def __init__(self) -> None:
        self._tried: Pixels | None = None
        self._tried_s = 0.0
        self._changed_s = float("-inf")
        self._fruitful_s: float | None = None
        self._fruitless = 0
        self._retry_s: float | None = 0.0
        self._cost_s = 0.0

    def judge(self, small: Pixels, *, now_s: float, thrifty: bool) -> Verdict:
        """Look at a small grey picture. `thrifty`: nobody is shopping, so spare the processor."""
        if has_changed(self._tried, small):
            if self._is_fruitless(now_s) and not self._can_afford(now_s, thrifty=thrifty):
                return Verdict.LATER
            self._fruitless = 0
            self._changed_s = now_s
        elif not self._is_retry_due(now_s):
            return Verdict.UNCHANGED
        self._tried = small
        self._tried_s = now_s
        return Verdict.TRY

    def tried(
        self, *, found: bool, done: bool, bars: bool, now_s: float, cost_s: float = 0.0
    ) -> None:
        """Learn how the try went.

        `found`: a code was read; `done`: nothing in view is waiting for another look;
        `bars`: something like bars is in view; `cost_s`: processor time the try took.
        """
        self._cost_s = cost_s
        if found or self._fruitful_s is None:
            self._fruitful_s = now_s
        if found and done:
            self._retry_s, self._fruitless = None, 0
        elif found:
            self._retry_s, self._fruitless = _RETRY_BARS_S, 0
        elif bars:
            # The same view again and again gives nothing: each time it may wait twice as long.
            self._retry_s = min(_RETRY_BARS_S * 2**self._fruitless, _REST_S)
            self._fruitless += 1
        else:
            self._retry_s = _RETRY_S

    def has_moved(self, *, now_s: float) -> bool:
        """Whether something changed in the view a moment ago."""
        return now_s - self._changed_s < _MOMENT_S

    def _is_retry_due(self, now_s: float) -> bool:
        return self._retry_s is not None and now_s - self._tried_s >= self._retry_s

    def _is_fruitless(self, now_s: float) -> bool:
        return self._fruitful_s is not None and now_s - self._fruitful_s > _FRUITLESS_S

    def _can_afford(self, now_s: float, *, thrifty: bool) -> bool:
        """Whether the last try's cost is a small enough share of the time since."""
        share = _SHARE_IDLE if thrifty else _SHARE_ACTIVE
        pause_s = _THRIFTY_S if thrifty else 0.0
        return now_s - self._tried_s >= max(pause_s, min(self._cost_s / share, _PAUSE_MAX_S))


def has_changed(before: Pixels | None, now: Pixels) -> bool:
    """Whether two small grey pictures differ by more than noise and by more than light."""
    if before is None or before.shape != now.shape:
        return True
    # A camera that finds its exposure, or a lamp that flickers, changes all of the picture alike.
    brighter = round(cv2.mean(now)[0] - cv2.mean(before)[0])
    level = before.astype(np.int16) + brighter if brighter else before
    level = np.clip(level, 0, 255).astype(np.uint8)
    difference = np.asarray(cv2.blur(cv2.absdiff(level, now), _SMOOTHING))
    changed = int(np.count_nonzero(difference > _DIFFERENCE))
    return changed * 1_000_000 > now.size * _CHANGED_PARTS_PER_MILLION


def looks_like_bars(luma: Pixels) -> bool:
    """Whether any part of a grey picture is lively enough to hold a code, even a blurred one.

    Blind to direction on purpose: a slanted code and a DataMatrix must pass as well.
    """
    height, width = luma.shape
    scale = _BARS_WIDTH / max(height, width)
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    grey = cv2.resize(luma, size, interpolation=cv2.INTER_AREA)
    across = cv2.convertScaleAbs(cv2.Sobel(grey, cv2.CV_16S, 1, 0, ksize=1))
    down = cv2.convertScaleAbs(cv2.Sobel(grey, cv2.CV_16S, 0, 1, ksize=1))
    return int(cv2.blur(cv2.add(across, down), _BARS_WINDOW).max()) >= _BARS_GRADIENT
