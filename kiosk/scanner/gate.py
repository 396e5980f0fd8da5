"""Which frames are worth decoding: a still scene stops here, in a fraction of a millisecond.

A frame is compared, as a small picture, with the last one that was tried; so a slow change
counts as well as a quick one. Still scenes are tried again now and then, because a camera
that focuses late changes nothing in a small picture. The gate spaces tries out, it never
blocks a scene for good.
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
_FRESH_S = 5.0
"""How long after a change bars that could not be read are tried at the quicker rate."""
_FRUITLESS_S = 3.0
_THRIFTY_S = 0.15
"""While idle, a scene that keeps moving without ever giving a code (a flickering lamp, a
corridor behind the shelf) is tried this seldom."""


class Verdict(Enum):
    """What to do with a frame."""

    TRY = auto()
    UNCHANGED = auto()
    """The view is what it was at the last try."""
    LATER = auto()
    """Something moved, but trying again so soon is not worth it."""


class Gate:
    """Decides frame by frame; told the time and what each try gave."""

    def __init__(self) -> None:
        self._tried: Pixels | None = None
        self._tried_s = 0.0
        self._changed_s = 0.0
        self._fruitful_s: float | None = None
        self._retry_s: float | None = 0.0

    def judge(self, small: Pixels, *, now_s: float, thrifty: bool) -> Verdict:
        """Look at a small grey picture. `thrifty`: nobody is shopping, so spare the processor."""
        if has_changed(self._tried, small):
            self._changed_s = now_s
            if thrifty and self._is_fruitless(now_s) and now_s - self._tried_s < _THRIFTY_S:
                return Verdict.LATER
        elif not self._is_retry_due(now_s):
            return Verdict.UNCHANGED
        self._tried = small
        self._tried_s = now_s
        return Verdict.TRY

    def tried(self, *, found: bool, done: bool, bars: bool, now_s: float) -> None:
        """Learn how the try went.

        `found`: a code was read; `done`: nothing in view is waiting for another look;
        `bars`: something like bars is in view.
        """
        if found or self._fruitful_s is None:
            self._fruitful_s = now_s
        if found and done:
            self._retry_s = None
        elif bars or found:
            self._retry_s = _RETRY_BARS_S
        else:
            self._retry_s = _RETRY_S

    def _is_retry_due(self, now_s: float) -> bool:
        if self._retry_s is None:
            return False
        is_fresh = now_s - self._changed_s < _FRESH_S
        return now_s - self._tried_s >= (self._retry_s if is_fresh else _RETRY_S)

    def _is_fruitless(self, now_s: float) -> bool:
        return self._fruitful_s is not None and now_s - self._fruitful_s > _FRUITLESS_S


def has_changed(before: Pixels | None, now: Pixels) -> bool:
    """Whether two small grey pictures differ by more than noise."""
    if before is None or before.shape != now.shape:
        return True
    difference = np.asarray(cv2.blur(cv2.absdiff(before, now), _SMOOTHING))
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
