"""Goods that come, with real scans and taps in a real window."""

from __future__ import annotations

import pytest

from kiosk.admin.pages import Page
from kiosk.domain.entries import Restock, RestockLine
from tests.admin.screens.goods_kiosk import goods_kiosk
from tests.till.shop import CASE_OF_WATER, TEA_CODE, UNKNOWN_CODE, WATER_CODE

pytestmark = pytest.mark.window


@pytest.fixture
def office(window, tmp_path):
    kiosk = goods_kiosk(tmp_path)
    yield kiosk
    kiosk.close()


def test_pieces_a_case_cost_and_day_become_one_entry(office):
    office.come_in(Page.RESTOCK)
    office.scan(TEA_CODE)
    office.scan(CASE_OF_WATER, "itf14")
    office.type("12")
    office.tap("answer")
    office.settle()
    assert office.key("quantity").text == "12"
    office.scan(CASE_OF_WATER, "itf14")
    assert office.key("quantity").text == "24"
    office.tap("cost")
    office.type("95")
    assert "95\u00a0₸" in office.text_on_screen()
    office.tap("answer")
    office.tap("day")
    office.type("31032027")
    assert "31.03.2027" in office.text_on_screen()
    office.tap("answer")
    office.tap("finish")
    office.settle()
    (entry,) = office.written(Restock)
    assert entry.lines == (
        RestockLine("tea", 1),
        RestockLine("water", 24, CASE_OF_WATER, 95, "2027-03-31"),
    )
    assert office.page is Page.CHANGE_FLOAT


def test_an_unknown_code_becomes_another_barcode_by_two_touches(office):
    office.come_in(Page.RESTOCK)
    office.scan(UNKNOWN_CODE)
    assert "4 870028 006041" in office.text_on_screen()
    assert office.key("finish").disabled
    office.tap("other_code")
    tile = next(t for t in office.key("tiles").children if t.product_id == "water")
    office.touch(tile)
    office.settle()
    assert office.room.product("water").codes == (WATER_CODE, UNKNOWN_CODE)
    assert office.key("quantity").text == "1"


def test_an_unknown_code_can_be_left_for_later_or_become_a_product(office):
    desk = office.come_in(Page.RESTOCK)
    office.scan(UNKNOWN_CODE)
    office.tap("leave_unknown")
    assert desk.state.unknown_code == ""
    office.scan(UNKNOWN_CODE)
    office.tap("new_product")
    office.settle()
    assert office.page is Page.PRODUCT


def test_a_question_can_be_left_without_an_answer(office):
    desk = office.come_in(Page.RESTOCK)
    office.scan(WATER_CODE)
    office.tap("quantity")
    assert office.key("answer").disabled
    assert office.key("finish").disabled
    office.type("7")
    office.tap("cancel_ask")
    assert desk.state.card.quantity == 1
    office.tap("quantity")
    assert office.key("typed").text == ""
    office.tap("back")
    assert (desk.state.ask, office.page) == (None, Page.RESTOCK)


def test_what_expires_is_shown_first_and_a_touch_writes_it_off(office):
    line = RestockLine("water", 5, best_before="2026-11-20")
    office.room.write(Restock((line,), "v1", "before"), days_ago=5)
    office.come_in(Page.RESTOCK)
    assert "20.11.2026" in office.text_on_screen()
    (row,) = office.key("rows").ids.rows.children
    office.touch(row)
    office.settle()
    assert office.page is Page.WRITE_OFF
    office.tap("back")
    assert office.page is Page.RESTOCK


def test_a_line_that_did_not_come_is_thrown_away(office):
    desk = office.come_in(Page.RESTOCK)
    office.scan(WATER_CODE)
    office.scan(TEA_CODE)
    office.tap("remove")
    office.tap("finish")
    office.settle()
    (entry,) = office.written(Restock)
    assert entry.lines == (RestockLine("water", 1),)
    assert desk.state.rows == ()
