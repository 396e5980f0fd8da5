"""Goods that come: the desk on a real journal and shelf."""

from __future__ import annotations

from concurrent.futures import Future
from datetime import date

import pytest
from msgspec.structs import replace

from kiosk.admin.goods_lines import Ask, GoodsNote
from kiosk.admin.pages import Page, Step
from kiosk.admin.restock_state import RestockDraft, Tab
from kiosk.domain.entries import ProductChange, Restock, RestockLine, UnknownScan
from kiosk.domain.errors import JournalError
from kiosk.domain.products import Product, Status
from kiosk.scan_event import ScanEvent
from tests.admin.goods_room import counted_before, goods_room, sale
from tests.till.shop import CASE_OF_WATER, TEA_CODE, UNKNOWN_CODE, WATER_CODE

CASE_OF_NOTHING = "14870028006048"


@pytest.fixture
def back_room(tmp_path):
    room = goods_room(tmp_path)
    yield room
    room.close()


def came(desk):
    return {row.product.product_id: row.quantity for row in desk.state.rows}


def test_scans_become_one_entry_and_the_visit_goes_on(back_room):
    counted_before(back_room, water=5)
    desk = back_room.open(Page.RESTOCK)
    for code in (WATER_CODE, TEA_CODE, WATER_CODE):
        back_room.scan(code)
    card = desk.state.card
    assert (card.quantity, card.on_shelf, card.shelf_after) == (2, 5, 7)
    desk.finish()
    (entry,) = back_room.bodies(Restock)
    assert entry.lines == (RestockLine("tea", 1), RestockLine("water", 2))
    assert back_room.journal.ledger.stock == {"water": 7, "tea": 1}
    assert back_room.page is Page.CHANGE_FLOAT
    assert back_room.visit.draft(Step.RESTOCK, RestockDraft) is None


def test_cost_and_best_before_belong_to_the_product_in_front(back_room):
    desk = back_room.open(Page.RESTOCK)
    back_room.scan(TEA_CODE)
    back_room.scan(WATER_CODE)
    for ask, digits in (
        (Ask.QUANTITY, "24"),
        (Ask.COST, "95"),
        (Ask.BEST_BEFORE, "31032027"),
    ):
        desk.ask_for(ask)
        desk.answer(digits)
        assert desk.state.ask is None
    assert desk.state.cost_tenge == 24 * 95
    desk.finish()
    (entry,) = back_room.bodies(Restock)
    assert entry.lines[1] == RestockLine("water", 24, None, 95, "2027-03-31")


def test_what_was_typed_can_be_taken_away(back_room):
    desk = back_room.open(Page.RESTOCK)
    back_room.scan(WATER_CODE)
    for ask, digits in ((Ask.COST, "95"), (Ask.BEST_BEFORE, "310327")):
        desk.ask_for(ask)
        desk.answer(digits)
    assert desk.state.card.best_before == date(2027, 3, 31)
    for ask in (Ask.COST, Ask.BEST_BEFORE):
        desk.ask_for(ask)
        desk.answer("")
    card = desk.state.card
    assert (card.unit_cost_tenge, card.best_before) == (None, None)
    desk.remove()
    assert came(desk) == {}


def test_a_day_that_is_none_is_asked_for_again(back_room):
    desk = back_room.open(Page.RESTOCK)
    back_room.scan(WATER_CODE)
    desk.ask_for(Ask.BEST_BEFORE)
    desk.answer("31022027")
    assert desk.state.ask is Ask.BEST_BEFORE
    desk.answer("01022026")
    assert desk.state.card.best_before == date(2026, 2, 1)
    assert back_room.notes == [GoodsNote.NO_SUCH_DAY, GoodsNote.DAY_PAST]


# --- cases -------------------------------------------------------------------------------------


def test_a_case_is_asked_about_once_and_counts_from_then_on(back_room):
    desk = back_room.open(Page.RESTOCK)
    back_room.scan(CASE_OF_WATER, symbology="itf14")
    assert desk.state.ask is Ask.CASE_PIECES
    assert desk.state.card.product.product_id == "water"
    assert came(desk) == {}
    desk.answer("12")
    back_room.settle()
    assert came(desk) == {"water": 12}
    back_room.scan(CASE_OF_WATER, symbology="gs1_128")
    back_room.scan(WATER_CODE)
    assert came(desk) == {"water": 25}
    desk.finish()
    (entry,) = back_room.bodies(Restock)
    assert entry.lines == (RestockLine("water", 25, CASE_OF_WATER),)
    assert back_room.product("water").cases == {CASE_OF_WATER: 12}


def test_a_case_that_is_not_answered_for_is_not_counted(back_room):
    desk = back_room.open(Page.RESTOCK)
    back_room.scan(CASE_OF_WATER, symbology="itf14")
    desk.answer("0")
    back_room.settle()
    assert desk.state.ask is Ask.CASE_PIECES
    desk.cancel_ask()
    assert came(desk) == {}
    assert back_room.product("water").cases == {}


def test_a_case_of_unknown_pieces_finds_its_product_by_hand(back_room):
    desk = back_room.open(Page.RESTOCK)
    back_room.scan(CASE_OF_NOTHING, symbology="itf14")
    assert desk.state.unknown_code == CASE_OF_NOTHING
    desk.pick_for_unknown()
    desk.pick("samsa")
    assert desk.state.ask is Ask.CASE_PIECES
    desk.answer("30")
    back_room.settle()
    assert came(desk) == {"samsa": 30}
    assert back_room.product("samsa").cases == {CASE_OF_NOTHING: 30}


def test_what_cannot_be_saved_of_a_case_is_not_counted_and_can_be_tried_again(
    back_room, monkeypatch
):
    desk = back_room.open(Page.RESTOCK)
    back_room.scan(CASE_OF_WATER, symbology="itf14")

    def refused(_body):
        future = Future()
        future.set_exception(JournalError("The disk is full."))
        return future

    monkeypatch.setattr(back_room.journal, "append", refused)
    desk.answer("12")
    back_room.settle()
    assert came(desk) == {}
    assert back_room.notes == [GoodsNote.NOT_SAVED]
    assert (desk.state.ask, desk.state.saving) == (Ask.CASE_PIECES, False)
    monkeypatch.undo()
    desk.answer("12")
    back_room.settle()
    assert came(desk) == {"water": 12}


def test_the_day_in_a_case_code_is_taken_over_and_the_earlier_one_counts(tmp_path):
    water = Product("water", {"kk": "Су"}, 180, codes=(WATER_CODE,), cases={CASE_OF_WATER: 12})
    room = goods_room(tmp_path, [water])
    desk = room.open(Page.RESTOCK)
    for day in ("270331", "270401"):
        text = f"01{CASE_OF_WATER}15{day}10LOT"
        room.office.scanned(ScanEvent((CASE_OF_WATER,), text, "gs1_128"))
    room.scan(WATER_CODE)
    assert desk.state.card.quantity == 25
    assert desk.state.card.best_before == date(2027, 3, 31)
    room.close()


def test_a_scan_waits_for_the_answer_about_a_case(back_room):
    desk = back_room.open(Page.RESTOCK)
    back_room.scan(CASE_OF_WATER, symbology="itf14")
    back_room.scan(TEA_CODE)
    assert back_room.notes == [GoodsNote.ANSWER_FIRST]
    assert (desk.state.ask, came(desk)) == (Ask.CASE_PIECES, {})


def test_a_number_that_stands_on_the_pad_counts_when_a_scan_comes(back_room):
    desk = back_room.open(Page.RESTOCK)
    back_room.scan(WATER_CODE)
    desk.ask_for(Ask.QUANTITY)
    desk.typed("12")
    back_room.scan(TEA_CODE)
    assert came(desk) == {"tea": 1, "water": 12}
    desk.ask_for(Ask.QUANTITY)
    back_room.scan(WATER_CODE)
    assert came(desk) == {"tea": 1, "water": 13}


# --- other barcodes ----------------------------------------------------------------------------


def test_an_unknown_code_can_be_another_barcode_of_goods_we_have(back_room):
    desk = back_room.open(Page.RESTOCK)
    back_room.scan(UNKNOWN_CODE)
    assert desk.state.unknown_code == UNKNOWN_CODE
    desk.pick_for_unknown()
    desk.pick("water")
    back_room.settle()
    assert came(desk) == {"water": 1}
    assert back_room.product("water").codes == (WATER_CODE, UNKNOWN_CODE)
    assert GoodsNote.CODE_ADDED in back_room.notes
    back_room.scan(UNKNOWN_CODE)
    assert came(desk) == {"water": 2}
    assert [change.how for change in back_room.bodies(ProductChange)] == ["edited"]


def test_an_unknown_code_that_is_left_alone_stays_on_the_list_of_unknown_ones(back_room):
    desk = back_room.open(Page.RESTOCK)
    back_room.scan(UNKNOWN_CODE)
    desk.back()
    assert (desk.state.unknown_code, back_room.page) == ("", Page.RESTOCK)
    assert [scan.gtin14 for scan in back_room.bodies(UnknownScan)] == [UNKNOWN_CODE]
    assert came(desk) == {}


def test_a_code_that_was_made_a_product_counts_the_pack_in_the_hand(back_room):
    desk = back_room.open(Page.RESTOCK)
    back_room.scan(UNKNOWN_CODE)
    desk.new_product()
    assert back_room.page is Page.PRODUCT
    new = Product("new", {"kk": "Жаңа"}, 500, codes=(UNKNOWN_CODE,))
    back_room.shelf.save([new], "v1").result(20)
    back_room.office.back()
    back_room.settle()
    assert came(desk) == {"new": 1}
    desk.back()
    assert came(back_room.open(Page.RESTOCK)) == {"new": 1}


def test_a_known_scan_answers_the_question_about_the_unknown_one(back_room):
    desk = back_room.open(Page.RESTOCK)
    back_room.scan(UNKNOWN_CODE)
    back_room.scan(WATER_CODE)
    assert desk.state.unknown_code == ""
    assert came(desk) == {"water": 1}


# --- what expires ------------------------------------------------------------------------------


def test_goods_that_expire_soon_are_shown_first(back_room):
    counted_before(back_room, water=0, tea=0)
    old = RestockLine("water", 10, best_before="2026-11-20")
    back_room.write(Restock((old,), "v1", "a"), days_ago=5)
    new = (RestockLine("water", 10, best_before="2027-05-01"), RestockLine("tea", 4))
    back_room.write(Restock(new, "v1", "b"), days_ago=4)
    back_room.write(sale("water", 6, "s1"))
    desk = back_room.open(Page.RESTOCK)
    assert desk.state.tab is Tab.EXPIRING
    (row,) = desk.state.expiring
    assert (row.product.product_id, row.quantity, row.days_left) == ("water", 4, 2)
    back_room.scan(TEA_CODE)
    assert desk.state.tab is Tab.CAME
    desk.write_off("water")
    assert back_room.page is Page.WRITE_OFF
    assert back_room.office.desk(Page.WRITE_OFF).state.chosen == "water"


def test_without_anything_expiring_the_page_begins_with_what_came(back_room):
    desk = back_room.open(Page.RESTOCK)
    assert (desk.state.tab, desk.state.expiring) == (Tab.CAME, ())


# --- what goes wrong ---------------------------------------------------------------------------


def test_sold_out_goods_that_came_are_on_sale_again(tmp_path):
    water = Product("water", {"kk": "Су"}, 180, codes=(WATER_CODE,), status=Status.SOLD_OUT)
    tea = replace(water, product_id="tea", codes=(TEA_CODE,))
    room = goods_room(tmp_path, [water, tea])
    desk = room.open(Page.RESTOCK)
    room.scan(WATER_CODE)
    desk.finish()
    room.settle()
    assert room.product("water").status is Status.ON_SALE
    assert room.product("tea").status is Status.SOLD_OUT
    room.close()


def test_after_a_power_cut_the_restock_goes_on_where_it_was(tmp_path):
    room = goods_room(tmp_path)
    desk = room.open(Page.RESTOCK)
    room.scan(WATER_CODE)
    desk.ask_for(Ask.BEST_BEFORE)
    desk.answer("31032027")
    room.close()
    again = goods_room(tmp_path)
    desk = again.open(Page.RESTOCK)
    again.scan(WATER_CODE)
    desk.finish()
    (entry,) = again.bodies(Restock)
    assert entry.lines == (RestockLine("water", 2, best_before="2027-03-31"),)
    again.close()


def test_a_kill_between_entry_and_note_puts_nothing_on_the_shelf_twice(tmp_path):
    room = goods_room(tmp_path)
    room.open(Page.RESTOCK)
    room.scan(WATER_CODE)
    form_id = room.visit.form_id(Step.RESTOCK)
    room.write(Restock((RestockLine("water", 1),), "v1", form_id))
    room.close()
    again = goods_room(tmp_path)
    desk = again.open(Page.RESTOCK)
    assert again.notes == [GoodsNote.HANDED_IN_BEFORE]
    assert came(desk) == {}
    assert again.journal.ledger.stock == {"water": 1}
    again.scan(TEA_CODE)
    desk.finish()
    assert again.bodies(Restock)[-1].lines == (RestockLine("tea", 1),)
    assert again.journal.ledger.stock == {"water": 1, "tea": 1}
    again.close()


def test_a_step_that_is_left_out_writes_nothing(back_room):
    desk = back_room.open(Page.RESTOCK)
    desk.finish()
    assert back_room.bodies(Restock) == []
    assert back_room.page is Page.CHANGE_FLOAT


def test_a_code_of_no_product_is_told_apart(back_room):
    back_room.open(Page.RESTOCK)
    back_room.scan()
    assert back_room.notes == [GoodsNote.NO_PRODUCT_CODE]
