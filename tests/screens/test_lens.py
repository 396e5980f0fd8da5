"""The camera's picture on the basket screen: never stretched, and what it says is words and shapes."""

import numpy as np
import pytest

from kiosk.aim import Aim, Hint
from kiosk.screens.lens import WIDE_MAX, Lens, words_of
from kiosk.screens.tr import tr
from tests.screens.driver import Kiosk

pytestmark = pytest.mark.window


@pytest.fixture
def lens(kiosk: Kiosk):
    kiosk.till.begin()
    kiosk.frames()
    return kiosk.named("lens")[0]


def picture(level: int = 90) -> np.ndarray:
    return np.full((240, 320, 3), level, np.uint8)


def test_the_picture_keeps_its_shape(kiosk, lens):
    lens.show(picture())
    kiosk.frames()
    drawn = lens.place[2] / lens.place[3]
    assert lens.shown.size[0] / lens.shown.size[1] == pytest.approx(drawn, rel=0.02)
    assert drawn <= WIDE_MAX + 0.01


@pytest.mark.parametrize(("width", "height"), [(380, 240), (1048, 237), (300, 400)])
def test_the_frame_stands_in_the_middle_however_the_lens_gets_its_place(window, width, height):
    """A layout sets place and size one after the other, and tells of each."""
    lens = Lens()
    lens.x, lens.width, lens.height, lens.y = 16, width, height, 50
    left, bottom, wide, high, _ = lens.aim
    assert left + wide / 2 == pytest.approx(16 + width / 2)
    assert bottom > 50
    assert bottom + high < 50 + height
    assert lens.place[0] + lens.place[2] / 2 == pytest.approx(16 + width / 2)


class Counted(np.ndarray):
    """A picture that counts how often its bytes are asked for."""

    asked = 0

    def tobytes(self, *args, **words) -> bytes:
        Counted.asked += 1
        return super().tobytes(*args, **words)


def test_the_same_picture_again_is_not_sent_to_the_screen_again(kiosk, lens):
    frame = picture().view(Counted)
    for _ in range(3):
        lens.show(frame)
    assert Counted.asked == 1
    lens.show(picture(91).view(Counted))
    assert Counted.asked == 2


def test_a_read_shows_a_sign_and_words_not_only_a_colour(kiosk, lens):
    lens.show(picture())
    lens.show_aim(Aim(is_read=True))
    kiosk.frames()
    assert lens.ids.hint.text == tr._("The code is read")
    assert lens.ids.sign.opacity == 1
    lens.show_aim(Aim())
    kiosk.frames()
    assert (lens.ids.hint.text, lens.ids.sign.opacity) == ("", 0)


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
@pytest.mark.parametrize("hint", list(Hint))
def test_every_hint_fits_under_the_aiming_frame(kiosk, lens, language, hint):
    kiosk.till.set_language(language)
    lens.show_aim(Aim(hint=hint))
    kiosk.frames()
    words = lens.ids.hint
    assert words.text == words_of(hint)
    assert words.texture_size[0] <= words.width
    assert words.texture_size[1] <= words.height
    assert words.top <= lens.aim[1] + 1, "the frame is not covered by words"


def test_without_a_picture_there_is_no_hint(kiosk, lens):
    lens.show(picture())
    lens.show_aim(Aim(hint=Hint.CLOSER))
    lens.show(None)
    assert (lens.shown, lens.hint_text) == (None, "")
