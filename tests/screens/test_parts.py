"""Small parts of the face, without a till."""

import re
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest

from kiosk.screens.sounds import sound_of
from kiosk.screens.touch import ECHO_S, STUCK_S, TouchGuard
from kiosk.views import Notice, Said, Screen, TillState

ROOT = Path(__file__).resolve().parents[2]


def finger(uid, x=100.0, y=100.0):
    return SimpleNamespace(uid=uid, x=x, y=y)


class Hand:
    """A guard and a clock that the test moves."""

    def __init__(self):
        self.now_s = 0.0
        self.guard = TouchGuard(lambda: self.now_s)


def test_an_echo_of_a_tap_is_not_let_in():
    hand = Hand()
    assert hand.guard.down(finger(1))
    assert hand.guard.up(finger(1))
    hand.now_s += ECHO_S / 2
    assert not hand.guard.down(finger(2))
    assert not hand.guard.up(finger(2))


def test_quick_taps_of_one_finger_all_count():
    hand = Hand()
    for uid in range(10):
        assert hand.guard.down(finger(uid))
        assert hand.guard.up(finger(uid))
        hand.now_s += ECHO_S * 1.1


def test_a_second_finger_waits_for_the_first():
    hand = Hand()
    assert hand.guard.down(finger(1))
    hand.now_s += 0.5
    assert not hand.guard.down(finger(2))
    assert hand.guard.is_in(finger(1))


def test_a_finger_that_was_never_reported_lifted_does_not_block_for_ever():
    hand = Hand()
    hand.guard.down(finger(1))
    hand.now_s += STUCK_S
    assert hand.guard.down(finger(2))


@pytest.mark.parametrize(
    ("notice", "sound"),
    [
        (Notice.ADDED, "scan"),
        (Notice.UNKNOWN, "unknown"),
        (Notice.SAVE_FAILED, "error"),
        (Notice.HELP_CALLED, None),
    ],
)
def test_each_notice_is_heard_once(notice, sound):
    before = TillState()
    now = replace(before, said=Said(notice, 1))
    assert sound_of(before, now) == sound
    assert sound_of(now, now) is None


def test_a_finished_purchase_sounds_of_success_and_of_nothing_else():
    paying = TillState(screen=Screen.CASH)
    thanks = replace(paying, screen=Screen.THANKS, said=Said(Notice.ADDED, 3))
    assert sound_of(paying, thanks) == "success"


def test_every_sound_there_is_has_its_file():
    names = {sound_of(TillState(), TillState(said=Said(notice, 1))) for notice in Notice}
    for name in names - {None}:
        assert (ROOT / "assets" / "sounds" / f"{name}.wav").is_file()


def tokens():
    text = (ROOT / "kiosk.kv").read_text(encoding="utf-8")
    return dict(re.findall(r"#:set (\w+) hex\('#([0-9A-F]{6})", text)) | {"white": "FFFFFF"}


def luminance(colour):
    """Relative luminance as WCAG 2 defines it."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize(
    ("text", "ground"),
    [
        *((ink, "paper") for ink in ("ink", "ink_soft", "teal_deep", "brick", "leaf")),
        *((ink, "white") for ink in ("ink", "ink_soft", "teal_deep", "brick", "leaf")),
        ("white", "teal"),
        ("white", "teal_deep"),
        ("white", "leaf"),
        ("white", "ink"),
        ("ink", "sand"),
        ("ink", "line"),
        ("ink", "sun"),
        ("ink", "sun_pale"),
        ("ink_soft", "sun_pale"),
        ("ink", "leaf_pale"),
        ("leaf", "leaf_pale"),
        ("ink", "teal_pale"),
        ("teal_deep", "teal_pale"),
    ],
)
def test_text_stands_out_from_its_ground(text, ground):
    colours = tokens()
    lighter, darker = sorted((luminance(colours[text]), luminance(colours[ground])), reverse=True)
    assert (lighter + 0.05) / (darker + 0.05) >= 4.5


CONTRAST_GROUNDS = {
    "ink": ("paper", "white", "sand", "line", "sun", "sun_pale", "teal_pale", "leaf_pale"),
    "ink_soft": ("paper", "white", "sun_pale"),
    "teal_deep": ("paper", "white", "teal_pale"),
    "brick": ("paper", "white"),
    "leaf": ("paper", "white", "leaf_pale"),
    "white": ("teal", "teal_deep", "leaf", "ink"),
}


@pytest.mark.parametrize(
    ("text", "ground"), [(t, g) for t, grounds in CONTRAST_GROUNDS.items() for g in grounds]
)
def test_the_contrast_theme_stands_out_still_more(text, ground):
    colours = tokens()
    colours |= {
        name.removeprefix("contrast_"): colour
        for name, colour in colours.items()
        if name.startswith("contrast_")
    }
    lighter, darker = sorted((luminance(colours[text]), luminance(colours[ground])), reverse=True)
    assert (lighter + 0.05) / (darker + 0.05) >= 7


def test_type_sizes_and_colours_stand_among_the_tokens_and_nowhere_else():
    stray = [
        f"{path.name}: {line.strip()}"
        for path in sorted((ROOT / "kiosk" / "screens").glob("*.kv"))
        for line in path.read_text(encoding="utf-8").splitlines()
        if re.search(r"(size_max|font_size|icon_size): *dp\(|hex\(", line)
    ]
    assert stray == []


@pytest.mark.window
def test_text_shrinks_until_it_fits_and_keeps_amounts_whole(window):
    from kiosk.screens.fit import SHRINK_MOST, fit_text, tied

    wide = fit_text("Төлеу", "Roboto", True, 40.0, 600, 80)
    assert wide.font_px == 40.0
    narrow = fit_text("Қолма-қол төлеу", "Roboto", True, 40.0, 180, 80)
    assert 40.0 * SHRINK_MOST <= narrow.font_px < 40.0
    assert narrow.width_px <= 180
    assert narrow.height_px <= 80
    assert tied("Су, 0,5 л") == "Су, 0,5\u00a0л"


@pytest.mark.window
@pytest.mark.parametrize(
    ("size", "density"), [((1280, 800), 1.0), ((800, 480), 0.6), ((1080, 1920), 1.35)]
)
def test_everything_grows_with_the_panel_whichever_way_it_stands(window, size, density):
    from kiosk.app import density_for

    assert density_for(*size) == pytest.approx(density)


def test_taps_that_a_slow_frame_hands_over_at_once_all_count_and_an_echo_does_not():
    guard = TouchGuard(lambda: 10.0)
    for uid, x in enumerate((100, 200, 300)):
        assert guard.down(finger(uid, x))
        assert guard.up(finger(uid, x))
    assert not guard.down(finger(9, 303, 98)), "the same place at the same moment is an echo"


def test_a_tap_meant_for_the_page_before_does_not_land_on_the_new_one():
    guard = TouchGuard(lambda: 10.0)
    assert guard.down(finger(1, 100))
    assert guard.up(finger(1, 100))
    guard.wait_for_release()
    assert not guard.down(finger(2, 500))
