"""The kiosk as a wheel lays it out: kiosk.kv, assets and config.toml are not where a checkout has
them, and the window must open all the same."""

import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from kiosk.facts import ROOT

RUN = """
import sys
from pathlib import Path
from kiosk.config import load_config
from kiosk.facts import ROOT
from kiosk.front_room import make_app
data = Path(sys.argv[1])
data.mkdir()
app, kiosk = make_app(load_config(ROOT / "config.toml"), data)
from kivy.clock import Clock
said = []
def look(_dt):
    said.append(type(app.root).__name__)
    app.stop()
Clock.schedule_once(look, 1)
app.run()
kiosk.stop()
print(ROOT, said)
"""


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """What an installer would unpack, by pyproject.toml's own list."""
    with (ROOT / "pyproject.toml").open("rb") as file:
        wheel = tomllib.load(file)["tool"]["hatch"]["build"]["targets"]["wheel"]
    site = tmp_path / "site"
    leave = shutil.ignore_patterns("__pycache__")
    for package in wheel["packages"]:
        shutil.copytree(ROOT / package, site / package, ignore=leave)
    for source, target in wheel["force-include"].items():
        place = site / target
        place.parent.mkdir(parents=True, exist_ok=True)
        if (ROOT / source).is_dir():
            shutil.copytree(ROOT / source, place, ignore=leave)
        else:
            shutil.copy(ROOT / source, place)
    return site


@pytest.mark.window
def test_the_window_opens_from_where_a_wheel_was_unpacked(site: Path, tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", RUN, str(tmp_path / "data")],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(site), "KIVY_HOME": str(tmp_path / "kivy")},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    assert done.stdout.split()[0] == str(site / "kiosk" / "share")
    assert "KioskRoot" in done.stdout


def test_the_doctor_finds_letters_and_languages_there(site: Path, tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "kiosk", "doctor", "--program", "--json"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(site), "KIVY_HOME": str(tmp_path / "kivy")},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr[-2000:]
