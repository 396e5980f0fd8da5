"""The start screen: what the shop earned, how honest it is, what the centre has to say."""

from dataclasses import replace
from pathlib import Path

import pytest

from kiosk.screens.shape import Look
from kiosk.till import PHONE_SHOWN_S
from kiosk.views import Post, Screen, TillState, Voice
from tests.till.shop import SETTINGS

pytestmark = pytest.mark.window

POSTER = "p-0123456789ab"
CAMPAIGN = Post(
    {
        "kk": "Наурыз айында әр сатып алу мектеп кітапханасына бір кітап қосады",
        "ru": "В марте каждая покупка помогает купить книгу для школьной библиотеки",
        "en": "In March every purchase helps to buy a book for the school library",
    },
    POSTER,
)
LONG = "Дүкен жұмысы туралы ұсынысыңызды алдық және қарап шықтық. " * 4
ANSWER = Post({"kk": LONG[:200], "ru": LONG[:200]}, is_reply=True, words=LONG[:90])
EARNED = TillState(week_tenge=1_284_350, honesty_permille=974)
STATES = {
    "poster": replace(EARNED, posts=(CAMPAIGN,), voice=Voice.OFF),
    "answer": replace(EARNED, posts=(ANSWER,), undo_open=True, voice=Voice.ON),
    "phone": replace(EARNED, phone_to_call="+7 701 123 45 67", voice=Voice.ON),
}
CASES = [
    ("7in", Look()),
    ("7in", Look(large=True)),
    ("15in", Look()),
    ("15in", Look(low=True)),
    ("21in-upright", Look()),
    ("21in-upright", Look(large=True, low=True)),
]


@pytest.fixture(scope="module")
def posters(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a folder with one poster."""
    from PIL import Image

    folder = tmp_path_factory.mktemp("pictures")
    Image.new("RGB", (512, 512), "#0B727C").save(folder / f"{POSTER}.png")
    return folder


@pytest.fixture
def panels(window, posters):
    """Tokens, fonts and posters; the tests that come after find the usual look again."""
    from kivy.core.window import Window

    from kiosk.app import prepare_face
    from kiosk.screens import pictures
    from kiosk.screens.face import Face
    from kiosk.screens.gallery import ROOT
    from tests.screens.panels import PANELS, root_on

    prepare_face(Face(ROOT), Window.size)
    pictures.look_in(posters)
    yield PANELS
    root_on(PANELS["15in"], Look())


@pytest.mark.parametrize(("panel", "look"), CASES)
def test_posts_phone_and_voice_have_their_place_on_every_panel(panels, panel, look):
    from tests.screens.panels import Shown, root_on, settle
    from tests.screens.test_panels import cut_off, illegible, out_of_reach, too_small

    faults = []
    root = root_on(panels[panel], look)
    for language in ("kk", "ru"):  # the longer ones
        for name, state in STATES.items():
            root.show(replace(state, language=language))
            if root.is_compact and state.posts:
                root.view(Screen.START).turn()
            settle()
            shown = Shown(f"{language}-{name}", root, panels[panel])
            for find in (too_small, out_of_reach, cut_off, illegible):
                faults += find(shown)
    assert faults == []


def test_the_posts_follow_one_another_and_begin_again(panels):
    from tests.screens.panels import root_on

    root = root_on(panels["15in"], Look())
    root.show(replace(EARNED, language="ru", posts=(CAMPAIGN, ANSWER)))
    view = root.view(Screen.START)
    board = view.ids.board
    assert board.picture_texture is not None
    assert "библиотеки" in board.line_text
    view.turn()
    assert board.is_reply
    assert board.picture_texture is None
    assert board.words_text.startswith("«")
    view.turn()
    assert not board.is_reply


def test_where_there_is_little_room_how_it_works_comes_first_and_in_between(panels):
    from tests.screens.panels import root_on

    root = root_on(panels["7in"], Look())
    root.show(replace(EARNED, posts=(CAMPAIGN, ANSWER)))
    view = root.view(Screen.START)
    seen = []
    for _ in range(4):
        seen.append((view.ids.how.opacity, view.ids.board.opacity, view.ids.board.is_reply))
        view.turn()
    assert seen[0][:2] == seen[3][:2] == (1, 0)
    assert seen[1:3] == [(0, 1, False), (0, 1, True)]


def test_a_poster_that_cannot_be_drawn_leaves_its_words(panels, posters):
    from tests.screens.panels import root_on

    (posters / "p-bbbbbbbbbbbb.png").write_bytes(b"no picture")
    root = root_on(panels["15in"], Look())
    root.show(replace(EARNED, language="en", posts=(replace(CAMPAIGN, picture="p-bbbbbbbbbbbb"),)))
    board = root.view(Screen.START).ids.board
    assert board.picture_texture is None
    assert "school library" in board.line_text


def test_honesty_is_said_of_the_shop_in_money_and_only_when_it_is_known(panels):
    from tests.screens.panels import root_on

    root = root_on(panels["15in"], Look())
    root.show(replace(EARNED, language="en"))
    view = root.view(Screen.START)
    found, of = "97\u00a0₸", "100\u00a0₸"
    assert view.honesty_text == f"Honesty of this shop: {found} of every {of} in the box"
    root.show(replace(EARNED, language="en", honesty_permille=None))
    assert view.honesty_text == ""


def test_a_touch_while_a_post_comes_in_begins_a_visit(kiosk):
    from kivy.animation import Animation

    kiosk.root.show(replace(kiosk.till.state, posts=(CAMPAIGN, ANSWER)))
    view = kiosk.root.view(Screen.START)
    view.turn()
    assert Animation._instances, "it moves"
    assert view.ids.board.ids.post.opacity < 1
    kiosk.touch(view.ids.board)
    assert kiosk.till.state.screen is Screen.BASKET


def test_posts_turn_only_while_the_start_screen_is_seen(kiosk):
    kiosk.root.show(replace(kiosk.till.state, posts=(CAMPAIGN, ANSWER)))
    turning = kiosk.root.view(Screen.START)._turning
    assert turning._clock is not None
    kiosk.tap("begin")
    assert turning._clock is None


def test_the_telephone_stays_while_nobody_can_hear_the_call(kiosk):
    kiosk.till.settings_changed(replace(SETTINGS, volunteer_phone="+7 701 555 01 01"))
    number = "+7 701 555 01 01".replace(" ", "\u00a0")
    help_key, banner = kiosk.root.ids.top.ids.help, kiosk.root.ids.banner
    kiosk.touch(help_key)
    assert number in kiosk.text_on_screen()
    assert banner.text == ""
    kiosk.till.centre_changed(hears=False)
    kiosk.touch(help_key)
    assert number in banner.text
    kiosk.wait(PHONE_SHOWN_S - 5)
    assert number in banner.text
    kiosk.wait(10)
    assert banner.text == ""
    kiosk.touch(help_key)
    assert number in banner.text
    kiosk.till.centre_changed(hears=True)
    kiosk.frames()
    assert banner.text == ""


def test_the_voice_has_a_key_only_where_it_is_set_up(kiosk):
    assert not [w for w in kiosk.named("voice") if w.width > 1]
    kiosk.till.settings_changed(replace(SETTINGS, voice_offered=True))
    kiosk.frames()
    kiosk.tap("voice")
    assert kiosk.till.state.voice is Voice.ON
    assert kiosk.till.state.screen is Screen.START
    kiosk.tap("voice")
    assert kiosk.till.state.voice is Voice.OFF
