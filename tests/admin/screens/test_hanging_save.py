"""A disk that does not answer while a volunteer is in: he is told calmly what to do."""

from concurrent.futures import Future
from typing import Any

import pytest

from kiosk import failures
from kiosk.admin.pages import Page
from kiosk.domain.entries import CashCount
from kiosk.screens.tr import tr
from tests.admin.screens.driver import OfficeKiosk
from tests.screens.test_troubles import calm_words

pytestmark = pytest.mark.window

FOR_VOLUNTEERS = (
    "Please wait a little. If it stays like this, write down what you entered, switch the kiosk "
    "off and on, and look whether it is there. Nothing is counted twice."
)


def hang(office: OfficeKiosk, monkeypatch: pytest.MonkeyPatch) -> tuple[Future[Any], list[Any]]:
    """From now on nothing comes back from the disk; the future of all saves, and what they are."""
    hanging: Future[Any] = Future()
    asked: list[Any] = []

    def append(body: Any) -> Future[Any]:
        asked.append(body)
        return hanging

    monkeypatch.setattr(office.room.journal, "append", append)
    return hanging, asked


def look(office: OfficeKiosk) -> list[Any]:
    """The words over everything after another half second."""
    office.app._tick()
    office.frames()
    return calm_words(office)


def test_a_form_that_hangs_is_said_to_the_volunteer_and_is_one_entry_in_the_end(
    office: OfficeKiosk, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.come_in(Page.COUNT)
    append = office.room.journal.append
    hanging, asked = hang(office, monkeypatch)
    office.tap("counted")
    office.tap("confirm")
    assert look(office) == []
    monkeypatch.setattr(failures, "SAVE_IS_SLOW_S", 0.0)
    [word] = look(office)
    assert word.ids.go_on.disabled
    assert word.title in office.text_on_screen()
    assert word.message == tr._(FOR_VOLUNTEERS)
    hanging.set_result(append(asked[0]).result(20))
    monkeypatch.setattr(office.room.journal, "append", append)
    office.settle()
    assert look(office) == []
    assert office.page is Page.TAKE_OUT
    assert len(asked) == len(office.written(CashCount)) == 1


def test_whoever_went_out_leaves_no_word_on_the_start_screen(
    office: OfficeKiosk, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.come_in()
    hang(office, monkeypatch)
    office.room.office.saved(
        office.room.journal.append(CashCount({}, "asel")), lambda _stored: None
    )
    monkeypatch.setattr(failures, "SAVE_IS_SLOW_S", 0.0)
    assert look(office)
    office.room.office.leave()
    assert look(office) == []
