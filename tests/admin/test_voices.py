import pytest

from kiosk.admin.pages import Page
from kiosk.admin.voices import PAGE_ROWS, VoicesNote, VoiceTab
from kiosk.domain.entries import Abandoned, HelpCall, SaleLine, Suggestion
from tests.admin.back_room import DAY_MS
from tests.admin.money_room import money_room


@pytest.fixture
def room(tmp_path):
    opened = money_room(tmp_path)
    yield opened
    opened.close()


def given_up(checkout_id="visit-1", **pieces):
    line = SaleLine("Су", 180, 1, "water")
    return Abandoned(checkout_id, "timed_out", "cash", (line,), 180, pieces)


def test_words_of_shoppers_are_listed_newest_first_with_their_language(room):
    for text, language in (("Нан болса екен", "kk"), ("Больше воды", "ru")):
        room.journal.append_suggestion(text, language).result(10)
    state = room.open(Page.VOICES).state
    assert [(row.text, row.language) for row in state.rows] == [
        ("Больше воды", "ru"),
        ("Нан болса екен", "kk"),
    ]
    assert state.counts[VoiceTab.WORDS] == 2


def test_words_that_are_sent_say_so(room):
    entry = room.journal.append_suggestion("Нан", "kk")
    entry.result(10)
    (waiting,) = room.journal.pending_suggestions()
    room.journal.mark_suggestion_sent(waiting[0]).result(10)
    assert room.open(Page.VOICES).state.rows[0].is_sent


def test_words_are_deleted_only_after_a_question_and_their_entry_stays(room):
    room.journal.append_suggestion("Асель хорошая", "ru").result(10)
    desk = room.open(Page.VOICES)
    name = desk.state.rows[0].suggestion_id
    desk.ask_to_delete(name)
    assert desk.state.asking.text == "Асель хорошая"
    desk.keep()
    room.settle()
    assert desk.state.rows[0].text == "Асель хорошая"
    desk.ask_to_delete(name)
    desk.delete()
    room.settle()
    assert desk.state.rows[0].text is None
    assert room.journal.suggestion_texts() == []
    assert len(room.bodies(Suggestion)) == 1
    assert room.notes == [VoicesNote.DELETED]
    desk.ask_to_delete(name)
    assert desk.state.asking is None, "there is nothing left to delete"


def test_a_payment_given_up_tells_what_may_lie_in_the_box(room):
    room.write(given_up(n500=1, c100=2))
    desk = room.open(Page.VOICES)
    desk.choose(VoiceTab.GIVEN_UP)
    (row,) = desk.state.rows
    assert (row.total_tenge, row.tapped_tenge, row.timed_out) == (180, 700, True)
    assert dict(row.pieces) == {"n500": 1, "c100": 2}


def test_calls_for_help_tell_where_the_shopper_stood(room):
    room.write(HelpCall("cash", "kk"))
    desk = room.open(Page.VOICES, "help")
    assert [(row.screen, row.language) for row in desk.state.rows] == [("cash", "kk")]


def test_only_the_last_four_weeks_are_listed(room):
    room.write(HelpCall("start", "kk"))
    room.now_ms += 2 * DAY_MS
    room.write(HelpCall("basket", "kk"))
    room.now_ms += 27 * DAY_MS
    desk = room.open(Page.VOICES, "help")
    assert [row.screen for row in desk.state.rows] == ["basket"]


@pytest.mark.parametrize("count", [0, 1, 5, 6, 12])
def test_a_long_list_is_turned_and_shows_every_row_once(room, count):
    room.write(*[HelpCall(f"screen-{number}", "kk") for number in range(count)])
    desk = room.open(Page.VOICES, "help")
    seen = [row.screen for row in desk.state.rows]
    for _ in range(desk.state.pages - 1):
        desk.turn(1)
        seen += [row.screen for row in desk.state.rows]
    assert seen == [f"screen-{number}" for number in reversed(range(count))]
    assert desk.state.pages == max(1, -(-count // PAGE_ROWS["help"]))
    desk.turn(1)
    assert desk.state.page == desk.state.pages - 1, "there is nothing after the last page"


def test_another_tab_begins_at_its_top(room):
    room.write(*[HelpCall("start", "kk")] * 12)
    desk = room.open(Page.VOICES, "help")
    desk.turn(2)
    desk.choose(VoiceTab.WORDS)
    assert (desk.state.page, desk.state.rows) == (0, ())
