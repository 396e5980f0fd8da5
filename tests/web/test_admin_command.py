"""``adal-sync admin``: the first account, from the server's own terminal."""

import io
import json
from pathlib import Path

import pytest

from sync.__main__ import main
from tests.sync.harness import running, sqlite_url
from tests.web.people import PASSWORD, Browser


def admin(folder: Path, *words: str) -> int:
    return main(["admin", *words, "--db", sqlite_url(folder), "--json"])


@pytest.fixture
def typed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{PASSWORD}\n"))


def test_the_first_account_is_made_in_a_terminal_and_can_log_in(
    tmp_path: Path, typed: None, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ("create", "--email", "Aigul@Example.kz", "--name", "Айгүл", "--password-stdin")
    assert admin(tmp_path, *words) == 0
    with running(sqlite_url(tmp_path)) as server:
        person = Browser(server, "aigul@example.kz", "")
        assert person.log_in().url.path == "/login/code"
        assert admin(tmp_path, "disable", "--email", "aigul@example.kz") == 0
        assert person.get("/overview").url.path == "/login"
    capsys.readouterr()
    assert admin(tmp_path, "list") == 0
    [one] = json.loads(capsys.readouterr().out)["people"]
    assert (one["email"], one["role"], one["disabled"]) == ("aigul@example.kz", "national", True)


@pytest.mark.parametrize(
    "words",
    [
        ("create", "--email", "no address", "--name", "A"),
        ("create", "--email", "a@example.kz", "--name", "A", "--role", "region"),
        ("create", "--email", "a@example.kz", "--name", "A", "--role", "region", "--region", "99"),
        ("create", "--email", "a@example.kz", "--name", "A", "--role", "shop", "--shop", "none"),
        ("password", "--email", "nobody@example.kz"),
    ],
)
def test_what_cannot_be_is_said_in_words_and_nothing_is_made(
    tmp_path: Path, typed: None, capsys: pytest.CaptureFixture[str], words: tuple[str, ...]
) -> None:
    assert admin(tmp_path, *words, "--password-stdin") == 1
    capsys.readouterr()
    assert admin(tmp_path, "list") == 0
    assert json.loads(capsys.readouterr().out)["people"] == []
