"""The film renderer draws what it says: known codes, known blur, the same film from the same seed."""

import numpy as np
import pytest

from kiosk.domain.barcode import Symbology, read_code
from kiosk.scanner.decode import Decoder
from kiosk.scanner.votes import gtin_of
from tests.scanner.clips import HEIGHT, WIDTH, Faults, clip

SHARP = Faults(
    defocus_modules=(0.1, 0.2), motion_modules=(0.05, 0.1), tilt_deg=8, glare=0, noise=(1, 2)
)


@pytest.mark.parametrize("seed", range(6))
def test_without_its_faults_a_film_is_read_by_an_engine(seed):
    film = clip(seed, SHARP)
    frame = next(film.frames())
    assert frame.shape == (HEIGHT, WIDTH)
    assert film.gtin14 in [gtin_of(read) for read in Decoder().read(frame)]


def test_the_codes_have_right_check_digits_and_differ():
    films = [clip(seed) for seed in range(60)]
    for film in films:
        read_code(Symbology.UPCA if film.symbology == "upca" else Symbology.EAN13, film.text)
    assert len({film.text for film in films}) == 60


def test_the_same_seed_is_the_same_film():
    one, other = (list(clip(7).frames(0.1)) for _ in range(2))
    assert all(np.array_equal(a, b) for a, b in zip(one, other, strict=True))


def test_more_defocus_leaves_less_of_the_bars():
    def edges(circle: float) -> float:
        frame = next(clip(1, Faults(defocus_modules=(circle, circle), glare=0)).frames())
        return float(np.abs(np.diff(frame[180:300, 200:440].astype(float), axis=1)).mean())

    by_circle = [edges(circle) for circle in (0.5, 1.5, 2.5, 4.0)]
    assert by_circle == sorted(by_circle, reverse=True)


def test_the_hand_moves():
    first, *_, last = clip(3, SHARP).frames(0.5)
    assert np.abs(first.astype(int) - last).mean() > 1
