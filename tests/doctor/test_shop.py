"""What the doctor says of a shop's data and its centre: real journals, a real server."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from kiosk.admin.pin_hash import HashCost
from kiosk.admin.pins import PinBook
from kiosk.config import Config
from kiosk.doctor import shop
from kiosk.doctor.finding import Finding, Verdict
from kiosk.domain.entries import Boot
from kiosk.enrolling import enrol_kiosk
from kiosk.facts import ENROLMENT_FILE, ROOT
from kiosk.journal import Journal
from kiosk.journal.database import JOURNAL_FILE
from kiosk.machine_facts import Facts, Network
from sync.status import UploadState, save_state
from tests.sync.harness import (
    OneAnswerServer,
    RunningServer,
    http_answer,
    migrated_sqlite_url,
    running,
)

STATE = "upload.json"
PORTAL = http_answer("200 OK", b"<html>Please log in</html>", "Content-Type: text/html")


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    """A kiosk's folder with a journal and a volunteer."""
    directory = tmp_path / "kiosk"
    journal = Journal.open(directory)
    journal.append(Boot("adal")).result()
    journal.close()
    PinBook(directory, cost=HashCost(memory_kib=64, passes=1, lanes=1)).add("Әсел", "271828")
    return directory


@pytest.fixture
def server(tmp_path: Path) -> Iterator[RunningServer]:
    with running(migrated_sqlite_url(tmp_path)) as server:
        server.add_shop()
        yield server


@pytest.fixture
def _network(monkeypatch: pytest.MonkeyPatch) -> None:
    """A way out of the building, whatever this machine has."""
    facts = Facts(network=Network(has_route=True))
    monkeypatch.setattr(shop, "read_facts", lambda _directory: facts)


def found(directory: Path, name: str) -> Finding:
    every = {one.name: one for one in shop.findings(Config(), directory, upload_state=STATE)}
    return every[name]


def test_a_shop_in_order_has_nothing_to_mend(directory):
    for name in ("journal", "private files", "volunteers"):
        assert found(directory, name).verdict is Verdict.GOOD
    assert found(directory, "journal").says == "entries: 1"


def test_a_new_folder_only_waits_for_its_first_start(tmp_path):
    nothing = tmp_path / "new"
    assert found(nothing, "journal").verdict is Verdict.LOOK
    assert found(nothing, "volunteers").verdict is Verdict.LOOK
    assert not nothing.exists()


def test_a_broken_journal_is_to_be_copied_before_anything_else(directory):
    path = directory / JOURNAL_FILE
    data = bytearray(path.read_bytes())
    data[4096:6000] = os.urandom(6000 - 4096)
    path.write_bytes(data)
    broken = found(directory, "journal")
    assert broken.verdict is Verdict.WRONG
    assert broken.do.startswith("Copy the whole folder")


def test_keys_that_others_can_read_are_named_with_the_command(directory):
    key = next(directory.glob("*.key"))
    key.chmod(0o644)
    open_key = found(directory, "private files")
    assert open_key.verdict is Verdict.WRONG
    subprocess.run(open_key.do.split(), check=True)
    assert found(directory, "private files").verdict is Verdict.GOOD


def test_a_running_kiosk_is_noticed_and_not_disturbed(directory):
    assert not shop.is_running(directory)
    journal = Journal.open(directory)
    assert shop.is_running(directory)
    assert found(directory, "journal").verdict is Verdict.GOOD
    journal.append(Boot("adal")).result()
    journal.close()
    assert not shop.is_running(directory)


@pytest.mark.usefixtures("_network")
def test_a_centre_that_answers_is_named(directory, server):
    enrolled = enrol_kiosk(directory, server.url, server.code())
    centre = found(directory, "centre")
    assert centre.verdict is Verdict.GOOD
    assert enrolled.shop.name in centre.says
    assert found(directory, "last contact").says == "never"
    save_state(directory / STATE, UploadState(1, 1, 1))
    assert "days ago" in found(directory, "last contact").says


@pytest.mark.usefixtures("_network")
def test_a_networks_own_page_is_not_taken_for_the_centre(directory, server):
    enrol_kiosk(directory, server.url, server.code())
    file = directory / ENROLMENT_FILE
    with OneAnswerServer(PORTAL) as portal:
        file.write_text(file.read_text().replace(server.url, portal.url))
        assert "something else answered" in found(directory, "centre").says
    assert found(directory, "centre").verdict is Verdict.LOOK, "gone: sales wait"


def test_the_command_says_everything_and_its_exit_code_tells(directory, tmp_path):
    done = doctor("--data", str(directory), "doctor", "--program", "--json")
    assert done.returncode == 0
    assert {one["verdict"] for one in json.loads(done.stdout)} == {"good"}
    bad = tmp_path / "bad.toml"
    bad.write_text("[idle]\nwarn_after_s = 'soon'\n")
    done = doctor("--config", str(bad), "--data", str(directory), "doctor", "--program")
    assert done.returncode == 1
    assert "warn_after_s" in done.stdout


def doctor(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "kiosk", *words],
        cwd=ROOT,
        env={**os.environ, "COLUMNS": "200"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
