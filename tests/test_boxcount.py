"""Counting the box from a terminal: what is written stays for ever, so slips are refused."""

from pathlib import Path

import pytest

from kiosk.__main__ import main
from kiosk.boxcount import parse_pieces
from kiosk.domain.errors import MoneyError
from kiosk.domain.money import Pieces
from kiosk.journal import Journal


def count(directory: Path, *words: str) -> int:
    return main(["--data", str(directory), "count", *words])


def box_of(directory: Path) -> Pieces | None:
    journal = Journal.open(directory)
    try:
        return journal.ledger.box.available
    finally:
        journal.close()


def test_a_count_sets_the_box_to_what_was_counted(tmp_path, capsys):
    assert count(tmp_path, "n500=2", "c100=3") == 0
    assert box_of(tmp_path) == Pieces.from_codes({"n500": 2, "c100": 3})
    assert "1\u00a0300" in capsys.readouterr().out


def test_money_that_does_not_circulate_is_refused_and_nothing_is_written(tmp_path, capsys):
    assert count(tmp_path, "n3000=2") == 1
    assert "n3000" in capsys.readouterr().err
    assert not (tmp_path / "journal.sqlite3").exists()


@pytest.mark.parametrize("word", ["n500", "n500=", "n500=-1", "500=1", "n500=x"])
def test_a_word_that_says_no_count_is_refused(word):
    with pytest.raises(MoneyError):
        parse_pieces([word])


def test_a_piece_counted_twice_is_refused():
    with pytest.raises(MoneyError):
        parse_pieces(["n500=1", "n500=2"])
