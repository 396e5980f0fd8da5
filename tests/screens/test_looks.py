"""A purchase by taps in every language, on every panel, in every look; and whose look it is."""

import pytest

from kiosk.domain.entries import Sale
from kiosk.screens.face import LANGUAGES
from kiosk.screens.shape import Look, Panel
from kiosk.views import Screen
from tests.till.shop import WATER_CODE

pytestmark = pytest.mark.window

PANELS = {
    "7in": (Panel(800, 480, 7.0), Look()),
    "10in": (Panel(1280, 800, 10.1), Look()),
    "15in": (Panel(1280, 800, 15.6), Look()),
    "15in-large": (Panel(1280, 800, 15.6), Look(large=True)),
    "15in-low": (Panel(1280, 800, 15.6), Look(low=True)),
    "15in-contrast": (Panel(1280, 800, 15.6), Look("contrast")),
    "upright": (Panel(1080, 1920, 21.5), Look()),
}


@pytest.fixture
def on_panel(kiosk):
    """Puts the kiosk's face on another panel; its taps come where the keys are then."""

    def put(panel, look):
        kiosk.root._panel = panel
        kiosk.root.size_hint = (None, None)
        kiosk.root.size = panel.width_px, panel.height_px
        kiosk.root.own_look = look
        kiosk.root.change_look(look)
        kiosk.frames()
        return kiosk

    yield put
    put(Panel(1280, 800), Look())
    kiosk.root.size_hint = (1, 1)


PURCHASES = [
    *((panel, language) for panel in ("7in", "10in", "15in", "upright") for language in LANGUAGES),
    *((look, "kk") for look in ("15in-large", "15in-low", "15in-contrast")),
]


@pytest.mark.parametrize(("panel", "language"), PURCHASES)
def test_a_purchase_by_taps(on_panel, panel, language):
    kiosk = on_panel(*PANELS[panel])
    # Where there is little room one key leads from language to language.
    for code in LANGUAGES[1 : LANGUAGES.index(language) + 1] if panel == "7in" else [language]:
        if code != kiosk.till.state.language:
            kiosk.tap(code)
    kiosk.tap("begin")
    kiosk.scan(WATER_CODE)
    kiosk.tap("plus")
    kiosk.tap("pay_cash")
    kiosk.tap_money("n500")
    kiosk.tap("confirm")
    kiosk.until(lambda state: state.screen is Screen.THANKS)
    assert kiosk.till.state.language == language
    kiosk.tap("done")
    (sale,) = kiosk.written(Sale)
    assert sale.total_tenge == 360
    assert kiosk.till.state.screen is Screen.START


def test_large_print_is_a_key_away_and_the_next_shopper_finds_the_usual(kiosk):
    usual = kiosk.key("begin").font_size
    kiosk.tap("looks")
    kiosk.tap("large")
    kiosk.tap("well")
    assert kiosk.root.look.large
    assert kiosk.key("begin").font_size > usual
    kiosk.tap("begin")
    assert kiosk.root.look.large
    kiosk.tap("cancel")
    assert kiosk.root.look == Look()
    assert kiosk.key("begin").font_size == usual


def test_a_look_keeps_the_basket_and_the_money(kiosk):
    kiosk.scan(WATER_CODE)
    kiosk.tap("pay_cash")
    kiosk.tap_money("c100")
    kiosk.tap("looks")
    kiosk.tap("contrast")
    kiosk.tap("low")
    kiosk.tap("well")
    assert kiosk.root.look == Look("contrast", low=True)
    assert kiosk.till.state.screen is Screen.CASH
    assert kiosk.till.state.advice.tendered.to_codes() == {"c100": 1}
    highest = max(key.to_window(key.right, key.top)[1] for key in [kiosk.key("confirm")])
    assert highest <= kiosk.root.height / 2


def test_a_look_that_somebody_left_on_the_start_screen_goes_away(kiosk):
    kiosk.tap("looks")
    kiosk.tap("large")
    kiosk.tap("well")
    kiosk.root._own_look()
    assert kiosk.root.look == Look()


def test_no_look_is_offered_where_something_is_being_typed(kiosk):
    kiosk.tap("suggest")
    assert kiosk.key("looks").disabled


def test_the_back_room_is_in_full_size_and_plain_colours_whatever_the_look(on_panel):
    from kivy.lang.parser import global_idmap
    from kivy.metrics import Metrics

    kiosk = on_panel(Panel(1280, 800, 10.1), Look("contrast"))
    assert Metrics.density > 1.3
    kiosk.root.dress_for_volunteer()
    assert Metrics.density == 1.0
    assert global_idmap["compact"] is False
    kiosk.root.show(kiosk.till.state)
    assert Metrics.density > 1.3
    assert global_idmap["compact"] is True


def test_what_is_not_there_is_asked_before_it_is_taken_out(on_panel):
    kiosk = on_panel(*PANELS["7in"])
    kiosk.tap("begin")
    kiosk.scan(WATER_CODE)
    kiosk.tap("pay_cash")
    kiosk.tap_money("n500")
    before = kiosk.till.state.advice.change
    tile = kiosk.key("pieces").children[0]
    kiosk.touch(tile)
    assert kiosk.till.state.advice.change == before
    kiosk.tap("none")
    kiosk.touch(tile)
    assert kiosk.till.state.advice.change != before
