"""What somebody sees who watches the scanner: frames around codes, rates, nothing while away."""

import queue
import time

import cv2
import numpy as np
import pytest
import zxingcpp

from kiosk.scanner.demo import DemoCamera, DemoScene
from kiosk.scanner.frames import ArrayFrame, JpegFrame
from kiosk.scanner.known import KnownCodes
from kiosk.scanner.packs import draw_pack
from kiosk.scanner.scan import CameraStatus
from kiosk.scanner.service import ScannerService
from kiosk.scanner.watch import Look, Watch, full_picture
from tests.scanner.pictures import HEIGHT, TEA, WATER, WIDTH, counter, pack, printed, seen
from tests.scanner.test_service import PATIENCE_S, Table


def looks_at(*pictures: np.ndarray, step_s: float = 0.1) -> list[Look]:
    looks: list[Look] = []
    watch = Watch(looks.append)
    for number, picture in enumerate(pictures):
        watch.take(ArrayFrame(picture), now_s=number * step_s)
    return looks


def on_the_counter(gtin: str, left: int, top: int) -> np.ndarray:
    """A drawn pack at a known place, BGR."""
    picture = cv2.cvtColor(counter(noise=0), cv2.COLOR_GRAY2BGR)
    drawn = cv2.resize(draw_pack(f"0{gtin}", "Су"), None, fx=0.7, fy=0.7)
    height, width = drawn.shape[:2]
    picture[top : top + height, left : left + width] = drawn[: HEIGHT - top]
    return picture


@pytest.mark.parametrize(("left", "top"), [(20, 10), (250, 40), (140, 55)])
def test_the_frame_lies_around_the_code_on_a_drawn_pack(left, top):
    (look,) = looks_at(on_the_counter(WATER, left, top))
    (found,) = look.found
    assert (found.text, found.gtin14s) == (WATER, ("0" + WATER,))
    xs = [x * WIDTH for x, _ in found.corners]
    ys = [y * HEIGHT for _, y in found.corners]
    # The bars of a drawn pack, at 0.7 of its size: 95 modules of 4 px, in the middle of 500.
    assert min(xs) == pytest.approx(left + 0.7 * (250 - 190), abs=8)
    assert max(xs) == pytest.approx(left + 0.7 * (250 + 190), abs=8)
    assert top + 0.7 * 320 < min(ys) < max(ys) < top + 0.7 * 560


@pytest.mark.parametrize("blur_px", [0.0, 2.0])
def test_a_slanted_pack_has_its_frame_around_the_whole_code_whichever_engine_reads_it(blur_px):
    slanted = {turn: pack(WATER, turn_deg=turn, blur_px=blur_px) for turn in range(10, 80, 5)}
    engines = set()
    for turn, picture in slanted.items():
        for found in looks_at(picture)[0].found:
            engines.add(found.engine)
            corners = np.array(found.corners) * [WIDTH, HEIGHT]
            along = corners @ [np.cos(np.radians(turn)), np.sin(np.radians(turn))]
            assert np.ptp(along) == pytest.approx(95 * 3, rel=0.25), f"{turn} {found.engine}"
            assert np.linalg.norm(corners.mean(0) - [WIDTH / 2, HEIGHT / 2]) < 25
    assert "zbar" in engines


def test_a_pack_that_comes_into_focus_is_framed_whole_at_every_stage():
    camera = DemoScene(seed=5)
    camera.show("0" + WATER, "Су")
    frames = [camera.next_frame()[0] for _ in range(25)]
    framed = [look.found[0] for look in looks_at(*frames, step_s=1 / 15) if look.found]
    assert len(framed) > 8
    for found in framed:
        assert np.ptp([x for x, _ in found.corners]) > 0.33


def test_the_share_of_reads_counts_the_frames_of_the_last_ten_seconds():
    half = [pack(WATER), counter()] * 5
    assert looks_at(*half, step_s=1.0)[-1].read_share == 0.5
    assert looks_at(*half, *[counter()] * 11, step_s=1.0)[-1].read_share == 0.0
    assert looks_at(counter())[-1].read_share is None, "one frame is no share"


def test_frames_per_second_are_those_that_came():
    assert looks_at(*[counter()] * 30, step_s=0.05)[-1].frames_per_s == pytest.approx(20)


@pytest.mark.parametrize(("light", "low", "high"), [(20.0, 0.0, 0.2), (240.0, 0.85, 1.0)])
def test_brightness_tells_a_dark_lobby_from_a_glaring_one(light, low, high):
    (look,) = looks_at(counter(light=light))
    assert low <= look.brightness <= high
    assert look.decode_ms > 0


def test_a_code_of_no_product_is_shown_but_counts_as_no_read():
    note = seen(printed(zxingcpp.BarcodeFormat.QRCode, "https://example.kz", module_px=5))
    look = looks_at(note, note, note, step_s=1.0)[-1]
    assert (look.found[0].text, look.found[0].gtin14s) == ("https://example.kz", ())
    assert look.read_share == 0.0


def test_a_full_picture_is_in_colour_and_in_full_size():
    blue = np.zeros((HEIGHT, WIDTH, 3), np.uint8)
    blue[..., 0] = 200
    jpeg = cv2.imencode(".jpg", blue)[1].ravel()
    for frame in (ArrayFrame(blue), JpegFrame(jpeg)):
        picture = full_picture(frame)
        assert picture.shape == (HEIGHT, WIDTH, 3)
        assert picture[5, 5, 2] > 190 > 10 > picture[5, 5, 0]


# --- in the scanner's thread ------------------------------------------------------------------


@pytest.fixture
def scans():
    return queue.Queue()


@pytest.fixture
def service(scans):
    made = []

    def make(source) -> ScannerService:
        service = ScannerService(
            lambda: source, known=KnownCodes, on_scan=scans.put, on_status=lambda _: None
        )
        made.append(service)
        service.start()
        return service

    yield make
    for one in made:
        one.stop()


def test_a_watcher_sees_the_demo_pack_while_it_is_sold_as_ever(service, scans):
    camera = DemoCamera([("0" + TEA, "Maxi")], automatic=False)
    running = service(camera)
    looks: queue.Queue = queue.Queue()
    statuses: queue.Queue = queue.Queue()
    running.watch(looks.put, statuses.put)
    camera.show("0" + TEA)
    look = looks.get(timeout=PATIENCE_S)
    while not look.found:
        look = looks.get(timeout=PATIENCE_S)
    assert look.found[0].gtin14s == ("0" + TEA,)
    assert look.preview.shape == (HEIGHT, WIDTH, 3)
    assert scans.get(timeout=PATIENCE_S).text == TEA
    seen = [statuses.get(timeout=PATIENCE_S)]
    while seen[-1] is not CameraStatus.OK:
        seen.append(statuses.get(timeout=PATIENCE_S))


def test_nobody_is_told_anything_after_looking_away(service):
    table = Table()
    running = service(table)
    looks: queue.Queue = queue.Queue()
    running.watch(looks.put)
    looks.get(timeout=PATIENCE_S)
    assert running.latest_frame().shape == (HEIGHT, WIDTH, 3)
    running.watch(None)
    table.lay(pack(WATER))
    while not looks.empty():
        looks.get_nowait()
    table.lay(pack(TEA))
    assert looks.empty()
    assert running._watch is None


def test_a_watcher_that_fails_does_not_stop_the_scanner(service, scans, caplog):
    def fail(_look: Look) -> None:
        raise RuntimeError("no window any more")

    table = Table()
    running = service(table)
    running.watch(fail)
    table.lay(pack(WATER))
    assert scans.get(timeout=PATIENCE_S).text == WATER
    deadline_s = time.monotonic() + PATIENCE_S
    while "no window any more" not in caplog.text:
        assert time.monotonic() < deadline_s
        time.sleep(0.01)


def test_the_latest_frame_is_there_only_while_a_visit_runs(service):
    table = Table()
    running = service(table)
    table.lay(pack(WATER))
    assert running.latest_frame() is None
    running.set_active(True)
    table.lay(pack(TEA))
    assert running.latest_frame().shape == (HEIGHT, WIDTH, 3)
    running.set_active(False)
    assert running.latest_frame() is None
