"""How long a page reads, and how long each SQL statement takes until its last row is read.

PostgreSQL's driver reads all rows when it executes, SQLite's as they are fetched; both count.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, event

from sync.server.store import Store

R = TypeVar("R")


class Statements:
    """The statements of an engine and their times; one at a time."""

    def __init__(self) -> None:
        self.times_ms: dict[str, list[float]] = defaultdict(list)
        self._began_s = 0.0

    def watch(self, engine: Engine) -> None:
        """Times all that runs there from now on."""
        event.listen(engine, "before_cursor_execute", self._before)
        event.listen(engine, "after_cursor_execute", self._after)

    def taken(self) -> dict[str, list[float]]:
        """What ran since the last time, by its text."""
        found, self.times_ms = dict(self.times_ms), defaultdict(list)
        return found

    def _before(self, *_: Any) -> None:
        self._began_s = time.perf_counter()

    def _after(self, _c: Any, cursor: Any, statement: str, _p: Any, context: Any, _m: Any) -> None:
        times = self.times_ms[" ".join(statement.split())]
        times.append((time.perf_counter() - self._began_s) * 1e3)
        context.cursor = _TimedCursor(cursor, times)


class _TimedCursor:
    """The driver's cursor; adds the time of fetching to the statement's."""

    def __init__(self, cursor: Any, times_ms: list[float]) -> None:
        self._cursor = cursor
        self._times_ms = times_ms
        self._place = len(times_ms) - 1

    def fetchall(self) -> Any:
        return self._timed(self._cursor.fetchall)

    def fetchmany(self, *size: int) -> Any:
        return self._timed(self._cursor.fetchmany, *size)

    def fetchone(self) -> Any:
        return self._timed(self._cursor.fetchone)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._cursor, name)

    def _timed(self, fetch: Any, *given: int) -> Any:
        began_s = time.perf_counter()
        try:
            return fetch(*given)
        finally:
            self._times_ms[self._place] += (time.perf_counter() - began_s) * 1e3


class TimedStore(Store):
    """Knows how long was read, and what it cost; one request at a time."""

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self.spent_s = self.cpu_s = 0.0
        self.statements = Statements()
        self.statements.watch(self._reader)

    def read(self, work: Callable[[Connection], R]) -> R:
        """As ever."""
        began_s, began_cpu_s = time.perf_counter(), time.thread_time()

        def measured(connection: Connection) -> R:
            pid = None if self.is_sqlite else _backend(connection)
            began_ns = _ran_ns(pid)
            try:
                return work(connection)
            finally:
                self.cpu_s += (_ran_ns(pid) - began_ns) / 1e9

        try:
            return super().read(measured)
        finally:
            self.spent_s += time.perf_counter() - began_s
            self.cpu_s += time.thread_time() - began_cpu_s


def _backend(connection: Connection) -> int:
    driver: Any = connection.connection.driver_connection
    return int(driver.info.backend_pid)


def _ran_ns(pid: int | None) -> int:
    """How long a process ran on a processor; 0 for one that is not of this machine."""
    try:
        return int(Path(f"/proc/{pid}/schedstat").read_text("ascii").split()[0])
    except OSError:
        return 0
