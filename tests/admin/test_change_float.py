"""Change comes into the box; what runs out first and what to bring is said."""

import pytest

from kiosk.admin.change_float import ChangeFloatDesk, FloatStage
from kiosk.admin.money_form import MoneyNote
from kiosk.admin.pages import Page
from kiosk.domain.entries import CashTender, FloatIn, Sale, SaleLine
from kiosk.domain.money import NOTHING, Pieces, coin
from tests.admin.back_room import VOLUNTEER, BackRoom
from tests.admin.money_room import money_room

RESERVE = {"n1000": 3, "n500": 3, "c200": 6, "c100": 3, "c50": 3, "c20": 6, "c10": 3}
"""What three shoppers in a row may need where prices are multiples of 10."""


def sell(room, number, days_ago, came, change):
    paid = Pieces.from_codes(came).total_tenge - Pieces.from_codes(change).total_tenge
    sale = Sale(f"s{number}", "kk", (SaleLine("Tea", paid, 1),), paid, CashTender(came, change))
    room.write(sale, days_ago=days_ago)


@pytest.fixture
def back_room(tmp_path):
    room = money_room(tmp_path)
    yield room
    room.close()


@pytest.fixture
def busy(back_room) -> BackRoom:
    """Ten days in which a 50 and two 20s a day were given as change."""
    for number in range(10):
        sell(back_room, number, 9 - number, {"n500": 1}, {"c50": 1, "c20": 2})
    back_room.count_box(c50=4, c20=40, n500=10)
    return back_room


@pytest.fixture
def putting(busy) -> ChangeFloatDesk:
    return busy.open(Page.CHANGE_FLOAT)


def test_the_coins_that_run_out_first_are_named_first(putting):
    soon = [(one.denomination, one.count, one.days_left) for one in putting.state.soon]
    assert soon == [(coin(50), 4, 4)]  # 20s last 20 days, longer than is planned for


def test_what_is_missing_is_suggested_by_piece(putting):
    assert putting.state.bring == Pieces.from_codes(
        {"n1000": 3, "c200": 6, "c100": 3, "c50": 10, "c10": 3}
    )


def test_one_touch_puts_in_what_was_suggested(putting):
    putting.put_in_suggested()
    putting.put_in()
    assert putting.state.soon == ()
    assert putting.state.bring == NOTHING


def test_what_is_put_in_lasts_longer(putting):
    putting.ask_number(coin(50))
    putting.type_number("6")
    assert putting.state.after[coin(50)] == 10
    assert putting.state.soon[0].days_left == 4  # the box as it was, while he enters
    putting.put_in()
    assert putting.state.soon[0].days_left == 10
    putting.change()
    assert putting.state.stage is FloatStage.PUTTING


def test_a_float_is_in_the_journal_and_in_the_books(busy, putting):
    putting.more(coin(50))
    putting.put_in()
    putting.confirm()
    putting.confirm()
    busy.settle()
    (came,) = busy.bodies(FloatIn)
    assert (came.pieces, came.by) == ({"c50": 1}, VOLUNTEER)
    assert busy.journal.ledger.box.available[coin(50)] == 5
    assert busy.page is Page.SUMMARY


def test_who_puts_nothing_in_writes_nothing(busy, putting):
    putting.put_in()
    putting.confirm()
    busy.settle()
    assert busy.bodies(FloatIn) == []
    assert busy.page is Page.SUMMARY


def test_a_box_that_nobody_counted_has_no_forecast(back_room):
    desk = back_room.open(Page.CHANGE_FLOAT)
    desk.more(coin(50))
    desk.put_in()
    assert (desk.state.holds, desk.state.soon, desk.state.bring) == (None, (), None)


def test_a_new_box_is_told_what_any_change_takes(back_room):
    back_room.count_box()
    assert back_room.open(Page.CHANGE_FLOAT).state.bring == Pieces.from_codes(RESERVE)


def test_sales_older_than_four_weeks_say_nothing(back_room):
    sell(back_room, 1, 40, {"n500": 1}, {"c50": 1})
    sell(back_room, 2, 27, {"n500": 1}, {"c20": 1})
    back_room.count_box(c50=1, c20=0)
    soon = back_room.open(Page.CHANGE_FLOAT).state.soon
    assert [one.denomination for one in soon] == [coin(20)]


def test_a_power_cut_keeps_the_numbers_and_writes_once(busy, putting):
    putting.more(coin(50))
    putting.put_in()
    busy.close()
    again = money_room(busy.directory)
    desk = again.open(Page.CHANGE_FLOAT)
    assert (desk.state.pieces, desk.state.stage) == (Pieces.of([coin(50)]), FloatStage.LOOKING)
    desk.confirm()
    again.close()
    third = money_room(busy.directory)
    desk = third.open(Page.CHANGE_FLOAT)
    assert third.notes == [MoneyNote.ALREADY_SAVED]
    assert desk.state.pieces == NOTHING
    assert len(third.bodies(FloatIn)) == 1
    third.close()
