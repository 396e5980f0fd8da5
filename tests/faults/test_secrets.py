"""No secret is written into a log, and none lies where another user of the machine can read it."""

import logging
import os
import stat
from pathlib import Path

import httpx
import pytest
from cryptography.hazmat.primitives import serialization

from kiosk.admin.pins import PinBook
from kiosk.enrolling import enrol_kiosk
from kiosk.facts import ENROLMENT_FILE
from kiosk.journal import Journal
from kiosk.keys import key_file, load_key
from sync import enrolment, wire
from sync.centre import Centre, CentreRefusedError
from sync.client import State, Uploader, UploaderSettings
from sync.server.accounts.roles import Role, Scope
from sync.server.server_key import server_key
from tests.faults.centres import database_file
from tests.faults.lobby import QUICK_TO_CHECK
from tests.journal.support import sale
from tests.sync.harness import RunningServer, running, sqlite_url, wait_until
from tests.web.people import PASSWORD, logged_in

PIN, WRONG_PIN = "481516", "918273"
WRONG_PASSWORD = "quite another password"


class _Ear(logging.Handler):
    """Everything that any part says, as it would stand in a log."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.heard: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.heard.append(logging.Formatter("%(name)s %(message)s").format(record))


@pytest.fixture
def ear(monkeypatch: pytest.MonkeyPatch) -> _Ear:
    """As talkative as the programs can be made."""
    ear, root = _Ear(), logging.getLogger()
    monkeypatch.setattr(root, "handlers", [ear])
    monkeypatch.setattr(root, "level", logging.INFO)
    for name in ("uvicorn", "uvicorn.error", "uvicorn.access"):
        monkeypatch.setattr(logging.getLogger(name), "propagate", True)
        monkeypatch.setattr(logging.getLogger(name), "level", logging.INFO)
    return ear


def life_of_a_kiosk(directory: Path, server: RunningServer) -> list[str]:
    """Everything that secrets are for is done, rightly and wrongly; gives the secrets."""
    journal = Journal.open(directory)
    journal.append(sale("one")).result(20)
    journal.close()
    code = server.code()
    given = enrol_kiosk(directory, server.url, code)
    book = PinBook(directory, cost=QUICK_TO_CHECK)
    book.add("Айгүл", PIN)
    for pin in (WRONG_PIN, PIN):
        book.try_pin(pin)
    journal = Journal.open(directory)
    uploader = Uploader(journal, given, UploaderSettings(state_path=directory / "upload.json"))
    uploader.start()
    wait_until(lambda: uploader.status.state is State.IN_STEP)
    uploader.stop()
    journal.close()
    with Centre(server.url, given.token + "x") as stranger, pytest.raises(CentreRefusedError):
        stranger.mark()
    with pytest.raises(CentreRefusedError):
        enrolment.enrol(
            server.url,
            "7KQ2M8XP",
            kiosk_id=given.kiosk_id,
            epoch=1,
            key=load_key(directory / key_file(1)),
            software="adal test",
        )
    pem = (directory / key_file(1)).read_text("ascii").splitlines()[1]
    return [code, code.replace("-", ""), "7KQ2M8XP", given.token.rpartition(".")[2], PIN, pem]


def life_of_a_coordinator(server: RunningServer) -> list[str]:
    """Logs in, wrongly and rightly, and gives an invitation."""
    browser = logged_in(server, Role.NATIONAL, Scope())
    browser.get("/people")
    browser.post("/people/invite", email="new@example.kz", role="auditor", region="", shop="")
    httpx.post(f"{server.url}/login", data={"email": browser.email, "password": WRONG_PASSWORD})
    secrets = [PASSWORD, WRONG_PASSWORD, browser._secret, browser.csrf]
    return secrets + [cookie.value or "" for cookie in browser.http.cookies.jar]


def test_no_log_holds_a_secret(tmp_path: Path, ear: _Ear) -> None:
    with running(sqlite_url(tmp_path)) as server:
        server.add_shop()
        secrets = life_of_a_kiosk(tmp_path / "kiosk", server) + life_of_a_coordinator(server)
        raw = server_key(server.store).private_bytes_raw()
        pem = server_key(server.store).private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        secrets += [wire.to_base64(raw), raw.hex(), pem.decode().splitlines()[1]]
    said = "\n".join(ear.heard)
    assert len(ear.heard) > 5, "nothing was said at all"
    assert [secret for secret in secrets if len(secret) < 6] == []
    assert [secret for secret in secrets if secret in said] == []


def test_secrets_are_files_of_their_user_alone_whatever_the_umask(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        folder = tmp_path / "kiosk"
        with running(sqlite_url(tmp_path)) as server:
            server.add_shop()
            life_of_a_kiosk(folder, server)
            secret = [database_file(server)]
            secret += [folder / name for name in (key_file(1), ENROLMENT_FILE, "volunteers.json")]
            secret += [path for path in tmp_path.glob("adal.db-*") if path.suffix != ".lock"]
            modes = {path.name: oct(stat.S_IMODE(path.stat().st_mode)) for path in secret}
        assert set(modes.values()) == {"0o600"}, modes
    finally:
        os.umask(before)
