"""Somebody watches the scanner at work: what it sees, where it finds codes, how often it reads.

All this costs time, so it is only done while somebody watches; the shop's own way from frame to
scan is not touched by it. Each frame is decoded here by the same engines, ungated: a share of
frames that give a read is only worth something when every frame was tried.
"""

import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from operator import attrgetter

import cv2
import numpy as np

from kiosk.domain.barcode import read_code
from kiosk.domain.errors import BarcodeError
from kiosk.scanner.decode import Decoder, Read
from kiosk.scanner.engines import ZBAR
from kiosk.scanner.frames import ArrayFrame, Frame, JpegFrame, Pixels
from kiosk.scanner.likelihood.find import Region, find_regions

SPAN_S = 10.0
"""Rates are of the last ten seconds."""
PREVIEW_WIDTH_MAX = 800
_AREA_MIN_PX = 200.0
_BESIDE = 0.15
"""Of a region's width: the middle of one side's scan lines lies at that side."""

Corner = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Found:
    """One code in a frame; ``corners`` as shares of its width and height, from the top left.

    ``gtin14s``: the products it may name, likeliest first; none for a code of something else.
    """

    text: str
    symbology: str
    engine: str
    gtin14s: tuple[str, ...]
    corners: tuple[Corner, ...]


@dataclass(frozen=True, slots=True)
class Look:
    """One frame as it was looked at.

    ``preview`` is RGB (h, w, 3) uint8; ``decode_ms`` the time both engines took together;
    ``read_share`` is None before a second has passed; ``brightness`` is 0 black to 1 white.
    """

    preview: Pixels
    found: tuple[Found, ...]
    decode_ms: float
    frames_per_s: float
    read_share: float | None
    brightness: float


class Watch:
    """Looks at frames for a watcher; used by the scanner's thread alone."""

    def __init__(self, tell: Callable[[Look], None]) -> None:
        self.tell = tell
        self._decoder = Decoder()
        self._seen: deque[tuple[float, bool]] = deque()

    def take(self, frame: Frame, *, now_s: float) -> None:
        """Looks at a frame and tells. Raises CameraError if it is damaged."""
        luma = frame.luma()
        started_s = time.perf_counter()
        reads = self._decoder.read(luma)
        decode_ms = (time.perf_counter() - started_s) * 1000
        found = tuple(_found(read, luma) for read in reads)
        self._remember(now_s, did_read=any(one.gtin14s for one in found))
        self.tell(
            Look(
                _fitted(full_picture(frame)),
                found,
                decode_ms,
                self._frames_per_s(),
                self._read_share(),
                float(luma.mean()) / 255,
            )
        )

    def _remember(self, now_s: float, *, did_read: bool) -> None:
        self._seen.append((now_s, did_read))
        while self._seen[0][0] < now_s - SPAN_S:
            self._seen.popleft()

    def _span_s(self) -> float:
        return self._seen[-1][0] - self._seen[0][0]

    def _frames_per_s(self) -> float:
        span_s = self._span_s()
        return (len(self._seen) - 1) / span_s if span_s > 0 else 0.0

    def _read_share(self) -> float | None:
        if self._span_s() < 1:
            return None
        return sum(did_read for _, did_read in self._seen) / len(self._seen)


def full_picture(frame: Frame) -> Pixels:
    """A frame in full size as RGB (h, w, 3) uint8. Raises CameraError if it is damaged."""
    if isinstance(frame, JpegFrame):
        picture = frame._decoded(cv2.IMREAD_COLOR)
    elif isinstance(frame, ArrayFrame):
        picture = frame._pixels
    else:
        return frame.preview()
    way = cv2.COLOR_GRAY2RGB if picture.ndim == 2 else cv2.COLOR_BGR2RGB
    return np.asarray(cv2.cvtColor(picture, way), np.uint8)


def _fitted(picture: Pixels) -> Pixels:
    height, width = picture.shape[:2]
    if width <= PREVIEW_WIDTH_MAX:
        return picture
    size = (PREVIEW_WIDTH_MAX, round(height * PREVIEW_WIDTH_MAX / width))
    return np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), np.uint8)


def _found(read: Read, luma: Pixels) -> Found:
    height, width = luma.shape[:2]
    return Found(
        read.text,
        str(read.symbology),
        read.engine,
        _gtin14s(read),
        tuple((x / width, y / height) for x, y in _outline(read, luma)),
    )


def _gtin14s(read: Read) -> tuple[str, ...]:
    try:
        return tuple(code.gtin14 for code in read_code(read.symbology, read.text))
    except BarcodeError:
        return ()


def _outline(read: Read, luma: Pixels) -> tuple[Corner, ...]:
    """The corners of a whole code, in pixels.

    zbar only tells at which ends of a striped code its scan lines left it, which after a few lines
    may be one side alone, and zxing-cpp now and then a single line; then the stripes themselves
    are looked for.
    """
    has_area = _area_px(read.corners) > _AREA_MIN_PX
    if read.is_striped and (read.engine == ZBAR or not has_area):
        around = [region for region in find_regions(luma) if _holds(region, read.centre)]
        if around:
            return _corners_of(max(around, key=attrgetter("energy")))
    return read.corners if has_area else _around(read)


def _holds(region: Region, place: Corner) -> bool:
    u, v = region.place(*place)
    beside = _BESIDE * region.width
    is_along = region.left - beside <= u <= region.right + beside
    return is_along and region.top <= v <= region.bottom


def _corners_of(region: Region) -> tuple[Corner, ...]:
    left, right, top, bottom = region.left, region.right, region.top, region.bottom
    around = ((left, top), (right, top), (right, bottom), (left, bottom))
    return tuple(region.point(u, v) for u, v in around)


def _area_px(corners: tuple[Corner, ...]) -> float:
    if len(corners) < 3:
        return 0.0
    return float(cv2.contourArea(cv2.convexHull(np.array(corners, np.float32))))


def _around(read: Read) -> tuple[Corner, ...]:
    """A small frame around the middle of a code whose corners nobody knows."""
    x, y = read.centre
    return ((x - 40, y - 20), (x + 40, y - 20), (x + 40, y + 20), (x - 40, y + 20))
