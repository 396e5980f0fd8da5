"""The kiosk on a machine: every file and command, checked by the programs they are for."""

import os
import shutil
import subprocess
import tomllib
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from kiosk.__main__ import main
from kiosk.config import load_config
from kiosk.domain.errors import ConfigError
from kiosk.facts import ROOT
from kiosk.install.plan import (
    CONFIG,
    DATA,
    SCREENS,
    SERVICE,
    UNITS,
    Choices,
    after_program,
    before_program,
    rendered,
)
from sync.steps import Folder, Run, Write, do

CHOICES = Choices((ROOT / "config.toml").read_text("utf-8"))


def test_a_dry_run_says_each_file_and_command_and_touches_nothing(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["install", "--dry-run"]) == 0
    said = capsys.readouterr().out
    for step in (*before_program(CHOICES), *after_program()):
        match step:
            case Write(path) | Folder(path):
                assert path in said
            case Run(words):
                assert words[0] in said
    assert "WatchdogSec=60" in said


def test_only_root_installs(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert main(["install"]) == 1
    assert "sudo" in capsys.readouterr().err


@pytest.mark.parametrize("wrong", [{"screen": "weston"}, {"keep": 0}])
def test_choices_that_cannot_be_are_refused(wrong: dict) -> None:
    with pytest.raises(ConfigError):
        before_program(replace(CHOICES, **wrong))


def test_the_settings_fill_the_screen_and_keep_the_journal_where_the_service_may_write(
    tmp_path: Path,
) -> None:
    written = next(x for x in before_program(CHOICES) if isinstance(x, Write) and x.path == CONFIG)
    assert written.once, "what somebody set there stays"
    path = tmp_path / "kiosk.toml"
    path.write_text(written.content)
    config = load_config(path)
    assert config.window.fullscreen
    assert config.storage.directory == DATA
    shipped = tomllib.loads(CHOICES.settings)
    assert config.shop.name["kk"] == shipped["shop"]["name"]["kk"]


def test_settings_without_the_keys_that_a_lobby_changes_are_refused() -> None:
    with pytest.raises(ConfigError, match="fullscreen"):
        before_program(replace(CHOICES, settings="[shop]\n"))


def test_installing_again_keeps_settings_and_renews_the_service(tmp_path: Path) -> None:
    ran: list[tuple[str, ...]] = []

    def run(words: Sequence[str], is_question: bool) -> int:
        if not is_question:
            ran.append(tuple(words))
        return 0

    for folder in ("etc/systemd/system", "opt/adal/kiosk", "etc/adal"):
        (tmp_path / folder).mkdir(parents=True)
    files = [x for x in before_program(CHOICES) if not isinstance(x, Folder)]
    folders = {str(Path(x.path).parent) for x in files if isinstance(x, Write)}
    for folder in folders:
        (tmp_path / folder.removeprefix("/")).mkdir(parents=True, exist_ok=True)
    owned = [replace(x, owner=_own()) if isinstance(x, Write) else x for x in files]
    assert any(was_needed for _, was_needed in list(do(owned, run=run, root=tmp_path)))
    settings = tmp_path / CONFIG.removeprefix("/")
    settings.write_text("[idle]\nthanks_s = 20\n")
    unit = tmp_path / "etc/systemd/system" / UNITS[0]
    unit.write_text("[Unit]\nDescription=of an older version\n")
    again = [
        x.path for x, needed in do(owned, run=run, root=tmp_path) if needed and hasattr(x, "path")
    ]
    assert again == [f"/etc/systemd/system/{UNITS[0]}"]
    assert settings.read_text() == "[idle]\nthanks_s = 20\n"


def _own() -> str:
    """Whoever runs the tests: there is no root here for sure."""
    import grp
    import pwd

    return f"{pwd.getpwuid(os.geteuid()).pw_name}:{grp.getgrgid(os.getegid()).gr_name}"


@pytest.mark.parametrize("screen", SCREENS)
def test_systemd_finds_no_fault_in_the_units(tmp_path: Path, screen: str) -> None:
    program = shutil.which("systemd-analyze")
    assert program, "apt-get install systemd"
    choices = replace(CHOICES, screen=screen)
    for name, file in ((SERVICE, f"{screen}.service"), *((unit, unit) for unit in UNITS)):
        lines = rendered(file, choices).splitlines()
        # A program that is here: what is checked is the unit.
        lines = ["ExecStart=/bin/true" if x.startswith("ExecStart=") else x for x in lines]
        (tmp_path / name).write_text("\n".join(lines))
    done = subprocess.run(
        [program, "verify", "--recursive-errors=no", *map(str, tmp_path.iterdir())],
        capture_output=True,
        check=False,
        text=True,
        timeout=60,
    )
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("screen", SCREENS)
def test_the_service_can_do_little_else_but_sell(tmp_path: Path, screen: str) -> None:
    """By systemd's own measure: 0 can do nothing, 10 everything; an unhardened service has 9.6."""
    program = shutil.which("systemd-analyze")
    assert program, "apt-get install systemd"
    unit = tmp_path / SERVICE
    unit.write_text(rendered(f"{screen}.service", replace(CHOICES, screen=screen)))
    done = subprocess.run(
        [program, "security", "--offline=yes", "--threshold=45", "--no-pager", str(unit)],
        capture_output=True,
        check=False,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stdout[-300:] + done.stderr
