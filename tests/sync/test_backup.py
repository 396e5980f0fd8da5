"""The centre's whole state as one file, and the way back; on both databases."""

import gzip
import io
import json
import sqlite3
import tarfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import msgspec
import pytest
from sqlalchemy import create_engine, select, text
from sqlalchemy.pool import NullPool

from sync.__main__ import main
from sync.server import checkpoints
from sync.server.backup import BackupError, files
from sync.server.backup.make import keep_newest, make_backup
from sync.server.backup.manifest import DUMP_FILES, MANIFEST_FILE
from sync.server.backup.restore import drill, restore
from sync.server.rollups import rebuild
from sync.server.schema import entry, watermark
from sync.server.server_key import server_key
from sync.server.store import Store
from tests.private_postgres import PrivatePostgres
from tests.sync.harness import MemoryJournal, RunningServer, running
from tests.sync.test_upload import held, push, sent


@pytest.fixture
def filled(server: RunningServer) -> RunningServer:
    """A centre with a journal, a key and a checkpoint."""
    return with_life(server)


def with_life(server: RunningServer) -> RunningServer:
    journal = MemoryJournal()
    enrolled = server.enrol(journal)
    journal.add_sales(30)
    push(journal, enrolled)
    checkpoints.make_due(server.store, server.settings.now_ms())
    return server


@pytest.fixture
def empty_place(
    request: pytest.FixtureRequest, server: RunningServer, tmp_path: Path
) -> Iterator[str]:
    """Another database of the server's kind, with nothing in it."""
    if server.store.is_sqlite:
        yield f"sqlite:///{tmp_path / 'elsewhere' / 'adal.db'}"
        return
    postgres: PrivatePostgres = request.getfixturevalue("postgres_server")
    with postgres.new_database() as url:
        yield url


def saved(server: RunningServer, folder: Path) -> Path:
    return make_backup(server.store, folder, server.settings.now_ms())[0]


def test_a_backup_made_while_the_server_runs_comes_back_as_it_was(
    filled: RunningServer, empty_place: str, tmp_path: Path
) -> None:
    out = saved(filled, tmp_path / "backups")
    assert out.stat().st_mode & 0o777 == 0o600
    assert [path.name for path in out.parent.iterdir()] == [out.name]
    entries, key = held(filled), server_key(filled.store).private_bytes_raw()
    filled.stop()
    restore(out, empty_place, over=False, now_ms=filled.settings.now_ms())
    with running(empty_place) as again:
        assert held(again) == entries
        assert server_key(again.store).private_bytes_raw() == key
        assert rebuild.check(again.store, lambda count: None) == []


def test_a_database_that_the_server_never_saw_is_no_backup(
    server: RunningServer, empty_place: str, tmp_path: Path
) -> None:
    if server.store.is_sqlite:
        (tmp_path / "elsewhere").mkdir()
    empty = Store(empty_place)
    try:
        with pytest.raises(BackupError, match="start the server once"):
            make_backup(empty, tmp_path / "backups", server.settings.now_ms())
    finally:
        empty.close()
    assert list((tmp_path / "backups").iterdir()) == [], "nothing half is left"


def test_kiosks_send_a_restored_centre_what_came_after_the_backup(
    server: RunningServer, empty_place: str, tmp_path: Path
) -> None:
    journal = MemoryJournal()
    enrolled = server.enrol(journal)
    journal.add_sales(30)
    push(journal, enrolled)
    out = saved(server, tmp_path / "backups")
    journal.add_sales(15)
    push(journal, enrolled)
    server.stop()
    restore(out, empty_place, over=False, now_ms=server.settings.now_ms())
    with running(empty_place) as again:
        assert len(held(again)) == 30
        push(journal, enrolled, again.url)
        assert held(again) == sent(journal)


def test_the_manifest_counts_tables_and_names_each_journals_end(
    sqlite_server: RunningServer, tmp_path: Path
) -> None:
    filled = with_life(sqlite_server)
    manifest = files.check(saved(filled, tmp_path))
    assert manifest.contents.tables["entry"] == 30
    assert manifest.contents.tables["shop"] == 1
    [journal] = manifest.contents.journals
    [row] = filled.store.read(lambda c: c.execute(select(watermark)).all())
    assert (journal.seq, journal.head_hash) == (30, bytes(row.head_hash).hex())
    assert [one.region for one in manifest.contents.checkpoints] == ["47"]


def test_what_is_there_is_replaced_only_when_that_was_asked_for(
    filled: RunningServer, tmp_path: Path
) -> None:
    out = saved(filled, tmp_path / "backups")
    filled.add_shop("a-second-shop")
    url, now_ms = filled.settings.database_url, filled.settings.now_ms()
    filled.stop()
    filled.store.close()
    with pytest.raises(BackupError, match="already"):
        restore(out, url, over=False, now_ms=now_ms)
    _, kept = restore(out, url, over=True, now_ms=now_ms)
    with running(url) as again:
        slugs = again.store.read(lambda c: c.execute(text("SELECT slug FROM shop")).scalars().all())
        assert slugs == ["aktau-tsc"]
        assert len(held(again)) == 30
    if filled.store.is_sqlite:
        assert kept is not None
        with closing(sqlite3.connect(kept)) as old:
            assert old.execute("SELECT count(*) FROM shop").fetchall() == [(2,)]


def test_a_database_in_use_is_not_replaced(filled: RunningServer, tmp_path: Path) -> None:
    out = saved(filled, tmp_path / "backups")
    url, now_ms = filled.settings.database_url, filled.settings.now_ms()
    with create_engine(filled.store.url, poolclass=NullPool).connect() as held_open:
        held_open.execute(text("SELECT count(*) FROM shop")).all()
        with pytest.raises(BackupError, match="stop the server"):
            restore(out, url, over=True, now_ms=now_ms)
    assert len(held(filled)) == 30


def test_a_drill_checks_every_entry_and_leaves_nothing_behind(
    filled: RunningServer, tmp_path: Path
) -> None:
    out = saved(filled, tmp_path / "backups")
    names_before = _databases(filled)
    manifest, wrong = drill(out, filled.settings.database_url)
    assert (wrong, manifest.contents.tables["entry"]) == ([], 30)
    assert _databases(filled) == names_before
    assert [path.name for path in out.parent.iterdir()] == [out.name]


def test_a_drill_finds_an_entry_that_was_changed_in_the_database(
    filled: RunningServer, tmp_path: Path
) -> None:
    filled.store.write(
        lambda c: c.execute(entry.update().where(entry.c.seq == 7).values(payload=b"{}"))
    )
    _, wrong = drill(saved(filled, tmp_path), filled.settings.database_url)
    assert len(wrong) == 1
    assert "entry 7" in wrong[0]


def test_a_drill_finds_a_journal_whose_end_is_gone(
    sqlite_server: RunningServer, tmp_path: Path
) -> None:
    filled = with_life(sqlite_server)
    filled.store.write(lambda c: c.execute(entry.delete().where(entry.c.seq > 28)))
    _, wrong = drill(saved(filled, tmp_path), filled.settings.database_url)
    assert any("does not end" in fault for fault in wrong)
    assert any("no entry after 28" in fault for fault in wrong)


def _databases(server: RunningServer) -> list[str]:
    if server.store.is_sqlite:
        return sorted(path.name for path in Path(str(server.store.url.database)).parent.iterdir())
    query = text("SELECT datname FROM pg_database ORDER BY datname")
    return list(server.store.read(lambda c: c.execute(query).scalars().all()))


def test_the_commands_say_what_they_did(
    sqlite_server: RunningServer, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    filled = with_life(sqlite_server)
    database = ("--db", filled.settings.database_url, "--json")
    folder = tmp_path / "backups"
    said: dict = {}
    for _ in range(3):
        assert main(["backup", "--out", str(folder), "--keep", "2", *database]) == 0
        said = json.loads(capsys.readouterr().out)
    assert said["entries"] == 30
    assert len(list(folder.iterdir())) == 2
    assert main(["restore", str(folder), "--check", *database]) == 0
    assert json.loads(capsys.readouterr().out)["sha256"] == said["sha256"]
    assert main(["restore", str(folder), "--drill", *database]) == 0
    assert json.loads(capsys.readouterr().out)["ok"] is True
    assert main(["restore", str(folder), *database]) == 1
    assert "--over" in json.loads(capsys.readouterr().out)["error"]


def test_keeping_the_newest_leaves_alone_what_is_not_ours(tmp_path: Path) -> None:
    names = [f"adal-centre-2026112{day}T211000Z.tar" for day in range(5)]
    for name in (*names, "adal-centre-old.tar", "notes.txt"):
        (tmp_path / name).touch()
    assert [path.name for path in keep_newest(tmp_path, 2)] == names[:3]
    assert len(list(tmp_path.iterdir())) == 4


def test_a_damaged_backup_is_known_before_anything_is_touched(
    sqlite_server: RunningServer, tmp_path: Path
) -> None:
    out = saved(sqlite_server, tmp_path / "backups")
    whole = out.read_bytes()
    target = tmp_path / "elsewhere.db"
    half = bytearray(whole)
    half[len(half) // 2] ^= 0x40
    for name, content in (("bit", bytes(half)), ("cut", whole[: len(whole) // 2]), ("no", b"x")):
        bad = tmp_path / f"{name}.tar"
        bad.write_bytes(content)
        with pytest.raises(BackupError):
            restore(bad, f"sqlite:///{target}", over=False, now_ms=0)
        assert not target.exists()


def test_a_manifest_cannot_name_a_file_somewhere_else(
    sqlite_server: RunningServer, tmp_path: Path
) -> None:
    out = saved(sqlite_server, tmp_path / "backups")
    with files.opened(out) as (manifest, dump):
        content = dump.read()
    for name in ("../../outside.db.gz", "/etc/cron.d/x"):
        forged = msgspec.structs.replace(
            manifest, dump=msgspec.structs.replace(manifest.dump, name=name)
        )
        path = tmp_path / "forged.tar"
        with tarfile.open(path, "w") as tar:
            for member, data in ((MANIFEST_FILE, msgspec.json.encode(forged)), (name, content)):
                info = tarfile.TarInfo(member)
                info.size = len(data)
                tar.addfile(info, io.BytesIO(data))
        with pytest.raises(BackupError, match="not ours"):
            files.unpack(path, tmp_path)


def test_a_damaged_database_is_not_saved_as_if_it_were_whole(
    sqlite_server: RunningServer, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    journal = MemoryJournal()
    enrolled = sqlite_server.enrol(journal)
    journal.add_sales(150)
    push(journal, enrolled)
    sqlite_server.stop()
    sqlite_server.store.close()
    path = Path(str(sqlite_server.store.url.database))
    content = bytearray(path.read_bytes())
    # Inside the entries' pages: opening it shows nothing yet.
    at = content.index(b"checkout-77")
    content[at - 3000 : at] = bytes(3000)
    path.write_bytes(content)
    folder = tmp_path / "backups"
    words = ["backup", "--out", str(folder), "--db", sqlite_server.settings.database_url]
    assert main(words) == 1
    assert "damaged" in capsys.readouterr().err
    assert list(folder.iterdir()) == []


def test_a_backup_of_one_kind_of_database_does_not_go_into_the_other(
    sqlite_server: RunningServer, tmp_path: Path
) -> None:
    out = saved(sqlite_server, tmp_path)
    with pytest.raises(BackupError, match="same kind"):
        restore(out, "postgresql://nobody@127.0.0.1:1/nothing", over=False, now_ms=0)


def test_the_databases_file_can_be_taken_out_with_plain_tools(
    sqlite_server: RunningServer, tmp_path: Path
) -> None:
    out = saved(sqlite_server, tmp_path)
    with tarfile.open(out) as tar:
        assert tar.getnames() == [MANIFEST_FILE, DUMP_FILES["sqlite"]]
        packed = tar.extractfile(DUMP_FILES["sqlite"])
        assert packed is not None
        assert gzip.decompress(packed.read()).startswith(b"SQLite format 3")
