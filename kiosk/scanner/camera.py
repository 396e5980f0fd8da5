"""A camera through OpenCV and Video4Linux: newest frame only, and it notices being unplugged."""

import os
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

# Read once, when OpenCV first opens a camera: how long a grab waits for a camera that is
# silent. The default of 10 s would keep the kiosk from closing.
os.environ.setdefault("OPENCV_VIDEOIO_V4L_SELECT_TIMEOUT", "2")

import cv2
import numpy as np

from kiosk.domain.errors import CameraError
from kiosk.scanner.frames import ArrayFrame, Frame, JpegFrame
from kiosk.scanner.sources import FrameSource

# A camera that is missing is told to the volunteer by the kiosk, not by OpenCV on the console.
cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_ERROR)

_WIDTH = 640
_HEIGHT = 480
_FPS = 30
_JPEG_START = b"\xff\xd8"
# A frame that was waiting in the driver's queue comes at once; one that is new is waited for.
_QUEUED_S = 0.003
_QUEUE_LENGTH_MAX = 4
_LOOK_FOR_DEVICE_EVERY_S = 0.5


class Camera:
    """One camera by its device path, at 640×480, as JPEG where it can.

    JPEG frames stay packed until somebody needs their pixels (see frames.py). `read` waits
    for the camera, two seconds at most, whatever its `timeout_s`.
    """

    def __init__(self, device: str, *, open_capture: Callable[[str], Any] | None = None) -> None:
        """`open_capture` opens the device for OpenCV; Video4Linux unless told otherwise."""
        self._device = Path(device)
        self._open_capture = open_capture or _open_v4l2
        self._capture: Any = None
        self._last_frame_s = 0.0
        self._device_seen_s = 0.0

    def open(self) -> None:
        self.close()
        if not self._device.exists():
            raise CameraError(f"No camera at {self._device}. Plug it in, or choose another.")
        capture = self._open_capture(str(self._device))
        if not capture.isOpened():
            capture.release()
            raise CameraError(f"{self._device} does not open. Is another program using it?")
        self._capture = capture
        self._device_seen_s = self._last_frame_s = time.monotonic()

    def read(self, timeout_s: float) -> Frame | None:
        self._check_the_device_is_there()
        if not self._grab_newest():
            raise CameraError(f"{self._device} gives no more pictures. Check its cable.")
        got, picture = self._capture.retrieve()
        self._last_frame_s = time.monotonic()
        return as_frame(picture) if got else None

    def close(self) -> None:
        if self._capture is not None:
            self._capture.release()
            self._capture = None

    def _grab_newest(self) -> bool:
        """Grab until a frame had to be waited for: that one is new, not left from before."""
        for _ in range(_QUEUE_LENGTH_MAX):
            asked_s = time.monotonic()
            if not self._capture.grab():
                return False
            was_prompt = asked_s - self._last_frame_s < 1 / _FPS
            if was_prompt or time.monotonic() - asked_s > _QUEUED_S:
                return True
        return True

    def _check_the_device_is_there(self) -> None:
        # Some drivers repeat the last picture for ever after the cable is pulled.
        now_s = time.monotonic()
        if now_s - self._device_seen_s < _LOOK_FOR_DEVICE_EVERY_S:
            return
        self._device_seen_s = now_s
        if not self._device.exists():
            raise CameraError(f"The camera at {self._device} was unplugged.")


class FirstCamera:
    """The first camera that gives a picture; else, when it never found one, `otherwise`.

    Once a camera was found only cameras will do: a real shop must not turn to drawn packs
    because a cable was pulled.
    """

    def __init__(
        self,
        *,
        otherwise: FrameSource | None,
        devices: Path = Path("/dev"),
        make_camera: Callable[[str], Camera] = Camera,
    ) -> None:
        self._found_before = False
        self._make_camera = make_camera
        self._otherwise = otherwise
        self._devices = devices
        self._source: FrameSource | None = None

    def open(self) -> None:
        self.close()
        self._source = self._first_that_works()
        if self._source is not None:
            self._found_before = True
        elif self._otherwise is not None and not self._found_before:
            self._otherwise.open()
            self._source = self._otherwise
        else:
            raise CameraError("No camera found. Plug one in.")

    def read(self, timeout_s: float) -> Frame | None:
        if self._source is None:
            raise CameraError("The camera is not open.")
        return self._source.read(timeout_s)

    def close(self) -> None:
        if self._source is not None:
            self._source.close()
            self._source = None

    def _first_that_works(self) -> Camera | None:
        for device in _in_order(self._devices.glob("video[0-9]*")):
            camera = self._make_camera(str(device))
            try:
                camera.open()
                if camera.read(1.0) is not None:
                    return camera
            except CameraError:
                pass
            camera.close()
        return None


def _open_v4l2(device: str) -> Any:
    """Open a Video4Linux device; its JPEG stays packed where it gives any."""
    capture = cv2.VideoCapture(device, cv2.CAP_V4L2)
    if not capture.isOpened():
        return capture
    motion_jpeg = cv2.VideoWriter.fourcc(*"MJPG")
    for setting, value in (
        (cv2.CAP_PROP_FOURCC, motion_jpeg),
        (cv2.CAP_PROP_FRAME_WIDTH, _WIDTH),
        (cv2.CAP_PROP_FRAME_HEIGHT, _HEIGHT),
        (cv2.CAP_PROP_FPS, _FPS),
    ):
        capture.set(setting, value)
    if int(capture.get(cv2.CAP_PROP_FOURCC)) == motion_jpeg:
        capture.set(cv2.CAP_PROP_CONVERT_RGB, 0)
    return capture


def _in_order(devices: Iterable[Path]) -> list[Path]:
    return sorted(devices, key=lambda device: (len(device.name), device.name))


def as_frame(picture: Any) -> Frame:
    """What OpenCV gave, as a frame: packed JPEG bytes, BGR or grey pixels."""
    pixels = np.asarray(picture, dtype=np.uint8)
    if pixels.ravel()[:2].tobytes() == _JPEG_START:
        # A copy: OpenCV may give its own buffer, and the preview outlives the next grab.
        return JpegFrame(pixels.ravel().copy())
    return ArrayFrame(pixels)
