"""Sources that play what was recorded: a video file, a folder of pictures."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from kiosk.domain.errors import CameraError
from kiosk.scanner.camera import as_frame
from kiosk.scanner.frames import ArrayFrame, Frame, JpegFrame

_FPS_IF_UNKNOWN = 30.0
_FPS_MAX = 240.0
_PICTURES = frozenset({".png", ".jpg", ".jpeg", ".webp", ".bmp"})


class Pace:
    """When the next frame of something played at `fps` is due, in real time."""

    def __init__(self, fps: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._fps = fps
        self._clock = clock
        self._start_s = clock()
        self._last = -1

    def wait(self, timeout_s: float) -> int | None:
        """Sleep until a frame that was not yet given is due; its number, or None in time."""
        due_s = self._start_s + (self._last + 1) / self._fps
        now_s = self._clock()
        if due_s - now_s > timeout_s:
            time.sleep(max(0.0, timeout_s))
            return None
        if due_s > now_s:
            time.sleep(due_s - now_s)
        # Whoever comes late gets the newest; what lies between is dropped.
        self._last = max(self._last + 1, int((self._clock() - self._start_s) * self._fps))
        return self._last


class VideoFile:
    """A video file as a camera: at its own pace, over and over.

    Motion JPEG stays packed as it comes from a camera; other formats are decoded by FFmpeg.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._capture: Any = None
        self._pace = Pace(_FPS_IF_UNKNOWN)
        self._played = 0

    def open(self) -> None:
        self._rewind()
        fps = self._capture.get(cv2.CAP_PROP_FPS)
        self._pace = Pace(fps if 0 < fps <= _FPS_MAX else _FPS_IF_UNKNOWN)
        self._played = 0

    def read(self, timeout_s: float) -> Frame | None:
        due = self._pace.wait(timeout_s)
        if due is None:
            return None
        while self._played < due:
            self._grab()
        self._grab()
        got, picture = self._capture.retrieve()
        return as_frame(picture) if got else None

    def close(self) -> None:
        if self._capture is not None:
            self._capture.release()
            self._capture = None

    def _grab(self) -> None:
        if not self._capture.grab():
            self._rewind()
            if not self._capture.grab():
                raise CameraError(f"{self._path} holds no pictures. Choose another video file.")
        self._played += 1

    def _rewind(self) -> None:
        self.close()
        if not self._path.is_file():
            raise CameraError(f"No video file at {self._path}. Put it there, or choose a camera.")
        self._capture = _packed_jpeg(self._path) or _decoded(self._path)


def _packed_jpeg(path: Path) -> Any:
    """A capture that gives JPEG packets; None when the file holds something else."""
    capture = cv2.VideoCapture(str(path), cv2.CAP_FFMPEG, [cv2.CAP_PROP_FORMAT, -1])
    got, packet = capture.read()
    if got and isinstance(as_frame(packet), JpegFrame):
        capture.release()
        return cv2.VideoCapture(str(path), cv2.CAP_FFMPEG, [cv2.CAP_PROP_FORMAT, -1])
    capture.release()
    return None


def _decoded(path: Path) -> Any:
    # One thread: FFmpeg's own would cost half as much again for frames as small as these.
    capture = cv2.VideoCapture(str(path), cv2.CAP_FFMPEG, [cv2.CAP_PROP_N_THREADS, 1])
    if not capture.isOpened():
        capture.release()
        raise CameraError(f"{path} is no video that can be read. Choose another file.")
    return capture


class PictureFolder:
    """A folder of pictures as a camera that looks at each for a while, in order of name."""

    def __init__(self, folder: Path, *, each_s: float = 1.5, fps: float = 10.0) -> None:
        self._folder = folder
        self._frames_each = max(1, round(each_s * fps))
        self._fps = fps
        self._pictures: list[Path] = []
        self._pace = Pace(fps)
        self._shown: tuple[Path, Frame] | None = None

    def open(self) -> None:
        if self._folder.is_dir():
            self._pictures = sorted(
                path for path in self._folder.iterdir() if path.suffix.lower() in _PICTURES
            )
        else:
            self._pictures = []
        if not self._pictures:
            raise CameraError(f"{self._folder} holds no pictures (PNG, JPEG, WebP, BMP).")
        self._pace = Pace(self._fps)

    def read(self, timeout_s: float) -> Frame | None:
        due = self._pace.wait(timeout_s)
        if due is None:
            return None
        path = self._pictures[due // self._frames_each % len(self._pictures)]
        if self._shown is None or self._shown[0] != path:
            self._shown = (path, _picture(path))
        return self._shown[1]

    def close(self) -> None:
        self._shown = None


def _picture(path: Path) -> Frame:
    picture = cv2.imread(str(path), cv2.IMREAD_COLOR)
    if picture is None:
        raise CameraError(f"{path} cannot be read as a picture. Take it out of the folder.")
    return ArrayFrame(np.asarray(picture, dtype=np.uint8))
