"""The newest frame, for whoever wants to see it: small, or in full size."""

from typing import TYPE_CHECKING, Any

from kiosk.domain.errors import CameraError

if TYPE_CHECKING:
    from kiosk.scanner.frames import Frame


class Newest:
    """Kept by the scanner's thread, seen from any other."""

    def __init__(self) -> None:
        self._frame: Frame | None = None
        self._preview: tuple[Frame, Any] | None = None

    def keep(self, frame: "Frame") -> None:
        """From now on this one."""
        self._frame = frame

    def drop(self) -> None:
        """None at all any more."""
        self._frame = self._preview = None

    def preview(self) -> Any | None:
        """As RGB (h, w, 3) uint8, at most 320×240.

        Made when asked, in the thread that asks (0.3 ms), and the same array until the next
        frame comes.
        """
        frame = self._frame
        if frame is None:
            return None
        made = self._preview
        if made is None or made[0] is not frame:
            try:
                made = (frame, frame.preview())
            except CameraError:
                return None
            self._preview = made
        return made[1]

    def in_full(self) -> Any | None:
        """In full size as RGB (h, w, 3) uint8; made when asked, in the thread that asks."""
        frame = self._frame
        if frame is None:
            return None
        # OpenCV comes with it, and the start screen need not wait for that.
        from kiosk.scanner.watch import full_picture

        try:
            return full_picture(frame)
        except CameraError:
            return None
