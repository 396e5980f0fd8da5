"""Making a backup while the server runs."""

from __future__ import annotations

import re
import shutil
import sqlite3
import tempfile
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, create_engine, text
from sqlalchemy.pool import NullPool

from sync.server.backup import BackupError, files, programs
from sync.server.backup.manifest import DUMP_FILES, FORMAT, Contents, Manifest, contents_of
from sync.server.store import Store
from sync.server.version import VERSION

_NAME = re.compile(r"adal-centre-\d{8}T\d{6}Z(?:-\d+)?\.tar")


def make_backup(store: Store, folder: Path, now_ms: int) -> tuple[Path, Manifest]:
    """Makes a backup, reads it back, and gives it its name.

    Args:
        store: the centre's database; others may go on writing.
        folder: where the file goes; made when it is not there.
        now_ms: for its name and manifest, UTC.

    Raises:
        BackupError: when anything refuses; nothing half is left behind.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    out = _free_name(folder, now_ms)
    kind = "sqlite" if store.is_sqlite else "postgresql"
    # On the same disk: what has room for the work has room for the result.
    work = Path(tempfile.mkdtemp(prefix=".adal-backup-", dir=folder))
    try:
        dump = work / DUMP_FILES[kind]
        contents = (_dump_sqlite if store.is_sqlite else _dump_postgres)(store, dump)
        if not contents.revision:
            raise BackupError("The database is not the centre's yet: start the server once.")
        manifest = Manifest(
            FORMAT, now_ms, f"adal {VERSION}", kind, files.dump_of(dump, dump.name), contents
        )
        files.pack(out, manifest, dump)
    except OSError as error:
        raise BackupError(f"{folder} cannot be written: {error.strerror}.") from error
    finally:
        shutil.rmtree(work, ignore_errors=True)
    return out, manifest


def keep_newest(folder: Path, count: int) -> list[Path]:
    """Removes all backups but the newest; what else lies there is not touched.

    Returns:
        Those that were removed.
    """
    found = sorted(path for path in folder.iterdir() if _NAME.fullmatch(path.name))
    old = found[:-count] if count > 0 else []
    for path in old:
        path.unlink()
    return old


def _free_name(folder: Path, now_ms: int) -> Path:
    moment = datetime.fromtimestamp(now_ms / 1000, UTC).strftime("%Y%m%dT%H%M%SZ")
    out, number = folder / f"adal-centre-{moment}.tar", 1
    while out.exists():
        number += 1
        out = folder / f"adal-centre-{moment}-{number}.tar"
    return out


def _dump_sqlite(store: Store, dump: Path) -> Contents:
    """A copy by SQLite's own backup, checked page by page; the server may write meanwhile."""
    copy = dump.with_suffix("")

    def work(connection: Connection) -> None:
        source: Any = connection.connection.driver_connection
        with closing(sqlite3.connect(copy)) as target:
            source.backup(target)
            # A plain file: a restored database begins its own log.
            target.execute("PRAGMA journal_mode=DELETE")
            [(verdict,)] = target.execute("PRAGMA integrity_check(1)").fetchall()
            if verdict != "ok":
                raise BackupError(f"The database is damaged: {verdict}. Restore the last backup.")

    store.read(work)
    contents = contents_of_file(copy)
    files.gzipped(copy, dump)
    copy.unlink()
    return contents


def contents_of_file(path: Path) -> Contents:
    """What an SQLite file holds that nobody else has open."""
    engine = create_engine(f"sqlite:///{path}", poolclass=NullPool)
    with engine.begin() as connection:
        return contents_of(connection)


def _dump_postgres(store: Store, dump: Path) -> Contents:
    """pg_dump sees the very moment that is counted: they share a snapshot."""

    def work(connection: Connection) -> Contents:
        connection.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"))
        snapshot = connection.execute(text("SELECT pg_export_snapshot()")).scalar_one()
        programs.run(
            "pg_dump",
            store.url,
            "--format=custom",
            f"--snapshot={snapshot}",
            "--no-owner",
            "--no-privileges",
            f"--file={dump}",
        )
        return contents_of(connection)

    contents = store.read(work)
    programs.listing(dump)
    return contents
