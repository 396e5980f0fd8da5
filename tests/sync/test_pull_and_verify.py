"""Checking a journal with no server at hand, and the command line."""

import json
import re
import sqlite3
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from kiosk.domain.errors import AdalError
from kiosk.journal.export import line_of
from sync import journalfile
from sync.__main__ import main
from tests.sync.harness import MemoryJournal, RunningServer
from tests.sync.test_pull import reader_token
from tests.sync.test_upload import held, sent


def exported(journal: MemoryJournal, path: Path, *, with_key: bool = True) -> Path:
    key = journal.identity.public_key if with_key else None
    lines = [line_of(entry, key if entry.seq == 1 else None) + b"\n" for entry in journal.entries]
    path.write_bytes(b"".join(lines))
    return path


def check(path: Path) -> list[journalfile.EpochReport]:
    return list(journalfile.verify(journalfile.read_file(path)))


def test_an_exported_journal_is_checked_with_nothing_else_at_hand(tmp_path: Path) -> None:
    journal = MemoryJournal()
    journal.add_sales(5)
    journal.add_payload(b"\xff\x00")
    [report] = check(exported(journal, tmp_path / "j.jsonl"))
    assert (report.entries, report.signed, report.key_known) == (6, True, True)
    assert (report.faults, report.head) == ((), journal.head())
    [unsigned] = check(exported(journal, tmp_path / "k.jsonl", with_key=False))
    assert (unsigned.signed, unsigned.faults) == (None, ())


def test_every_changed_field_of_every_line_is_found(tmp_path: Path) -> None:
    journal = MemoryJournal()
    journal.add_sales(3)
    path = exported(journal, tmp_path / "j.jsonl")
    lines = path.read_text("utf-8").splitlines()
    for index in range(3):
        for name in ("epoch", "seq", "prev_hash", "hash", "signature", "payload"):
            fields = json.loads(lines[index])
            value = fields[name]
            fields[name] = value + 1 if isinstance(value, int) else _other(value)
            changed = [*lines[:index], json.dumps(fields), *lines[index + 1 :]]
            path.write_text("\n".join(changed), "utf-8")
            assert any(r.faults for r in check(path)), (index, name)
        path.write_text("\n".join(lines[:index] + lines[index + 1 :]), "utf-8")
        found = any(r.faults for r in check(path))
        # Without its first lines a file is a part of a journal; without its last, nobody can see.
        assert found == (index == 1)


def _other(text: str) -> str:
    return ("0" if text[0] != "0" else "1") + text[1:] if text[0] != "{" else text + " "


def test_a_key_that_is_not_the_kiosks_is_found(tmp_path: Path) -> None:
    journal = MemoryJournal()
    journal.add_sales(1)
    other = Ed25519PrivateKey.generate().public_key().public_bytes_raw()
    line = json.loads(line_of(journal.entries[0])) | {"public_key": other.hex()}
    path = tmp_path / "j.jsonl"
    path.write_text(json.dumps(line), "utf-8")
    [report] = check(path)
    assert report.signed is False
    assert any("not this kiosk's" in fault.what for fault in report.faults)


def test_the_command_line_verifies_pushes_and_pulls(
    sqlite_server: RunningServer, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from sync import enrolment

    server, journal = sqlite_server, MemoryJournal()
    given = server.enrol(journal)
    enrolment.save(given, tmp_path / "enrolment.json")
    assert (tmp_path / "enrolment.json").stat().st_mode & 0o777 == 0o600
    journal.add_sales(230)
    path = str(exported(journal, tmp_path / "j.jsonl"))
    assert main(["verify", path]) == 0
    assert "unbroken, all signed" in capsys.readouterr().out
    assert main(["push", path, "--enrolment", str(tmp_path / "enrolment.json"), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["seq"] == 230
    assert held(server) == sent(journal)
    token, out = reader_token(server), str(tmp_path / "s.csv")
    arguments = ["pull", "--since", "1", "--out", out, "--server", server.url, "--token", token]
    assert main(arguments) == 0
    assert "230 new rows of sales" in capsys.readouterr().out
    Path(path).write_bytes(Path(path).read_bytes().replace(b"180,", b"179,", 1))
    assert main(["verify", path, "--json"]) == 1
    result = json.loads(capsys.readouterr().out)
    assert (result["ok"], len(result["faults"])) == (False, 1)
    assert main(["verify", str(tmp_path / "missing")]) == 1
    assert "missing" in capsys.readouterr().err


def test_the_command_line_looks_after_the_centre(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = ["--data", str(tmp_path), "--json"]
    demo = Path(__file__).parents[2] / "assets/demo/catalogue.csv"

    def run(*arguments: str) -> dict:
        assert main([*arguments, *data]) == 0
        return json.loads(capsys.readouterr().out)

    run("shop", "add", "aktau-tsc", "--region", "47", "--name", "Ақтау ХҚКО")
    code = run("enrol-code", "--shop", "aktau-tsc")["code"]
    assert len(code) == 9
    assert run("catalogue", "put", str(demo)) == {"version": 1, "products": 16}
    assert run("kiosk", "list") == {"kiosks": []}
    assert run("token", "add", "--name", "pc")["token"].startswith("read.")
    run("token", "revoke", "--name", "pc")
    for wrong in (
        ["enrol-code", "--shop", "nowhere"],
        ["kiosk", "approve", "0" * 16],
        ["catalogue", "put", str(tmp_path / "none.csv")],
        ["token", "revoke", "--name", "pc"],
        ["shop", "add", "aktau-tsc", "--region", "47", "--name", "again"],
    ):
        assert main([*wrong, *data]) == 1
        assert capsys.readouterr().err.startswith("adal-sync: ")
    with sqlite3.connect(tmp_path / "adal.db") as database:
        assert database.execute("SELECT count(*) FROM shop").fetchone() == (1,)
    database.close()


def test_a_kiosk_enrols_from_its_folder_on_the_command_line(
    sqlite_server: RunningServer, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from kiosk import keys
    from sync import enrolment

    identity = keys.first_identity(tmp_path)
    keys.save_identity(tmp_path, identity)
    arguments = ["enrol", "--server", sqlite_server.url, "--data", str(tmp_path), "--json"]
    assert main([*arguments, "--code", sqlite_server.code()]) == 0
    assert json.loads(capsys.readouterr().out)["status"] == "approved"
    kept = enrolment.load(tmp_path / "enrolment.json")
    assert kept is not None
    assert kept.kiosk_id == identity.kiosk_id
    assert kept.token not in repr(kept)
    assert main([*arguments, "--code", "AAAA-AAAA"]) == 1
    empty = [*arguments[:4], str(tmp_path / "empty"), "--code", "AAAA-AAAA"]
    assert main(empty) == 1
    assert "start the kiosk once" in capsys.readouterr().err


@pytest.mark.parametrize(
    "command", ["serve", "enrol", "push", "pull", "verify", "shop add", "kiosk list",
                "kiosk approve", "enrol-code", "catalogue put", "token add"],
)  # fmt: skip
def test_every_command_explains_itself_with_examples(
    command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as stopped:
        main([*command.split(), "--help"])
    assert stopped.value.code == 0
    assert re.search(rf"examples:\n.*adal-sync {command} ?", capsys.readouterr().out, re.DOTALL)


def test_a_damaged_enrolment_says_what_to_do(tmp_path: Path) -> None:
    from sync import enrolment

    path = tmp_path / "enrolment.json"
    assert enrolment.load(path) is None
    path.write_text("{", "utf-8")
    with pytest.raises(AdalError, match="enrol the kiosk again"):
        enrolment.load(path)
