"""The camera thread: keeps a source open, its newest frame read, and the kiosk told.

OpenCV and the decoders are imported in the thread, so that the start screen need not wait.
"""

import logging
import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from kiosk.aim import Aim
from kiosk.domain.errors import CameraError
from kiosk.scanner.known import KnownCodes
from kiosk.scanner.newest import Newest
from kiosk.scanner.scan import CameraStatus, Scan
from kiosk.scanner.sources import FrameSource, NoCamera

if TYPE_CHECKING:
    from kiosk.scanner.frames import Frame
    from kiosk.scanner.reader import FrameReader
    from kiosk.scanner.second_look import ThreadedLook
    from kiosk.scanner.watch import Look, Watch

_log = logging.getLogger(__name__)

_READ_TIMEOUT_S = 0.25
_SHARE_OF_INTERVAL = 0.9
"""A little less than the time between looks, so that of 30 frames a second 30 are taken, not 15."""
_JOIN_TIMEOUT_S = 4.0


class ScannerService:
    """Reads packs from a camera in a thread of its own.

    `on_scan` and `on_status` are called in that thread, as is `known`; the window must
    cross over by itself. An error in one of them is logged and does not stop the scanner.
    """

    def __init__(
        self,
        make_source: Callable[[], FrameSource],
        *,
        known: Callable[[], KnownCodes],
        on_scan: Callable[[Scan], None],
        on_status: Callable[[CameraStatus], None],
        clock: Callable[[], float] = time.monotonic,
        retry_first_s: float = 0.5,
        retry_max_s: float = 5.0,
        silence_max_s: float = 3.0,
        idle_fps: float = 30.0,
        still_fps: float = 10.0,
    ) -> None:
        """`known` gives the codes of the shop as they are now; asked for every frame.

        `silence_max_s`: a camera that gives no good frame for so long counts as lost.
        `idle_fps`, `still_fps`: frames a second looked at while nobody shops, and while nothing
        moved in the view either: unpacking a frame costs more than all that is then done with it.
        """
        self._make_source = make_source
        self._known = known
        self._on_scan = on_scan
        self._on_status = on_status
        self._clock = clock
        self._retry_first_s = retry_first_s
        self._retry_max_s = retry_max_s
        self._silence_max_s = silence_max_s
        self._idle_interval_s = _SHARE_OF_INTERVAL / idle_fps
        self._still_interval_s = _SHARE_OF_INTERVAL / still_fps
        self._is_active = False
        self._status: CameraStatus | None = None
        self._newest = Newest()
        self._reader: FrameReader | None = None
        self._second: ThreadedLook | None = None
        self._watcher: Callable[[Look], None] | None = None
        self._watch: Watch | None = None
        self._on_watched_status: Callable[[CameraStatus], None] | None = None
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None

    @property
    def status(self) -> CameraStatus:
        """How the camera is now."""
        return self._status or CameraStatus.STARTING

    def start(self) -> None:
        """Start the thread; returns at once."""
        if self._thread is not None:
            return
        self._stopping.clear()
        self._thread = threading.Thread(target=self._run, name="scanner", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Stop the thread and release the camera; waits at most four seconds."""
        self._stopping.set()
        if self._thread is not None and self._thread is not threading.current_thread():
            self._thread.join(_JOIN_TIMEOUT_S)
            if self._thread.is_alive():
                _log.warning("the camera does not let go; leaving it to the system")
        self._thread = None
        self._newest.drop()
        if self._second is not None:
            self._second.stop()
            self._second = None

    def set_active(self, is_active: bool) -> None:
        """Active while a visit runs: every newest frame is looked at and kept for the preview."""
        self._is_active = is_active
        if not is_active:
            self._newest.drop()
        elif self._second is not None:
            self._second.begin()

    def latest_preview(self) -> Any | None:
        """The newest frame as RGB (h, w, 3) uint8, at most 320×240; None while idle."""
        return self._newest.preview()

    def latest_frame(self) -> Any | None:
        """The newest frame in full size as RGB (h, w, 3) uint8; None while idle."""
        return self._newest.in_full()

    def aim(self) -> Aim:
        """What helps the shopper who holds a pack up now; nothing while idle."""
        reader = self._reader
        if reader is None or not self._is_active:
            return Aim()
        return reader.coach.aim(now_s=self._clock())

    def watch(
        self,
        on_look: "Callable[[Look], None] | None",
        on_status: Callable[[CameraStatus], None] | None = None,
    ) -> None:
        """Tells ``on_look`` about every frame, with all codes in it, until called with None.

        Both are called in the scanner's thread; ``on_status`` also at once, here. Scans go on as
        ever. One watcher at a time.
        """
        self._watcher, self._on_watched_status = on_look, on_status
        if on_look is None:
            self._watch = None
        if on_status is not None:
            on_status(self.status)

    def _run(self) -> None:
        self._tell(CameraStatus.STARTING)
        reader = self._make_reader()
        if reader is None:
            self._tell(CameraStatus.LOST)
            return
        pause_s = self._retry_first_s
        while not self._stopping.is_set():
            started_s = self._clock()
            try:
                self._read_until_lost(reader)
            except NoCamera:
                self._tell(CameraStatus.NONE)
                return
            except CameraError as error:
                if self._status is not CameraStatus.LOST:
                    _log.warning("%s", error)
            except Exception:
                _log.exception("the scanner stumbled; starting it again")
            if self._stopping.is_set():
                return
            # One that worked for a while is tried again soon; one that never did, less and less.
            if self._clock() - started_s > self._retry_max_s:
                pause_s = self._retry_first_s
            self._newest.drop()
            self._tell(CameraStatus.LOST)
            self._stopping.wait(pause_s)
            pause_s = min(2 * pause_s, self._retry_max_s)

    def _make_reader(self) -> "FrameReader | None":
        """The decoders; None, said in the log, where a library of theirs is missing."""
        try:
            from kiosk.scanner.decode import Decoder
            from kiosk.scanner.reader import FrameReader
            from kiosk.scanner.second_look import ThreadedLook, load_second_reader

            self._second = ThreadedLook(load_second_reader)
            self._reader = FrameReader(Decoder(), self._known, self._second)
            return self._reader
        except ImportError:
            _log.exception("the camera cannot be used: a library is missing; ./run setup kiosk")
            return None

    def _read_until_lost(self, reader: "FrameReader") -> None:
        source = self._make_source()
        try:
            source.open()
            self._read_frames(source, reader)
        finally:
            source.close()

    def _read_frames(self, source: FrameSource, reader: "FrameReader") -> None:
        good_s = looked_s = self._clock()
        while not self._stopping.is_set():
            frame = source.read(_READ_TIMEOUT_S)
            now_s = self._clock()
            is_active = self._is_active or self._watcher is not None
            is_due = is_active or now_s - looked_s >= self._pause_s(reader, now_s)
            if frame is not None and is_due:
                looked_s = now_s
                if self._look(frame, reader, now_s, is_active=is_active):
                    good_s = now_s
            if now_s - good_s > self._silence_max_s:
                raise CameraError("The camera gives no pictures. Check its cable.")

    def _pause_s(self, reader: "FrameReader", now_s: float) -> float:
        """Between two looks while nobody shops."""
        has_moved = reader.has_moved(now_s=now_s)
        return self._idle_interval_s if has_moved else self._still_interval_s

    def _look(
        self, frame: "Frame", reader: "FrameReader", now_s: float, *, is_active: bool
    ) -> bool:
        """Look at one frame; whether it was a good one."""
        try:
            scans = reader.take(frame, now_s=now_s, thrifty=not is_active)
        except CameraError:
            return False  # a damaged frame now and then is a camera's everyday life
        self._tell(CameraStatus.OK)
        if is_active:
            self._newest.keep(frame)
        for scan in scans:
            self._call(self._on_scan, scan)
        if self._watcher is not None:
            self._show(frame, self._watcher, now_s)
        return True

    def _show(self, frame: "Frame", watcher: "Callable[[Look], None]", now_s: float) -> None:
        """Lets the watcher see a frame, whatever he makes of it."""
        watch = self._watch
        if watch is None or watch.tell is not watcher:
            from kiosk.scanner.watch import Watch

            watch = self._watch = Watch(watcher)
        try:
            watch.take(frame, now_s=now_s)
        except CameraError:
            pass
        except Exception:
            _log.exception("who watches the scanner failed")

    def _tell(self, status: CameraStatus) -> None:
        if status is not self._status:
            self._status = status
            self._call(self._on_status, status)
            if self._on_watched_status is not None:
                self._call(self._on_watched_status, status)

    def _call(self, listener: Callable[[Any], None], news: Scan | CameraStatus) -> None:
        try:
            listener(news)
        except Exception:
            _log.exception("a listener of the scanner failed on %s", news)
