"""Connections to the journal's file: how they are set up, and how refusals become words.

One connection writes, ever. Its mode is TRUNCATE + FULL: in power cuts nothing acknowledged was
lost with it, while Python's default lost rows, and WAL has a bug in the SQLite of Debian 12 when
two connections write or checkpoint.
"""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from kiosk.domain.errors import JournalError

JOURNAL_FILE = "journal.sqlite3"
BUSY_TIMEOUT_MS = 5_000

_SHARED_PRAGMAS = ("recursive_triggers = 1", "trusted_schema = 0")
_WRITER_PRAGMAS = (
    "journal_mode = TRUNCATE",
    "synchronous = FULL",
    "secure_delete = 1",  # a shopper's deleted words are overwritten, not only unlinked
)
_READER_PRAGMAS = ("query_only = 1",)

_CAUSES = {
    sqlite3.SQLITE_FULL: "the disk is full",
    sqlite3.SQLITE_READONLY: "the disk can only be read",
    sqlite3.SQLITE_IOERR: "the disk does not answer as it should",
    sqlite3.SQLITE_CANTOPEN: "the file cannot be opened",
    sqlite3.SQLITE_PERM: "the file must not be written",
    sqlite3.SQLITE_BUSY: "another program keeps the file busy",
    sqlite3.SQLITE_LOCKED: "another program keeps the file busy",
    sqlite3.SQLITE_CORRUPT: "the file is damaged",
    sqlite3.SQLITE_NOTADB: "the file is no database",
}


def writer_engine(path: Path, *, create: bool = False) -> Engine:
    """The engine of the one writer; its transactions begin IMMEDIATE."""
    engine = _engine(path, "rwc" if create else "rw", (*_SHARED_PRAGMAS, *_WRITER_PRAGMAS))

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    return engine


def reader_engine(path: Path) -> Engine:
    """An engine for short reads; each connection is closed after its page of rows."""
    engine = _engine(path, "rw", (*_SHARED_PRAGMAS, *_READER_PRAGMAS))

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN")

    return engine


@contextlib.contextmanager
def in_words(doing: str, path: Path) -> Iterator[None]:
    """Turns the database's refusals into a JournalError that says what to do."""
    try:
        yield
    except DBAPIError as error:
        raise JournalError(f"{doing}: {cause_of(error)}. Look after {path}.") from error
    except UnicodeDecodeError as error:  # the driver cannot read its own message about the damage
        damaged = _CAUSES[sqlite3.SQLITE_CORRUPT]
        raise JournalError(f"{doing}: {damaged}. Look after {path}.") from error


def cause_of(error: DBAPIError | sqlite3.Error) -> str:
    """Plain words for why SQLite refused."""
    origin = error.orig if isinstance(error, DBAPIError) else error
    code = getattr(origin, "sqlite_errorcode", None)
    # Extended codes carry the primary one in their low byte.
    known = _CAUSES.get(code & 0xFF) if isinstance(code, int) else None
    return known or str(origin)


def _engine(path: Path, mode: str, pragmas: tuple[str, ...]) -> Engine:
    uri = f"file:{quote(str(path.absolute()))}?mode={mode}"

    def connect() -> sqlite3.Connection:
        # isolation_level None: the driver begins nothing of its own; BEGIN is ours to say.
        return sqlite3.connect(
            uri,
            uri=True,
            isolation_level=None,
            check_same_thread=False,
            timeout=BUSY_TIMEOUT_MS / 1000,
        )

    engine = create_engine("sqlite+pysqlite://", creator=connect, poolclass=NullPool)

    @event.listens_for(engine, "connect")
    def _set_up(connection: sqlite3.Connection, _record: object) -> None:
        for pragma in pragmas:
            connection.execute(f"PRAGMA {pragma}")

    return engine
