"""``adal-sync kiosk``: what the kiosks' page does, from the server's own terminal."""

import json
from pathlib import Path

import pytest
from sqlalchemy import select

from kiosk.domain.errors import RefusedError
from sync.__main__ import main
from sync.server.schema import audit
from tests.sync.harness import SLUG, MemoryJournal, RunningServer


@pytest.fixture
def told(sqlite_server: RunningServer, capsys: pytest.CaptureFixture[str]):
    """Runs a command beside the running server; its exit code and what it said."""
    url = sqlite_server.store.url.render_as_string()

    def run(*words: str) -> tuple[int, dict[str, object]]:
        capsys.readouterr()
        code = main([*words, "--db", url.replace("+pysqlite", ""), "--json"])
        return code, json.loads(capsys.readouterr().out)

    return run


def test_a_kiosk_is_suspended_resumed_replaced_and_shut_out_in_a_terminal(
    sqlite_server: RunningServer, told
) -> None:
    server, old, new = sqlite_server, MemoryJournal(), MemoryJournal()
    server.enrol(old)
    kiosk_id = old.identity.kiosk_id

    def status() -> list[str]:
        return [row["status"] for row in told("kiosk", "list")[1]["kiosks"]]

    assert told("kiosk", "resume", kiosk_id)[0] == 1
    assert told("kiosk", "suspend", kiosk_id)[0] == 0
    assert status() == ["suspended"]
    assert told("kiosk", "suspend", kiosk_id)[0] == 1
    assert told("kiosk", "resume", kiosk_id)[0] == 0
    code = told("kiosk", "replace", kiosk_id)[1]["code"]
    assert server.enrol(new, code=str(code)).status == "approved"
    assert sorted(status()) == ["approved", "suspended"]
    assert told("kiosk", "revoke", new.identity.kiosk_id)[0] == 0
    assert sorted(status()) == ["revoked", "suspended"]
    actions = server.store.read(
        lambda c: list(c.execute(select(audit.c.action).order_by(audit.c.at_ms)).scalars())
    )
    assert actions == ["kiosk.suspend", "kiosk.resume", "kiosk.replace", "kiosk.revoke"]


def test_a_code_for_one_kiosk_lets_no_other_in(sqlite_server: RunningServer, told) -> None:
    words = ("enrol-code", "--shop", SLUG, "--approve", "--kiosk")
    assert told(*words, "no number")[0] == 1
    code = str(told(*words, "0123456789abcdef")[1]["code"])
    with pytest.raises(RefusedError, match="another kiosk"):
        sqlite_server.enrol(MemoryJournal(), code=code)
    assert told("kiosk", "replace", "0123456789abcdef")[0] == 1


@pytest.mark.parametrize(
    ("address", "warns"),
    [("http://127.0.0.1:9", False), ("http://[::1]:9", False), ("http://centre.invalid", True)],
)
def test_enrolling_without_https_to_another_machine_warns(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], address: str, warns: bool
) -> None:
    from kiosk.journal import Journal

    Journal.open(tmp_path).close()
    words = ["enrol", "--server", address, "--code", "K7QF-93MD", "--data", str(tmp_path)]
    assert main(words) == 1
    assert ("not https" in capsys.readouterr().err) is warns
