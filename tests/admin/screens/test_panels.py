"""Volunteers' pages on every panel: each key wide enough, each text in its place, nothing off it."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from kiosk.admin.pages import Page
from kiosk.screens.shape import Panel, shape_of_back_room

pytestmark = pytest.mark.window

PANELS = {"7in": Panel(800, 480, 7.0), "21in-upright": Panel(1080, 1920, 21.5)}
KEY_MM = {"7in": 8.0, "21in-upright": 12.0}
"""A volunteer learns his pages: as on a telephone, not as for a passer-by."""
LETTERS_MM = {"7in": 2.0, "21in-upright": 2.4}
EXAMPLES = 3
"""Of each page, from the first to the last; the gallery draws them all."""
ROUNDING_MM = 0.05
ROUNDING_PX = 1.5


@dataclass(frozen=True)
class Shown:
    """One state of one page, laid out."""

    name: str
    frame: Any
    panel: Panel


def shown(panel: Panel, language: str, theme: str, pages: list[Page]) -> Iterator[Shown]:
    """Some states of these pages, one after the other; a page is built once."""
    from kiosk.admin.office_state import OfficeState
    from kiosk.admin.screens.frame import BackRoomFrame
    from kiosk.admin.screens.gallery import Quiet, examples
    from kiosk.screens.gallery import demo_products
    from kiosk.screens.look import wear_for_back_room
    from tests.screens.panels import settle

    share = wear_for_back_room(panel, theme).height_share
    products = demo_products()
    for page in pages:
        office, frame = Quiet(None), None
        states = list(examples(page, products, language))
        for name, state in states[:: max(1, len(states) // EXAMPLES)]:
            office.state = state
            if frame is None:
                frame = BackRoomFrame(office, height_share=share)
                frame.size = panel.width_px, panel.height_px
                frame.show(OfficeState(is_open=True, page=page, language=language))
            else:
                frame.view(page).draw(state)
            settle()
            yield Shown(f"{page.value}-{name}", frame, panel)


@pytest.fixture
def face(window):
    """Tokens and fonts; the tests that come after find the usual look again."""
    from kivy.core.window import Window

    from kiosk.app import prepare_face
    from kiosk.screens.face import Face
    from kiosk.screens.gallery import ROOT
    from kiosk.screens.shape import Look
    from tests.screens.panels import PANELS as USUAL
    from tests.screens.panels import root_on

    prepare_face(Face(ROOT), Window.size)
    yield
    root_on(USUAL["15in"], Look())


def touchable(state: Shown) -> Iterator[Any]:
    """What answers to a finger, but for the letters of the keyboard."""
    from kivy.uix.behaviors import ButtonBehavior

    from tests.screens.panels import parts, within

    for widget in parts(state.frame):
        if isinstance(widget, ButtonBehavior) and not within(widget, "TouchKeyboard"):
            yield widget


def too_small(state: Shown, least_mm: float) -> Iterator[str]:
    from tests.screens.test_panels import name_of

    for widget in touchable(state):
        mm = min(widget.width, widget.height) / state.panel.px_per_mm
        if mm < least_mm - ROUNDING_MM:
            yield f"{state.name}: {name_of(widget)} is {mm:.1f} mm"


def off_the_page(state: Shown) -> Iterator[str]:
    from tests.screens.panels import scrolls
    from tests.screens.test_panels import name_of

    top_px = state.panel.height_px * shape_of_back_room(state.panel).height_share
    for widget in touchable(state):
        left, bottom = widget.to_window(widget.x, widget.y)
        right, top = left + widget.width, bottom + widget.height
        inside = min(left, bottom) >= -ROUNDING_PX and right <= state.panel.width_px + ROUNDING_PX
        if not scrolls(widget) and not (inside and top <= top_px + ROUNDING_PX):
            yield f"{state.name}: {name_of(widget)} reaches to {right:.0f}, {top:.0f}"


def texts(state: Shown) -> Iterator[Any]:
    from kiosk.screens.widgets import FitLabel
    from tests.screens.panels import parts

    return (w for w in parts(state.frame) if isinstance(w, FitLabel) and w.text)


def cut_off(state: Shown) -> Iterator[str]:
    from kiosk.screens.widgets import SLACK_PX

    for label in texts(state):
        room_px = label.width - label.pad_x - label.pad_right, label.height - label.pad_top
        wide_px, high_px = label.texture_size
        if wide_px > room_px[0] + SLACK_PX or high_px > room_px[1] + ROUNDING_PX:
            yield f"{state.name}: {label.text!r} needs {label.texture_size}, has {room_px}"


def illegible(state: Shown, least_mm: float) -> Iterator[str]:
    for label in texts(state):
        if label.font_size / state.panel.px_per_mm < least_mm:
            mm = label.font_size / state.panel.px_per_mm
            yield f"{state.name}: {label.text!r} at {mm:.1f} mm"


@pytest.mark.parametrize(
    ("panel", "language", "theme", "pages"),
    [
        ("7in", "ru", "contrast", list(Page)),
        # As wide as on the usual panel and higher: it is enough to see that they stand well.
        ("21in-upright", "kk", "light", [Page.HOME, Page.COUNT, Page.PRODUCTS]),
    ],
)
def test_every_key_is_wide_enough_and_every_text_has_its_place(face, panel, language, theme, pages):
    faults = []
    for state in shown(PANELS[panel], language, theme, pages):
        faults += too_small(state, KEY_MM[panel])
        faults += off_the_page(state)
        faults += cut_off(state)
        faults += illegible(state, LETTERS_MM[panel])
    assert faults == []


def test_the_measuring_finds_what_is_too_small_cut_off_or_off_the_page(face):
    (first, *_) = shown(PANELS["7in"], "ru", "light", [Page.HOME])
    key = next(iter(touchable(first)))
    key.size_hint = None, None
    key.size, key.pos = (30, 12), (795, 470)
    assert list(too_small(first, KEY_MM["7in"]))
    assert list(off_the_page(first))
    (label, *_) = texts(first)
    label.font_size = 90
    label.texture_size = 900, 90
    assert list(cut_off(first))
    label.font_size = 4
    assert list(illegible(first, LETTERS_MM["7in"]))


@pytest.mark.parametrize(("panel", "share"), [("7in", 1.0), ("21in-upright", 0.5625)])
def test_an_upright_panel_has_the_pages_within_reach(panel, share):
    assert shape_of_back_room(PANELS[panel]).height_share == share
