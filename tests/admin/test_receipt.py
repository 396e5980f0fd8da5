"""A sale found by its number and taken back, once, out of what the box really holds."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from kiosk.admin.pages import Page
from kiosk.admin.receipt import Reason, ReceiptDesk, ReceiptNote, Stage
from kiosk.domain.entries import CashCount, Correction
from tests.admin.back_room import VOLUNTEER, BackRoom
from tests.admin.money_room import money_room
from tests.admin.visit_shop import open_shop, sell_water, water_sale
from tests.till.shop import FaultyDisk


@pytest.fixture
def room(tmp_path: Path) -> Iterator[BackRoom]:
    room = money_room(tmp_path)
    open_shop(room, days_ago=400)
    yield room
    room.close()


def found(room: BackRoom, receipt: str) -> ReceiptDesk:
    desk: ReceiptDesk = room.open(Page.RECEIPT)
    desk.find(receipt)
    room.settle()
    return desk


def take_back(room: BackRoom, receipt: str, reason: str = Reason.MISTAKE) -> ReceiptDesk:
    desk = found(room, receipt)
    desk.ask_reason()
    desk.give_reason(reason)
    desk.confirm()
    room.settle()
    return desk


def test_a_sale_is_found_however_old_it_is(room: BackRoom) -> None:
    (old,) = sell_water(room, 2, days_ago=390)
    sell_water(room, *20 * [1])
    state = found(room, old.receipt).state
    assert state.stage is Stage.FOUND
    assert state.sale is not None
    assert state.sale.stored == old
    assert not state.sale.is_corrected


def test_an_unknown_number_is_told_and_another_can_be_typed(room: BackRoom) -> None:
    (sold,) = sell_water(room, 1)
    other = "000000" if sold.receipt != "000000" else "000001"
    desk = found(room, other)
    assert (desk.state.stage, desk.state.nothing_for) == (Stage.TYPING, other)
    desk.find(sold.receipt)
    room.settle()
    assert desk.state.stage is Stage.FOUND


def test_half_a_number_is_not_looked_for(room: BackRoom) -> None:
    (sold,) = sell_water(room, 1)
    desk = found(room, sold.receipt[:4])
    assert desk.state.stage is Stage.TYPING
    assert not desk.state.busy


def test_goods_and_money_go_back_where_they_were(room: BackRoom) -> None:
    before = room.journal.ledger
    (sold,) = sell_water(room, 2)
    take_back(room, sold.receipt)
    (correction,) = room.bodies(Correction)
    assert (correction.by, correction.reason) == ("volunteer", "mistake")
    assert correction.taken_back == {"n1000": 1}
    assert correction.put_back == {"c100": 6, "c20": 2}
    after = room.journal.ledger
    assert after.stock == before.stock
    assert after.box == before.box
    assert room.notes == [ReceiptNote.TAKEN_BACK]


def test_the_way_back_is_shown_before_it_is_confirmed(room: BackRoom) -> None:
    (sold,) = sell_water(room, 2)
    desk = found(room, sold.receipt)
    desk.ask_reason()
    desk.give_reason("  own words ")
    assert desk.state.stage is Stage.REFUND
    assert desk.state.reason == "own words"
    assert desk.state.refund is not None
    assert desk.state.refund.take_back_tenge == 1000
    assert room.bodies(Correction) == []


def test_a_note_that_is_gone_is_paid_back_in_other_pieces(room: BackRoom) -> None:
    (sold,) = sell_water(room, 2)
    room.write(CashCount({"n500": 3, "c100": 20}, VOLUNTEER))
    desk = found(room, sold.receipt)
    desk.ask_reason()
    desk.give_reason(Reason.FAULTY)
    assert desk.state.refund is not None
    assert desk.state.refund.take_back is not None
    assert desk.state.refund.take_back.to_codes() == {"n500": 2}


def test_a_sale_by_qr_takes_nothing_from_the_box(room: BackRoom) -> None:
    (sold,) = room.write(water_sale("qr", 2, qr=True))
    before = room.journal.ledger.box
    take_back(room, sold.receipt)
    assert room.journal.ledger.box == before
    assert [c.tender for c in room.bodies(Correction)] == ["qr"]


def test_a_sale_is_taken_back_once(room: BackRoom) -> None:
    (sold,) = sell_water(room, 1)
    take_back(room, sold.receipt)
    desk = found(room, sold.receipt)
    assert desk.state.sale is not None
    assert desk.state.sale.is_corrected
    desk.ask_reason()
    desk.confirm()
    room.settle()
    assert desk.state.stage is Stage.FOUND
    assert len(room.bodies(Correction)) == 1


def test_a_second_touch_on_the_big_key_does_not_take_back_twice(room: BackRoom) -> None:
    (sold,) = sell_water(room, 1)
    desk = found(room, sold.receipt)
    desk.ask_reason()
    desk.give_reason(Reason.TWICE)
    desk.confirm()
    desk.confirm()
    room.settle()
    assert len(room.bodies(Correction)) == 1


def test_without_a_reason_nothing_is_taken_back(room: BackRoom) -> None:
    (sold,) = sell_water(room, 1)
    desk = found(room, sold.receipt)
    desk.ask_reason()
    desk.give_reason("   ")
    desk.confirm()
    assert desk.state.stage is Stage.REASON
    assert room.bodies(Correction) == []


def test_a_disk_that_refuses_is_told_and_can_be_tried_again(
    room: BackRoom, monkeypatch: pytest.MonkeyPatch
) -> None:
    (sold,) = sell_water(room, 1)
    desk = found(room, sold.receipt)
    desk.ask_reason()
    desk.give_reason(Reason.MISTAKE)
    disk = FaultyDisk(room.journal)
    disk.broken = True
    monkeypatch.setattr(desk.room, "journal", disk)
    desk.confirm()
    room.settle()
    assert room.notes == [ReceiptNote.NOT_SAVED]
    assert desk.state.stage is Stage.REFUND
    disk.broken = False
    desk.confirm()
    room.settle()
    assert len(room.bodies(Correction)) == 1


def test_back_goes_one_question_back(room: BackRoom) -> None:
    (sold,) = sell_water(room, 1)
    desk = found(room, sold.receipt)
    desk.ask_reason()
    desk.give_reason(Reason.MISTAKE)
    stages = []
    for _ in range(3):
        desk.back()
        stages.append(desk.state.stage)
    assert stages == [Stage.REASON, Stage.FOUND, Stage.TYPING]
    desk.back()
    assert room.page is Page.HOME


def test_an_answer_that_comes_after_another_beginning_is_dropped(room: BackRoom) -> None:
    (sold,) = sell_water(room, 1)
    desk: ReceiptDesk = room.open(Page.RECEIPT)
    desk.find(sold.receipt)
    desk.start_over()
    room.settle()
    assert desk.state.stage is Stage.TYPING
    assert desk.state.found == ()
