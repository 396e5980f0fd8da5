"""Where bars may stand: among lines of print, and under a lamp that parts them."""

import cv2
import numpy as np
import pytest

from kiosk.scanner.likelihood.attempts import attempts
from kiosk.scanner.likelihood.find import find_regions
from tests.scanner.pictures import EAN13, HEIGHT, WATER, WIDTH, printed, seen

MODULE_PX = 2
MIDDLE = (WIDTH / 2, HEIGHT / 2)
LENGTH_PX = 95 * MODULE_PX


def printed_pack(*, lines: int = 24) -> np.ndarray:
    """A side of a pack full of lines of print, with a label in its middle."""
    pack = np.full((440, 600), 190, np.uint8)
    for row in range(lines):
        words = "pure drinking water from under the steppe"[row % 9 :]
        at = (6, 16 + row * 440 // lines)
        cv2.putText(pack, words * 2, at, cv2.FONT_HERSHEY_PLAIN, 1.1, 10, 2, cv2.LINE_AA)
    label = printed(EAN13, WATER, module_px=MODULE_PX)
    label = label[label.shape[0] // 2 - 55 : label.shape[0] // 2 + 55]
    top, left = (440 - label.shape[0]) // 2, (600 - label.shape[1]) // 2
    pack[top : top + label.shape[0], left : left + label.shape[1]] = label
    return pack


def with_lamp(grey: np.ndarray, at: tuple[float, float], wide: float, high: float) -> np.ndarray:
    rows, columns = np.mgrid[0:HEIGHT, 0:WIDTH]
    away = ((columns - at[0]) / wide) ** 2 + ((rows - at[1]) / high) ** 2
    return np.clip(grey + 500 * np.exp(-away), 0, 255).astype(np.uint8)


@pytest.mark.parametrize("turn_deg", [-20, 0, 35])
@pytest.mark.parametrize("blur_px", [1.0, 2.0])
def test_bars_come_before_lines_of_print(turn_deg, blur_px):
    grey = seen(printed_pack(), turn_deg=turn_deg, blur_px=blur_px, light=0.8)
    first = find_regions(grey)[0]
    across_deg = np.degrees(first.across_rad)
    assert abs((across_deg - turn_deg + 90) % 180 - 90) < 6
    u, v = first.place(*MIDDLE)
    assert first.left < u < first.right
    assert first.top < v < first.bottom


@pytest.mark.parametrize("off", [-30, 0, 30])
def test_a_lamp_in_the_middle_does_not_leave_only_one_side_of_a_code(off):
    plain = seen(printed(EAN13, WATER, module_px=MODULE_PX), blur_px=3, light=0.7)
    dazzled = with_lamp(plain, (MIDDLE[0] + off, MIDDLE[1]), 18, 60)
    first = find_regions(dazzled)[0]
    middle_u, _ = first.place(*MIDDLE)
    assert first.left < middle_u - 0.35 * LENGTH_PX
    assert first.right > middle_u + 0.35 * LENGTH_PX


@pytest.mark.parametrize("turn", [0, 1, 2, 3])
@pytest.mark.parametrize("side", [-1, 1])
def test_the_part_of_a_code_that_a_lamp_leaves_alone_is_tried_first(side, turn):
    plain = seen(printed(EAN13, WATER, module_px=3), blur_px=4, light=0.6)
    dazzled = with_lamp(plain, (MIDDLE[0], MIDDLE[1] + side * 50), 40, 40)
    _, clear, *_ = attempts(dazzled, turn)
    assert clear.lamp is not None
    middle = clear.region.point(
        (clear.region.left + clear.region.right) / 2, (clear.region.top + clear.region.bottom) / 2
    )
    assert (middle[1] - MIDDLE[1]) * side < 0


def test_a_place_and_its_point_are_each_others_inverse():
    region = find_regions(seen(printed(EAN13, WATER), turn_deg=25))[0]
    assert region.place(*region.point(12.0, -7.0)) == pytest.approx((12.0, -7.0))
