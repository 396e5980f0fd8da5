"""The cash count: blind, compared, confirmed once; and what all forms of money have in common."""

import pytest

from kiosk.admin.count import Comparison, CountDesk, CountStage, PieceGap, compare
from kiosk.admin.money_form import COUNT_MAX, MoneyNote
from kiosk.admin.pages import Page, Step
from kiosk.domain.entries import CashCount
from kiosk.domain.ledger import Box
from kiosk.domain.money import NOTHING, Pieces, coin, note
from tests.admin.back_room import VOLUNTEER
from tests.admin.money_room import money_room
from tests.till.shop import KINDS


@pytest.fixture
def back_room(tmp_path):
    room = money_room(tmp_path)
    yield room
    room.close()


@pytest.fixture
def counting(back_room) -> CountDesk:
    """The page, with 700 ₸ in the books."""
    back_room.count_box(c100=4, c50=2, c20=10)
    return back_room.open(Page.COUNT)


def enter(desk, **codes):
    for kind, count in Pieces.from_codes(codes).items():
        for _ in range(count):
            desk.more(kind)


def after_a_power_cut(room):
    room.close()
    return money_room(room.directory)


# --- comparing ---


def test_before_the_first_count_nothing_is_expected():
    assert compare(Pieces.of([coin(50)]), Box()) == Comparison(50)
    assert Comparison(50).difference_tenge == 0


def test_a_difference_is_shown_by_sum_and_by_piece():
    book = Pieces.from_codes({"c100": 4, "c50": 2})
    found = compare(Pieces.from_codes({"c100": 3, "c50": 2, "c20": 1}), Box(500, book))
    assert (found.expected_tenge, found.counted_tenge, found.difference_tenge) == (500, 420, -80)
    assert found.gaps == (PieceGap(coin(100), 3, 4), PieceGap(coin(20), 1, 0))
    assert [gap.more for gap in found.gaps] == [-1, 1]


def test_sums_paid_exactly_are_expected_in_no_known_pieces():
    book = Pieces.from_codes({"c100": 4})
    assert compare(book, Box(750, book)).loose_tenge == 350


# --- counting ---


def test_every_kind_that_circulates_and_every_kind_in_the_box_is_counted(back_room):
    back_room.count_box(n200=1, c1=4)
    kinds = back_room.open(Page.COUNT).state.kinds
    assert set(kinds) == {*KINDS, note(200), coin(1)}
    assert list(kinds) == sorted(kinds, reverse=True)


def test_nothing_is_compared_before_all_is_counted(counting):
    enter(counting, c100=3)
    assert counting.state.stage is CountStage.COUNTING
    assert counting.state.comparison == Comparison()


def test_pieces_go_up_and_down_one_by_one_and_never_below_none(counting):
    enter(counting, c50=2)
    counting.fewer(coin(50))
    counting.fewer(coin(20))
    assert counting.state.pieces == Pieces.of([coin(50)])


def test_a_number_is_typed_and_the_next_kind_follows(counting):
    counting.ask_number(note(1000))
    for digits in ("1", "12"):
        counting.type_number(digits)
    counting.next_number()
    assert counting.state.typing == note(500)
    counting.type_number("3")
    assert counting.state.pieces == Pieces.from_codes({"n1000": 12, "n500": 3})


def test_after_the_last_kind_typing_is_over(counting):
    counting.ask_number(counting.state.kinds[-1])
    counting.next_number()
    assert counting.state.typing is None


def test_opening_the_number_pad_changes_nothing_and_erasing_gives_none(counting):
    enter(counting, c50=2)
    counting.ask_number(coin(50))
    counting.type_number("")
    assert counting.state.pieces[coin(50)] == 2
    counting.type_number("7")
    counting.type_number("")
    assert counting.state.pieces[coin(50)] == 0


def test_a_slip_of_the_finger_counts_no_more_than_a_box_holds(back_room, counting):
    counting.ask_number(coin(50))
    counting.type_number("99999")
    assert counting.state.pieces[coin(50)] == COUNT_MAX
    assert counting.state.typed == str(COUNT_MAX)
    assert back_room.notes == [MoneyNote.NO_MORE]


def test_a_count_that_differs_can_be_counted_again(counting):
    enter(counting, c100=3, c50=2, c20=10)
    counting.counted()
    assert counting.state.comparison.difference_tenge == -100
    counting.count_again()
    counting.more(coin(100))
    counting.counted()
    assert counting.state.comparison == Comparison(700, 700)


# --- confirming ---


def test_a_confirmed_count_is_in_the_journal_and_in_the_books(back_room, counting):
    enter(counting, c100=3, c50=2)
    counting.counted()
    form_id = back_room.visit.form_id(Step.COUNT)
    counting.confirm()
    back_room.settle()
    assert back_room.bodies(CashCount)[1:] == [
        CashCount({"c100": 3, "c50": 2}, VOLUNTEER, 700, form_id)
    ]
    assert back_room.journal.ledger.box == Box(400, Pieces.from_codes({"c100": 3, "c50": 2}))
    assert back_room.page is Page.TAKE_OUT


def test_the_first_count_ever_expects_nothing(back_room):
    desk = back_room.open(Page.COUNT)
    enter(desk, n500=2)
    desk.counted()
    desk.confirm()
    back_room.settle()
    (count,) = back_room.bodies(CashCount)
    assert count.expected_tenge is None


def test_an_empty_box_can_be_counted(back_room, counting):
    counting.counted()
    counting.confirm()
    back_room.settle()
    assert back_room.journal.ledger.box == Box(0, NOTHING)


def test_two_touches_on_confirm_are_one_count(back_room, counting):
    counting.counted()
    counting.confirm()
    counting.confirm()
    back_room.settle()
    assert len(back_room.bodies(CashCount)) == 2  # the one before the visit and this one


def test_a_second_count_in_the_same_visit_is_another_entry(back_room, counting):
    for _ in range(2):
        desk = back_room.open(Page.COUNT)
        desk.more(coin(50))
        desk.counted()
        desk.confirm()
        back_room.settle()
    assert len(back_room.bodies(CashCount)) == 3
    assert counting.state.pieces == Pieces.of([coin(50)])


def test_who_skips_the_count_changes_nothing(back_room, counting):
    enter(counting, c50=1)
    counting.leave_out()
    back_room.settle()
    assert back_room.page is Page.TAKE_OUT
    assert len(back_room.bodies(CashCount)) == 1
    assert back_room.open(Page.COUNT).state.pieces == NOTHING


def test_a_count_that_arrives_after_the_volunteer_left_moves_nobody(back_room, counting):
    counting.counted()
    counting.confirm()
    back_room.office.leave()
    back_room.settle()
    assert not back_room.office.state.is_open
    assert len(back_room.bodies(CashCount)) == 2
    assert back_room.open(Page.COUNT).state.stage is CountStage.COUNTING


# --- the power goes ---


def test_a_power_cut_in_the_middle_keeps_the_numbers(back_room, counting):
    enter(counting, c100=3, n500=1)
    room = after_a_power_cut(back_room)
    desk = room.open(Page.COUNT)
    assert desk.state.pieces == Pieces.from_codes({"c100": 3, "n500": 1})
    assert desk.state.stage is CountStage.COUNTING
    assert not desk.state.saving
    room.close()


def test_a_power_cut_before_confirming_comes_back_to_the_comparison(back_room, counting):
    enter(counting, c100=4)
    counting.counted()
    room = after_a_power_cut(back_room)
    desk = room.open(Page.COUNT)
    assert desk.state.stage is CountStage.COMPARED
    assert desk.state.comparison.difference_tenge == -300
    desk.confirm()
    room.settle()
    assert len(room.bodies(CashCount)) == 2
    room.close()


def test_a_power_cut_right_after_the_commit_writes_no_second_count(back_room, counting):
    enter(counting, c100=3)
    counting.counted()
    counting.confirm()
    # The entry is on the disk; the answer never reaches the page.
    room = after_a_power_cut(back_room)
    desk = room.open(Page.COUNT)
    assert room.notes == [MoneyNote.ALREADY_SAVED]
    assert room.heard[0].values == {"amount_tenge": 300}
    assert (desk.state.pieces, desk.state.stage) == (NOTHING, CountStage.COUNTING)
    assert len(room.bodies(CashCount)) == 2
    desk.more(coin(50))
    desk.counted()
    desk.confirm()
    room.settle()
    assert [count.pieces for count in room.bodies(CashCount)][1:] == [{"c100": 3}, {"c50": 1}]
    room.close()


def test_a_form_that_was_saved_without_a_trace_of_it_is_not_overwritten(back_room, counting):
    """The drafts' file was torn by the power cut, so nothing says that the form was filled in."""
    form_id = back_room.visit.form_id(Step.COUNT)
    back_room.write(CashCount({"c100": 9}, VOLUNTEER, 700, form_id))
    enter(counting, c100=1)
    counting.counted()
    counting.confirm()
    back_room.settle()
    assert back_room.notes == [MoneyNote.ALREADY_SAVED]
    assert counting.state.pieces == NOTHING
    assert back_room.page is Page.COUNT
    assert [count.pieces for count in back_room.bodies(CashCount)][1:] == [{"c100": 9}]
