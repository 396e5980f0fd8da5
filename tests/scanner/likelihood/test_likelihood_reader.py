"""The maximum-likelihood reader on drawn pictures: what it reads, and what it refuses."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk.domain.barcode import check_digit
from kiosk.scanner.known import KnownCodes
from kiosk.scanner.likelihood.reader import LikelihoodReader
from tests.scanner.pictures import EAN13, TEA, WATER, counter, pack, printed, seen

READER = LikelihoodReader()


def text_of(picture, catalogue=None):
    reading = READER.read(picture, catalogue)
    return None if reading is None else reading.text


@pytest.mark.parametrize("blur_px", [1.0, 3.0, 4.5])
def test_a_blurred_pack_is_read(blur_px):
    assert text_of(pack(WATER, blur_px=blur_px)) == WATER


def test_a_pack_upside_down_is_read():
    assert text_of(pack(TEA, blur_px=3.0, turn_deg=180)) == TEA


def test_the_corners_lie_on_the_bars():
    reading = READER.read(pack(WATER, blur_px=3.0))
    x, y = reading.centre
    assert abs(x - 320) < 15
    assert abs(y - 240) < 40


@given(
    payload=st.text("0123456789", min_size=11, max_size=11),
    blur_px=st.floats(2.0, 4.5),
    turn_deg=st.floats(-12, 12),
    tilt=st.floats(0, 0.15),
    light=st.floats(0.5, 1.0),
    seed=st.integers(0, 99),
)
@settings(max_examples=12, deadline=None)
def test_what_is_read_is_what_was_drawn(payload, blur_px, turn_deg, tilt, light, seed):
    code = f"4{payload}"
    code += check_digit(code)
    picture = seen(
        printed(EAN13, code),
        blur_px=blur_px,
        turn_deg=turn_deg,
        tilt=tilt,
        light=light,
        seed=seed,
    )
    assert text_of(picture) in (None, code)


@given(seed=st.integers(0, 10_000), period=st.floats(3, 30), lean=st.floats(-0.4, 0.4))
@settings(max_examples=12, deadline=None)
def test_fences_cloth_and_empty_counters_are_refused(seed, period, lean):
    rng = np.random.default_rng(seed)
    rows, columns = np.mgrid[:480, :640]
    stripes = np.sin((columns + lean * rows) * 2 * np.pi / period + 3 * np.sin(columns / 70))
    picture = np.clip(counter(seed=seed) + 60 * stripes + rng.normal(0, 4, stripes.shape), 0, 255)
    assert READER.read(picture.astype(np.uint8)) is None


def test_a_neighbour_in_the_catalogue_is_not_taken_for_the_pack():
    twin = WATER[:10] + "1" + WATER[11]
    twin += check_digit(twin)
    catalogue = KnownCodes({f"0{twin}": "twin", f"0{TEA}": "tea"})
    reading = READER.read(pack(WATER, blur_px=4.5), catalogue)
    assert reading is None or (reading.text == WATER and not reading.known)
