"""Where frames come from, and how a setting names it.

Nothing heavy is imported here: OpenCV loads in the scanner's thread, when a source is made.
"""

from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from kiosk.domain.errors import CameraError

if TYPE_CHECKING:
    from kiosk.scanner.frames import Frame


class NoCamera(CameraError):  # noqa: N818  a state of the world, not a mistake
    """This kiosk is set up without a camera; there is nothing to wait for."""


class FrameSource(Protocol):
    """A camera, or what stands for one. Used by one thread; may be opened again once closed."""

    def open(self) -> None:
        """Start. Raises CameraError (or NoCamera) when there is nothing to read from."""
        ...

    def read(self, timeout_s: float) -> "Frame | None":
        """Wait for a frame that was not yet given and return the newest; None if none came.

        Raises CameraError when the camera is gone.
        """
        ...

    def close(self) -> None:
        """Release the camera; closing twice is allowed."""
        ...


SourceMaker = Callable[[], FrameSource]


def make_source(spec: str | int, products: Sequence[tuple[str, str]] = ()) -> SourceMaker:
    """A maker of the source that `spec` names, to be called in the scanner's thread.

    It makes the source once and gives the same one afterwards, so that a source knows at a
    reconnection what it was before.

    - "auto": the first camera that works; waits for one (drawn packs have no place in a shop);
    - "none": no camera; "demo": the drawn camera, showing `products` as (gtin, label);
    - a camera's number or device (0, "0", "/dev/video0");
    - a video file, or a folder of pictures.

    Nothing is opened yet, so a camera that is missing now is no error here.
    """

    return cache(lambda: _made(str(spec).strip(), products))


def _made(spec: str, products: Sequence[tuple[str, str]]) -> FrameSource:
    if spec == "none":
        return _NoSource()
    if spec == "demo":
        from kiosk.scanner.demo import DemoCamera

        return DemoCamera(products)
    if spec == "auto":
        from kiosk.scanner.camera import FirstCamera

        return FirstCamera(otherwise=None)
    if Path(spec).is_dir():
        from kiosk.scanner.recorded import PictureFolder

        return PictureFolder(Path(spec))
    # A film may lie in /dev/shm; a camera that is unplugged now has no file at all.
    if spec.isdigit() or (spec.startswith("/dev/") and not Path(spec).is_file()):
        from kiosk.scanner.camera import Camera

        return Camera(f"/dev/video{spec}" if spec.isdigit() else spec)
    from kiosk.scanner.recorded import VideoFile

    return VideoFile(Path(spec))


class _NoSource:
    def open(self) -> None:
        raise NoCamera("This kiosk is set up without a camera (camera = none).")

    def read(self, timeout_s: float) -> None:
        raise NoCamera("This kiosk is set up without a camera (camera = none).")

    def close(self) -> None:
        pass
