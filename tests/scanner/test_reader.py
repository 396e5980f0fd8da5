"""What a frame's reads are worth: short codes hide inside slanted long ones."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from kiosk.domain.barcode import Symbology
from kiosk.scanner.decode import Decoder, Read
from kiosk.scanner.demo import DemoScene
from kiosk.scanner.frames import ArrayFrame
from kiosk.scanner.known import KnownCodes
from kiosk.scanner.reader import FrameReader
from tests.scanner.pictures import ORBIT, TEA, WATER, knowing, pack

SHORT_PIECE = Read(Symbology.UPCE, "0187200000204", "zxing-cpp", (320.0, 240.0))
TEA_READ = Read(Symbology.EAN13, TEA, "zxing-cpp", (320.0, 240.0))
FRAME_S = 1 / 15


class ScriptedDecoder:
    """Gives the reads it was told to, one frame after the other; the pictures are real."""

    def __init__(self, *frames: list[Read]) -> None:
        self._frames = list(frames)

    def stages(self, _luma) -> Iterator[tuple[Read, ...]]:
        reads = tuple(self._frames.pop(0))
        return iter((reads, reads))


def scans_of(*frames: list[Read]) -> list[str]:
    reader = FrameReader(ScriptedDecoder(*frames), knowing)
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
    shop = knowing(code) if in_catalogue else knowing()
    reader = FrameReader(Decoder(), lambda: shop)
    scene.show(code.zfill(14), "pack")
    found, now_s, in_view = [], 0.0, True
    while in_view:
        picture, in_view = scene.next_frame()
        now_s += FRAME_S
        scans = reader.take(ArrayFrame(picture), now_s=now_s, thrifty=False)
        found += [scan.candidates[0].gtin14 for scan in scans]
    assert found == [code.zfill(14)]


OWN_LABEL = Read(Symbology.EAN13, "2000000000015", "zxing-cpp", (200.0, 240.0))
WATER_READ = Read(Symbology.EAN13, WATER, "zxing-cpp", (400.0, 240.0))


def told_by(reader: FrameReader, *frames_s: float) -> list[str]:
    """What one reader tells of frames at those times, each with the pack elsewhere."""
    found = []
    for number, now_s in enumerate(frames_s):
        picture = np.roll(pack(TEA, seed=number), 9 * number, axis=1)
        scans = reader.take(ArrayFrame(picture), now_s=now_s, thrifty=False)
        found += [scan.text for scan in scans]
    return found


def test_a_pack_with_two_codes_of_one_product_is_sold_once():
    shop = KnownCodes({"0" + WATER: "water", "02000000000015": "water"})
    frames = [[OWN_LABEL], [WATER_READ], [OWN_LABEL, WATER_READ], [WATER_READ], [OWN_LABEL]]
    reader = FrameReader(ScriptedDecoder(*frames), lambda: shop)
    assert told_by(reader, *(n * FRAME_S for n in range(5))) == [OWN_LABEL.text]


def test_it_is_sold_again_when_it_was_away():
    shop = KnownCodes({"0" + WATER: "water", "02000000000015": "water"})
    reader = FrameReader(ScriptedDecoder([OWN_LABEL], [], [WATER_READ]), lambda: shop)
    # Nothing was read for five seconds while stripes stayed in view.
    assert told_by(reader, 0.0, 0.1, 5.0) == [OWN_LABEL.text, WATER]


def test_two_products_in_one_frame_come_nearest_to_the_middle_first():
    shop = knowing(WATER, "2000000000015")
    reader = FrameReader(ScriptedDecoder([OWN_LABEL, WATER_READ]), lambda: shop)
    assert told_by(reader, 0.0) == [WATER, OWN_LABEL.text]


def test_a_code_that_the_shop_does_not_know_beside_one_it_knows_is_no_second_product():
    frames = [[WATER_READ, OWN_LABEL], [OWN_LABEL], [OWN_LABEL], [OWN_LABEL]]
    reader = FrameReader(ScriptedDecoder(*frames), lambda: knowing(WATER))
    assert told_by(reader, *(n * FRAME_S for n in range(4))) == [WATER]


def test_shown_alone_it_is_told_as_unknown():
    reader = FrameReader(ScriptedDecoder(*[[OWN_LABEL]] * 2), lambda: knowing(WATER))
    assert told_by(reader, 0.0, FRAME_S) == [OWN_LABEL.text]


def test_a_catalogue_that_changes_counts_from_the_next_frame():
    shops = [knowing(), knowing(WATER)]
    reader = FrameReader(ScriptedDecoder([WATER_READ], [WATER_READ]), lambda: shops[0])
    assert told_by(reader, 0.0) == []
    shops.pop(0)
    elsewhere = ArrayFrame(pack(TEA, at=(250, 200)))
    assert [scan.text for scan in reader.take(elsewhere, now_s=FRAME_S, thrifty=False)] == [WATER]
