"""Counting the shelf with real scans and taps in a real window."""

from __future__ import annotations

import pytest

from kiosk.admin.pages import Page
from kiosk.domain.entries import Stocktake, StocktakeLine
from tests.admin.goods_room import counted_before
from tests.admin.screens.goods_kiosk import code_of, goods_kiosk, many_goods
from tests.till.shop import TEA_CODE, UNKNOWN_CODE, WATER_CODE

pytestmark = pytest.mark.window


@pytest.fixture
def office(window, tmp_path):
    kiosk = goods_kiosk(tmp_path)
    counted_before(kiosk.room, water=12)
    yield kiosk
    kiosk.close()


def test_sixty_products_are_counted_by_sixty_scans_and_no_touch(window, tmp_path):
    kiosk = goods_kiosk(tmp_path, many_goods(60))
    counted_before(kiosk.room, **{f"p{n}": 2 for n in range(60)})
    desk = kiosk.come_in(Page.STOCKTAKE)
    for n in range(60):
        kiosk.scan(code_of(n))
        lines = kiosk.text_on_screen().splitlines()
        assert f"Тауар {n}" in lines
        assert kiosk.key("quantity").text == "1"
        assert "−1" in lines
        assert desk.state.counted == n + 1
    assert desk.state.all_left == 0
    assert kiosk.written(Stocktake)[1:] == []
    kiosk.tap("finish")
    kiosk.settle()
    entry = kiosk.written(Stocktake)[-1]
    assert entry.lines == tuple(StocktakeLine(f"p{n}", 1, 2, 100 + n) for n in range(60))
    assert kiosk.page is Page.RESTOCK
    kiosk.close()


def test_a_count_by_keys_and_number_pad(office):
    office.come_in(Page.STOCKTAKE)
    office.scan(WATER_CODE)
    office.tap("plus")
    office.tap("plus")
    office.tap("minus")
    assert office.key("quantity").text == "2"
    office.tap("quantity")
    office.type("15")
    office.tap("answer")
    text = office.text_on_screen()
    assert "+3" in text
    assert "+540\u00a0₸" in text
    office.scan(TEA_CODE)
    office.tap("none_left")
    office.tap("finish")
    office.settle()
    entry = office.written(Stocktake)[-1]
    assert entry.lines == (
        StocktakeLine("water", 15, 12, 180),
        StocktakeLine("tea", 0, None, 350),
    )


def test_a_number_on_the_pad_is_not_lost_when_the_next_pack_is_scanned(office):
    desk = office.come_in(Page.STOCKTAKE)
    office.scan(WATER_CODE)
    office.scan(WATER_CODE)
    office.tap("quantity")
    office.type("1")
    office.tap("quantity")
    office.type("5")
    office.scan(TEA_CODE)
    office.tap("tab_counted")
    assert [(r.product.product_id, r.counted) for r in desk.state.rows] == [
        ("tea", 1),
        ("water", 15),
    ]


def test_a_row_of_the_list_brings_its_product_in_front(office):
    desk = office.come_in(Page.STOCKTAKE)
    office.tap("tab_all")
    row = next(r for r in office.key("rows").ids.rows.children if r.product_id == "tea")
    office.touch(row)
    assert desk.state.card.product.product_id == "tea"
    assert office.key("quantity").text == "–"
    office.tap("plus")
    office.tap("tab_counted")
    (row,) = office.key("rows").ids.rows.children
    assert (row.product_id, row.value) == ("tea", "1")
    office.tap("forget")
    assert desk.state.counted == 0


def test_goods_without_a_barcode_are_found_by_name_and_counted(office):
    desk = office.come_in(Page.STOCKTAKE)
    office.tap("open_picker")
    office.tap("search")
    office.type("Сам")
    (tile,) = office.key("tiles").children
    office.touch(tile)
    assert not desk.state.picking
    office.tap("plus")
    assert desk.state.card.product.product_id == "samsa"
    assert desk.state.card.counted == 1
    office.tap("open_picker")
    assert len(office.key("tiles").children) == 4
    office.tap("close_picker")
    assert not desk.state.picking


def test_long_lists_are_turned_by_keys(window, tmp_path):
    kiosk = goods_kiosk(tmp_path, many_goods(9))
    kiosk.come_in(Page.STOCKTAKE)
    names = lambda: [r.product_id for r in reversed(kiosk.key("rows").ids.rows.children)]  # noqa: E731
    kiosk.tap("tab_all")
    assert names() == ["p0", "p1", "p2", "p3"]
    kiosk.tap("after")
    kiosk.tap("after")
    assert names() == ["p8"]
    assert "3 / 3" in kiosk.text_on_screen()
    kiosk.tap("before")
    assert names() == ["p4", "p5", "p6", "p7"]
    kiosk.close()


def test_an_unknown_code_is_said_and_the_count_goes_on(office):
    desk = office.come_in(Page.STOCKTAKE)
    office.scan(UNKNOWN_CODE)
    assert UNKNOWN_CODE in office.text_on_screen()
    office.scan(WATER_CODE)
    assert desk.state.counted == 1


def test_the_page_speaks_another_language_at_once(office):
    office.come_in(Page.STOCKTAKE)
    office.scan(WATER_CODE)
    assert "Су" in office.text_on_screen().splitlines()
    office.tap("ru")
    assert "Вода" in office.text_on_screen().splitlines()
    assert office.key("quantity").text == "1"


def test_after_a_power_cut_the_page_shows_what_was_counted(window, tmp_path):
    kiosk = goods_kiosk(tmp_path)
    kiosk.come_in(Page.STOCKTAKE)
    kiosk.scan(WATER_CODE)
    kiosk.tap("plus")
    kiosk.close()
    again = goods_kiosk(tmp_path)
    again.come_in(Page.STOCKTAKE)
    assert again.key("quantity").text == "2"
    again.tap("finish")
    again.settle()
    assert [e.lines for e in again.written(Stocktake)] == [(StocktakeLine("water", 2, None, 180),)]
    again.close()
