"""Cash leaves the box: never more than there is, once, and a second person says it arrived."""

import pytest

from kiosk.admin.money_form import MoneyNote
from kiosk.admin.pages import Page
from kiosk.admin.pins import PinBook
from kiosk.admin.take_out import TakeOutDesk, TakeOutStage
from kiosk.domain.entries import (
    CashOut,
    CashReceived,
    CashTender,
    EntryRef,
    PinFailed,
    Sale,
    SaleLine,
)
from kiosk.domain.money import NOTHING, Pieces, coin, note
from tests.admin.back_room import VOLUNTEER
from tests.admin.money_room import CHEAP, HERS, MINE, WRONG, money_room

FULL = {"n1000": 9, "n500": 8, "c200": 20, "c100": 9, "c50": 9, "c20": 12, "c10": 9}


@pytest.fixture
def room(tmp_path):
    made = money_room(tmp_path)
    yield made
    made.close()


@pytest.fixture
def taking(room) -> TakeOutDesk:
    room.count_box(**FULL)
    return room.open(Page.TAKE_OUT)


def take(room, desk, *kinds, to="cause"):
    for kind in kinds:
        desk.more(kind)
    desk.take_to(to)
    desk.taken()
    room.settle()


def sell(room, number, came, change, days_ago):
    paid = Pieces.from_codes(came).total_tenge - Pieces.from_codes(change).total_tenge
    sale = Sale(f"s{number}", "kk", (SaleLine("Tea", paid, 1),), paid, CashTender(came, change))
    room.write(sale, days_ago=days_ago)


# --- choosing ---


def test_a_box_that_nobody_counted_asks_to_be_counted(room):
    desk = room.open(Page.TAKE_OUT)
    assert desk.state.stage is TakeOutStage.UNCOUNTED
    desk.count_box()
    assert room.page is Page.COUNT


def test_no_more_can_be_taken_than_there_is(room, taking):
    for _ in range(10):
        taking.more(note(1000))
    assert taking.state.pieces[note(1000)] == 9
    taking.ask_number(coin(20))
    taking.type_number("99")
    assert (taking.state.pieces[coin(20)], taking.state.typed) == (12, "12")
    assert room.notes == [MoneyNote.NO_MORE, MoneyNote.NO_MORE]


def test_what_is_taken_and_what_is_left_are_all_there_was(taking):
    taking.more(note(1000))
    taking.more(coin(20))
    assert taking.state.left + taking.state.pieces == Pieces.from_codes(FULL)


def test_one_touch_leaves_the_float_and_takes_the_rest(taking):
    taking.take_proposal()
    # Prices are multiples of 10; nothing was sold, so the float is the reserve for three shoppers.
    assert taking.state.left == Pieces.from_codes(
        {"n1000": 3, "n500": 3, "c200": 6, "c100": 3, "c50": 3, "c20": 6, "c10": 3}
    )


def test_what_the_last_weeks_gave_as_change_stays(room):
    for number in range(5):
        sell(room, number, {"c200": 1}, {"c20": 2}, days_ago=10 - number)
    room.count_box(**{**FULL, "c20": 40})
    desk = room.open(Page.TAKE_OUT)
    # Ten 20s went out in the eleven days since the first sale: thirteen in two weeks.
    assert desk.state.available - desk.state.proposal == Pieces.from_codes(
        {"n1000": 3, "n500": 3, "c200": 6, "c100": 3, "c50": 3, "c20": 13, "c10": 3}
    )


def test_sums_that_nobody_knows_by_piece_are_named(room):
    room.count_box(c100=3)
    paid = Sale("x", "kk", (SaleLine("Tea", 350, 1),), 350, CashTender(None))
    room.write(paid)
    assert room.open(Page.TAKE_OUT).state.loose_tenge == 350


# --- taking ---


@pytest.mark.parametrize("to", ["bank", "cause"])
def test_cash_is_out_only_when_it_was_taken(room, taking, to):
    taking.more(note(1000))
    taking.take_to(to)
    assert taking.state.stage is TakeOutStage.TAKING
    assert room.bodies(CashOut) == []
    taking.taken()
    room.settle()
    (out,) = room.bodies(CashOut)
    assert (out.pieces, out.to, out.by) == ({"n1000": 1}, to, VOLUNTEER)
    assert room.journal.ledger.box.available == Pieces.from_codes(FULL) - Pieces.of([note(1000)])


def test_nothing_cannot_be_taken(room, taking):
    taking.take_to("bank")
    assert taking.state.stage is TakeOutStage.CHOOSING


def test_the_choice_can_be_changed_until_it_is_taken(taking):
    taking.more(note(1000))
    taking.take_to("bank")
    taking.choose_again()
    assert taking.state.stage is TakeOutStage.CHOOSING
    assert taking.state.pieces == Pieces.of([note(1000)])


def test_two_touches_on_taken_are_one_cash_out(room, taking):
    taking.more(note(1000))
    taking.take_to("bank")
    taking.taken()
    taking.taken()
    room.settle()
    assert len(room.bodies(CashOut)) == 1


# --- a second person ---


def test_a_second_persons_pin_confirms_at_once_and_the_visit_goes_on(room, taking):
    take(room, taking, note(1000))
    assert taking.state.stage is TakeOutStage.RECEIVING
    taking.receive(HERS)
    room.settle()
    (received,) = room.bodies(CashReceived)
    out = next(e for e in room.journal.entries() if b"cash_out" in e.payload)
    assert received == CashReceived(EntryRef(out.epoch, out.seq), "v2")
    assert (room.notes, room.page) == ([MoneyNote.RECEIVED], Page.STOCKTAKE)


def test_who_took_the_money_cannot_confirm_that_it_arrived(room, taking):
    take(room, taking, note(1000))
    taking.receive(MINE)
    room.settle()
    assert room.notes == [MoneyNote.SAME_PERSON]
    assert room.bodies(CashReceived) == []
    assert taking.state.stage is TakeOutStage.RECEIVING


def test_a_wrong_pin_is_counted_and_the_right_one_waits(room, taking):
    take(room, taking, note(1000))
    for _ in range(3):
        taking.receive(WRONG)
        room.settle()
    taking.receive(HERS)
    room.settle()
    assert room.notes == [MoneyNote.WRONG_PIN] * 4
    assert [said.values["wait_s"] for said in room.heard] == [0, 0, 5, 5]
    assert room.bodies(PinFailed) == [PinFailed(1), PinFailed(2), PinFailed(3)]
    assert room.bodies(CashReceived) == []


def test_confirming_can_wait_for_a_later_visit(room, taking):
    take(room, taking, note(1000), to="bank")
    taking.later()
    assert room.page is Page.STOCKTAKE
    desk = room.open(Page.TAKE_OUT)
    (waiting,) = desk.state.waiting
    assert (waiting.amount_tenge, waiting.to, waiting.by_name) == (1000, "bank", "Әсел")
    desk.show_waiting()
    desk.confirm_waiting(waiting)
    desk.receive(HERS)
    room.settle()
    assert len(room.bodies(CashReceived)) == 1
    assert (desk.state.stage, desk.state.waiting) == (TakeOutStage.CHOOSING, ())
    assert room.page is Page.TAKE_OUT


def test_two_touches_on_the_pin_are_one_try(room, taking):
    take(room, taking, note(1000))
    taking.receive(WRONG)
    taking.receive(WRONG)
    room.settle()
    assert room.bodies(PinFailed) == [PinFailed(1)]


def test_the_only_volunteer_is_not_asked_for_a_second_person(tmp_path):
    pins = PinBook(tmp_path, cost=CHEAP)
    pins.add("Әсел", MINE)
    room = money_room(tmp_path)
    room.count_box(**FULL)
    take(room, room.open(Page.TAKE_OUT), note(1000))
    assert room.page is Page.STOCKTAKE
    room.close()


# --- the power goes ---


def test_a_power_cut_while_taking_comes_back_to_the_same_pieces(room, taking):
    taking.more(note(1000))
    taking.take_to("bank")
    room.close()
    again = money_room(room.directory)
    desk = again.open(Page.TAKE_OUT)
    assert (desk.state.stage, desk.state.to) == (TakeOutStage.TAKING, "bank")
    desk.taken()
    again.settle()
    assert [out.to for out in again.bodies(CashOut)] == ["bank"]
    again.close()


def test_a_power_cut_right_after_the_commit_takes_nothing_out_twice(room, taking):
    taking.more(note(1000))
    taking.take_to("bank")
    taking.taken()
    room.close()
    again = money_room(room.directory)
    desk = again.open(Page.TAKE_OUT)
    assert again.notes == [MoneyNote.ALREADY_SAVED]
    assert (desk.state.pieces, desk.state.stage) == (NOTHING, TakeOutStage.CHOOSING)
    assert [one.amount_tenge for one in desk.state.waiting] == [1000]
    assert desk.state.available[note(1000)] == 8
    assert len(again.bodies(CashOut)) == 1
    again.close()
