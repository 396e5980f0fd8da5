"""USB scanners that type, beside people who type."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.scanner.wedge import WedgeReader

WATER = "4870001157937"
ENTER, TAB, ESCAPE, KEYPAD_ENTER, LEFT_SHIFT, RIGHT_BRACKET = 40, 43, 41, 88, 225, 48
FAST_S = 0.008
SLOW_S = 0.12


def digit_key(digit: str) -> int:
    return 39 if digit == "0" else 29 + int(digit)


def keypad_key(digit: str) -> int:
    return 98 if digit == "0" else 88 + int(digit)


class Keyboard:
    """Presses keys at a pace and keeps what the reader makes of them."""

    def __init__(self, reader: WedgeReader | None = None) -> None:
        self.reader = reader or WedgeReader()
        self.now_s = 100.0
        self.scans: list[str] = []

    def press(self, *scancodes: int, gap_s: float = FAST_S, **modifiers: bool) -> None:
        for scancode in scancodes:
            self.now_s += gap_s
            self._keep(self.reader.key(scancode, now_s=self.now_s, **modifiers))

    def rest(self, seconds: float) -> None:
        self.now_s += seconds
        self._keep(self.reader.poll(now_s=self.now_s))

    def _keep(self, text: str | None) -> None:
        if text is not None:
            self.scans.append(text)


@pytest.mark.parametrize("ending", [ENTER, TAB, KEYPAD_ENTER])
def test_a_fast_burst_that_ends_with_a_key_is_a_scan(ending):
    keyboard = Keyboard()
    keyboard.press(*map(digit_key, WATER), ending)
    assert keyboard.scans == [WATER]
    assert not keyboard.reader.is_reading


def test_digits_come_from_the_keys_whatever_letters_the_layout_makes_of_them():
    # Under the Kazakh layout these very keys give the letters ә і ң ғ and the like; the
    # reader is never told, so nothing but the places of the keys can matter.
    keyboard = Keyboard()
    keyboard.press(33, 37, 36, 39, 39, 39, 30, 30, 34, 36, 38, 32, 36, ENTER)
    assert keyboard.scans == [WATER]


def test_keypad_digits_are_digits():
    keyboard = Keyboard()
    keyboard.press(*map(keypad_key, WATER), KEYPAD_ENTER)
    assert keyboard.scans == [WATER]


def test_letters_and_signs_of_gs1_data_come_through():
    keyboard = Keyboard()
    keyboard.press(RIGHT_BRACKET, 7, digit_key("2"))
    keyboard.press(*map(digit_key, "01"), *map(digit_key, "0" + WATER), *map(digit_key, "21"))
    keyboard.press(LEFT_SHIFT, gap_s=0.001)
    keyboard.press(4, shift=True)
    keyboard.press(5)
    keyboard.press(RIGHT_BRACKET, ctrl=True)
    keyboard.press(*map(digit_key, "93"), ENTER)
    assert keyboard.scans == [f"]d2010{WATER}21Ab\x1d93"]


def test_slow_typing_is_never_a_scan():
    keyboard = Keyboard()
    keyboard.press(*map(digit_key, WATER), ENTER, gap_s=SLOW_S)
    keyboard.rest(1.0)
    assert keyboard.scans == []


def test_a_key_held_down_is_not_a_scan():
    keyboard = Keyboard()
    keyboard.press(*[digit_key("7")] * 30, gap_s=0.03)
    keyboard.press(ENTER)
    assert keyboard.scans == []


def test_a_short_burst_is_not_a_scan():
    keyboard = Keyboard()
    keyboard.press(*map(digit_key, "12345"), ENTER)
    assert keyboard.scans == []


def test_a_burst_without_enter_ends_by_silence():
    keyboard = Keyboard()
    keyboard.press(*map(digit_key, WATER))
    assert keyboard.scans == []
    assert keyboard.reader.is_reading
    keyboard.rest(0.2)
    assert keyboard.scans == [WATER]
    keyboard.rest(0.2)
    assert keyboard.scans == [WATER]


def test_a_second_burst_ends_the_first_when_nobody_polled():
    keyboard = Keyboard()
    keyboard.press(*map(digit_key, WATER))
    keyboard.now_s += 1.0
    keyboard.press(*map(digit_key, "40099637"), ENTER)
    assert keyboard.scans == [WATER, "40099637"]


def test_typing_before_a_burst_does_not_spoil_it():
    keyboard = Keyboard()
    keyboard.press(*map(digit_key, "12"), gap_s=SLOW_S)
    keyboard.now_s += SLOW_S
    keyboard.press(*map(digit_key, WATER), ENTER)
    assert keyboard.scans == [WATER]


def test_a_key_that_types_nothing_breaks_the_burst():
    keyboard = Keyboard()
    keyboard.press(*map(digit_key, WATER[:7]), ESCAPE, *map(digit_key, "12"), ENTER)
    assert keyboard.scans == []


def test_the_gap_is_a_setting():
    keyboard = Keyboard(WedgeReader(max_gap_s=0.2))
    keyboard.press(*map(digit_key, WATER), ENTER, gap_s=SLOW_S)
    assert keyboard.scans == [WATER]


@given(
    st.lists(
        st.tuples(st.text("0123456789", min_size=6, max_size=20), st.booleans()), max_size=6
    ).filter(lambda scans: all(len(set(text)) > 1 for text, _ in scans)),
    st.floats(0, 0.04),
)
def test_whatever_is_scanned_comes_out_once_and_in_order(scans, gap_s):
    keyboard = Keyboard()
    for text, has_enter in scans:
        keyboard.press(*map(digit_key, text), gap_s=gap_s)
        if has_enter:
            keyboard.press(ENTER, gap_s=gap_s)
        keyboard.rest(0.3)
    assert keyboard.scans == [text for text, _ in scans]


@given(st.lists(st.tuples(st.integers(0, 300), st.floats(0.06, 2.0))))
def test_no_keys_pressed_slowly_are_ever_a_scan(keys):
    keyboard = Keyboard()
    for scancode, gap_s in keys:
        keyboard.press(scancode, gap_s=gap_s)
    keyboard.rest(1.0)
    assert keyboard.scans == []


def test_a_slow_frame_of_the_window_does_not_cut_a_scan_in_two():
    reader = WedgeReader()
    keys = [30 + (int(digit) - 1) % 10 for digit in "4870001157937"]
    now_s = 10.0
    for number, key in enumerate(keys):
        now_s += 0.180 if number == 5 else 0.001
        slack_s = 0.180 if number == 5 else 0.016
        assert reader.key(key, now_s=now_s, slack_s=slack_s) is None
    assert reader.key(40, now_s=now_s) == "4870001157937"


def test_the_same_pause_without_a_slow_frame_is_a_pause():
    reader = WedgeReader()
    reader.key(30, now_s=10.0)
    for number, key in enumerate([31, 32, 33, 34, 35, 36]):
        reader.key(key, now_s=10.180 + number * 0.001, slack_s=0.016)
    assert reader.key(40, now_s=10.190) == "234567"
