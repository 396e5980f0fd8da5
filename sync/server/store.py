"""The database: one way to write and one way to read, on SQLite and on PostgreSQL."""

from __future__ import annotations

import fcntl
import os
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.engine import URL
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import ArgumentError, DBAPIError, DisconnectionError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.pool import ConnectionPoolEntry, QueuePool

from kiosk.domain.errors import ConfigError

R = TypeVar("R")

WRITE_TRIES_MAX = 5
WRITER_WAIT_S = 20
BUSY_TIMEOUT_MS = 10_000
POSTGRES_POOL_SIZE = 10
PING_AFTER_S = 1.0
"""A connection that was idle longer is tried out before it is used again."""
_TRY_AGAIN_STATES = frozenset({"40001", "40P01"})
"""PostgreSQL's serialization_failure and deadlock_detected: the same work may succeed again."""


class Store:
    """All access to the server's database.

    SQLite gets one writer connection in WAL mode and readers that neither write nor checkpoint:
    up to SQLite 3.51.2 two connections that write or checkpoint at once can lose the log's end
    (the "WAL-reset" bug). A lock file beside the database extends that to other programs, so
    that a command line may add a shop while the server runs.
    """

    def __init__(self, url: str) -> None:
        self.url = database_url(url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        if self.is_sqlite:
            _private(Path(str(self.url.database)))
            self._lock = _FileLock(Path(f"{self.url.database}.lock"))
            self._writer = _sqlite_engine(self.url, writes=True)
            self._reader = _sqlite_engine(self.url, writes=False)
            # The first connection may have to repair the log: no other may be in the middle.
            with self._lock.held():
                self._writer.connect().close()
        else:
            self._writer = _postgres_engine(self.url)
            # The same connections; all that one page asks is answered as of one moment.
            self._reader = self._writer.execution_options(isolation_level="REPEATABLE READ")
            self._glancer = self._writer.execution_options(isolation_level="AUTOCOMMIT")

    def write(self, work: Callable[[Connection], R]) -> R:
        """Runs ``work`` in one transaction and commits; again when the database asks for it.

        ``work`` may therefore run more than once and must not touch anything but the connection.
        """
        for _ in range(WRITE_TRIES_MAX - 1):
            try:
                return self._write_once(work)
            except OperationalError as error:
                if getattr(error.orig, "sqlstate", None) not in _TRY_AGAIN_STATES:
                    raise
        return self._write_once(work)

    def read(self, work: Callable[[Connection], R]) -> R:
        """Runs ``work`` on one consistent view of the database."""
        with self._reader.begin() as connection:
            return work(connection)

    def glance(self, work: Callable[[Connection], R]) -> R:
        """Runs ``work`` without a transaction around it, which costs two round trips of four.

        On PostgreSQL each statement then sees a moment of its own: only for what never changes
        once it is there.
        """
        if self.is_sqlite:
            return self.read(work)
        with self._glancer.connect() as connection:
            return work(connection)

    def close(self) -> None:
        """Closes all connections; the writer last, since the last one tidies the log."""
        self._reader.dispose()
        if not self.is_sqlite:
            self._writer.dispose()
        elif not self._lock.closed:
            with self._lock.held():
                self._writer.dispose()
            self._lock.close()

    def _write_once(self, work: Callable[[Connection], R]) -> R:
        if not self.is_sqlite:
            with self._writer.begin() as connection:
                return work(connection)
        with self._writer.connect() as connection, self._lock.held(), connection.begin():
            return work(connection)


def _private(file: Path) -> None:
    """A new database is its user's alone: the centre's signing key is in it."""
    if not file.exists() and file.parent.is_dir():
        os.close(os.open(file, os.O_CREAT | os.O_RDWR, 0o600))


def database_url(text: str) -> URL:
    """``sqlite:///file`` or ``postgresql://…``, with the driver that is used here.

    Raises:
        ConfigError: for any other database.
    """
    try:
        url = make_url(text)
    except ArgumentError as error:
        raise ConfigError(
            f"{text!r} is no database address; write sqlite:////path/adal.db or "
            "postgresql://user:password@host/name."
        ) from error
    backend = url.get_backend_name()
    if backend == "postgresql":
        return url.set(drivername="postgresql+psycopg")
    if backend == "sqlite" and url.database:
        return url.set(drivername="sqlite+pysqlite")
    raise ConfigError(f"Databases of kind {backend!r} are not supported; use sqlite or postgresql.")


def is_unavailable(error: Exception) -> bool:
    """Whether trying again later may help: busy, gone away, out of room."""
    if isinstance(error, DBAPIError):
        return isinstance(error, OperationalError) or error.connection_invalidated
    return isinstance(error, PoolTimeout)


def _postgres_engine(url: URL) -> Engine:
    """Connections that lay idle are tried out first: the database may have been restarted.

    SQLAlchemy's own ``pool_pre_ping`` does so each time, with three round trips of a request's
    seven.
    """
    engine = create_engine(url, pool_size=POSTGRES_POOL_SIZE, max_overflow=10)

    def ping(driver: DBAPIConnection, record: ConnectionPoolEntry, _proxy: object) -> None:
        if time.monotonic() - record.info.get("idle_since_s", 0.0) < PING_AFTER_S:
            return
        try:
            engine.dialect.do_ping(driver)
        except engine.dialect.loaded_dbapi.Error as error:
            raise DisconnectionError from error

    def note(_driver: object, record: ConnectionPoolEntry) -> None:
        record.info["idle_since_s"] = time.monotonic()

    event.listen(engine, "checkout", ping)
    event.listen(engine, "checkin", note)
    event.listen(engine, "connect", note)
    return engine


def _sqlite_engine(url: URL, *, writes: bool) -> Engine:
    engine = create_engine(
        url,
        poolclass=QueuePool,
        pool_size=1 if writes else 5,
        max_overflow=0 if writes else 10,
        pool_timeout=WRITER_WAIT_S,
    )

    def set_up(connection: sqlite3.Connection, _record: Any) -> None:
        # The driver must not begin transactions by itself: it would begin too late.
        connection.isolation_level = None
        connection.execute(f"PRAGMA busy_timeout={BUSY_TIMEOUT_MS}")
        if writes:
            connection.execute("PRAGMA journal_mode=WAL")
            connection.execute("PRAGMA synchronous=FULL")
        else:
            connection.execute("PRAGMA wal_autocheckpoint=0")
            connection.execute("PRAGMA query_only=1")

    def begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    event.listen(engine, "connect", set_up)
    event.listen(engine, "begin", begin)
    return engine


class _FileLock:
    """One writer at a time, across programs."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._file = path.open("a")

    @property
    def closed(self) -> bool:
        return self._file.closed

    @contextmanager
    def held(self) -> Iterator[None]:
        fcntl.flock(self._file, fcntl.LOCK_EX)
        try:
            yield
        finally:
            fcntl.flock(self._file, fcntl.LOCK_UN)

    def close(self) -> None:
        self._file.close()
