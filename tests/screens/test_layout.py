"""Nothing on the cash screen lies over the change, however many kinds of pieces it has."""

from dataclasses import replace

import pytest

from kiosk.domain.money import Pieces
from kiosk.domain.tender import CashAdvice
from kiosk.views import Screen

pytestmark = pytest.mark.window

CHANGES = (
    {"c200": 1},
    {"c200": 1, "c50": 1},
    {"c200": 1, "c50": 1, "c20": 1},
    {"n500": 1, "c200": 1, "c50": 1, "c20": 1},
    {"n1000": 1, "n500": 1, "c200": 1, "c100": 1, "c50": 1, "c20": 1, "c10": 1, "c5": 1},
)


def corners(widget):
    left, bottom = widget.to_window(widget.x, widget.y)
    right, top = widget.to_window(widget.right, widget.top)
    return left, bottom, right, top


def overlap(one, other):
    left, bottom, right, top = corners(one)
    other_left, other_bottom, other_right, other_top = corners(other)
    beside = right <= other_left + 1 or other_right <= left + 1
    above = top <= other_bottom + 1 or other_top <= bottom + 1
    return not (beside or above)


@pytest.mark.parametrize("box_known", [True, False])
@pytest.mark.parametrize("codes", CHANGES)
@pytest.mark.parametrize("language", ["kk", "ru", "en"])
def test_every_piece_of_the_change_can_be_read(kiosk, codes, box_known, language):
    change = Pieces.from_codes(codes)
    tendered = Pieces.from_codes({"n20000": 1})
    due_tenge = tendered.total_tenge - change.total_tenge
    advice = CashAdvice(due_tenge, tendered, 0, change.total_tenge, change, 0, box_known)
    kiosk.root.show(
        replace(
            kiosk.till.state,
            screen=Screen.CASH,
            language=language,
            due_tenge=due_tenge,
            advice=advice,
        )
    )
    kiosk.frames(4)
    panel = kiosk.root.view(Screen.CASH).ids.panel.children[0]
    rows = panel.ids.pieces.children
    assert len(rows) == len(change)
    below = [panel.ids.leave, *([panel.ids.note] if panel.note_text else [])]
    assert [row.code for row in rows for widget in below if overlap(row, widget)] == []


def test_a_language_that_the_shop_does_not_offer_has_no_key(kiosk):
    top = kiosk.root.ids.top
    assert [top.ids[code].width > 0 for code in ("kk", "ru", "en")] == [True, True, True]
    top.languages = ("kk", "ru")
    kiosk.frames()
    assert (top.ids.en.width, top.ids.en.disabled) == (0, True)
    assert top.ids.ru.width > 0
