"""Counting the shelf: the desk on a real journal."""

from __future__ import annotations

import pytest

from kiosk.admin.goods_lines import Ask, GoodsNote
from kiosk.admin.pages import Page, Step
from kiosk.admin.stocktake_state import StocktakeDraft, Tab
from kiosk.domain.entries import (
    Restock,
    RestockLine,
    Stocktake,
    StocktakeLine,
    UnknownScan,
)
from kiosk.domain.products import Product
from kiosk.domain.stock_plan import Why
from tests.admin.goods_room import counted_before, goods_room, sale
from tests.till.shop import CASE_OF_WATER, CATALOGUE, TEA_CODE, UNKNOWN_CODE, WATER_CODE


@pytest.fixture
def back_room(tmp_path):
    room = goods_room(tmp_path)
    yield room
    room.close()


def shown(desk):
    return [row.product.product_id for row in desk.state.rows]


def test_each_scan_of_a_piece_is_one_more_and_brings_the_product_in_front(back_room):
    desk = back_room.open(Page.STOCKTAKE)
    for code in (WATER_CODE, TEA_CODE, WATER_CODE):
        back_room.scan(code)
    assert desk.state.card.product.product_id == "water"
    assert desk.state.card.counted == 2
    desk.show_tab(Tab.COUNTED)
    assert [(row.product.product_id, row.counted) for row in desk.state.rows] == [
        ("water", 2),
        ("tea", 1),
    ]


def test_a_count_becomes_one_entry_and_the_visit_goes_on(back_room):
    counted_before(back_room, water=12)
    desk = back_room.open(Page.STOCKTAKE)
    back_room.scan(WATER_CODE)
    desk.ask_for(Ask.QUANTITY)
    desk.answer("9")
    back_room.scan(TEA_CODE)
    desk.finish()
    entry = back_room.bodies(Stocktake)[-1]
    assert entry.by == "v1"
    assert entry.lines == (
        StocktakeLine("water", 9, 12, 180),
        StocktakeLine("tea", 1, None, 350),
    )
    assert back_room.journal.ledger.stock == {"water": 9, "tea": 1}
    assert back_room.page is Page.RESTOCK
    assert back_room.visit.draft(Step.STOCKTAKE, StocktakeDraft) is None


def test_what_is_expected_is_shown_only_after_the_first_piece(back_room):
    counted_before(back_room, water=12)
    desk = back_room.open(Page.STOCKTAKE)
    desk.choose("water")
    assert (desk.state.card.counted, desk.state.card.expected) == (None, None)
    desk.plus()
    card = desk.state.card
    assert (card.counted, card.expected, card.difference) == (1, 12, -11)
    assert card.difference_tenge == -11 * 180
    assert desk.state.difference_tenge == -11 * 180


def test_a_product_that_was_only_looked_at_is_not_counted(back_room):
    desk = back_room.open(Page.STOCKTAKE)
    desk.choose("tea")
    back_room.scan(WATER_CODE)
    desk.finish()
    (entry,) = back_room.bodies(Stocktake)
    assert [line.product_id for line in entry.lines] == ["water"]


def test_none_on_the_shelf_is_a_count(back_room):
    counted_before(back_room, tea=3)
    desk = back_room.open(Page.STOCKTAKE)
    desk.choose("tea")
    desk.none_left()
    desk.finish()
    entry = back_room.bodies(Stocktake)[-1]
    assert entry.lines == (StocktakeLine("tea", 0, 3, 350),)
    assert entry.lines[0].gap_tenge == 1050


def test_a_count_can_be_taken_back(back_room):
    desk = back_room.open(Page.STOCKTAKE)
    back_room.scan(WATER_CODE)
    back_room.scan(TEA_CODE)
    desk.forget()
    assert desk.state.card.counted is None
    desk.finish()
    (entry,) = back_room.bodies(Stocktake)
    assert [line.product_id for line in entry.lines] == ["water"]


def test_a_figure_below_zero_is_not_expected_of_the_shelf(back_room):
    counted_before(back_room, water=1)
    back_room.write(sale("water", 3, "s1"))
    desk = back_room.open(Page.STOCKTAKE)
    assert desk.state.rows[0].product.product_id == "water"
    assert desk.state.rows[0].why is Why.BELOW_ZERO
    back_room.scan(WATER_CODE)
    desk.finish()
    assert back_room.bodies(Stocktake)[-1].lines == (StocktakeLine("water", 1, None, 180),)


def test_goods_that_matter_come_first_and_the_rest_stays_at_hand(tmp_path):
    goods = [Product(f"p{n}", {"kk": f"Тауар {n}"}, 100) for n in range(6)]
    room = goods_room(tmp_path, goods)
    counted_before(room, **{f"p{n}": 10 for n in range(6)})
    missing = StocktakeLine("p2", 7, 10, 100)
    room.write(Stocktake((missing,), "v1", "later"), days_ago=3)
    room.write(Restock((RestockLine("p3", 5, best_before="2026-11-20"),), "v1", "r"), days_ago=1)
    room.write(sale("p4", 8, "s1"), sale("p5", 1, "s2"))
    desk = room.open(Page.STOCKTAKE)
    assert [(row.product.product_id, row.why) for row in desk.state.rows] == [
        ("p2", Why.GAP),
        ("p3", Why.EXPIRING),
        ("p4", Why.FAST),
    ]
    assert (desk.state.first_left, desk.state.all_left) == (3, 6)
    desk.choose("p2")
    desk.plus()
    assert (desk.state.first_left, desk.state.all_left, desk.state.counted) == (2, 5, 1)
    desk.show_tab(Tab.ALL)
    assert shown(desk) == ["p0", "p1", "p3", "p4", "p5"]
    room.close()


def test_a_known_case_on_the_shelf_counts_its_pieces(tmp_path):
    water = Product("water", {"kk": "Су"}, 180, codes=(WATER_CODE,), cases={CASE_OF_WATER: 12})
    room = goods_room(tmp_path, [water])
    desk = room.open(Page.STOCKTAKE)
    room.scan(CASE_OF_WATER, symbology="itf14")
    room.scan(WATER_CODE)
    assert desk.state.card.counted == 13
    room.close()


def test_a_case_that_nobody_knows_is_told_apart_from_a_piece(back_room):
    desk = back_room.open(Page.STOCKTAKE)
    back_room.scan(CASE_OF_WATER, symbology="itf14")
    assert back_room.notes == [GoodsNote.CASE_CODE]
    assert desk.state.counted == 0


def test_an_unknown_code_is_noted_once_and_the_count_goes_on(back_room):
    desk = back_room.open(Page.STOCKTAKE)
    back_room.scan(UNKNOWN_CODE)
    back_room.scan(UNKNOWN_CODE)
    back_room.scan()
    back_room.scan(WATER_CODE)
    assert back_room.notes == [
        GoodsNote.UNKNOWN_KEPT,
        GoodsNote.UNKNOWN_KEPT,
        GoodsNote.NO_PRODUCT_CODE,
    ]
    assert [scan.gtin14 for scan in back_room.bodies(UnknownScan)] == [UNKNOWN_CODE]
    assert desk.state.counted == 1


def test_a_step_that_is_left_out_writes_nothing(back_room):
    desk = back_room.open(Page.STOCKTAKE)
    desk.finish()
    assert back_room.bodies(Stocktake) == []
    assert back_room.page is Page.RESTOCK


def test_goods_without_a_barcode_are_picked_from_the_list(back_room):
    desk = back_room.open(Page.STOCKTAKE)
    desk.open_picker()
    desk.search("сам")
    assert [product.product_id for product in desk.state.listing] == ["samsa"]
    desk.pick("samsa")
    assert not desk.state.picking
    assert desk.state.card.counted is None
    desk.plus()
    assert desk.state.card.counted == 1


def test_a_scan_closes_whatever_is_open_and_counts(back_room):
    desk = back_room.open(Page.STOCKTAKE)
    desk.open_picker()
    back_room.scan(WATER_CODE)
    desk.ask_for(Ask.QUANTITY)
    back_room.scan(WATER_CODE)
    assert (desk.state.picking, desk.state.ask) == (False, None)
    assert desk.state.card.counted == 2


@pytest.mark.parametrize(("typed", "counted"), [("0", 0), ("12", 12), ("9999", 9999)])
def test_a_number_can_be_typed(back_room, typed, counted):
    desk = back_room.open(Page.STOCKTAKE)
    back_room.scan(WATER_CODE)
    desk.ask_for(Ask.QUANTITY)
    desk.answer(typed)
    assert desk.state.card.counted == counted


# --- what goes wrong ---------------------------------------------------------------------------


def test_after_a_power_cut_the_count_goes_on_where_it_was(tmp_path):
    room = goods_room(tmp_path)
    room.open(Page.STOCKTAKE)
    room.scan(WATER_CODE)
    room.scan(WATER_CODE)
    room.close()
    again = goods_room(tmp_path)
    desk = again.open(Page.STOCKTAKE)
    assert desk.state.card.counted == 2
    again.scan(WATER_CODE)
    desk.finish()
    (entry,) = again.bodies(Stocktake)
    assert entry.lines == (StocktakeLine("water", 3, None, 180),)
    again.close()


def test_a_kill_between_entry_and_note_writes_no_second_entry(tmp_path):
    room = goods_room(tmp_path)
    desk = room.open(Page.STOCKTAKE)
    room.scan(WATER_CODE)
    # As the desk does it, and then the plug is pulled: the visit's file still says "not yet".
    lines = (StocktakeLine("water", 1, None, 180),)
    room.write(Stocktake(lines, "v1", room.visit.form_id(Step.STOCKTAKE)))
    room.close()
    again = goods_room(tmp_path)
    desk = again.open(Page.STOCKTAKE)
    assert again.notes == [GoodsNote.HANDED_IN_BEFORE]
    assert desk.state.counted == 0
    desk.finish()
    assert len(again.bodies(Stocktake)) == 1
    assert again.page is Page.RESTOCK
    again.close()


def test_confirming_twice_writes_one_entry(back_room):
    desk = back_room.open(Page.STOCKTAKE)
    back_room.scan(WATER_CODE)
    desk.confirm()
    desk.confirm()
    assert len(back_room.bodies(Stocktake)) == 1
    assert back_room.page is Page.RESTOCK


def test_what_was_sold_after_the_count_is_no_gap(tmp_path):
    room = goods_room(tmp_path)
    counted_before(room, water=10)
    desk = room.open(Page.STOCKTAKE)
    room.scan(WATER_CODE)
    desk.ask_for(Ask.QUANTITY)
    desk.answer("8")
    room.office.leave()
    room.write(sale("water", 3, "between"))
    desk = room.open(Page.STOCKTAKE)
    assert GoodsNote.MOVED_SINCE in room.notes
    assert (desk.state.card.counted, desk.state.card.expected) == (5, 7)
    desk.finish()
    assert room.bodies(Stocktake)[-1].lines == (StocktakeLine("water", 5, 7, 180),)
    room.close()


def test_a_volunteer_who_went_out_while_it_was_saved_is_not_called_back(back_room):
    desk = back_room.open(Page.STOCKTAKE)
    back_room.scan(WATER_CODE)
    desk.finish()
    back_room.office.leave()
    assert len(back_room.bodies(Stocktake)) == 1
    assert not back_room.office.state.is_open
    assert back_room.visit.draft(Step.STOCKTAKE, StocktakeDraft) is None


def test_who_went_back_while_it_was_saved_stays_where_he_is(back_room):
    desk = back_room.open(Page.STOCKTAKE)
    back_room.scan(WATER_CODE)
    desk.finish()
    desk.back()
    assert len(back_room.bodies(Stocktake)) == 1
    assert back_room.page is Page.HOME


def test_a_look_at_the_page_begins_no_visit(back_room):
    desk = back_room.open(Page.STOCKTAKE)
    desk.choose("tea")
    desk.back()
    assert not back_room.visit.is_open


def test_hidden_goods_are_counted_when_they_are_scanned(back_room):
    desk = back_room.open(Page.STOCKTAKE)
    back_room.scan("04607001771562")  # not for sale here
    assert desk.state.card.counted == 1
    desk.show_tab(Tab.ALL)
    assert "cig" not in shown(desk)
    assert len(shown(desk)) == len(CATALOGUE.products) - 1
