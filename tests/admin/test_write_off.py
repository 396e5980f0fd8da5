"""Goods that go unsold: the desk on a real journal."""

from __future__ import annotations

from concurrent.futures import Future

import pytest

from kiosk.admin.goods_lines import Ask, GoodsNote
from kiosk.admin.pages import Page
from kiosk.admin.write_off import Reason
from kiosk.domain.entries import StockLine, UnknownScan, WriteOff
from kiosk.domain.errors import JournalError
from tests.admin.goods_room import counted_before, goods_room
from tests.till.shop import CASE_OF_WATER, TEA_CODE, UNKNOWN_CODE, WATER_CODE


@pytest.fixture
def back_room(tmp_path):
    room = goods_room(tmp_path)
    yield room
    room.close()


def test_goods_and_a_reason_become_one_entry(back_room):
    counted_before(back_room, water=5, tea=5)
    desk = back_room.open(Page.WRITE_OFF)
    for code in (WATER_CODE, TEA_CODE, WATER_CODE):
        back_room.scan(code)
    assert not desk.state.ready
    desk.choose_reason(Reason.DAMAGED)
    assert desk.state.ready
    assert desk.state.value_tenge == 2 * 180 + 350
    desk.confirm()
    (entry,) = back_room.bodies(WriteOff)
    assert entry.lines == (StockLine("tea", 1), StockLine("water", 2))
    assert (entry.reason, entry.by) == ("damaged", "v1")
    assert back_room.journal.ledger.stock == {"water": 3, "tea": 4}
    assert back_room.page is Page.HOME
    assert back_room.notes == [GoodsNote.WRITTEN_OFF]


def test_another_reason_needs_words(back_room):
    desk = back_room.open(Page.WRITE_OFF, "samsa")
    desk.plus()
    desk.choose_reason(Reason.OTHER)
    assert (desk.state.writing, desk.state.ready) == (True, False)
    desk.write("  ")
    assert not desk.state.ready
    desk.write("мерекеге ")
    desk.done_writing()
    assert desk.state.ready
    desk.confirm()
    (entry,) = back_room.bodies(WriteOff)
    assert entry.reason == "other: мерекеге"


def test_the_product_it_was_opened_for_is_in_front_and_waits_for_a_number(back_room):
    counted_before(back_room, water=5)
    desk = back_room.open(Page.WRITE_OFF, "water")
    assert (desk.state.card.on_shelf, desk.state.card.quantity) == (5, 0)
    desk.ask_for(Ask.QUANTITY)
    desk.answer("4")
    assert not desk.state.card.is_more_than_known


def test_more_than_the_journal_knows_is_taken_and_said(back_room):
    counted_before(back_room, water=1)
    desk = back_room.open(Page.WRITE_OFF)
    back_room.scan(WATER_CODE)
    assert not desk.state.card.is_more_than_known
    back_room.scan(WATER_CODE)
    assert desk.state.card.is_more_than_known
    desk.choose_reason(Reason.MISSING)
    desk.confirm()
    back_room.settle()
    assert back_room.journal.ledger.stock == {"water": -1}


def test_a_line_goes_with_its_last_piece(back_room):
    desk = back_room.open(Page.WRITE_OFF)
    back_room.scan(WATER_CODE)
    desk.choose_reason(Reason.USED)
    desk.minus()
    assert (desk.state.rows, desk.state.ready) == ((), False)


def test_an_unclear_answer_of_the_disk_is_tried_again_with_the_same_form(back_room, monkeypatch):
    desk = back_room.open(Page.WRITE_OFF)
    back_room.scan(WATER_CODE)
    desk.choose_reason(Reason.EXPIRED)
    append = back_room.journal.append

    def liar(body):
        append(body).result(20)
        failed = Future()
        failed.set_exception(JournalError("Nobody knows."))
        return failed

    monkeypatch.setattr(back_room.journal, "append", liar)
    desk.confirm()
    back_room.settle()
    assert back_room.notes == [GoodsNote.NOT_SAVED]
    assert desk.state.pieces == 1
    monkeypatch.undo()
    desk.confirm()
    assert len(back_room.bodies(WriteOff)) == 1
    assert back_room.journal.ledger.stock == {"water": -1}
    assert back_room.page is Page.HOME


def test_the_next_form_is_another_one(back_room):
    for _ in range(2):
        desk = back_room.open(Page.WRITE_OFF, "water")
        desk.plus()
        desk.choose_reason(Reason.EXPIRED)
        desk.confirm()
        back_room.settle()
    assert len({entry.form_id for entry in back_room.bodies(WriteOff)}) == 2


def test_back_goes_out_of_the_keyboard_first(back_room):
    desk = back_room.open(Page.WRITE_OFF)
    desk.choose_reason(Reason.OTHER)
    desk.back()
    assert (desk.state.writing, back_room.page) == (False, Page.WRITE_OFF)
    desk.back()
    assert back_room.page is Page.HOME


def test_codes_that_name_nothing_here_are_told_apart(back_room):
    back_room.open(Page.WRITE_OFF)
    back_room.scan(UNKNOWN_CODE)
    back_room.scan(CASE_OF_WATER, symbology="itf14")
    back_room.scan()
    assert back_room.notes == [
        GoodsNote.UNKNOWN_KEPT,
        GoodsNote.CASE_CODE,
        GoodsNote.NO_PRODUCT_CODE,
    ]
    assert len(back_room.bodies(UnknownScan)) == 1


def test_a_picked_product_is_one_piece(back_room):
    desk = back_room.open(Page.WRITE_OFF)
    desk.open_picker()
    desk.pick("samsa")
    assert desk.state.card.quantity == 1
