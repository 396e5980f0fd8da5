"""Blurs and templates, against bars that OpenCV blurs in two dimensions."""

import cv2
import numpy as np
import pytest

from kiosk.scanner.likelihood.costs import costs_of
from kiosk.scanner.likelihood.families import states_of
from kiosk.scanner.likelihood.optics import BLURS, REACH_MODULES, Blur, Shape, near_blurs
from kiosk.scanner.likelihood.templates import (
    EAN8,
    EAN13,
    PATTERNS,
    QUIET_MODULES,
    SAMPLES_PER_MODULE,
    UPCE,
    Looks,
    templates_of,
)

_PIXELS = 30
"""To a module."""


def blurred(row, blur: Blur):
    """A row of black 0 … 1 seen through a round lens, `_PIXELS` to a module."""
    rows = 8 * _PIXELS
    picture = np.repeat(row[None].astype(np.float32), rows, 0)
    if blur.shape is Shape.DISC:
        radius = round(blur.width_modules * _PIXELS)
        y, x = np.mgrid[-radius : radius + 1, -radius : radius + 1]
        disc = (x * x + y * y <= radius * radius).astype(np.float32)
        picture = cv2.filter2D(picture, -1, disc / disc.sum(), borderType=cv2.BORDER_REPLICATE)
        sigma = 0.35
    elif blur.shape is Shape.BOX:
        width = round(2 * blur.width_modules * _PIXELS) // 2 * 2 + 1
        picture = cv2.blur(picture, (width, 1), borderType=cv2.BORDER_REPLICATE)
        sigma = 0.5
    else:
        sigma = blur.width_modules
    picture = cv2.GaussianBlur(
        picture, (0, 0), sigma * _PIXELS, sigmaY=1, borderType=cv2.BORDER_REPLICATE
    )
    return picture[rows // 2]


@pytest.mark.parametrize("blur", BLURS)
def test_an_edge_is_black_behind_and_white_before(blur):
    x = np.linspace(-REACH_MODULES, REACH_MODULES, 401)
    step = blur.step(x)
    assert (np.diff(step) >= -1e-9).all()
    np.testing.assert_allclose(step + blur.step(-x), 1, atol=0.02)
    assert step[0] < 0.02
    assert step[-1] > 0.98


@pytest.mark.parametrize("blur", [BLURS[1], BLURS[4], BLURS[6], BLURS[9], BLURS[12]])
@pytest.mark.parametrize(
    ("layout", "text"), [(EAN13, "4870001157937"), (EAN8, "40099637"), (UPCE, "01234565")]
)
def test_a_template_is_the_code_as_a_lens_blurs_it(blur, layout, text):
    templates = templates_of(layout)
    states = states_of(layout, text)
    numbers = states + [allowed.start for allowed in layout.sets]
    modules = np.zeros(layout.modules + 2 * QUIET_MODULES)
    for start, bits in [
        *layout.guards,
        *((start, PATTERNS[number]) for start, number in zip(layout.digits, numbers, strict=True)),
    ]:
        for offset, bit in enumerate(bits):
            modules[QUIET_MODULES + start + offset] = int(bit)
    row = blurred(np.repeat(modules, _PIXELS), blur)
    middles = ((np.arange(layout.samples) + 0.5) * _PIXELS / SAMPLES_PER_MODULE).astype(int)
    drawn = templates.profiles(np.array([BLURS.index(blur)]), numbers[None])[0, 0]
    np.testing.assert_allclose(drawn, row[middles], atol=0.03)


@pytest.mark.parametrize("number", [0, 4, 8, 12])
def test_the_terms_add_up_to_the_squared_error_of_each_code(number):
    rng = np.random.default_rng(number)
    templates = templates_of(EAN13)
    looks = Looks(np.array([number, number]), np.array([[1, 0, 0], [1, 0.4, 0.1]], np.float32))
    profiles = rng.random((2, EAN13.samples), np.float32)
    weight = (rng.random((2, EAN13.samples)) > 0.2).astype(np.float32)
    codes = ("4870001157937", "9780345460950", "0071831007995")
    found = [states_of(EAN13, code) for code in codes]
    states = np.stack([one for one in found if one is not None])
    costs = costs_of(templates, looks, profiles, weight).of_codes(states)
    for code, row in zip(states, costs, strict=True):
        patterns = code + [allowed.start for allowed in EAN13.sets]
        parts = templates.profiles(looks.blur, np.stack([patterns, patterns]))
        drawn = (looks.parts[:, None] @ parts)[:, 0]
        error = (np.square(profiles - drawn) * weight).sum(1)
        # Digits two apart share a thin tail that the terms leave out.
        np.testing.assert_allclose(row, error, rtol=0.02, atol=0.1)


def test_every_blur_is_its_own_nearest_kin():
    near = near_blurs()
    assert (near[:, 0] == np.arange(len(BLURS))).all()
    assert all(len(set(row)) == len(row) for row in near)
