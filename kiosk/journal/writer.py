"""The one thread that writes: stamp, encode, hash, sign, append and fold, all in one COMMIT.

Nobody is thanked before the Future is done. When the disk refuses, nothing is half-written: the
connection is thrown away, and the next append opens a new one, reads again where the journal
stands and proves by a small write that the disk takes data.
"""

from __future__ import annotations

import contextlib
import logging
import queue
import sqlite3
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, insert
from sqlalchemy.exc import DBAPIError

from kiosk.clock import StampClock
from kiosk.domain import chain, entries
from kiosk.domain.chain import Head, StoredEntry
from kiosk.domain.entries import Abandoned, Body, CashReceived, Correction, Entry, Sale
from kiosk.domain.errors import AdalError, JournalError
from kiosk.domain.ledger import Ledger
from kiosk.journal import folds, schema, store, suggestions
from kiosk.journal.database import cause_of, writer_engine
from kiosk.journal.schema import driver_sql
from kiosk.journal.suggestions import SuggestionText
from kiosk.keys import KioskIdentity

CommitCallback = Callable[[StoredEntry, Ledger], None]

INSERT_ENTRY = driver_sql(insert(schema.entry))
"""Takes :func:`entry_row`."""

_log = logging.getLogger(__name__)


def once_key(body: Body) -> str | None:
    """What makes a second entry of the same meaning impossible; None for what may come again.

    One tap is one sale, a sale is taken back once, a visit is abandoned once, a volunteer's form
    is handed in once and money is received once.
    """
    if isinstance(body, Sale):
        return f"sale {body.checkout_id}"
    if isinstance(body, Correction):
        return correction_key(body.sale.epoch, body.sale.seq)
    if isinstance(body, Abandoned):
        return f"abandoned {body.checkout_id}"
    if isinstance(body, CashReceived):
        return f"received {body.cash_out.epoch}/{body.cash_out.seq}"
    form_id = getattr(body, "form_id", "")
    return f"form {form_id}" if form_id else None


def correction_key(epoch: int, seq: int) -> str:
    """The key of the one entry that takes this sale back."""
    return f"correction {epoch}/{seq}"


@dataclass(frozen=True, slots=True)
class _Job:
    """Something to write in its own transaction, and who waits for it.

    ``do`` resolves the future itself, so that whoever waits goes on before listeners are called.
    """

    do: Callable[[Future[Any]], None]
    future: Future[Any]


class Writer:
    """Owns the writing connection; other threads only hand over jobs and read snapshots."""

    def __init__(self, path: Path, identity: KioskIdentity, clock: StampClock) -> None:
        self._path = path
        self._identity = identity
        self._clock = clock
        self._engine = writer_engine(path)
        self._connection: Connection | None = None
        self._jobs: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._callbacks: list[CommitCallback] = []
        self._closing = threading.Lock()
        self._closed = False
        # One reference, replaced whole: a reader sees head and ledger of the same entry.
        self._state = (Head(identity.epoch, 0, identity.link_hash), Ledger())
        self._thread = threading.Thread(target=self._run, name="journal-writer", daemon=True)

    @property
    def head(self) -> Head:
        """The head right after the last COMMIT."""
        return self._state[0]

    @property
    def ledger(self) -> Ledger:
        """The folds right after the last COMMIT."""
        return self._state[1]

    def start(self, connection: Connection, head: Head, ledger: Ledger) -> None:
        """Takes over the connection that opened the journal, and starts the thread."""
        self._connection = connection
        self._state = (head, ledger)
        self._thread.start()

    def on_commit(self, callback: CommitCallback) -> None:
        """Calls back after each COMMIT, in the writer's thread."""
        self._callbacks.append(callback)

    def append(self, body: Body, text: SuggestionText | None = None) -> Future[StoredEntry]:
        """Hands an entry over, with the words of a suggestion if it is one."""
        return self._put(lambda future: self._append(body, text, future))

    def write(self, change: Callable[[Connection], None]) -> Future[None]:
        """Hands over a change of what lies beside the journal."""
        return self._put(lambda future: self._write(change, future))

    def close(self, timeout_s: float) -> bool:
        """Lets the jobs at hand finish; False when they did not within the time."""
        with self._closing:
            if not self._closed:
                self._closed = True
                self._jobs.put(None)
        self._thread.join(timeout_s)
        return not self._thread.is_alive()

    def _put(self, do: Callable[[Future[Any]], None]) -> Future[Any]:
        future: Future[Any] = Future()
        with self._closing:
            if self._closed:
                future.set_exception(JournalError("The journal is closed. Start the kiosk again."))
            else:
                self._jobs.put(_Job(do, future))
        return future

    def _run(self) -> None:
        while (job := self._jobs.get()) is not None:
            if job.future.set_running_or_notify_cancel():
                self._do(job)
        self._drop_connection()
        self._engine.dispose()

    def _do(self, job: _Job) -> None:
        try:
            job.do(job.future)
        except AdalError as error:
            _refuse(job.future, error)
        except (DBAPIError, sqlite3.Error) as error:
            self._drop_connection()
            _log.warning("The journal could not be written: %s.", cause_of(error))
            refused = JournalError(
                f"It could not be saved: {cause_of(error)}. Nothing was written; try again, "
                f"and if it stays so, look after {self._path}."
            )
            refused.__cause__ = error
            _refuse(job.future, refused)
        except Exception as error:
            # The thread outlives any mistake: the next entry may well be a good one.
            self._drop_connection()
            _log.exception("The journal's writer met something unforeseen.")
            unforeseen = JournalError(f"It could not be saved: {error}. Nothing was written.")
            unforeseen.__cause__ = error
            _refuse(job.future, unforeseen)

    def _append(self, body: Body, text: SuggestionText | None, future: Future[StoredEntry]) -> None:
        connection = self._connected()
        key = once_key(body)
        head, before = self._state
        payload = entries.encode(Entry(body, self._clock.stamp()))  # type: ignore[arg-type]
        # Folding what was read back proves that the bytes kept for ever can be read at all.
        after = before.apply(entries.decode(payload))
        made = chain.make_entry(self._identity.key, self._identity.kiosk_id, head, payload)
        driver = _driver_of(connection)
        try:
            with _transaction(driver):
                driver.execute(INSERT_ENTRY, entry_row(made, key))
                if text is not None:
                    suggestions.add(driver, text)
                folds.save(driver, before, after, made.head)
        except sqlite3.IntegrityError:
            # Asking only now costs the usual case nothing; the rows refuse a second one anyway.
            if key is None or (first := _find_once(connection, key)) is None:
                raise
            future.set_result(first)
            return
        except sqlite3.Error as error:
            if not self._landed(made):
                raise
            _log.warning("A COMMIT reported %s, yet its entry is on the disk.", cause_of(error))
        self._state = (made.head, after)
        future.set_result(made)
        for callback in self._callbacks:
            self._call(callback, made, after)

    def _landed(self, made: StoredEntry) -> bool:
        """Whether an entry whose COMMIT reported an error is on the disk after all."""
        self._drop_connection()
        with contextlib.suppress(DBAPIError, sqlite3.Error):
            self._connected()
            return self.head == made.head
        return False

    def _write(self, change: Callable[[Connection], None], future: Future[None]) -> None:
        connection = self._connected()
        with connection.begin():
            change(connection)
        future.set_result(None)

    def _connected(self) -> Connection:
        if self._connection is None:
            self._connection = self._connect_again()
        return self._connection

    def _connect_again(self) -> Connection:
        connection = self._engine.connect()
        try:
            with connection.begin():
                last = store.load_last(connection)
                ledger, _ = folds.load(connection)
                head = self._head_after(last)
                # What another try finds already written must also be known to be on the disk.
                folds.replace(connection, ledger, head if last is None else last.head)
        except BaseException:
            connection.close()
            raise
        self._state = (head, ledger)
        return connection

    def _head_after(self, last: StoredEntry | None) -> Head:
        if last is None or last.epoch != self._identity.epoch:
            return Head(self._identity.epoch, 0, self._identity.link_hash)
        return last.head

    def _drop_connection(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            with contextlib.suppress(DBAPIError, sqlite3.Error):
                connection.close()

    @staticmethod
    def _call(callback: CommitCallback, made: StoredEntry, ledger: Ledger) -> None:
        try:
            callback(made, ledger)
        except Exception:
            _log.exception("A listener to the journal failed; the entry itself is safe.")


def entry_row(made: StoredEntry, key: str | None) -> tuple[Any, ...]:
    """An entry in the order of the table's columns."""
    return made.epoch, made.seq, made.prev_hash, made.hash, made.payload, made.signature, key


def _refuse(future: Future[Any], error: AdalError) -> None:
    if not future.done():
        future.set_exception(error)


def _driver_of(connection: Connection) -> sqlite3.Connection:
    """The driver's own connection: on the way of a sale even SQLAlchemy's thin calls add up."""
    driver = connection.connection.driver_connection
    assert isinstance(driver, sqlite3.Connection)
    return driver


@contextlib.contextmanager
def _transaction(driver: sqlite3.Connection) -> Iterator[None]:
    driver.execute("BEGIN IMMEDIATE")
    try:
        yield
        driver.execute("COMMIT")
    except BaseException:
        # Some errors have rolled back already; a second time would only hide the first reason.
        if driver.in_transaction:
            driver.execute("ROLLBACK")
        raise


def _find_once(connection: Connection, key: str) -> StoredEntry | None:
    with connection.begin():
        return store.load_once(connection, key)
