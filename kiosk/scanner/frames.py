"""One camera picture, in the sizes the scanner asks for, made only when asked.

A still scene is judged on the small picture alone, so a JPEG from the camera is then decoded
at a quarter of its size, which costs half of a full decode and spares a resize.
"""

from typing import Any, Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

from kiosk.domain.errors import CameraError

Pixels = NDArray[np.uint8]

PREVIEW_WIDTH = 320
PREVIEW_HEIGHT = 240
_SMALL = 4


class Frame(Protocol):
    """A picture as a source hands it over. Raises CameraError when it cannot be decoded."""

    def small(self) -> Pixels:
        """Grey, a quarter as wide and high."""
        ...

    def luma(self) -> Pixels:
        """Grey, full size, contiguous."""
        ...

    def preview(self) -> Pixels:
        """RGB, at most 320×240."""
        ...


class ArrayFrame:
    """A frame that is there as pixels: grey (h, w) or BGR (h, w, 3)."""

    def __init__(self, pixels: Pixels) -> None:
        self._pixels = pixels

    def small(self) -> Pixels:
        height, width = self._pixels.shape[:2]
        size = (max(1, width // _SMALL), max(1, height // _SMALL))
        return _grey(cv2.resize(self._pixels, size, interpolation=cv2.INTER_AREA))

    def luma(self) -> Pixels:
        return np.ascontiguousarray(_grey(self._pixels))

    def preview(self) -> Pixels:
        return _rgb(_fitted(self._pixels))


class JpegFrame:
    """A frame as the camera's own JPEG."""

    def __init__(self, jpeg: Pixels) -> None:
        self._jpeg = jpeg

    def small(self) -> Pixels:
        return self._decoded(cv2.IMREAD_REDUCED_GRAYSCALE_4)

    def luma(self) -> Pixels:
        return self._decoded(cv2.IMREAD_GRAYSCALE)

    def preview(self) -> Pixels:
        return _rgb(_fitted(self._decoded(cv2.IMREAD_REDUCED_COLOR_2)))

    def _decoded(self, size: int) -> Pixels:
        picture = cv2.imdecode(self._jpeg, size)
        if picture is None:
            raise CameraError("The camera sent a damaged picture. Check its cable.")
        return _pixels(picture)


def grey_of(picture: Any) -> Pixels:
    """Grey levels of any picture OpenCV opened: 8 or 16 bits, what is transparent on white."""
    if picture.dtype == np.uint16:
        picture = (picture >> 8).astype(np.uint8)
    if picture.ndim == 3 and picture.shape[2] == 4:
        alpha = picture[..., 3:].astype(np.float32) / 255
        picture = (picture[..., :3] * alpha + 255 * (1 - alpha) + 0.5).astype(np.uint8)
    return np.ascontiguousarray(_grey(picture))


def _grey(picture: Any) -> Pixels:
    return _pixels(picture if picture.ndim == 2 else cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY))


def _rgb(picture: Pixels) -> Pixels:
    way = cv2.COLOR_GRAY2RGB if picture.ndim == 2 else cv2.COLOR_BGR2RGB
    return _pixels(cv2.cvtColor(picture, way))


def _fitted(picture: Pixels) -> Pixels:
    height, width = picture.shape[:2]
    scale = min(PREVIEW_WIDTH / width, PREVIEW_HEIGHT / height)
    if scale >= 1:
        return picture
    size = (round(width * scale), round(height * scale))
    return _pixels(cv2.resize(picture, size, interpolation=cv2.INTER_AREA))


def _pixels(picture: Any) -> Pixels:
    """The same array under its right type: OpenCV's stubs know only 'some numbers'."""
    return np.asarray(picture, dtype=np.uint8)
