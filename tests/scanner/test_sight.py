"""What a picture shows before anything is read in it."""

import math

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from kiosk.scanner.sight import sight_of
from kiosk.scanner.steadiness import Steadiness
from tests.scanner.pictures import EAN13, WATER, counter, pack, printed, seen


def code_px(module_px: int) -> float:
    """The length of an EAN-13's bars, as a share of the picture's width."""
    return 95 * module_px / 640


@pytest.mark.parametrize("module_px", [1, 2, 3])
def test_the_stripes_have_the_length_of_the_code(module_px):
    sight = sight_of(seen(printed(EAN13, WATER, module_px=module_px), light=0.8))
    # Edges reach a few cells further than the bars, the white paper's own edges too.
    assert code_px(module_px) - 0.05 <= sight.stripes.length <= code_px(module_px) + 0.26


@settings(max_examples=25)
@example(8.0, 5.0, 0.6)
@example(0.0, 4.5, 0.4)
@example(72.0, 5.0, 0.6)
@given(st.floats(-80, 80), st.floats(0, 5), st.floats(0.3, 1))
def test_stripes_are_found_at_any_turn_through_blur_and_in_little_light(turn_deg, blur_px, light):
    sight = sight_of(pack(WATER, turn_deg=turn_deg, blur_px=blur_px, light=light))
    assert sight.stripes is not None
    assert math.dist(sight.stripes.centre, (0.5, 0.375)) < 0.12


@pytest.mark.parametrize("noise", [0, 6, 12])
def test_a_plain_counter_has_no_stripes(noise):
    assert sight_of(counter(noise=noise)).stripes is None


@pytest.mark.parametrize("light", [15.0, 40.0, 220.0])
@pytest.mark.parametrize("noise", [0, 3, 12])
def test_nor_has_one_in_the_dark_or_in_the_sun(noise, light):
    assert sight_of(counter(noise=noise, light=light)).stripes is None


def test_a_sharp_picture_is_sharper_than_a_blurred_one():
    by_blur = [sight_of(pack(WATER, blur_px=blur)).stripes.sharpness for blur in (0, 2, 4, 6)]
    assert by_blur == sorted(by_blur, reverse=True)


def test_a_mirrored_lamp_is_seen_in_the_middle_of_the_bars():
    plain = pack(WATER, light=0.8)
    dazzled = plain.astype(float)
    rows, columns = np.mgrid[0:480, 0:640]
    dazzled += 400 * np.exp(-((columns - 320) ** 2 + (rows - 240) ** 2) / 45**2)
    dazzled = np.clip(dazzled, 0, 255).astype(np.uint8)
    assert sight_of(plain).stripes.dazzled == 0
    assert sight_of(dazzled).stripes.dazzled > 0.02


def test_darkness_is_told():
    assert sight_of(pack(WATER, light=0.1)).brightness < 0.1 < sight_of(pack(WATER)).brightness


def test_a_pack_is_steady_from_its_second_look_and_gone_after_a_while():
    steadiness = Steadiness()
    stripes = sight_of(pack(WATER)).stripes
    assert not steadiness.is_steady(stripes, now_s=1.0)
    assert steadiness.is_steady(sight_of(pack(WATER, at=(330, 245))).stripes, now_s=1.1)
    assert not steadiness.is_gone(now_s=1.3)
    assert not steadiness.is_steady(None, now_s=1.4)
    assert steadiness.is_gone(now_s=1.6)


def test_a_pack_that_jumps_across_the_picture_is_not_steady():
    small = printed(EAN13, WATER, module_px=1)
    steadiness = Steadiness()
    steadiness.is_steady(sight_of(seen(small, at=(150, 150))).stripes, now_s=1.0)
    assert not steadiness.is_steady(sight_of(seen(small, at=(480, 350))).stripes, now_s=1.1)
