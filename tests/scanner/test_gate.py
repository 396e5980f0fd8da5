"""The gate: still scenes cost nothing, and no code is ever kept out."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk.scanner.frames import ArrayFrame
from kiosk.scanner.gate import Gate, Verdict, has_changed, looks_like_bars
from tests.scanner.pictures import ORBIT, WATER, counter, pack

FRAME_S = 1 / 30


def small(picture: np.ndarray) -> np.ndarray:
    return ArrayFrame(picture).small()


class Watch:
    """Feeds a gate frame by frame and answers each try as told."""

    def __init__(self, *, found: bool = False, done: bool = True, bars: bool = False) -> None:
        self.gate = Gate()
        self.now_s = 10.0
        self.answer: dict[str, Any] = {"found": found, "done": done, "bars": bars}

    def look(self, *pictures: np.ndarray, thrifty: bool = True) -> list[Verdict]:
        verdicts = []
        for picture in pictures:
            self.now_s += FRAME_S
            verdict = self.gate.judge(small(picture), now_s=self.now_s, thrifty=thrifty)
            if verdict is Verdict.TRY:
                self.gate.tried(now_s=self.now_s, **self.answer)
            verdicts.append(verdict)
        return verdicts


def noisy_counters(count: int) -> list[np.ndarray]:
    return [counter(noise=6, seed=seed) for seed in range(count)]


def test_noise_on_an_empty_counter_is_no_change():
    first, *others = (small(picture) for picture in noisy_counters(10))
    assert not any(has_changed(first, other) for other in others)


def test_a_pack_that_comes_in_is_tried_at_once():
    watch = Watch()
    watch.look(*noisy_counters(20))
    assert watch.look(pack(WATER, blur_px=4)) == [Verdict.TRY]


def test_a_pack_at_the_edge_of_the_picture_is_a_change():
    assert has_changed(small(counter(seed=1)), small(pack(WATER, at=(790, 240), seed=2)))


def test_a_slow_change_is_noticed_as_well():
    watch = Watch(found=True)
    empty, full = counter(noise=0), pack(WATER, noise=0)
    fading_in = [
        (empty * (1 - part) + full * part).astype(np.uint8) for part in np.linspace(0, 1, 120)
    ]
    assert Verdict.TRY in watch.look(*fading_in)[1:]


def test_an_idle_counter_is_tried_about_once_a_second():
    verdicts = Watch().look(*noisy_counters(10) * 30)
    assert 8 <= verdicts.count(Verdict.TRY) <= 12


def test_a_still_pack_that_was_read_is_not_tried_again():
    watch = Watch(found=True, done=True, bars=True)
    verdicts = watch.look(*[pack(WATER, seed=seed) for seed in range(30)])
    assert verdicts == [Verdict.TRY] + [Verdict.UNCHANGED] * 29


def test_a_still_pack_that_waits_for_its_second_frame_is_tried_again_soon():
    watch = Watch(found=True, done=False, bars=True)
    verdicts = watch.look(*[pack(WATER, seed=seed) for seed in range(9)])
    assert verdicts.count(Verdict.TRY) >= 2


def test_still_bars_that_cannot_be_read_are_tried_soon_again_then_less_and_less():
    watch = Watch(bars=True)
    blurred = [pack(WATER, blur_px=5, seed=seed) for seed in range(5)]
    first_two_s = watch.look(*blurred * 12).count(Verdict.TRY)
    assert 4 <= first_two_s <= 7, "a lens that focuses late changes nothing small"
    watch.look(*blurred * 24)
    half_a_minute = watch.look(*blurred * 180).count(Verdict.TRY)
    assert 4 <= half_a_minute <= 6, "but stripes on a shelf must not keep the engines busy"


def test_bars_that_rested_are_tried_at_once_when_something_moves():
    watch = Watch(bars=True)
    watch.look(*[pack(WATER, blur_px=5, seed=seed) for seed in range(5)] * 60)
    assert watch.look(pack(WATER, blur_px=5, at=(350, 250)), thrifty=False) == [Verdict.TRY]


def test_light_that_flickers_over_everything_is_no_change():
    watch = Watch()
    lamp = [counter(light=100, noise=0), counter(light=130, noise=0)] * 60
    assert watch.look(*lamp).count(Verdict.TRY) <= 5


def moving_without_end(count: int) -> list[np.ndarray]:
    """A corridor behind the shelf."""
    pictures = noisy_counters(4)
    for number, picture in enumerate(pictures):
        picture[100:300, 60 * number : 60 * number + 200] = 250
    return pictures * (count // 4)


def test_a_scene_that_moves_for_ever_is_tried_seldom_while_idle_but_never_given_up():
    watch = Watch()
    corridor = moving_without_end(300)
    watch.look(*corridor[:100])
    idle = watch.look(*corridor)
    assert 40 <= idle.count(Verdict.TRY) <= 80
    assert idle.count(Verdict.TRY) < watch.look(*corridor, thrifty=False).count(Verdict.TRY) == 300


def test_where_a_try_costs_much_a_moving_scene_is_tried_less_but_once_a_second():
    watch = Watch()
    watch.answer["cost_s"] = 0.2
    corridor = moving_without_end(300)
    watch.look(*corridor[:100])
    assert 8 <= watch.look(*corridor).count(Verdict.TRY) <= 11
    assert 15 <= watch.look(*corridor, thrifty=False).count(Verdict.TRY) <= 21


@pytest.mark.parametrize("noise", [0, 3, 6])
def test_a_plain_counter_holds_no_bars(noise):
    assert not looks_like_bars(counter(noise=noise))


@settings(max_examples=60)
@given(
    st.sampled_from([WATER, ORBIT]),
    st.floats(-180, 180),
    st.floats(0, 0.4),
    st.floats(0, 6),
    st.floats(0.4, 1),
)
def test_bars_are_seen_at_any_turn_and_through_strong_blur(gtin, turn_deg, tilt, blur_px, light):
    assert looks_like_bars(pack(gtin, turn_deg=turn_deg, tilt=tilt, blur_px=blur_px, light=light))
