"""The moments before the journal is open, and the day it cannot be opened."""

import threading
from pathlib import Path

import pytest

from kiosk.domain.entries import HelpCall
from kiosk.domain.errors import JournalError
from kiosk.journal import Journal
from kiosk.late_journal import LateJournal

PATIENCE_S = 60.0


def test_what_is_said_before_the_journal_is_open_is_written_in_order(tmp_path: Path):
    may_open = threading.Event()

    def open_journal() -> Journal:
        assert may_open.wait(PATIENCE_S)
        return Journal.open(tmp_path)

    late = LateJournal(open_journal)
    late.start(lambda _journal: None, lambda _message: None)
    first, second = (late.append(HelpCall(screen, "kk")) for screen in ("start", "basket"))
    assert not first.done()
    may_open.set()
    assert (first.result(PATIENCE_S).seq, second.result(PATIENCE_S).seq) == (1, 2)
    late.close()


@pytest.mark.parametrize("reason", [JournalError("The disk is gone."), RuntimeError("unforeseen")])
def test_a_journal_that_cannot_be_opened_fails_everything_with_the_reason(reason: Exception):
    may_fail = threading.Event()

    def open_journal() -> Journal:
        assert may_fail.wait(PATIENCE_S)
        raise reason

    told: list[str] = []
    late = LateJournal(open_journal)
    late.start(lambda _journal: None, told.append)
    before = late.append(HelpCall("start", "kk"))
    may_fail.set()
    with pytest.raises(JournalError, match=str(reason)):
        before.result(PATIENCE_S)
    late.close()
    with pytest.raises(JournalError, match=str(reason)):
        late.append(HelpCall("start", "kk")).result(PATIENCE_S)
    assert told == [str(reason)]
