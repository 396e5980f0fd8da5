"""Putting a backup back, and proving that what is there now is what was then."""

from __future__ import annotations

import os
import secrets
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import URL, Connection, create_engine, inspect, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from sync.server.backup import BackupError, files, programs
from sync.server.backup.manifest import Contents, Manifest, contents_of, differences, faults
from sync.server.store import database_url

_EXAMPLES_MAX = 20


def restore(file: Path, url_text: str, *, over: bool, now_ms: int) -> tuple[Manifest, Path | None]:
    """Puts a backup in place.

    Args:
        file: the backup.
        url_text: the database; empty, unless ``over``.
        over: replaces what is there; an SQLite file is kept beside, PostgreSQL's is gone.
        now_ms: for the name of what is kept, UTC.

    Returns:
        The manifest, and where the SQLite file that stood there is now.

    Raises:
        BackupError: before anything was changed; or when what was restored is not what was saved.
    """
    url = database_url(url_text)
    with _unpacked(file, _beside(url) or _room(file)) as (manifest, dump):
        _require_kind(manifest, url)
        if manifest.database == "sqlite":
            kept = _restore_sqlite(dump, Path(str(url.database)), manifest, over, now_ms)
        else:
            kept = None
            _restore_postgres(dump, url, manifest, over)
            _require_sound(url, manifest, every_entry=False)
    return manifest, kept


def drill(file: Path, url_text: str) -> tuple[Manifest, list[str]]:
    """Restores into a place of its own, checks everything there is, and throws it away.

    Args:
        file: the backup.
        url_text: for PostgreSQL the server to make a scratch database on; not touched otherwise.

    Returns:
        The manifest, and what is wrong with the backup: nothing, if it is one.

    Raises:
        BackupError: when it could not even be put back.
    """
    with _unpacked(file, _room(file)) as (manifest, dump):
        if manifest.database == "sqlite":
            return manifest, _wrong(URL.create("sqlite", database=str(dump)), manifest)
        url = database_url(url_text)
        _require_kind(manifest, url)
        with _scratch_database(url) as scratch:
            _run_restore(dump, scratch)
            return manifest, _wrong(scratch, manifest)


@contextmanager
def _unpacked(file: Path, folder: Path | None) -> Iterator[tuple[Manifest, Path]]:
    with tempfile.TemporaryDirectory(prefix=".adal-restore-", dir=folder) as work:
        yield files.unpack(file, Path(work))


def _room(file: Path) -> Path | None:
    """Beside the backup, where there was room for it; /tmp may be small, or memory."""
    return file.parent if os.access(file.parent, os.W_OK) else None


def _beside(url: URL) -> Path | None:
    """Beside an SQLite database, so that putting it in place is one rename."""
    if url.get_backend_name() != "sqlite":
        return None
    folder = Path(str(url.database)).parent
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def _require_kind(manifest: Manifest, url: URL) -> None:
    if manifest.database != url.get_backend_name():
        raise BackupError(
            f"The backup is of {manifest.database}, the database is {url.get_backend_name()}; "
            "name a database of the same kind with --db."
        )


def _restore_sqlite(
    dump: Path, target: Path, manifest: Manifest, over: bool, now_ms: int
) -> Path | None:
    _require_sound(URL.create("sqlite", database=str(dump)), manifest, every_entry=False)
    dump.chmod(0o600)
    kept = None
    if target.exists() and target.stat().st_size:
        if not over:
            raise BackupError(f"{target} is there already; --over replaces it and keeps it beside.")
        _require_unused(target)
        moment = datetime.fromtimestamp(now_ms / 1000, UTC).strftime("%Y%m%dT%H%M%SZ")
        kept = target.with_name(f"{target.name}.before-{moment}")
        if kept.exists():
            raise BackupError(f"{kept} is there already; wait a second.")
        # A second name first: at no moment is there no database.
        os.link(target, kept)
    dump.replace(target)
    files.sync_folder(target.parent)
    return kept


def _require_unused(target: Path) -> None:
    """Leaving the log's mode needs the file for oneself alone; and tidies the log into it."""
    try:
        with closing(sqlite3.connect(target, timeout=1)) as connection:
            connection.execute("PRAGMA journal_mode=DELETE").fetchall()
            connection.execute("BEGIN EXCLUSIVE")
    except sqlite3.OperationalError as error:
        raise BackupError(f"{target} is in use ({error}); stop the server first.") from error
    except sqlite3.DatabaseError:
        # Damaged: which may be why somebody restores. Its log goes with it, out of the way.
        for suffix in ("-wal", "-shm"):
            log = target.with_name(target.name + suffix)
            if log.exists():
                log.replace(target.with_name(f"{target.name}.damaged{suffix}"))


def _restore_postgres(dump: Path, url: URL, manifest: Manifest, over: bool) -> None:
    programs.listing(dump)
    with _connection(url) as connection:
        there = set(inspect(connection).get_table_names())
        others = connection.execute(
            text(
                "SELECT count(*) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        ).scalar_one()
    if there and not over:
        raise BackupError("The database holds tables already; --over replaces what is in it.")
    if there and others:
        raise BackupError(f"{others} others use the database; stop the server first.")
    unknown = sorted(there - set(manifest.contents.tables))
    if unknown:
        raise BackupError(
            f"The database has tables that the backup lacks ({', '.join(unknown[:5])}); "
            "make a new, empty database and restore there."
        )
    _run_restore(dump, url, *(("--clean", "--if-exists") if there else ()))


def _run_restore(dump: Path, url: URL, *more: str) -> None:
    programs.run(
        "pg_restore",
        url,
        "--single-transaction",
        "--exit-on-error",
        "--no-owner",
        "--no-privileges",
        *more,
        str(dump),
    )


def _require_sound(url: URL, manifest: Manifest, *, every_entry: bool) -> None:
    wrong = _wrong(url, manifest, every_entry=every_entry)
    if wrong:
        raise BackupError("What was restored is not what was saved: " + "; ".join(wrong))


def _wrong(url: URL, manifest: Manifest, *, every_entry: bool = True) -> list[str]:
    try:
        with _connection(url) as connection:
            now: Contents = contents_of(connection)
            found = [*differences(now, manifest.contents)]
            found += faults(connection, every_entry=every_entry)
    except DBAPIError as error:
        return [f"it cannot be read: {error.orig}"]
    more = len(found) - _EXAMPLES_MAX
    return found if more <= 0 else [*found[:_EXAMPLES_MAX], f"and {more} more"]


@contextmanager
def _scratch_database(url: URL) -> Iterator[URL]:
    name = f"adal_drill_{secrets.token_hex(6)}"
    _administer(url, f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8'")
    try:
        yield url.set(database=name)
    finally:
        _administer(url, f"DROP DATABASE {name} WITH (FORCE)")


def _administer(url: URL, statement: str) -> None:
    engine = create_engine(url, poolclass=NullPool, isolation_level="AUTOCOMMIT")
    try:
        with engine.connect() as connection:
            connection.execute(text(statement))
    except DBAPIError as error:
        raise BackupError(
            f"No scratch database for the drill: {error.orig} Give the role CREATEDB."
        ) from error


@contextmanager
def _connection(url: URL) -> Iterator[Connection]:
    try:
        with create_engine(url, poolclass=NullPool).begin() as connection:
            yield connection
    except DBAPIError as error:
        place = url.render_as_string(hide_password=True)
        raise BackupError(f"The database {place} cannot be used: {error.orig}") from error
