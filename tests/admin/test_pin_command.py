"""``python -m kiosk volunteer``: an operator's way when all PINs are forgotten."""

import argparse
import io
import json
import os
import pty
import sys

import pytest

from kiosk.admin import pin_command
from kiosk.admin.pin_file import PinError
from kiosk.admin.pins import PinBook, PinRefused


@pytest.fixture
def run(tmp_path, monkeypatch):
    """Gives a function that runs the command with words and what is piped in."""

    def run(*words, piped=""):
        parser = argparse.ArgumentParser()
        pin_command.add_command(parser.add_subparsers(), tmp_path)
        monkeypatch.setattr("sys.stdin", io.StringIO(piped))
        options = parser.parse_args(["volunteer", *words])
        return options.run(options)

    return run


def test_a_volunteer_is_added_from_a_pipe_and_gets_in(run, tmp_path, capsys):
    assert run("add", "Әсел", "--pin-stdin", piped="204817\n") == 0
    assert "v1 Әсел" in capsys.readouterr().out
    assert PinBook(tmp_path).try_pin("204817").volunteer.name == "Әсел"


def test_a_forgotten_pin_is_replaced(run, tmp_path):
    run("add", "Әсел", "--pin-stdin", piped="204817\n")
    run("set-pin", "v1", "--pin-stdin", piped="935172\n")
    pins = PinBook(tmp_path)
    assert pins.try_pin("204817").volunteer is None
    assert pins.try_pin("935172").volunteer is not None


def test_the_list_says_who_and_how_often_the_pin_was_wrong_but_no_hash(run, tmp_path, capsys):
    run("list")
    run("add", "Әсел", "--pin-stdin", piped="204817\n")
    PinBook(tmp_path).try_pin("602394")
    capsys.readouterr()
    run("list")
    assert capsys.readouterr().out == "v1  Әсел\nWrong PINs since the last right one: 1\n"
    run("list", "--json")
    answer = json.loads(capsys.readouterr().out)
    assert answer == {"volunteers": [{"id": "v1", "name": "Әсел"}], "failures": 1}


def test_one_is_removed_but_never_the_last(run, tmp_path):
    run("add", "Әсел", "--pin-stdin", piped="204817\n")
    run("add", "Болат", "--pin-stdin", piped="935172\n")
    run("remove", "v1")
    with pytest.raises(PinError, match="last volunteer"):
        run("remove", "v2")
    assert [known.name for known in PinBook(tmp_path).volunteers] == ["Болат"]


def test_the_delay_is_ended_by_an_operator(run, tmp_path):
    run("add", "Әсел", "--pin-stdin", piped="204817\n")
    pins = PinBook(tmp_path)
    for _ in range(3):
        pins.try_pin("602394")
    run("reset-delay")
    pins.refresh()
    assert pins.wait_s() == 0


def test_a_weak_pin_is_refused_and_nothing_is_kept(run, tmp_path):
    with pytest.raises(PinRefused):
        run("add", "Әсел", "--pin-stdin", piped="123456\n")
    assert not PinBook(tmp_path).is_set_up


def test_without_a_terminal_the_pin_is_not_asked_for_in_the_open(run):
    with pytest.raises(PinError, match="--pin-stdin"):
        run("add", "Әсел")


def test_on_a_terminal_the_pin_is_asked_for_twice_and_never_shown(tmp_path):
    child, terminal = pty.fork()
    if child == 0:
        words = ["-c", _ASK, str(tmp_path)]
        os.execv(sys.executable, [sys.executable, *words])
    shown = b""
    for prompt in (b"PIN:", b"Once more:"):
        while prompt not in shown:
            shown += os.read(terminal, 1024)
        os.write(terminal, b"204817\n")
    while True:
        try:
            more = os.read(terminal, 1024)
        except OSError:  # Linux says so when the other end is closed
            break
        if not more:
            break
        shown += more
    assert os.waitpid(child, 0)[1] == 0, shown
    assert b"204817" not in shown
    assert PinBook(tmp_path).try_pin("204817").volunteer is not None


_ASK = """
import argparse, sys
from pathlib import Path
from kiosk.admin import pin_command

parser = argparse.ArgumentParser()
pin_command.add_command(parser.add_subparsers(), Path(sys.argv[1]))
options = parser.parse_args(["volunteer", "add", "A"])
sys.exit(options.run(options))
"""


@pytest.mark.parametrize("words", [[], ["add"], ["set-pin"], ["list"], ["reset-delay"]])
def test_help_has_examples(run, capsys, words):
    with pytest.raises(SystemExit):
        run(*words, "--help")
    assert "python -m kiosk volunteer add" in capsys.readouterr().out
