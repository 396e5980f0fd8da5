"""The demo camera draws packs that the real decoders read."""

import numpy as np
import pytest

from kiosk.domain.barcode import read_code
from kiosk.domain.errors import BarcodeError
from kiosk.scanner.decode import Decoder
from kiosk.scanner.demo import DemoCamera, DemoScene
from kiosk.scanner.frames import ArrayFrame
from kiosk.scanner.gate import looks_like_bars

WATER, ORBIT, COLA = "04870001157937", "00000040099637", "05449000017680"
PRODUCTS = [(WATER, "A.S.U. су"), (ORBIT, "Orbit"), (COLA, "Coca-Cola Light")]


def one_pass(scene: DemoScene, gtin14: str) -> list[np.ndarray]:
    scene.show(gtin14, "a pack")
    frames: list[np.ndarray] = []
    while True:
        frame, is_pack_in_view = scene.next_frame()
        if not is_pack_in_view:
            return frames
        frames.append(frame)


def reads_in(frames: list[np.ndarray]) -> list[list[str]]:
    """What each frame gives; as in the kiosk, only those with something like bars are decoded."""
    decoder = Decoder()
    greys = (ArrayFrame(frame).luma() for frame in frames)
    return [
        [read_code(read.symbology, read.text)[0].gtin14 for read in decoder.read(grey)]
        if looks_like_bars(grey)
        else []
        for grey in greys
    ]


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("gtin14", [WATER, ORBIT])
def test_a_shown_pack_is_read_for_a_while_and_never_as_another(gtin14, seed):
    reads = reads_in(one_pass(DemoScene(seed=seed), gtin14))
    assert sum(codes == [gtin14] for codes in reads) >= 10
    assert all(codes in ([], [gtin14]) for codes in reads)


def test_a_pack_comes_in_blurred_and_leaves_again():
    reads = reads_in(one_pass(DemoScene(), WATER))
    assert reads[0] == reads[3] == reads[-1] == []


def test_the_empty_counter_holds_nothing_like_bars():
    scene = DemoScene()
    for _ in range(10):
        frame, is_pack_in_view = scene.next_frame()
        assert not is_pack_in_view
        assert not looks_like_bars(ArrayFrame(frame).luma())


def test_the_same_seed_draws_the_same_and_another_does_not():
    first, again, other = (one_pass(DemoScene(seed=seed), WATER)[20] for seed in (7, 7, 8))
    assert (first == again).all()
    assert (first != other).any()


class Hurried(DemoCamera):
    """The demo camera without its pace: as fast as it can draw."""

    def draw(self) -> np.ndarray:
        return self._next_frame()


def shown_by(camera: Hurried, frames: int) -> list[str]:
    shown: list[str] = []
    for codes in reads_in([camera.draw() for _ in range(frames)]):
        shown += [code for code in codes if code not in shown]
    return shown


def test_packs_come_by_themselves_one_after_another():
    camera = Hurried(PRODUCTS, pause_s=0.5)
    assert shown_by(camera, 170) == [WATER, ORBIT, COLA]


def test_a_paused_demo_shows_only_what_it_is_asked_for():
    camera = Hurried(PRODUCTS, automatic=False)
    assert shown_by(camera, 60) == []
    camera.show(COLA)
    camera.show("40099637")
    assert shown_by(camera, 100) == [COLA, ORBIT]


def test_the_demo_follows_the_catalogue():
    camera = Hurried(PRODUCTS, pause_s=0.1)
    camera.set_products([(COLA, "Coca-Cola Light"), ("", "samsa"), ("14870001157934", "a case")])
    assert shown_by(camera, 120) == [COLA]


def test_a_demo_without_products_is_an_empty_counter():
    assert shown_by(Hurried([]), 60) == []


def test_the_number_of_a_case_is_not_shown():
    with pytest.raises(BarcodeError, match="single pack"):
        DemoCamera(PRODUCTS).show("14870001157934")
