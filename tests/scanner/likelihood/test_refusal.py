"""What the maximum-likelihood reader must not say, on drawn pictures of codes it cannot know."""

from dataclasses import replace
from itertools import islice

import cv2
import numpy as np
import zxingcpp
from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk.domain.barcode import check_digit
from kiosk.scanner.known import KnownCodes
from kiosk.scanner.likelihood import templates
from kiosk.scanner.likelihood.evidence import Evidence
from kiosk.scanner.likelihood.families import states_of
from kiosk.scanner.likelihood.reader import LikelihoodReader
from kiosk.scanner.likelihood.refuse import verdict
from kiosk.scanner.likelihood.sight import contradicts
from kiosk.scanner.likelihood.viterbi import best_codes
from tests.scanner.clips import Clip, Faults
from tests.scanner.pictures import (
    EAN13,
    HEIGHT,
    ORBIT,
    TEA,
    WATER,
    WIDTH,
    counter,
    pack,
    printed,
    seen,
)

READER = LikelihoodReader()
PAYLOADS = st.text("0123456789", min_size=11, max_size=11)


def coded(payload):
    return f"4{payload}" + check_digit(f"4{payload}")


def near_twins(code, count, seed):
    """Codes that differ from one in a digit, and in their check digit."""
    rng = np.random.default_rng(seed)
    twins = set()
    while len(twins) < count:
        digits = list(code[:-1])
        digits[rng.integers(1, 12)] = str(rng.integers(10))
        twins.add("".join(digits) + check_digit("".join(digits)))
        twins.discard(code)
    return twins


def dazzled(picture, x, y, width, height, strength):
    """A picture with the light of a lamp on a glossy pack: an ellipse with a soft rim."""
    glare = np.zeros(picture.shape, np.float32)
    cv2.ellipse(glare, (round(x), round(y)), (round(width), round(height)), 20, 0, 360, 1, -1)
    glare = cv2.GaussianBlur(glare, (0, 0), 6)
    return np.clip(picture + strength * glare, 0, 255).astype(np.uint8)


@given(
    payload=PAYLOADS, blur_px=st.floats(1.5, 6.0), noise=st.floats(1, 8), seed=st.integers(0, 999)
)
@settings(max_examples=5, deadline=None)
def test_a_pack_that_the_shop_does_not_have_is_never_taken_for_its_twin(
    payload, blur_px, noise, seed
):
    code = coded(payload)
    catalogue = KnownCodes({f"0{twin}": twin for twin in near_twins(code, 20, seed)})
    reading = READER.read(pack(code, blur_px=blur_px, noise=noise, seed=seed), catalogue)
    assert reading is None or (reading.text == code and not reading.known)


@given(
    payload=PAYLOADS,
    blur_px=st.floats(1.5, 4.5),
    x=st.floats(170, 470),
    y=st.floats(180, 300),
    width=st.floats(20, 160),
    height=st.floats(15, 120),
    strength=st.floats(60, 400),
    seed=st.integers(0, 999),
)
@settings(max_examples=4, deadline=None)
def test_under_glare_it_reads_what_was_drawn_or_nothing(
    payload, blur_px, x, y, width, height, strength, seed
):
    code = coded(payload)
    picture = dazzled(pack(code, blur_px=blur_px, seed=seed), x, y, width, height, strength)
    twins = KnownCodes({f"0{twin}": twin for twin in near_twins(code, 20, seed)})
    free, known = READER.read(picture), READER.read(picture, twins)
    assert free is None or free.text == code
    assert known is None or (known.text == code and not known.known)


def test_glare_beside_the_middle_rows_does_no_harm():
    picture = dazzled(pack(WATER, blur_px=3.0), 330, 205, 60, 18, 300)
    assert READER.read(picture).text == WATER


@given(blur_px=st.floats(0.5, 4.0), turn_deg=st.floats(-10, 10), seed=st.integers(0, 99))
@settings(max_examples=4, deadline=None)
def test_other_codes_are_not_taken_for_an_ean_13(blur_px, turn_deg, seed):
    kinds = [
        (zxingcpp.BarcodeFormat.Code128, f"KZ{seed:06}AB"),
        (zxingcpp.BarcodeFormat.EAN8, ORBIT),
        (zxingcpp.BarcodeFormat.UPCE, "01234565"),
    ]
    kind, text = kinds[seed % len(kinds)]
    paper = printed(kind, text)
    assert READER.read(seen(paper, blur_px=blur_px, turn_deg=turn_deg, seed=seed)) is None


def test_half_a_code_is_refused():
    picture = pack(WATER, blur_px=2.0)
    picture[:, WIDTH // 2 + 40 :] = counter()[:, WIDTH // 2 + 40 :]
    assert READER.read(picture) is None


def test_a_strip_too_low_for_bands_that_agree_is_refused():
    paper = printed(EAN13, WATER)
    middle = len(paper) // 2
    assert READER.read(seen(paper[middle - 2 : middle + 2], blur_px=1.0)) is None


def test_pictures_of_any_size_are_taken():
    for height, width in [(1, 1), (3, 640), (HEIGHT, 2), (40, 40)]:
        assert READER.read(np.full((height, width), 128, np.uint8)) is None
        assert READER.sights(np.zeros((height, width), np.uint8)) == []


def test_the_best_look_comes_first():
    sights = READER.sights(pack(WATER, blur_px=3.0))
    assert [sight.fit for sight in sights] == sorted(sight.fit for sight in sights)
    assert READER.judged(sights[:1], None).text == WATER


def test_looks_at_one_pack_add_up():
    pictures = [pack(WATER, blur_px=5.0, noise=12, seed=seed) for seed in range(4)]
    sights = [READER.sights(picture)[0] for picture in pictures]
    reading = READER.judged(sights, None)
    assert reading.text == WATER
    assert reading.bands == sum(sight.bands for sight in sights)


def test_a_look_that_explains_the_picture_by_another_code_counts_against_a_reading():
    sight, other = (READER.sights(pack(code, blur_px=3.0))[0] for code in (WATER, TEA))
    states = states_of(templates.EAN13, WATER)
    assert contradicts(replace(other, fit=sight.fit), sight, states)
    assert not contradicts(replace(other, fit=2 * sight.fit), sight, states)
    assert not contradicts(sight, sight, states)


def with_margin(sight, margin: float):
    """A sight's costs, as if its best code stood out by so much."""
    best = best_codes(sight.layout, sight.costs)
    own = float(best.second_costs[0] - best.costs[0]) / sight.bands
    return sight.costs.weighted_sum(np.array([margin / own]))


def test_several_looks_need_as_wide_a_margin_as_one():
    sight = READER.sights(pack(WATER, blur_px=3.0))[0]
    faint, clear = (with_margin(sight, margin) for margin in (0.40, 0.44))
    for looks in (1, 2, 12):
        assert verdict(sight.layout, faint, sight.bands, 0.05, None, looks=looks) is None
        assert verdict(sight.layout, clear, sight.bands, 0.05, None, looks=looks).text == WATER
        assert verdict(sight.layout, clear, sight.bands, 0.11, None, looks=looks) is None
        assert verdict(sight.layout, clear, 2, 0.05, None, looks=looks) is None


def test_where_a_lamp_was_taken_out_the_margin_must_be_wider():
    sight = READER.sights(pack(WATER, blur_px=3.0))[0]
    faint, clear = (with_margin(sight, margin) for margin in (0.68, 0.72))
    for looks in (1, 2, 12):
        assert _dulled(sight, faint, looks) is None
        assert _dulled(sight, clear, looks).text == WATER


def _dulled(sight, costs, looks: int):
    return verdict(sight.layout, costs, sight.bands, 0.05, None, looks=looks, is_dulled=True)


def test_a_film_of_another_code_under_a_lamp_is_never_read():
    film = Clip(11, "ean8", Faults(glare=1))
    evidence = Evidence()
    frames = islice(film.frames(0.7), 0, None, 4)
    assert [evidence.add(grey) for grey in frames] == [None] * 6
