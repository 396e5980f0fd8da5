from dataclasses import dataclass, field

import numpy as np
import pytest

from kiosk.admin.camera import CameraHow, Light, light_of
from kiosk.admin.pages import Page
from tests.admin.back_room import BackRoom
from tests.admin.money_room import money_room, services_in
from tests.till.shop import CATALOGUE

PRODUCT = next(product for product in CATALOGUE.products if product.codes)
PICTURE = np.zeros((48, 64, 3), np.uint8)
SQUARE = ((0.1, 0.1), (0.3, 0.1), (0.3, 0.2), (0.1, 0.2))


@dataclass
class Code:
    text: str
    gtin14s: tuple = ()
    corners: tuple = SQUARE
    engine: str = "zxing-cpp"


@dataclass
class Seen:
    found: tuple = ()
    preview: object = field(default_factory=lambda: PICTURE)
    frames_per_s: float = 15.0
    read_share: float | None = 0.5
    brightness: float = 0.5
    decode_ms: float = 3.0


class Scanner:
    """Stands where the scanner stands: hands out looks when the test says so."""

    def __init__(self) -> None:
        self.look = None
        self.status = None

    def watch(self, on_look, on_status=None) -> None:
        self.look, self.status = on_look, on_status
        if on_status is not None:
            on_status("ok")


@pytest.fixture
def scanner():
    return Scanner()


@pytest.fixture
def room(tmp_path, scanner):
    room = BackRoom(tmp_path, **services_in(tmp_path), camera=scanner)
    yield room
    room.close()


@pytest.fixture
def desk(room):
    return room.open(Page.CAMERA)


def test_a_code_of_the_catalogue_is_named_and_framed(room, scanner, desk):
    scanner.look(Seen((Code("4870", (PRODUCT.codes[0],)),)))
    room.settle()
    assert desk.state.last.name == PRODUCT.name_in("kk")
    assert desk.state.outlines[0].corners == SQUARE
    assert desk.state.outlines[0].is_product
    assert (desk.state.frames_per_s, desk.state.read_share) == (15.0, 0.5)


def test_a_code_that_the_catalogue_lacks_is_shown_as_it_reads(room, scanner, desk):
    scanner.look(Seen((Code("4600000000000", ("04600000000000",)),)))
    room.settle()
    last = desk.state.last
    assert (last.text, last.product_id, last.name) == ("4600000000000", None, "")


def test_the_last_code_stays_when_the_pack_is_gone(room, scanner, desk):
    scanner.look(Seen((Code("4870", (PRODUCT.codes[0],)),)))
    room.settle()
    scanner.look(Seen())
    room.settle()
    assert desk.state.last.text == "4870"
    assert desk.state.outlines == ()


def test_a_slow_window_gets_the_newest_frame_only(room, scanner, desk):
    drawn = []
    desk.watch(lambda state: drawn.append(state.frames_per_s), None)
    for number in range(50):
        scanner.look(Seen(frames_per_s=number))
    room.settle()
    assert drawn == [49]


def test_leaving_the_page_looks_away_and_late_frames_do_nothing(room, scanner, desk):
    late = scanner.look
    room.office.go(Page.VOICES)
    assert scanner.look is None
    late(Seen(frames_per_s=99))
    room.settle()
    assert desk.state.frames_per_s != 99


@pytest.mark.parametrize("how", [CameraHow.LOST, CameraHow.NONE, CameraHow.STARTING])
def test_without_a_camera_the_old_picture_goes(room, scanner, desk, how):
    scanner.look(Seen())
    room.settle()
    scanner.status(how.value)
    room.settle()
    assert (desk.state.how, desk.state.picture, desk.state.outlines) == (how, None, ())


def test_a_kiosk_without_a_scanner_says_so(tmp_path):
    room = money_room(tmp_path)
    assert room.open(Page.CAMERA).state.how is CameraHow.NONE
    room.close()


def test_who_shows_packs_is_not_taken_to_have_gone(room, scanner, desk):
    for _ in range(10):
        room.wait(15)
        scanner.look(Seen((Code("4870"),)))
        room.settle()
    assert room.page is Page.CAMERA
    room.wait(90)
    assert room.page is Page.DOOR


@pytest.mark.parametrize(
    ("brightness", "light"), [(0.05, Light.DARK), (0.5, Light.GOOD), (0.95, Light.BRIGHT)]
)
def test_light_is_told_in_three_steps(brightness, light):
    assert light_of(brightness) is light
