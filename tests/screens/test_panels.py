"""Every key is as wide as a finger and every text has its place, on every panel and in every look."""

import pytest

from kiosk.screens.shape import KEY_MM, Look, low_is_offered

pytestmark = pytest.mark.window

LOOKS = {
    "7in": [Look(), Look(large=True)],
    "10in": [Look(), Look(large=True)],
    "15in": [Look(), Look(large=True), Look(low=True), Look("contrast")],
    "21in-upright": [Look(), Look(large=True), Look(low=True), Look(large=True, low=True)],
}
CASES = [(panel, look) for panel, looks in LOOKS.items() for look in looks]
ROUNDING_MM = 0.05
ROUNDING_PX = 1.5
LEGIBLE_MM = 2.4
"""Height of the letters' line; a newspaper's is about 3."""


@pytest.fixture(scope="session")
def face(window):
    """Tokens and fonts; the tests that come after find the usual look again."""
    from kivy.core.window import Window

    from kiosk.app import prepare_face
    from kiosk.screens.face import Face
    from kiosk.screens.gallery import ROOT
    from tests.screens.panels import PANELS, root_on

    prepare_face(Face(ROOT), Window.size)
    yield PANELS
    root_on(PANELS["15in"], Look())


def too_small(shown):
    for widget in shown.touchable():
        least_mm = min(widget.width, widget.height) / shown.panel.px_per_mm
        if least_mm < KEY_MM - ROUNDING_MM:
            yield f"{shown.name}: {name_of(widget)} is {least_mm:.1f} mm"


def out_of_reach(shown):
    from tests.screens.panels import scrolls

    top_px = shown.panel.height_px * shown.root.height_share
    for widget in shown.touchable():
        left, bottom = widget.to_window(widget.x, widget.y)
        right, top = left + widget.width, bottom + widget.height
        inside = min(left, bottom) >= -ROUNDING_PX and right <= shown.panel.width_px + ROUNDING_PX
        if not scrolls(widget) and not (inside and top <= top_px + ROUNDING_PX):
            yield f"{shown.name}: {name_of(widget)} reaches to {right:.0f}, {top:.0f}"


def cut_off(shown):
    from kiosk.screens.widgets import SLACK_PX

    for label in shown.texts():
        room_px = label.width - label.pad_x - label.pad_right, label.height - label.pad_top
        wide_px, high_px = label.texture_size
        if wide_px > room_px[0] + SLACK_PX or high_px > room_px[1] + ROUNDING_PX:
            yield f"{shown.name}: {label.text!r} needs {label.texture_size}, has {room_px}"
        for word in parted_words(label, room_px[0] + SLACK_PX):
            yield f"{shown.name}: {word!r} is parted in the middle"


def parted_words(label, room_px: float) -> list[str]:
    """Words wider than their line: their last letters stand alone below."""
    from kivy.core.text import Label as CoreLabel

    ruler = CoreLabel(font_name=label.font_name, bold=label.bold, font_size=label.font_size)
    return [
        word
        for word in label.text.replace("\n", " ").split(" ")
        if ruler.get_extents(word)[0] > room_px
    ]


def illegible(shown):
    for label in shown.texts():
        if label.font_size / shown.panel.px_per_mm < LEGIBLE_MM:
            yield f"{shown.name}: {label.text!r} at {label.font_size / shown.panel.px_per_mm:.1f} mm"


def name_of(widget):
    words = (
        getattr(widget, "icon", "") or getattr(widget, "text", "") or getattr(widget, "code", "")
    )
    return f"{type(widget).__name__} {words!r}"


@pytest.mark.parametrize(("panel", "look"), CASES)
def test_every_key_is_as_wide_as_a_finger_and_every_text_fits(face, panel, look):
    from tests.screens.panels import shown

    faults = []
    # Another theme has the same shape and the same letters.
    languages = ("kk",) if look.theme == "contrast" else ("kk", "ru", "en")
    for state in shown(face[panel], look, languages):
        for find in (too_small, out_of_reach, cut_off, illegible):
            faults += find(state)
    assert faults == []


def test_the_measuring_finds_what_is_too_small_cut_off_or_out_of_reach(face):
    from kiosk.views import TillState
    from tests.screens.panels import Shown, root_on, settle

    root = root_on(face["15in"], Look())
    root.show(TillState(language="kk"))
    settle()
    state = Shown("start", root, face["15in"])
    assert [*too_small(state), *out_of_reach(state), *cut_off(state), *illegible(state)] == []
    begin = root.view(root._state.screen).ids.begin
    begin.font_size = 200
    begin.text_size = (None, None)
    begin.size_hint = (None, None)
    begin.size = (60, 40)
    begin.pos = (1270, 790)
    assert list(too_small(state))
    assert list(out_of_reach(state))
    assert list(cut_off(state))


@pytest.mark.parametrize("panel", ["7in", "10in"])
def test_a_panel_whose_half_has_no_room_for_fingers_offers_no_low_reach(face, panel):
    assert not low_is_offered(face[panel])


@pytest.mark.parametrize("panel", list(LOOKS))
def test_large_print_is_larger_wherever_there_is_room_and_never_smaller(face, panel):
    from kiosk.screens.fit import SHRINK_STEP
    from kiosk.views import TillState
    from tests.screens.panels import root_on, settle

    def sizes(look):
        root = root_on(face[panel], look)
        root.show(TillState(language="kk"))
        settle()
        view = root.view(root._state.screen)
        return view.ids.begin.font_size

    assert sizes(Look(large=True)) >= sizes(Look()) * SHRINK_STEP


@pytest.mark.parametrize("panel", ["7in", "10in"])
def test_the_keyboard_takes_all_the_width_that_a_small_panel_has(face, panel):
    """Twelve letters of 20 mm are wider than the glass: they are as large as it allows."""
    from kiosk.views import Screen, TillState
    from tests.screens.panels import root_on, settle

    root = root_on(face[panel], Look())
    root.show(TillState(screen=Screen.SUGGEST, language="kk"))
    settle()
    view = root.view(Screen.SUGGEST)
    keyboard = view.ids.keyboard
    assert keyboard.width >= view.width * 0.97
    assert keyboard.height >= view.height * 0.7
