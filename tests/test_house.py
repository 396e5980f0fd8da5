"""The house stands: arrows point inwards, files keep their size, nothing foreign slips in."""

import sys
import tomllib
from pathlib import Path

import pytest
from babel.messages.mofile import read_mo, write_mo
from babel.messages.pofile import read_po

from tests import house

ROOT = Path(__file__).resolve().parents[1]
STDLIB = frozenset(sys.stdlib_module_names)

TOP_LEVEL = frozenset(
    "README.md LICENSE pyproject.toml config.toml run kiosk.kv"
    " .ci .gitattributes .gitignore"
    " assets docs kiosk requirements sync tests".split()
)

# Put together here, so that this file does not hold what it looks for.
FOREIGN = {
    r"(?<![\w.])/" + r"(?:work|root)/\w": "a path of one machine",
    r"(?:py" + r"pi\.org|python" + r"hosted\.org)": "the address of a package registry",
    r"registry\.npm" + r"js\.org": "the address of a package registry",
    r"deb\." + r"debian\.org": "the address of a package registry",
    r"-----BEGIN [A-Z ]*PRIVATE" + r" KEY-----": "a secret",
    r"\bAKIA" + r"[0-9A-Z]{16}\b|\bgh[pousr]_" + r"[0-9A-Za-z]{36}": "a secret",
}


def test_arrows_point_inwards():
    assert house.wrong_arrows(ROOT) == []


def test_a_library_stays_in_its_part():
    assert house.misplaced_libraries(ROOT) == []


def test_the_domain_is_pure():
    assert house.impurities(ROOT, STDLIB) == []


def test_logic_does_not_reach_for_the_running_app():
    assert house.running_app_users(ROOT) == []


def test_a_kv_file_holds_one_screen():
    assert house.long_kv_files(ROOT) == []


def test_no_length_is_taken_before_the_panel_is_known():
    assert house.lengths_taken_too_early(ROOT) == []


def test_a_kv_class_has_one_place():
    assert house.kv_names_twice(ROOT) == []


def test_files_name_no_machine_no_registry_and_no_secret():
    assert house.foreign_words(ROOT, FOREIGN) == []


def test_lock_files_hold_names_versions_and_hashes_only():
    assert house.lock_faults(ROOT) == []


@pytest.mark.parametrize("extra", ["kiosk", "server", "test"])
def test_the_lock_holds_what_the_project_asks_for(extra):
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    asked = project["dependencies"] + project["optional-dependencies"][extra]
    lock = (ROOT / "requirements" / f"{extra}.txt").read_text()
    locked = {line.split("==")[0] for line in lock.splitlines() if "==" in line}
    names = {name.split(">")[0].split("[")[0].strip() for name in asked}
    assert names <= locked, f"missing from requirements/{extra}.txt: run `./run lock`"


def test_the_lock_files_agree_with_one_another():
    versions: dict[str, set[str]] = {}
    for path in (ROOT / "requirements").glob("*.txt"):
        for line in path.read_text().splitlines():
            if "==" in line:
                name, _, version = line.partition(";")[0].partition("==")
                versions.setdefault(name, set()).add(version.strip(" \\"))
    assert {name: found for name, found in versions.items() if len(found) > 1} == {}


def test_the_top_level_holds_only_what_belongs_there():
    found = {path.relative_to(ROOT).parts[0] for path in house.repository_files(ROOT)}
    assert found <= TOP_LEVEL, f"unexpected at the top: {sorted(found - TOP_LEVEL)}"


def test_compiled_translations_are_those_of_their_sources(tmp_path):
    for source in sorted((ROOT / "assets" / "locale").rglob("*.po")):
        compiled = source.with_suffix(".mo")
        assert compiled.exists(), f"{source.relative_to(ROOT)} is not compiled: ./run i18n"
        fresh = tmp_path / "fresh.mo"
        with source.open("rb") as po, fresh.open("wb") as mo:
            write_mo(mo, read_po(po))
        assert _texts(compiled) == _texts(fresh), f"{compiled.relative_to(ROOT)} is old: ./run i18n"


def _texts(path):
    with path.open("rb") as mo:
        return {
            (message.context, str(message.id)): message.string
            for message in read_mo(mo)
            if message.id
        }


# --- the checks themselves can fail -------------------------------------------------------------


@pytest.fixture
def tree(tmp_path):
    """Give a function that writes a source file into an otherwise empty tree."""

    def write(name, text):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
        return tmp_path

    return write


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("kiosk/domain/money.py", "import kiosk.till"),
        ("kiosk/domain/money.py", "from kiosk import journal"),
        ("kiosk/domain/money.py", "from ..config import Settings"),
        ("kiosk/domain/__init__.py", "from ..config import Settings"),
        ("kiosk/till.py", "from kiosk.journal import Journal"),
        ("kiosk/till.py", "def late():\n    import kiosk.screens.start"),
        ("kiosk/screens/start.py", "from kiosk.journal.store import Reader"),
        ("kiosk/screens/start.py", "from sync.client import Client"),
        ("kiosk/scanner/service.py", "from kiosk.till import Till"),
        ("kiosk/journal/store.py", "if TYPE_CHECKING:\n    from kiosk.scanner.scan import Scan"),
        ("kiosk/views.py", "import kiosk.app"),
        ("kiosk/app.py", "from kiosk.journal import Journal"),
        ("sync/wire.py", "from sync.server import store"),
        ("sync/wire.py", "import kiosk.config"),
        ("sync/client.py", "import sync.server.api"),
        ("sync/server/api.py", "from sync.client import Client"),
        ("sync/server/api.py", "from kiosk.journal import schema"),
    ],
)
def test_a_wrong_arrow_is_seen(tree, name, line):
    assert len(house.wrong_arrows(tree(name, line))) == 1


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("kiosk/till.py", "from kiosk.domain import money\nfrom kiosk.views import TillState"),
        ("kiosk/screens/start.py", "from kiosk.till import Till\nfrom . import widgets"),
        (
            "kiosk/__main__.py",
            "import kiosk.journal, kiosk.app, kiosk.scanner.service, sync.client",
        ),
        ("sync/server/api.py", "from sync import wire\nfrom kiosk.domain.chain import Head"),
    ],
)
def test_a_right_arrow_is_left_alone(tree, name, line):
    assert house.wrong_arrows(tree(name, line)) == []


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("kiosk/till.py", "from kivy.clock import Clock"),
        ("sync/server/app.py", "import kivy"),
        ("kiosk/screens/start.py", "import sqlalchemy as sa"),
        ("kiosk/domain/chain.py", "from sqlalchemy import select"),
        ("sync/wire.py", "import httpx"),
        ("kiosk/app.py", "import cv2"),
    ],
)
def test_a_library_out_of_its_part_is_seen(tree, name, line):
    assert len(house.misplaced_libraries(tree(name, line))) == 1


@pytest.mark.parametrize(
    "line",
    [
        "import time",
        "from pathlib import Path",
        "import numpy",
        "open('x')",
        "d = datetime.now(UTC)",
    ],
)
def test_an_impurity_in_the_domain_is_seen(tree, line):
    assert len(house.impurities(tree("kiosk/domain/money.py", line), STDLIB)) == 1


def test_logic_reaching_for_the_running_app_is_seen(tree):
    line = "App.get_running_app()"
    assert house.running_app_users(tree("kiosk/till.py", line))
    assert not house.running_app_users(tree("kiosk/till.py", "") / "kiosk")


@pytest.mark.parametrize(
    ("name", "text", "seen"),
    [
        ("kiosk/screens/a.py", "WIDE = dp(64)", True),
        ("kiosk/screens/a.py", "class A:\n    wide = metrics.dp(64)", True),
        ("kiosk/screens/a.py", "def wide():\n    return dp(64)", False),
        ("kiosk/screens/a.kv", "#:set wide dp(64)", True),
        ("kiosk.kv", "#:set wide dp(64)", False),
    ],
)
def test_a_length_taken_too_early_is_seen(tree, name, text, seen):
    assert bool(house.lengths_taken_too_early(tree(name, text))) is seen


def test_a_long_kv_file_is_seen(tree):
    assert house.long_kv_files(tree("kiosk/screens/start.kv", "#\n" * 151))


@pytest.mark.parametrize(
    "line",
    [
        "see /" + "work/shared",
        "cd '/" + "root/x'",
        "https://py" + "pi.org/simple",
        "-----BEGIN PRIVATE" + " KEY-----",
    ],
)
def test_a_foreign_word_is_seen(tree, line):
    faults = house.foreign_words(tree("docs/a.md", f"one\n{line}\n"), FOREIGN)
    assert len(faults) == 1
    assert faults[0].startswith("docs/a.md:2: ")


@pytest.mark.parametrize(
    "line", ["net/" + "work/x", "framework/a", "/rooted", "https://example.org"]
)
def test_an_ordinary_word_is_left_alone(tree, line):
    assert house.foreign_words(tree("docs/a.md", line), FOREIGN) == []


@pytest.mark.parametrize(
    "lines",
    [
        "--index-url https://example.org/simple",
        "kivy==2.3.1",
        "kivy>=2.3.1 \\",
        "kivy @ https://example.org/kivy.whl \\",
        "# from somewhere",
    ],
)
def test_a_line_that_is_no_pin_is_seen_in_a_lock_file(tree, lines):
    assert len(house.lock_faults(tree("requirements/kiosk.txt", lines + "\n"))) == 1
