"""The stages after the first: what each is there for, on pictures drawn so that the others fail."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk.scanner.decode import Decoder
from kiosk.scanner.photo import PhotoReader
from kiosk.scanner.treatments import PART_HEIGHT_MAX, PART_WIDTH_MAX, Views, liveliest_part
from kiosk.scanner.votes import gtin_of
from tests.scanner.pictures import EAN13, ORBIT, TEA, WATER, counter, knowing, pack, printed, seen


@pytest.fixture(scope="module")
def decoder():
    return Decoder()


def stage_of(decoder: Decoder, luma: np.ndarray) -> str:
    """The first stage that reads the water."""
    for reads in decoder.stages(luma):
        for read in reads:
            if gtin_of(read) == "0" + WATER:
                return read.stage
    return ""


def large(picture: np.ndarray, left: int, top: int) -> np.ndarray:
    """A 1280×720 frame with that picture in it, on a plain counter."""
    frame = np.full((720, 1280), 120, np.uint8)
    height, width = picture.shape
    frame[top : top + height, left : left + width] = picture
    return frame


def test_a_plain_pack_stops_at_the_first_stage(decoder):
    assert stage_of(decoder, pack(WATER)) == "zxing"


def test_a_pack_on_its_side_is_for_zbar(decoder):
    assert stage_of(decoder, pack(WATER, turn_deg=90)) == "zbar"


def test_a_blurred_pack_is_read_at_twice_its_size(decoder):
    blurred = seen(printed(EAN13, WATER, module_px=2), blur_px=1.4, noise=1, turn_deg=8)
    assert stage_of(decoder, blurred) == "zbar-2x"


def test_a_dim_pack_is_read_with_more_contrast(decoder):
    dim = [
        seen(printed(EAN13, WATER, module_px=2), blur_px=blur, noise=1, turn_deg=8, light=0.3)
        for blur in (0.6, 0.8)
    ]
    assert "zxing-contrast" in {stage_of(decoder, picture) for picture in dim}


@pytest.mark.parametrize(("left", "top"), [(20, 10), (800, 10), (500, 350), (840, 500)])
def test_of_a_large_picture_the_part_with_the_code_is_doubled(left, top):
    code = printed(EAN13, WATER, module_px=2)
    picture = large(code, left, top)
    x, y, part = liveliest_part(picture)
    assert part.shape == (PART_HEIGHT_MAX, PART_WIDTH_MAX)
    assert x <= left
    assert left + code.shape[1] <= x + PART_WIDTH_MAX
    assert y <= top
    assert top + code.shape[0] <= y + PART_HEIGHT_MAX


def test_places_found_in_a_doubled_part_are_places_of_the_whole_picture():
    code = printed(EAN13, WATER, module_px=2)
    picture = large(code, 800, 350)
    view = Views(picture).doubled
    middle = (view.pixels.shape[1] / 2, view.pixels.shape[0] / 2)
    x, y = view.in_picture(middle)
    assert 0 < x - PART_WIDTH_MAX / 2 + 1 <= 1280 - PART_WIDTH_MAX + 1
    assert 0 < y - PART_HEIGHT_MAX / 2 + 1 <= 720 - PART_HEIGHT_MAX + 1
    for reads in Decoder().stages(picture):
        for read in reads:
            assert read.centre == pytest.approx(
                (800 + code.shape[1] / 2, 350 + code.shape[0] / 2), abs=60
            )


# --- one photograph ---------------------------------------------------------------------------


def texts(reader: PhotoReader, luma: np.ndarray) -> list[str]:
    return [read.text for read in reader.read(luma)]


def test_a_photograph_gives_the_code_and_where_it_came_from():
    (read,) = PhotoReader(second_stage=False).read(pack(WATER))
    assert (read.text, read.stage) == (WATER, "zxing")


def test_with_a_catalogue_what_is_not_in_it_is_not_read():
    reader = PhotoReader(knowing(TEA), second_stage=False)
    assert texts(reader, pack(WATER)) == []
    assert texts(reader, pack(TEA)) == [TEA]


def test_a_short_code_on_a_clear_photograph_is_read_by_two_stages():
    (read,) = PhotoReader(second_stage=False).read(pack(ORBIT))
    assert gtin_of(read) == ORBIT.zfill(14)


def test_two_packs_on_one_photograph_are_both_read_nearest_first():
    picture = pack(TEA, at=(320, 100))
    picture[250:] = seen(printed(EAN13, WATER, module_px=2), at=(320, 400))[250:]
    picture[:80] = 130
    assert texts(PhotoReader(second_stage=False), picture)[:1] != []


@settings(max_examples=40)
@given(
    st.floats(-90, 90), st.floats(0, 0.6), st.floats(0, 9), st.floats(0.05, 1), st.integers(0, 99)
)
def test_whatever_the_faults_a_photograph_gives_the_right_code_or_none(
    turn_deg, tilt, blur_px, light, seed
):
    picture = pack(
        WATER, turn_deg=turn_deg, tilt=tilt, blur_px=blur_px, light=light, noise=9, seed=seed
    )
    assert texts(PhotoReader(second_stage=False), picture) in ([], [WATER])


@settings(max_examples=25)
@given(st.integers(1, 14), st.floats(0, 180), st.integers(0, 60), st.integers(0, 99))
def test_stripes_cloth_and_noise_are_no_code(period_px, turn_deg, noise, seed):
    rng = np.random.default_rng(seed)
    rows, columns = np.mgrid[0:240, 0:320]
    turn = np.radians(turn_deg)
    wave = np.sin((columns * np.cos(turn) + rows * np.sin(turn)) * np.pi / period_px)
    picture = 128 + 90 * np.sign(wave) + rng.normal(0, noise, wave.shape)
    luma = np.clip(picture, 0, 255).astype(np.uint8)
    assert texts(PhotoReader(second_stage=False), luma) == []


def test_an_empty_counter_gives_nothing():
    assert texts(PhotoReader(), counter()) == []
