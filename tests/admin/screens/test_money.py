"""The pages of the money in a real window: real taps, a real journal."""

import pytest

from kiosk.admin.pages import Page
from kiosk.domain.entries import CashCount, CashOut, CashReceived, FloatIn
from kiosk.domain.money import Pieces, coin, note
from tests.admin.money_room import HERS, services_in
from tests.domain.strategies import DENOMINATIONS

pytestmark = pytest.mark.window


@pytest.fixture
def office(window, tmp_path):
    from tests.admin.screens.driver import OfficeKiosk

    kiosk = OfficeKiosk(tmp_path, **services_in(tmp_path))
    yield kiosk
    kiosk.close()


def cell(office, code):
    from kiosk.admin.screens.money_table import MoneyCell
    from tests.screens.driver import visible

    return next(w for w in visible(office.front()) if isinstance(w, MoneyCell) and w.code == code)


def tap_cell(office, code, key, times=1):
    for _ in range(times):
        office.touch(cell(office, code).ids[key])


def shown(office, code):
    return cell(office, code).count


def test_a_box_is_counted_by_touching_and_by_typing(office):
    office.count_box(c100=4, c50=2, c20=10)
    office.come_in(Page.COUNT)
    tap_cell(office, "c20", "more")
    tap_cell(office, "c20", "fewer")
    assert shown(office, "c20") == 0
    tap_cell(office, "c100", "more", 3)
    tap_cell(office, "c50", "number")
    office.type("2")
    office.tap("next_kind")
    office.type("10")
    office.tap("all_kinds")
    assert (shown(office, "c50"), shown(office, "c20")) == (2, 10)
    assert "600 ₸" in office.text_on_screen().replace("\xa0", " ")
    assert "700 ₸" not in office.text_on_screen().replace("\xa0", " ")  # blind: not yet
    office.tap("counted")
    assert "700 ₸" in office.text_on_screen().replace("\xa0", " ")
    assert "−100 ₸" in office.text_on_screen().replace("\xa0", " ")
    office.tap("again")
    tap_cell(office, "c100", "more")
    office.tap("counted")
    office.tap("confirm")
    office.settle()
    assert office.written(CashCount)[-1].pieces == {"c100": 4, "c50": 2, "c20": 10}
    assert office.page is Page.TAKE_OUT


def test_a_typed_number_replaces_the_old_one(office):
    office.come_in(Page.COUNT)
    tap_cell(office, "n500", "more", 2)
    tap_cell(office, "n500", "number")
    assert office.key("typed").text == "2"
    office.type("15")
    assert office.key("typed").text == "15"
    office.tap("all_kinds")
    assert shown(office, "n500") == 15


def test_clearing_is_undone_where_it_happened_and_only_an_empty_form_is_skipped(office):
    office.come_in(Page.COUNT)
    tap_cell(office, "n500", "more")
    assert office.key("skip").disabled
    office.tap("clear_all")
    assert (shown(office, "n500"), office.key("skip").disabled) == (0, False)
    office.tap("clear_all")
    assert shown(office, "n500") == 1
    office.tap("clear_all")
    office.tap("skip")
    office.settle()
    assert office.page is Page.TAKE_OUT
    assert office.written(CashCount) == []


def test_cash_is_taken_out_and_a_second_person_confirms(office):
    office.count_box(n1000=5, n500=5, c200=8, c100=5, c50=5, c20=8, c10=5)
    office.come_in(Page.TAKE_OUT)
    office.tap("proposal")
    assert shown(office, "n1000") == 2
    tap_cell(office, "n1000", "number")
    office.type("9")
    assert office.key("typed").text == "5"  # all there are
    office.tap("all_kinds")
    assert cell(office, "n1000").ids["more"].disabled
    for _ in range(3):
        office.touch(cell(office, "n1000").ids["fewer"])
    office.tap("bank")
    assert office.written(CashOut) == []
    office.tap("taken")
    office.settle()
    (out,) = office.written(CashOut)
    assert (out.to, out.pieces["n1000"]) == ("bank", 2)
    office.type(HERS[:3])
    assert office.key("received").disabled
    office.type(HERS[3:])
    assert HERS not in office.text_on_screen()
    office.tap("received")
    office.settle()
    (received,) = office.written(CashReceived)
    assert received.by == "v2"
    assert office.page is Page.STOCKTAKE


def test_what_was_not_confirmed_waits_in_a_list(office):
    office.count_box(n1000=5)
    office.come_in(Page.TAKE_OUT)
    tap_cell(office, "n1000", "more")
    office.tap("cause")
    office.tap("taken")
    office.settle()
    office.tap("later")
    office.settle()
    office.room.office.go(Page.TAKE_OUT)
    office.settle()
    office.tap("waiting")
    office.tap("confirm")
    office.type(HERS)
    office.tap("received")
    office.settle()
    assert len(office.written(CashReceived)) == 1
    assert office.page is Page.TAKE_OUT
    assert office.key("bank").disabled  # nothing chosen


def test_a_box_that_nobody_counted_leads_to_the_count(office):
    office.come_in(Page.TAKE_OUT)
    office.tap("count_box")
    office.settle()
    assert office.page is Page.COUNT


def test_change_is_put_in_and_the_rest_is_suggested(office):
    office.count_box(c20=6)
    office.come_in(Page.CHANGE_FLOAT)
    office.tap("suggested")
    assert shown(office, "c50") == 3
    tap_cell(office, "c50", "fewer", 3)
    office.tap("put_in")
    bring = office.named("bring_text")[0].text.replace("\xa0", " ")
    assert "150 ₸" in bring  # three 50s
    office.tap("confirm")
    office.settle()
    (came,) = office.written(FloatIn)
    assert "c50" not in came.pieces
    assert office.room.journal.ledger.box.available == Pieces.of([coin(20)] * 6) + (
        Pieces.from_codes(came.pieces)
    )
    assert office.page is Page.SUMMARY


@pytest.mark.parametrize("page", [Page.COUNT, Page.CHANGE_FLOAT])
def test_every_key_of_all_fifteen_kinds_is_large_enough_for_a_thumb(office, page):
    office.count_box(c50=1)
    office.come_in(page)
    office.room.office.desk(page).show(kinds=DENOMINATIONS)
    office.settle()
    for kind in DENOMINATIONS:
        for name in ("fewer", "number", "more"):
            key = cell(office, kind.code).ids[name]
            assert min(key.size) >= 72, (kind.code, name, key.size)


def test_kinds_that_do_not_fit_are_a_page_away(office):
    """Fifteen kinds fit; a shop that lists more still reaches all of them."""
    office.come_in(Page.COUNT)
    desk = office.room.office.desk(Page.COUNT)
    desk.show(kinds=(*(note(value) for value in range(40_000, 20_000, -1000)), *desk.state.kinds))
    office.settle()
    assert office.key("following").height >= 72
    office.tap("following")
    office.tap("following")
    assert shown(office, "c5") == 0
    assert office.key("following").disabled
