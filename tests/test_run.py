"""The one command: what it says, and that it minds its own folders."""

import os
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
RUN = ROOT / "run"


def run(*arguments, cwd=ROOT, **environment):
    return subprocess.run(
        [RUN, *arguments],
        cwd=cwd,
        env=os.environ | environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_help_names_every_command():
    commands = re.findall(
        r"^        ([a-z0-9]+)\b.*\)", RUN.read_text().split("\nmain() {")[1], re.M
    )
    said = run("help").stdout
    assert {"demo", "kiosk", "server", "test"} <= set(commands)
    assert [name for name in commands if name != "demo" and f"./run {name}" not in said] == []


def test_an_unknown_command_fails_and_shows_the_help():
    answer = run("tset")
    assert answer.returncode == 1
    assert "there is no 'tset'" in answer.stderr
    assert "./run test" in answer.stderr


def test_a_bench_without_a_name_says_what_to_type():
    answer = run("bench")
    assert answer.returncode == 1
    assert "./run bench floor" in answer.stderr


def test_a_python_that_does_not_exist_is_named(tmp_path):
    answer = run("setup", "server", ADAL_PYTHON="python9", ADAL_VENV=str(tmp_path / "venv"))
    assert answer.returncode == 1
    assert "ADAL_PYTHON=python9" in answer.stderr


@pytest.mark.parametrize("link", [False, True])
def test_it_finds_its_own_code_wherever_the_caller_stands(tmp_path, link):
    for package in ("sync", "kiosk"):
        (tmp_path / package).mkdir()
        (tmp_path / package / "__init__.py").write_text("raise SystemExit('a stranger was taken')")
    command = tmp_path / "adal"
    command.symlink_to(RUN)
    answer = subprocess.run(
        [command if link else RUN, "sync", "--help"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert answer.returncode == 0, answer.stderr
    assert "serve" in answer.stdout
