"""Looks at one pack add up; what belongs to another pack, or to none, does not."""

from collections.abc import Iterator
from itertools import islice

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kiosk.scanner.known import KnownCodes
from kiosk.scanner.likelihood.attempts import attempts
from kiosk.scanner.likelihood.evidence import Evidence
from kiosk.scanner.likelihood.find import Region
from kiosk.scanner.likelihood.reader import LikelihoodReader
from kiosk.scanner.likelihood.shine import without_shine
from kiosk.scanner.likelihood.templates import EAN13, templates_of
from kiosk.scanner.likelihood.track import begin, follow
from kiosk.scanner.likelihood.viterbi import best_codes
from tests.scanner.clips import Clip, Faults, clip
from tests.scanner.pictures import counter

BLURRED = Faults(
    defocus_modules=(3.0, 3.2), motion_modules=(2.0, 2.2), glare=0, tilt_deg=8, noise=(1.5, 2.5)
)
LAMP = Faults(defocus_modules=(3.0, 3.2), motion_modules=(2.0, 2.2), glare=1, tilt_deg=8)


def frames(film: Clip, seconds: float = 0.3) -> Iterator[np.ndarray]:
    """Every second picture."""
    return islice(film.frames(seconds), 0, None, 2)


def first_answer(film: Clip, evidence: Evidence, *, seconds: float = 0.5):
    return next(filter(None, map(evidence.add, frames(film, seconds))), None)


@pytest.fixture(scope="module")
def held():
    """A pack so far out of focus that no engine reads it, and a picture that stage 2 reads."""
    film = clip(37, BLURRED)
    pictures = list(frames(film))
    reader = LikelihoodReader()
    for number, grey in enumerate(pictures):
        for sight in reader.sights(grey):
            if best_codes(EAN13, sight.costs).texts[0] == film.gtin14[1:]:
                return film, pictures[number:], sight
    raise AssertionError("the film is read in none of its pictures")


def test_a_code_once_found_is_found_in_the_following_pictures(held):
    film, pictures, sight = held
    track = begin(pictures[0], sight)
    assert track is not None
    seen = []
    for grey in pictures[1:]:
        followed = follow(track, grey, templates_of(EAN13))
        assert followed is not None
        sight, track = followed
        seen.append(best_codes(EAN13, sight.costs).texts[0])
    assert seen.count(film.gtin14[1:]) >= len(seen) - 1


def test_a_code_is_not_followed_into_a_picture_without_it(held):
    _, pictures, sight = held
    track = begin(pictures[0], sight)
    assert track is not None
    assert follow(track, counter(seed=1), templates_of(EAN13)) is None


@pytest.mark.parametrize("seed", [6, 30])
def test_a_blurred_pack_is_read_within_a_second(seed):
    film = clip(seed, BLURRED)
    reading = first_answer(film, Evidence())
    assert reading is not None
    assert reading.text == film.gtin14[1:]


def test_a_lamp_in_the_shine_does_not_hide_the_code_for_long():
    films = [clip(seed, LAMP) for seed in (22, 43)]
    answers = [first_answer(film, Evidence()) for film in films]
    told = [answer.text for answer in answers if answer is not None]
    assert told
    assert set(told) <= {film.gtin14[1:] for film in films}


def test_an_answer_after_forgetting_stands_on_new_pictures_alone(held):
    film, pictures, _ = held
    evidence = Evidence()
    answers = []
    for grey in pictures:
        answers.append(evidence.add(grey))
        evidence.forget()
        assert evidence.best() is None
    told = {answer.text for answer in answers if answer is not None}
    assert told == {film.gtin14[1:]}


def test_two_packs_one_after_another_are_never_mixed():
    one, other = clip(13, BLURRED), clip(37, BLURRED)
    evidence = Evidence()
    first = [evidence.add(grey) for grey in frames(one)]
    second = [evidence.add(grey) for grey in frames(other, seconds=0.4)]
    assert {r.text for r in first if r} == {one.gtin14[1:]}
    assert {r.text for r in second if r} == {other.gtin14[1:]}


def test_a_neighbour_in_the_catalogue_is_not_taken_for_a_pack_that_is_not_in_it():
    film = clip(6, BLURRED)
    true = film.text
    twins = {}
    for place in range(3, 11):
        digits = [int(digit) for digit in true[:12]]
        digits[place] = (digits[place] + 1) % 10
        total = sum(d * (3 if i % 2 else 1) for i, d in enumerate(digits))
        code = "".join(map(str, digits)) + str(-total % 10)
        twins[code.zfill(14)] = code
    reading = first_answer(film, Evidence(KnownCodes(twins)))
    assert reading is None or reading.text == true


@settings(max_examples=4, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(seed=st.integers(0, 10**6), px=st.integers(5, 24))
def test_stripes_that_are_no_code_are_never_read(seed, px):
    rng = np.random.default_rng(seed)
    row = np.repeat(rng.choice(np.array([40, 210], np.uint8), 640 // px + 1), px)[:640]
    grey = np.tile(row, (480, 1)).astype(float)
    evidence = Evidence()
    for _ in range(2):
        noisy = np.clip(grey + rng.normal(0, 4, grey.shape), 0, 255).astype(np.uint8)
        assert evidence.add(noisy) is None


# --- light, and where to look -----------------------------------------------------------------


def test_a_lamp_is_taken_out_of_stripes_and_the_stripes_stay():
    bars = np.tile(np.repeat([40.0, 180.0], 4), 40)
    light = np.tile(np.square(bars), (200, 1))
    lamp = 15000 * np.exp(-(((np.arange(320) - 160) / 25) ** 2))
    shiny = np.sqrt(np.minimum(light + lamp, 255**2)).astype(np.uint8)
    region = Region(0.0, 40, 280, 60, 140, 0.0)
    dulled = without_shine(shiny, region)
    dull = dulled.picture
    inner = (slice(60, 140), slice(100, 220))
    clean = np.sqrt(light)[inner]
    assert np.abs(dull[inner] - clean).mean() < 0.5 * np.abs(shiny[inner] - clean).mean()
    assert np.array_equal(dull[:15], shiny[:15]), "elsewhere nothing changes"
    assert dulled.lamp[100, 160] > 40, "what was taken out is told"
    assert dulled.lamp[:15].max() == 0


def test_looks_one_after_another_try_other_parts(held):
    _, pictures, _ = held
    ways = [[each.region for each in attempts(pictures[0], turn)] for turn in (0, 1)]
    assert ways[0][0] == ways[1][0], "the strongest region always comes first"
    assert ways[0][1:] != ways[1][1:]
    assert list(attempts(np.full((480, 640), 90, np.uint8), 0)) == []
