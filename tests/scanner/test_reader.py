"""What a frame's reads are worth: short codes hide inside slanted long ones."""

from __future__ import annotations

import numpy as np
import pytest

from kiosk.domain.barcode import Symbology
from kiosk.scanner.decode import Decoder, Read
from kiosk.scanner.demo import DemoScene
from kiosk.scanner.frames import ArrayFrame
from kiosk.scanner.reader import FrameReader
from tests.scanner.pictures import ORBIT, TEA, WATER, pack

SHORT_PIECE = Read(Symbology.UPCE, "0187200000204", "zxing-cpp", (320.0, 240.0))
TEA_READ = Read(Symbology.EAN13, TEA, "zxing-cpp", (320.0, 240.0))
FRAME_S = 1 / 15


class ScriptedDecoder:
    """Gives the reads it was told to, one frame after the other; the pictures are real."""

    def __init__(self, *frames: list[Read]) -> None:
        self._frames = list(frames)

    def read(self, _luma, *, is_accepted=None) -> tuple[Read, ...]:
        return tuple(self._frames.pop(0))


def scans_of(*frames: list[Read]) -> list[str]:
    reader = FrameReader(ScriptedDecoder(*frames), lambda code: False)
    rng = np.random.default_rng(3)
    found = []
    for number in range(len(frames)):
        picture = np.clip(pack(TEA) + rng.integers(-9, 9), 0, 255).astype(np.uint8)
        picture = np.roll(picture, 9 * number, axis=1)
        scans = reader.take(ArrayFrame(picture), now_s=number * FRAME_S, thrifty=False)
        found += [scan.text for scan in scans]
    return found


def test_a_short_unknown_code_of_a_few_frames_is_not_believed():
    assert scans_of(*[[SHORT_PIECE]] * 5) == []


def test_a_short_unknown_code_that_lasts_is_believed():
    assert scans_of(*[[SHORT_PIECE]] * 6) == [SHORT_PIECE.text]


def test_a_short_code_around_a_long_one_is_a_piece_of_it():
    frames = [[TEA_READ], [TEA_READ, SHORT_PIECE], *[[SHORT_PIECE]] * 12]
    assert scans_of(*frames) == [TEA]


@pytest.mark.parametrize("code", [WATER, TEA, ORBIT])
@pytest.mark.parametrize("in_catalogue", [True, False])
def test_a_pack_passing_the_drawn_lens_is_read_once_and_as_itself(code, in_catalogue):
    scene = DemoScene(seed=5)
    reader = FrameReader(Decoder(), lambda c: in_catalogue and c.gtin14 == code.zfill(14))
    scene.show(code.zfill(14), "pack")
    found, now_s, in_view = [], 0.0, True
    while in_view:
        picture, in_view = scene.next_frame()
        now_s += FRAME_S
        scans = reader.take(ArrayFrame(picture), now_s=now_s, thrifty=False)
        found += [scan.candidates[0].gtin14 for scan in scans]
    assert found == [code.zfill(14)]
