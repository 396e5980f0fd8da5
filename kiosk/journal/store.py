"""Short reads of the journal's file: at most 200 rows, then the connection is closed.

An open read cursor would keep the writer from committing.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, RowMapping, Select, func, select, tuple_

from kiosk.domain.chain import Head, StoredEntry
from kiosk.domain.errors import JournalError
from kiosk.domain.ledger import Ledger
from kiosk.journal import folds, schema
from kiosk.journal.database import in_words, reader_engine
from kiosk.journal.folds import Position

PAGE_ROWS_MAX = 200
START: Position = (0, 0)
_END: Position = (2**62, 2**62)


@dataclass(frozen=True, slots=True)
class EpochRow:
    """An epoch as the journal's file knows it."""

    kiosk_id: str
    epoch: int
    public_key: bytes
    link_hash: bytes

    @property
    def start(self) -> Head:
        """What the epoch's first entry follows."""
        return Head(self.epoch, 0, self.link_hash)


_ENTRIES = select(schema.entry, schema.epoch.c.kiosk_id).outerjoin(
    schema.epoch, schema.epoch.c.epoch == schema.entry.c.epoch
)


def _after(after: Position) -> Select[Any]:
    # A comparison of row values walks the key from there; "or" would start at entry 1 each time.
    e = schema.entry.c
    return _ENTRIES.where(tuple_(e.epoch, e.seq) > after).order_by(e.epoch, e.seq)


class Reader:
    """Reads one journal's file; every call opens, fetches and closes."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._engine = reader_engine(path)

    def epochs(self) -> list[EpochRow]:
        """All epochs, oldest first."""
        with self._connected() as connection:
            return load_epochs(connection)

    def page(self, after: Position, limit: int = PAGE_ROWS_MAX) -> list[StoredEntry]:
        """Up to 200 entries after that one, across epochs, oldest first."""
        return self._fetch(_after(after).limit(_page_rows(limit)))

    def page_before(self, before: Position = _END, limit: int = PAGE_ROWS_MAX) -> list[StoredEntry]:
        """Up to 200 entries before that one, newest first."""
        e = schema.entry.c
        earlier = _ENTRIES.where(tuple_(e.epoch, e.seq) < before)
        newest_first = earlier.order_by(e.epoch.desc(), e.seq.desc())
        return self._fetch(newest_first.limit(_page_rows(limit)))

    def page_of_epoch(self, epoch: int, after_seq: int, limit: int) -> list[StoredEntry]:
        """Up to 200 entries of one epoch after that number."""
        e = schema.entry.c
        chosen = _ENTRIES.where(e.epoch == epoch, e.seq > after_seq).order_by(e.seq)
        return self._fetch(chosen.limit(_page_rows(limit)))

    def entries(self, after: Position = START) -> Iterator[StoredEntry]:
        """All entries after that one, oldest first, page by page."""
        while page := self.page(after):
            yield from page
            after = position(page[-1])

    def pages_newest_first(self) -> Iterator[list[StoredEntry]]:
        """All entries from the last one back, in pages."""
        before = _END
        while page := self.page_before(before):
            yield page
            before = position(page[-1])

    def by_once_key(self, once_key: str) -> StoredEntry | None:
        """The one entry that carries this key."""
        with self._connected() as connection:
            return load_once(connection, once_key)

    def page_with_keys(self, after: Position) -> list[tuple[StoredEntry, str | None]]:
        """Up to 200 entries after that one, oldest first, each with the key stored beside it."""
        with self._connected() as connection:
            rows = connection.execute(_after(after).limit(PAGE_ROWS_MAX)).mappings()
            return [(stored(row), row["once_key"]) for row in rows]

    def count(self) -> int:
        """How many entries there are."""
        with self._connected() as connection:
            return connection.execute(select(func.count()).select_from(schema.entry)).scalar_one()

    def ledger(self) -> tuple[Ledger, Position]:
        """The cached ledger and the entry up to which it was folded, as of one moment."""
        with self._connected() as connection:
            return folds.load(connection)

    def faults(self) -> list[str]:
        """What is wrong with the file's marks, tables and protections."""
        with self._connected() as connection:
            return schema.faults(connection)

    def damage(self) -> list[str]:
        """What SQLite itself finds broken in the file."""
        with self._connected() as connection:
            lines = connection.exec_driver_sql("PRAGMA integrity_check(10)").scalars().all()
        return [f"SQLite says: {line}" for line in lines if line != "ok"]

    def rows(self, statement: Any) -> list[RowMapping]:
        """Up to 200 rows of a statement that says so itself."""
        with self._connected() as connection:
            return list(connection.execute(statement).mappings())

    def _fetch(self, statement: Any) -> list[StoredEntry]:
        with self._connected() as connection:
            return [stored(row) for row in connection.execute(statement).mappings()]

    @contextlib.contextmanager
    def _connected(self) -> Iterator[Connection]:
        with (
            in_words("The journal cannot be read", self.path),
            self._engine.connect() as connection,
        ):
            yield connection


def stored(row: RowMapping) -> StoredEntry:
    """A row of the table as an entry.

    Raises:
        JournalError: for a row that SQLite would never have taken: the file was damaged.
    """
    _require(row, _NUMBERS_OF_ENTRY, int)
    _require(row, _BYTES_OF_ENTRY, bytes)
    return StoredEntry(
        row["kiosk_id"] or "",
        row["epoch"],
        row["seq"],
        row["prev_hash"],
        row["hash"],
        row["payload"],
        row["signature"],
    )


_NUMBERS_OF_ENTRY = ("epoch", "seq")
_BYTES_OF_ENTRY = ("prev_hash", "hash", "payload", "signature")


def _require(row: RowMapping, names: tuple[str, ...], kind: type) -> None:
    if not all(isinstance(row[name], kind) for name in names):
        raise JournalError(
            "The journal's file is damaged: a row holds no entry. Keep the file as it is, copy it "
            "and tell the coordinator."
        )


def position(entry: StoredEntry) -> Position:
    """Where an entry stands in its kiosk's journal."""
    return entry.epoch, entry.seq


def load_epochs(connection: Connection) -> list[EpochRow]:
    """All epochs, oldest first."""
    rows = connection.execute(select(schema.epoch).order_by(schema.epoch.c.epoch)).mappings().all()
    for row in rows:
        _require(row, ("epoch",), int)
        _require(row, ("kiosk_id",), str)
        _require(row, ("public_key", "link_hash"), bytes)
    return [EpochRow(r["kiosk_id"], r["epoch"], r["public_key"], r["link_hash"]) for r in rows]


def load_all(connection: Connection) -> Iterator[StoredEntry]:
    """All entries on a connection that nobody waits for, oldest first."""
    after = START
    while rows := connection.execute(_after(after).limit(PAGE_ROWS_MAX)).mappings().all():
        yield from (page := [stored(row) for row in rows])
        after = position(page[-1])


def load_once(connection: Connection, once_key: str) -> StoredEntry | None:
    """The one entry that carries this key."""
    chosen = _ENTRIES.where(schema.entry.c.once_key == once_key)
    row = connection.execute(chosen).mappings().one_or_none()
    return None if row is None else stored(row)


def load_last(connection: Connection) -> StoredEntry | None:
    """The newest entry."""
    e = schema.entry.c
    newest = _ENTRIES.order_by(e.epoch.desc(), e.seq.desc()).limit(1)
    row = connection.execute(newest).mappings().one_or_none()
    return None if row is None else stored(row)


def _page_rows(limit: int) -> int:
    return max(1, min(limit, PAGE_ROWS_MAX))
