"""Journals that come on a stick: the same door as the network's, on both databases."""

import json
import os
import signal
import sqlite3
import sys
import tracemalloc
from contextlib import closing
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import Engine, event, select

from kiosk import keys
from kiosk.backup.make import make_backup
from kiosk.domain.chain import kiosk_id_of
from kiosk.domain.entries import HelpCall
from kiosk.domain.errors import WireError
from kiosk.journal import Journal
from kiosk.journal.export import line_of
from sync import journalfile
from sync.__main__ import main
from sync.server import admin
from sync.server.importing import source, taking
from sync.server.rollups import rebuild
from sync.server.schema import audit, kiosk_epoch, quarantine, watermark
from tests.sync.harness import MemoryJournal, RunningServer, sale
from tests.sync.test_upload import aside, held, push, sent


def written(journal: MemoryJournal, path: Path) -> Path:
    """As ``adal-kiosk journal export`` writes it, the epoch's key on its first line."""
    lines = [
        line_of(entry, journal.identity.public_key if index == 0 else None)
        for index, entry in enumerate(journal.entries)
    ]
    path.write_bytes(b"".join(line + b"\n" for line in lines))
    return path


def bring(server: RunningServer, path: Path) -> taking.Result:
    found = source.survey(path)
    return taking.take_file(server.store, path, found, person=None, now_ms=server.settings.now_ms)


def run(
    capsys: pytest.CaptureFixture[str], server: RunningServer, *words: object
) -> tuple[int, dict]:
    code = main(["import", *map(str, words), "--db", server.settings.database_url, "--json"])
    return code, json.loads(capsys.readouterr().out)


def test_a_journal_on_a_stick_arrives_byte_for_byte(server: RunningServer, tmp_path: Path) -> None:
    journal = MemoryJournal()
    server.enrol(journal)
    journal.add_sales(450)
    journal.add_payload(b"\xff\xfe no entry of ours")
    progress: list[int] = []
    path = written(journal, tmp_path / "journal.jsonl")
    found = source.survey(path)
    result = taking.take_file(
        server.store,
        path,
        found,
        person=None,
        now_ms=server.settings.now_ms,
        progress=progress.append,
    )
    assert result.is_whole
    assert [(x.new, x.held, x.left, x.seq) for x in result.outcomes] == [(451, 0, 0, 451)]
    assert held(server) == sent(journal)
    assert sum(progress) == 451
    assert len(progress) == 3
    assert rebuild.check(server.store, lambda count: None) == []


def test_the_same_file_again_changes_nothing_and_a_longer_one_adds_its_end(
    server: RunningServer, tmp_path: Path
) -> None:
    journal = MemoryJournal()
    server.enrol(journal)
    journal.add_sales(210)
    path = written(journal, tmp_path / "journal.jsonl")
    bring(server, path)
    again = bring(server, path).outcomes[0]
    assert (again.new, again.held) == (0, 210)
    journal.add_sales(5)
    longer = bring(server, written(journal, path)).outcomes[0]
    assert (longer.new, longer.held, longer.seq) == (5, 210, 215)
    assert held(server) == sent(journal)
    notes = server.store.read(
        lambda c: (
            c.execute(select(audit.c.detail).where(audit.c.action == "journal.import"))
            .scalars()
            .all()
        )
    )
    assert sorted(json.loads(note)["new"] for note in notes) == [5, 210]


def test_what_came_over_the_network_and_what_came_on_a_stick_meet(
    sqlite_server: RunningServer, tmp_path: Path
) -> None:
    journal = MemoryJournal()
    enrolled = sqlite_server.enrol(journal)
    journal.add_sales(30)
    push(journal, enrolled)
    journal.add_sales(30)
    outcome = bring(sqlite_server, written(journal, tmp_path / "journal.jsonl")).outcomes[0]
    assert (outcome.new, outcome.held) == (30, 30)
    journal.add_sales(3)
    push(journal, enrolled)
    assert held(sqlite_server) == sent(journal)


def test_an_old_file_does_not_hide_how_much_still_waits_at_the_kiosk(
    sqlite_server: RunningServer, tmp_path: Path
) -> None:
    journal = MemoryJournal()
    sqlite_server.enrol(journal)
    journal.add_sales(10)
    path = written(journal, tmp_path / "journal.jsonl")
    sqlite_server.store.write(lambda c: c.execute(watermark.update().values(kiosk_head_seq=25)))
    bring(sqlite_server, path)
    assert sqlite_server.store.read(admin.kiosks)[0].waiting == 15


def test_a_changed_entry_is_kept_aside_and_nothing_after_it_is_believed(
    sqlite_server: RunningServer, tmp_path: Path
) -> None:
    journal = MemoryJournal()
    sqlite_server.enrol(journal)
    journal.add_sales(620)
    path = written(journal, tmp_path / "journal.jsonl")
    lines = path.read_bytes().splitlines(keepends=True)
    lines[250] = lines[250].replace(b"checkout-250", b"checkout-999")
    path.write_bytes(b"".join(lines))
    result = bring(sqlite_server, path)
    outcome = result.outcomes[0]
    assert not result.is_whole
    assert (outcome.new, outcome.aside, outcome.left) == (200, 200, 220)
    assert outcome.problem == "hash"
    assert {reason for _, reason in aside(sqlite_server)} == {"hash"}
    assert bring(sqlite_server, written(journal, path)).outcomes[0].new == 420


def test_a_copied_cards_branch_is_kept_aside_to_its_end(
    server: RunningServer, tmp_path: Path
) -> None:
    journal = MemoryJournal()
    enrolled = server.enrol(journal)
    journal.add_sales(250)
    copy = journal.copy()
    journal.add_sales(50)
    push(journal, enrolled)
    copy.add(HelpCall("start", "ru"))
    copy.add_sales(349)
    path = written(copy, tmp_path / "journal.jsonl")
    outcome = bring(server, path).outcomes[0]
    assert (outcome.problem, outcome.held, outcome.aside, outcome.left) == ("fork", 250, 350, 0)
    assert held(server) == sent(journal)
    assert [seq for seq, _ in aside(server)] == list(range(251, 601))
    bring(server, path)
    assert len(aside(server)) == 350


def test_a_file_that_lacks_entries_says_which_and_takes_in_nothing_behind_them(
    sqlite_server: RunningServer, tmp_path: Path
) -> None:
    journal = MemoryJournal()
    sqlite_server.enrol(journal)
    journal.add_sales(20)
    path = written(journal, tmp_path / "journal.jsonl")
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join(lines[:5] + lines[9:]))
    outcome = bring(sqlite_server, path).outcomes[0]
    assert (outcome.new, outcome.problem, outcome.left) == (5, "gap", 11)
    assert "6 to 9" in outcome.message
    assert aside(sqlite_server) == []


def test_a_strangers_journal_is_refused_and_one_of_a_kiosk_that_was_shut_out_goes_aside(
    sqlite_server: RunningServer, tmp_path: Path
) -> None:
    stranger = MemoryJournal()
    stranger.add_sales(3)
    outcome = bring(sqlite_server, written(stranger, tmp_path / "stranger.jsonl")).outcomes[0]
    assert (outcome.problem, outcome.left) == ("unknown", 3)
    journal = MemoryJournal()
    sqlite_server.enrol(journal)
    journal.add_sales(3)
    sqlite_server.store.write(lambda c: admin.revoke(c, journal.identity.kiosk_id))
    outcome = bring(sqlite_server, written(journal, tmp_path / "revoked.jsonl")).outcomes[0]
    assert (outcome.problem, outcome.left, outcome.aside) == ("revoked", 0, 3)
    assert held(sqlite_server) == []
    assert aside(sqlite_server) == [(1, "revoked"), (2, "revoked"), (3, "revoked")]


def test_several_epochs_in_one_file_go_to_where_each_belongs(
    sqlite_server: RunningServer, tmp_path: Path
) -> None:
    journal = MemoryJournal()
    sqlite_server.enrol(journal)
    journal.add_sales(5)
    bring(sqlite_server, written(journal, tmp_path / "first.jsonl"))
    key = Ed25519PrivateKey.generate()
    journal.start_epoch(key, sqlite_server.enrol(journal, key=key))
    journal.add_sales(7)
    result = bring(sqlite_server, written(journal, tmp_path / "both.jsonl"))
    assert [(x.epoch, x.new, x.held) for x in result.outcomes] == [(1, 0, 5), (2, 7, 0)]
    assert held(sqlite_server) == sent(journal)


def test_a_kiosk_that_never_had_a_network_is_taken_in_and_later_joins_over_it(
    server: RunningServer, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    journal = MemoryJournal()
    journal.add_sales(12)
    path = written(journal, tmp_path / "journal.jsonl")
    name = journal.identity.kiosk_id
    code, said = run(capsys, server, path)
    assert (code, said["files"][0]["journals"][0]["problem"]) == (1, "unknown")
    code, said = run(capsys, server, path, "--enrol", "aktau-tsc", "--kiosk-name", "0" * 16)
    assert code == 1
    assert held(server) == []
    code, said = run(capsys, server, path, "--enrol", "aktau-tsc", "--kiosk-name", name.upper())
    assert (code, said["ok"]) == (0, True)
    assert held(server) == sent(journal)
    enrolled = server.enrol(journal)
    assert enrolled.epoch == 1
    journal.add_sales(2)
    push(journal, enrolled)
    assert held(server) == sent(journal)


def test_without_anybody_to_ask_a_new_kiosk_is_not_taken_in(
    sqlite_server: RunningServer, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    journal = MemoryJournal()
    journal.add_sales(1)
    path = written(journal, tmp_path / "journal.jsonl")
    assert not sys.stdin.isatty()
    code, said = run(capsys, sqlite_server, path, "--enrol", "aktau-tsc")
    assert code == 1
    assert "--kiosk-name" in said["error"]


def test_a_name_with_another_key_is_not_taken_in(
    sqlite_server: RunningServer, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    journal = MemoryJournal()
    journal.add_sales(2)
    name = journal.identity.kiosk_id
    path = tmp_path / "journal.jsonl"
    words = ("--enrol", "aktau-tsc", "--kiosk-name", name)
    # The kiosk's own key, entries signed by somebody else.
    forger = MemoryJournal()
    object.__setattr__(forger.identity, "kiosk_id", name)
    forger.add_sales(2)
    own_key = journal.identity.public_key
    path.write_bytes(
        b"\n".join([line_of(forger.entries[0], own_key), line_of(forger.entries[1])]) + b"\n"
    )
    code, said = run(capsys, sqlite_server, path, *words)
    assert (code, "signed" in said["error"]) == (1, True)
    # The forger's key under the kiosk's name.
    assert kiosk_id_of(forger.identity.public_key) != name
    code, said = run(capsys, sqlite_server, written(forger, path), *words)
    assert (code, "key" in said["error"]) == (1, True)
    assert sqlite_server.store.read(lambda c: c.execute(select(kiosk_epoch)).all()) == []


def test_a_kiosks_backup_folder_is_taken_in_as_it_is(
    sqlite_server: RunningServer, tmp_path: Path
) -> None:
    journal = Journal.open(tmp_path / "kiosk")
    journal.append(sale(1)).result(10)
    journal.append(HelpCall("start", "kk")).result(10)
    head = journal.head()
    journal.close()
    (tmp_path / "stick").mkdir()
    backup = make_backup(
        tmp_path / "kiosk",
        tmp_path / "stick",
        now_ms=sqlite_server.settings.now_ms(),
        software="adal test",
    )
    [(name, found)] = source.survey(backup.folder).items()
    assert name.kiosk_id == keys.load_identity(tmp_path / "kiosk").kiosk_id
    assert found.last_seq == head.seq
    before = (backup.folder / source.BACKUP_JOURNAL).read_bytes()
    main(
        [
            *("import", str(backup.folder), "--db", sqlite_server.settings.database_url),
            *("--enrol", "aktau-tsc", "--kiosk-name", name.kiosk_id),
        ]
    )
    assert held(sqlite_server)[-1][1:3] == (head.seq, head.hash)
    assert (backup.folder / source.BACKUP_JOURNAL).read_bytes() == before
    assert not list(backup.folder.glob("*-wal"))


def test_what_is_no_journal_is_refused_before_anything_is_touched(
    sqlite_server: RunningServer, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    journal = MemoryJournal()
    sqlite_server.enrol(journal)
    journal.add_sales(3)
    good = written(journal, tmp_path / "good.jsonl")
    for name, content in (
        ("empty", b""),
        ("words", b"not a journal\n"),
        ("database", b"SQLite format 3\x00 and then nothing"),
        ("torn", good.read_bytes()[:-30]),
        (
            "name",
            good.read_bytes().replace(journal.identity.kiosk_id.encode(), b"../../etc/passwd"),
        ),
        ("number", good.read_bytes().replace(b'"seq":3', b'"seq":99999999999999999999')),
    ):
        bad = tmp_path / name
        bad.write_bytes(content)
        code, said = run(capsys, sqlite_server, good, bad)
        assert code == 1, name
        assert name in said["error"], said
    assert held(sqlite_server) == []
    assert sqlite_server.store.read(lambda c: c.execute(select(quarantine)).all()) == []


def test_a_duplicated_or_shuffled_file_still_adds_each_entry_once(
    sqlite_server: RunningServer, tmp_path: Path
) -> None:
    journal = MemoryJournal()
    sqlite_server.enrol(journal)
    journal.add_sales(9)
    path = written(journal, tmp_path / "journal.jsonl")
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join([*lines[:6], *lines[3:], *lines]))
    outcome = bring(sqlite_server, path).outcomes[0]
    assert (outcome.new, outcome.held, outcome.problem) == (9, 12, "")
    assert [x.entry.seq for x in journalfile.read_file(path)][6] == 4
    assert held(sqlite_server) == sent(journal)


def test_ctrl_c_ends_between_two_runs_and_the_same_command_goes_on(
    sqlite_server: RunningServer, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    journal = MemoryJournal()
    sqlite_server.enrol(journal)
    journal.add_sales(700)
    path = written(journal, tmp_path / "journal.jsonl")
    words = [str(path), "--db", sqlite_server.settings.database_url]
    seen: list[int] = []

    def interrupt(_connection, _cursor, statement, *_rest):
        """As a person's Ctrl+C arrives: in the middle of the second run's transaction."""
        if "INSERT INTO entry" in statement:
            seen.append(1)
            if len(seen) == 2:
                os.kill(os.getpid(), signal.SIGINT)

    event.listen(Engine, "before_cursor_execute", interrupt)
    try:
        assert main(["import", *words]) == 130
    finally:
        event.remove(Engine, "before_cursor_execute", interrupt)
    assert len(held(sqlite_server)) == 400
    capsys.readouterr()
    code, said = run(capsys, sqlite_server, path)
    assert (code, said["files"][0]["journals"][0]["new"]) == (0, 300)
    assert held(sqlite_server) == sent(journal)
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


# --- files that somebody made up ---

_ENTRY = "CREATE TABLE entry (epoch, seq, prev_hash, hash, payload, signature)"
_EPOCH = "CREATE TABLE epoch (epoch, kiosk_id, public_key)"
_ONE = "INSERT INTO epoch VALUES (1, '0123456789abcdef', NULL)"
_ENDLESS = (
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) "
    "SELECT 1 AS epoch, i AS seq, zeroblob(32) AS prev_hash, zeroblob(32) AS hash, "
    "zeroblob(9) AS payload, zeroblob(64) AS signature FROM n"
)


@pytest.mark.parametrize(
    "words",
    [
        (f"CREATE VIEW entry AS {_ENDLESS}", _EPOCH, _ONE),
        (
            "CREATE TABLE entry (epoch, seq, prev_hash, hash, "
            "payload AS (zeroblob(1000000000)), signature)",
            _EPOCH,
            _ONE,
            "INSERT INTO entry VALUES (1, 1, zeroblob(32), zeroblob(32), zeroblob(64))",
        ),
        (
            _ENTRY,
            _EPOCH,
            "INSERT INTO epoch VALUES (1, 17, NULL)",
            "INSERT INTO entry VALUES (1, 1, zeroblob(32), zeroblob(32), x'7b7d', zeroblob(64))",
        ),
        (
            _ENTRY,
            _EPOCH,
            _ONE,
            "INSERT INTO entry VALUES (1, 1, zeroblob(32), zeroblob(32), '{}', zeroblob(64))",
        ),
        (
            _ENTRY,
            _EPOCH,
            _ONE,
            "INSERT INTO entry VALUES (1, 1.5, NULL, zeroblob(32), x'7b7d', zeroblob(64))",
        ),
        (
            _ENTRY,
            _EPOCH,
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5000) "
            "INSERT INTO epoch SELECT 1, '0123456789abcdef', NULL FROM n",
        ),
    ],
    ids=["endless view", "column worked out", "name", "payload", "numbers", "many epochs"],
)
def test_a_made_up_database_is_refused_at_once_and_in_words(
    tmp_path: Path, words: tuple[str, ...]
) -> None:
    path = tmp_path / "journal.sqlite3"
    with closing(sqlite3.connect(path)) as file:
        for one in words:
            file.execute(one)
        file.commit()
    with pytest.raises(WireError, match=r"journal\.sqlite3"):
        source.survey(path)


def test_a_line_without_an_end_is_refused_before_it_fills_the_memory(tmp_path: Path) -> None:
    path = tmp_path / "long.jsonl"
    path.write_bytes(b'{"payload": "' + b"x" * (64 << 20))
    tracemalloc.start()
    try:
        with pytest.raises(WireError, match="longer than any entry"):
            source.survey(path)
        _, peak_bytes = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak_bytes < 32 << 20
