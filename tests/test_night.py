"""The panel in the hours in which nobody comes, and its lamp."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.backlight import Backlight
from kiosk.config import check_config
from kiosk.domain.errors import ConfigError
from kiosk.night import LIT_S, Night, hours_of

MIDNIGHT_MS = int(datetime(2026, 11, 20, 19, tzinfo=UTC).timestamp() * 1000)
"""In Kazakhstan, at UTC+5."""
HOUR_MS = 3_600_000


@pytest.mark.parametrize(
    ("dark_from", "dark_until", "at_hour", "is_dark"),
    [
        ("22:00", "07:00", 21.9, False),
        ("22:00", "07:00", 22, True),
        ("22:00", "07:00", 3, True),
        ("22:00", "07:00", 7, False),
        ("13:00", "14:00", 13.5, True),
        ("13:00", "14:00", 14, False),
    ],
)
def test_the_hours_are_kazakhstans_over_midnight_or_not(dark_from, dark_until, at_hour, is_dark):
    hours = hours_of(dark_from, dark_until)
    assert (MIDNIGHT_MS + int(at_hour * HOUR_MS) in hours) is is_dark


@pytest.mark.parametrize(
    ("dark_from", "dark_until"), [("", "07:00"), ("22:00", ""), ("7:00", "7:00")]
)
def test_without_two_hours_it_is_never_dark(dark_from, dark_until):
    assert hours_of(dark_from, dark_until) is None


@given(st.integers(0, 1439), st.integers(0, 1439), st.integers(0, 1439))
def test_any_minute_lies_in_the_hours_or_in_the_others(first, last, minute):
    def text(minutes: int) -> str:
        return f"{minutes // 60:02}:{minutes % 60:02}"

    hours, others = hours_of(text(first), text(last)), hours_of(text(last), text(first))
    if hours is None or others is None:
        assert first == last
        return
    at_ms = MIDNIGHT_MS + minute * 60_000
    assert (at_ms in hours) is not (at_ms in others)


class Clock:
    def __init__(self) -> None:
        self.s = 0.0

    def now_ms(self) -> int:
        return MIDNIGHT_MS + int(self.s * 1000)


def test_a_touch_lights_the_panel_and_a_visit_keeps_it_lit():
    clock = Clock()
    night = Night(hours_of("22:00", "07:00"), clock.now_ms, lambda: clock.s)
    assert not night.is_dark(is_quiet=True), "whoever switched it on looks at it"
    clock.s += LIT_S
    assert night.is_dark(is_quiet=True)
    night.touched()
    assert not night.is_dark(is_quiet=True)
    clock.s += 3 * LIT_S
    assert not night.is_dark(is_quiet=False)
    clock.s += LIT_S - 1
    assert not night.is_dark(is_quiet=True)
    clock.s += 1
    assert night.is_dark(is_quiet=True)
    clock.s += timedelta(hours=8).total_seconds()
    assert not night.is_dark(is_quiet=True), "it is morning"


@pytest.mark.parametrize("hour", ["24:00", "7", "22:60", "dusk"])
def test_an_hour_that_is_none_stops_the_start_by_name(hour):
    with pytest.raises(ConfigError, match="dark_from"):
        check_config({"night": {"dark_from": hour}}, "config.toml")


@pytest.fixture
def lamp(tmp_path: Path) -> Path:
    lamp = tmp_path / "10-0045"
    lamp.mkdir()
    (lamp / "max_brightness").write_text("255\n")
    (lamp / "brightness").write_text("200\n")
    return lamp


def level(lamp: Path) -> int:
    return int((lamp / "brightness").read_text())


def test_the_lamp_goes_out_and_comes_back_as_it_was_found(lamp):
    backlight = Backlight(0, lamp.parent)
    backlight.show(dark=False)
    assert level(lamp) == 200
    backlight.show(dark=True)
    assert level(lamp) == 0
    backlight.show(dark=False)
    assert level(lamp) == 200


def test_the_lamp_is_as_bright_as_was_set(lamp):
    Backlight(50, lamp.parent).show(dark=False)
    assert level(lamp) == 127


def test_a_lamp_that_a_power_cut_left_dark_is_lit(lamp):
    (lamp / "brightness").write_text("0\n")
    Backlight(0, lamp.parent).show(dark=False)
    assert level(lamp) == 255


def test_a_panel_without_a_lamp_or_with_a_broken_one_harms_nothing(tmp_path, lamp):
    Backlight(50, tmp_path / "nothing").show(dark=True)
    (lamp / "max_brightness").write_text("bright")
    Backlight(50, lamp.parent).show(dark=False)
    assert level(lamp) == 200
