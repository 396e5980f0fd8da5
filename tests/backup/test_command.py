import argparse
import json

import pytest

from kiosk.backup.command import add_command
from kiosk.journal.verify import verify


@pytest.fixture
def run(capsys):
    def run(directory, *words):
        parser = argparse.ArgumentParser()
        add_command(parser.add_subparsers(required=True), directory)
        options = parser.parse_args([str(word) for word in words])
        return options.run(options), *capsys.readouterr()

    return run


def test_backup_then_check_then_restore_on_a_new_disk(run, kiosk, stick, tmp_path):
    code, out, _ = run(kiosk, "backup", stick, "--json")
    made = json.loads(out)
    assert (code, made["ok"], made["entries"]) == (0, True, verify(kiosk).entry_count)
    code, out, _ = run(kiosk, "restore", made["folder"], "--check")
    assert (code, "as it was written" in out) == (0, True)
    fresh = tmp_path / "new disk"
    code, out, _ = run(fresh, "restore", made["folder"], "--json")
    answer = json.loads(out)
    assert (code, answer["standing"], answer["must_enrol"]) == (0, "none", True)
    assert verify(fresh).ok


def test_words_for_a_person(run, kiosk, stick):
    code, out, errors = run(kiosk, "backup", stick)
    assert (code, errors) == (0, "")
    assert "8 entries" in out
    assert "read back" in out


def test_a_refusal_is_one_line_and_exit_code_1(run, kiosk, tmp_path):
    code, out, errors = run(kiosk, "backup", tmp_path / "nothing")
    assert (code, out) == (1, "")
    assert "is not there" in errors
    code, out, _ = run(kiosk, "backup", tmp_path / "nothing", "--json")
    assert (code, json.loads(out)["ok"]) == (1, False)


def test_restore_needs_force_to_put_newer_entries_aside(run, kiosk, stick):
    from tests.backup.test_restore import write
    from tests.journal.support import sale

    _, out, _ = run(kiosk, "backup", stick, "--json")
    folder = json.loads(out)["folder"]
    write(kiosk, sale("visit-new"))
    code, _, errors = run(kiosk, "restore", folder)
    assert (code, "--force" in errors) == (1, True)
    code, out, _ = run(kiosk, "restore", folder, "--force")
    assert (code, "Enrol the kiosk again" in out) == (0, True)


@pytest.mark.parametrize("command", ["backup", "restore"])
def test_help_gives_examples(run, kiosk, command):
    with pytest.raises(SystemExit):
        run(kiosk, command, "--help")


def test_only_so_many_of_this_kiosks_backups_stay(run, kiosk, stick, monkeypatch):
    from kiosk.backup import command

    made = []
    for night in range(4):
        monkeypatch.setattr(
            command, "system_wall_ms", lambda night=night: 1_795_000_000_000 + night * 86_400_000
        )
        code, out, _ = run(kiosk, "backup", stick, "--json", "--keep", "2")
        assert code == 0
        made.append(json.loads(out)["folder"])
    others = stick / "adal-backup-of-nobody"
    others.mkdir()
    assert (
        sorted(str(path) for path in stick.glob("adal-backup-*-*-*") if path != others) == made[2:]
    )
    assert others.is_dir(), "what is no backup of ours is not touched"
    with pytest.raises(SystemExit):
        run(kiosk, "backup", stick, "--keep", "0")
