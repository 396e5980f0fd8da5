"""The camera thread, end to end: frames in, scans and statuses out."""

import queue
import shutil
import subprocess
import sys
import threading
import time

import cv2
import pytest

from kiosk.domain.errors import CameraError
from kiosk.scanner.demo import DemoCamera
from kiosk.scanner.frames import ArrayFrame, JpegFrame
from kiosk.scanner.known import KnownCodes
from kiosk.scanner.recorded import VideoFile
from kiosk.scanner.scan import CameraStatus
from kiosk.scanner.service import ScannerService
from kiosk.scanner.sources import make_source
from tests.scanner.pictures import CHIPS, ORBIT, TEA, WATER, counter, knowing, pack, write_video

PATIENCE_S = 60.0
EVERYTHING = knowing(WATER, TEA, ORBIT, CHIPS)
OK, LOST, NONE, STARTING = (
    CameraStatus.OK,
    CameraStatus.LOST,
    CameraStatus.NONE,
    CameraStatus.STARTING,
)


class Bench:
    """A scanner service with ears."""

    def __init__(
        self,
        source,
        *,
        known: KnownCodes = EVERYTHING,
        silence_max_s: float = 10.0,
        retry_first_s: float = 0.05,
        clock=time.monotonic,
    ) -> None:
        self.scans: queue.Queue = queue.Queue()
        self.statuses: queue.Queue = queue.Queue()
        self.threads: set[str] = set()
        self.service = ScannerService(
            source if callable(source) else lambda: source,
            known=lambda: known,
            on_scan=self._on_scan,
            on_status=self.statuses.put,
            retry_first_s=retry_first_s,
            retry_max_s=max(0.2, retry_first_s),
            silence_max_s=silence_max_s,
            clock=clock,
        )

    def _on_scan(self, scan) -> None:
        self.threads.add(threading.current_thread().name)
        self.scans.put(scan)

    def next_gtin(self) -> str:
        return self.scans.get(timeout=PATIENCE_S).candidates[0].gtin14

    def wait_for(self, status: CameraStatus) -> None:
        while self.statuses.get(timeout=PATIENCE_S) is not status:
            pass


class Table:
    """A camera over a table on which the test lays pictures."""

    def __init__(self) -> None:
        self.picture = counter()
        self.is_plugged_in = True
        self.is_silent = False
        self.opened = 0
        self.looks = 0

    def lay(self, picture) -> None:
        """Lay a picture down and wait until it was looked at a few times."""
        self.picture = picture
        seen = self.looks
        while self.looks < seen + 4:
            time.sleep(0.01)

    def open(self) -> None:
        self.opened += 1
        if not self.is_plugged_in:
            raise CameraError("No camera. Plug one in.")

    def read(self, timeout_s: float):
        time.sleep(0.02)
        if not self.is_plugged_in:
            raise CameraError("The camera was unplugged.")
        if self.is_silent:
            return None
        self.looks += 1
        return ArrayFrame(self.picture)

    def close(self) -> None:
        pass


@pytest.fixture
def table():
    return Table()


@pytest.fixture
def start():
    benches = []

    def started(source, *, is_active: bool = True, **options) -> Bench:
        bench = Bench(source, **options)
        benches.append(bench)
        bench.service.set_active(is_active)
        bench.service.start()
        return bench

    yield started
    for bench in benches:
        bench.service.stop()


@pytest.mark.parametrize("is_active", [True, False])
def test_the_demo_camera_is_read_by_the_real_path(start, is_active):
    camera = DemoCamera([("0" + WATER, "A.S.U."), ("0" + TEA, "Maxi")], automatic=False)
    bench = start(camera, is_active=is_active)
    for gtin in (TEA, ORBIT):
        camera.show(gtin)
        assert bench.next_gtin() == gtin.zfill(14)
    assert bench.scans.empty()


def test_a_held_pack_is_read_once_and_another_right_after_is_not_swallowed(start, table):
    bench = start(table)
    table.lay(pack(WATER))
    table.lay(pack(WATER, at=(330, 250), seed=1))
    table.lay(pack(TEA))
    table.lay(pack(TEA, seed=1))
    assert [bench.next_gtin(), bench.next_gtin()] == ["0" + WATER, "0" + TEA]
    assert bench.scans.empty()


def test_a_scan_tells_how_it_was_read(start, table):
    bench = start(table)
    table.lay(pack(WATER))
    scan = bench.scans.get(timeout=PATIENCE_S)
    assert (scan.text, scan.symbology, scan.engine) == (WATER, "ean13", "zxing-cpp")
    assert 0 <= time.monotonic() - scan.seen_monotonic_s < PATIENCE_S
    assert bench.threads == {"scanner"}


def test_a_code_outside_the_catalogue_needs_two_frames(start):
    once = [counter(), counter(), pack(WATER)] + [counter()] * 30
    source = Played(once)
    bench = start(source, known=knowing())
    source.finished.wait(PATIENCE_S)
    assert bench.scans.empty()


def test_a_code_of_the_catalogue_needs_one_frame(start):
    bench = start(Played([counter(), pack(WATER)] + [counter()] * 30))
    assert bench.next_gtin() == "0" + WATER


def test_an_unknown_pack_that_lies_still_is_read(start, table):
    bench = start(table, known=knowing())
    table.lay(pack(WATER))
    assert bench.next_gtin() == "0" + WATER


class Played(Table):
    """A camera that shows a list of pictures, once each."""

    def __init__(self, pictures) -> None:
        super().__init__()
        self._pictures = list(pictures)
        self.finished = threading.Event()

    def read(self, timeout_s: float):
        time.sleep(0.01)
        if not self._pictures:
            self.finished.set()
            return ArrayFrame(counter())
        return ArrayFrame(self._pictures.pop(0))


class Film:
    """Thirty frames a second in a time of its own; notes which of them were looked at."""

    def __init__(self, pictures) -> None:
        self._pictures = pictures
        self._number = -1
        self.looked_at: list[int] = []
        self.finished = threading.Event()

    def now_s(self) -> float:
        return self._number / 30

    def open(self) -> None:
        pass

    def read(self, timeout_s: float):
        if self._number + 1 == len(self._pictures):
            self.finished.set()
            time.sleep(0.01)
            return None
        self._number += 1
        return _Noted(self._pictures[self._number], self._number, self.looked_at)

    def close(self) -> None:
        pass


class _Noted(ArrayFrame):
    def __init__(self, pixels, number: int, looked_at: list[int]) -> None:
        super().__init__(pixels)
        self._number, self._looked_at = number, looked_at

    def small(self):
        self._looked_at.append(self._number)
        return super().small()


@pytest.mark.parametrize(("is_active", "of_still_s"), [(False, 10), (True, 30)])
def test_a_still_view_is_looked_at_less_often_while_nobody_shops_until_it_moves(
    start, is_active, of_still_s
):
    still, moved = counter(), cv2.flip(counter(), 1)
    film = Film([still] * 120 + [moved] * 30)
    bench = start(film, is_active=is_active, clock=film.now_s)
    assert film.finished.wait(PATIENCE_S)
    bench.service.stop()
    in_fourth_second = [n for n in film.looked_at if 90 <= n < 120]
    assert len(in_fourth_second) == of_still_s
    first = min(n for n in film.looked_at if n >= 120)
    assert first <= 122
    assert [n for n in film.looked_at if n >= first] == list(range(first, 150))


def test_an_unplugged_camera_is_lost_and_comes_back_by_itself(start, table):
    bench = start(table)
    bench.wait_for(OK)
    table.is_plugged_in = False
    bench.wait_for(LOST)
    assert bench.service.status is LOST
    opened = table.opened
    while table.opened < opened + 3:
        time.sleep(0.01)
    table.is_plugged_in = True
    bench.wait_for(OK)
    table.lay(pack(WATER))
    assert bench.next_gtin() == "0" + WATER


def test_a_camera_that_falls_silent_is_lost(start, table):
    bench = start(table, silence_max_s=0.6)
    bench.wait_for(OK)
    table.is_silent = True
    bench.wait_for(LOST)
    table.is_silent = False
    bench.wait_for(OK)


def test_a_camera_that_sends_only_rubbish_is_lost(start, table):
    class Rubbish(Table):
        def read(self, timeout_s: float):
            time.sleep(0.02)
            return JpegFrame(pack(WATER)[:1, :50].ravel())

    bench = start(Rubbish(), silence_max_s=0.6)
    bench.wait_for(LOST)


def test_a_video_that_is_taken_away_and_put_back(start, tmp_path):
    path, elsewhere = tmp_path / "lobby.avi", tmp_path / "elsewhere.avi"
    write_video(path, [counter()] * 5 + [pack(WATER)] * 5)
    bench = start(VideoFile(path))
    assert bench.next_gtin() == "0" + WATER
    shutil.move(path, elsewhere)
    bench.wait_for(LOST)
    shutil.move(elsewhere, path)
    bench.wait_for(OK)


def test_a_camera_that_is_missing_at_the_start_is_lost_not_an_error(start, tmp_path):
    bench = start(make_source(str(tmp_path / "video.avi")))
    assert bench.statuses.get(timeout=PATIENCE_S) is STARTING
    assert bench.statuses.get(timeout=PATIENCE_S) is LOST


def test_without_a_camera_the_status_is_none_and_the_thread_ends(start):
    bench = start(make_source("none"))
    bench.wait_for(NONE)
    bench.service.stop()


def test_an_error_in_a_listener_does_not_stop_the_scanner(start, table, caplog):
    bench = start(table)
    real_on_scan, failures = bench.service._on_scan, iter([RuntimeError("a full disk")])

    def failing_once(scan):
        for failure in failures:
            raise failure
        real_on_scan(scan)

    bench.service._on_scan = failing_once
    table.lay(pack(WATER))
    table.lay(pack(TEA))
    assert bench.next_gtin() == "0" + TEA
    assert "a full disk" in caplog.text


def test_a_stumble_inside_the_scanner_is_logged_and_got_over(start, table, caplog):
    stumbles = iter([RuntimeError("what was that?")])

    class Stumbling(Table):
        def open(self) -> None:
            for stumble in stumbles:
                raise stumble

    bench = start(Stumbling())
    bench.wait_for(LOST)
    bench.wait_for(OK)
    assert "what was that?" in caplog.text


def test_the_preview_is_there_while_a_visit_runs_and_only_then(start, table):
    bench = start(table, is_active=False)
    table.lay(pack(WATER))
    assert bench.next_gtin() == "0" + WATER
    assert bench.service.latest_preview() is None
    bench.service.set_active(True)
    table.lay(pack(TEA))
    preview = bench.service.latest_preview()
    assert preview.shape == (240, 320, 3)
    bench.service.set_active(False)
    assert bench.service.latest_preview() is None


def test_the_same_frame_gives_the_same_preview(start, table):
    bench = start(table)
    table.lay(pack(TEA))
    table.is_silent = True
    time.sleep(0.1)
    assert bench.service.latest_preview() is bench.service.latest_preview()


def test_stop_comes_back_at_once_also_while_the_camera_is_lost(start, table):
    table.is_plugged_in = False
    bench = start(table, retry_first_s=60.0)
    bench.wait_for(LOST)
    started_s = time.monotonic()
    bench.service.stop()
    assert time.monotonic() - started_s < 20.0  # a third of the pause before the next try
    assert not any(thread.name == "scanner" for thread in threading.enumerate())


def test_a_stopped_service_starts_again(start, table):
    bench = start(table)
    bench.wait_for(OK)
    bench.service.stop()
    bench.service.start()
    table.lay(pack(WATER))
    assert bench.next_gtin() == "0" + WATER


def test_the_service_loads_nothing_heavy_before_its_thread_runs():
    code = (
        "import sys, kiosk.scanner.service, kiosk.scanner.sources, kiosk.scanner.wedge\n"
        "kiosk.scanner.sources.make_source('auto', [('4870001157937', 'water')])\n"
        "heavy = {'cv2', 'numpy', 'zxingcpp', 'pyzbar', 'biip', 'kivy'} & set(sys.modules)\n"
        "sys.exit(f'loaded: {heavy}' if heavy else 0)"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)
