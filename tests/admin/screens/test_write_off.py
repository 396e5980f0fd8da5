"""Goods that go unsold, with real scans and taps in a real window."""

from __future__ import annotations

import pytest

from kiosk.admin.pages import Page
from kiosk.domain.entries import StockLine, WriteOff
from tests.admin.screens.goods_kiosk import goods_kiosk
from tests.till.shop import TEA_CODE, WATER_CODE

pytestmark = pytest.mark.window


@pytest.fixture
def office(window, tmp_path):
    kiosk = goods_kiosk(tmp_path)
    yield kiosk
    kiosk.close()


def test_goods_a_number_and_a_reason_are_written_off(office):
    office.come_in(Page.WRITE_OFF)
    office.scan(TEA_CODE)
    office.scan(WATER_CODE)
    office.tap("quantity")
    office.type("3")
    office.tap("answer")
    assert office.key("confirm").disabled
    office.tap("expired")
    office.tap("confirm")
    office.settle()
    (entry,) = office.written(WriteOff)
    assert entry.lines == (StockLine("tea", 1), StockLine("water", 3))
    assert entry.reason == "expired"
    assert office.page is Page.HOME


def test_another_reason_is_typed_on_the_keyboard(office):
    office.come_in(Page.WRITE_OFF)
    office.scan(WATER_CODE)
    office.tap("other")
    office.type("Той")
    office.touch(office.key("keyboard").ids.action)
    office.tap("confirm")
    office.settle()
    (entry,) = office.written(WriteOff)
    assert entry.reason == "other: Той"
    office.room.office.go(Page.WRITE_OFF)
    office.settle()
    office.scan(WATER_CODE)
    office.tap("other")
    assert office.key("words").text == "|"


def test_more_than_the_books_know_is_said_and_taken(office):
    desk = office.come_in(Page.WRITE_OFF, "water")
    assert office.key("beyond").text == ""
    office.tap("plus")
    assert office.key("beyond").text != ""
    office.tap("missing")
    assert not office.key("confirm").disabled
    office.tap("remove")
    assert desk.state.rows == ()
    assert office.key("confirm").disabled
