"""The journal's tables, and the triggers that make two of them append-only.

The triggers' text is what is checked at every open: a trigger that is gone or reads otherwise
means that somebody worked on the file with other tools. The table of entries is never rebuilt by
a migration, because rebuilding drops triggers without a word.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    CheckConstraint,
    Column,
    Connection,
    Executable,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
)
from sqlalchemy.dialects import sqlite

APPLICATION_ID = 0x4144414C
"""``ADAL`` in ASCII: tells the file from any other SQLite database."""
SCHEMA_VERSION = 1

metadata = MetaData()
_OPTIONS: dict[str, Any] = {"sqlite_with_rowid": False, "sqlite_strict": True}

entry = Table(
    "entry",
    metadata,
    Column("epoch", Integer, primary_key=True, autoincrement=False),
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("prev_hash", LargeBinary, nullable=False),
    Column("hash", LargeBinary, nullable=False),
    Column("payload", LargeBinary, nullable=False),
    Column("signature", LargeBinary, nullable=False),
    Column("once_key", Text, comment="what may be in the journal once; NULL for most"),
    **_OPTIONS,
)
epoch = Table(
    "epoch",
    metadata,
    Column("epoch", Integer, primary_key=True, autoincrement=False),
    Column("kiosk_id", Text, nullable=False),
    Column("public_key", LargeBinary, nullable=False),
    Column("link_hash", LargeBinary, nullable=False),
    **_OPTIONS,
)

# The folds: caches, kept by the transaction that appends, rebuilt from the entries at will.
fold = Table(
    "fold",
    metadata,
    Column("id", Integer, CheckConstraint("id = 1"), primary_key=True, autoincrement=False),
    Column("epoch", Integer, nullable=False, comment="the last entry that was folded"),
    Column("seq", Integer, nullable=False),
    Column("expected_tenge", Integer, nullable=False),
    Column("box_known", Integer, nullable=False),
    **_OPTIONS,
)
box_piece = Table(
    "box_piece",
    metadata,
    Column("denomination", Text, primary_key=True),
    Column("count", Integer, nullable=False),
    **_OPTIONS,
)
stock = Table(
    "stock",
    metadata,
    Column("product_id", Text, primary_key=True),
    Column("quantity", Integer, nullable=False),
    **_OPTIONS,
)
day = Table(
    "day",
    metadata,
    Column("day", Text, primary_key=True),
    Column("sales", Integer, nullable=False),
    Column("items", Integer, nullable=False),
    Column("cash_tenge", Integer, nullable=False),
    Column("qr_tenge", Integer, nullable=False),
    Column("left_to_cause_tenge", Integer, nullable=False),
    Column("corrections", Integer, nullable=False),
    **_OPTIONS,
)

# What shoppers wrote lies beside the journal, because it must be possible to delete it.
suggestion_text = Table(
    "suggestion_text",
    metadata,
    Column("suggestion_id", Text, primary_key=True),
    Column("salt", LargeBinary, nullable=False),
    Column("text", Text, nullable=False),
    Column("sent_ms", Integer),
    **_OPTIONS,
)


def _refuse(table: str, what: str, event: str) -> str:
    return (
        f"CREATE TRIGGER {table}_no_{what} BEFORE {event} "
        f"BEGIN SELECT RAISE(ABORT, 'a row of {table} is for ever'); END"
    )


PROTECTIONS: dict[str, str] = {
    "entry_no_update": _refuse("entry", "update", "UPDATE ON entry"),
    "entry_no_delete": _refuse("entry", "delete", "DELETE ON entry"),
    # INSERT OR REPLACE deletes without the trigger above unless the connection sets
    # recursive_triggers; this one does not depend on that.
    "entry_no_replace": _refuse(
        "entry",
        "replace",
        "INSERT ON entry WHEN"
        " EXISTS (SELECT 1 FROM entry WHERE epoch = NEW.epoch AND seq >= NEW.seq)"
        " OR EXISTS (SELECT 1 FROM entry WHERE once_key = NEW.once_key)",
    ),
    "epoch_no_update": _refuse("epoch", "update", "UPDATE ON epoch"),
    "epoch_no_delete": _refuse("epoch", "delete", "DELETE ON epoch"),
    "epoch_no_replace": _refuse(
        "epoch",
        "replace",
        "INSERT ON epoch WHEN EXISTS (SELECT 1 FROM epoch WHERE epoch >= NEW.epoch)",
    ),
    "entry_once": ("CREATE UNIQUE INDEX entry_once ON entry (once_key) WHERE once_key IS NOT NULL"),
}
"""What keeps the journal append-only, by name, in the very text that SQLite keeps."""


def create(connection: Connection) -> None:
    """Makes all tables, their protections and the file's marks, inside a transaction."""
    metadata.create_all(connection)
    for statement in PROTECTIONS.values():
        connection.exec_driver_sql(statement)
    connection.exec_driver_sql(f"PRAGMA application_id = {APPLICATION_ID}")
    connection.exec_driver_sql(f"PRAGMA user_version = {SCHEMA_VERSION}")


def faults(connection: Connection) -> list[str]:
    """What is wrong with the file's marks, tables and protections, in words; empty is right."""
    application_id = connection.exec_driver_sql("PRAGMA application_id").scalar_one()
    if application_id != APPLICATION_ID:
        return ["it is not a journal of Adal"]
    version = connection.exec_driver_sql("PRAGMA user_version").scalar_one()
    if version > SCHEMA_VERSION:
        return [f"it is of version {version}, newer than this program; update Adal"]
    found = connection.exec_driver_sql("SELECT name, sql FROM sqlite_master").all()
    texts: dict[str, str | None] = {row[0]: row[1] for row in found}
    return [
        *(f"its table {name} is missing" for name in metadata.tables if name not in texts),
        *(
            f"its protection {name} {'was changed' if name in texts else 'is missing'}"
            for name in changed_protections(texts)
        ),
    ]


def changed_protections(found: dict[str, str | None]) -> list[str]:
    """Names of protections that are not as they were made, given SQLite's own text by name."""
    return [name for name, statement in PROTECTIONS.items() if found.get(name) != statement]


def restore_protections(connection: Connection) -> list[str]:
    """Puts missing or changed protections back, inside a transaction; returns their names."""
    found = connection.exec_driver_sql("SELECT name, type, sql FROM sqlite_master").all()
    kinds = {name: kind for name, kind, _ in found}
    changed = changed_protections({name: sql for name, _, sql in found})
    for name in changed:
        if name in kinds:
            connection.exec_driver_sql(f"DROP {kinds[name]} {name}")
        connection.exec_driver_sql(PROTECTIONS[name])
    return changed


def driver_sql(statement: Executable) -> str:
    """A Core statement as the text that SQLite's driver takes, built once.

    Compiling, even from cache, costs more than these small statements themselves; parameters are
    given as tuples in the order of the statement's columns.
    """
    return str(statement.compile(dialect=sqlite.dialect()))  # type: ignore[attr-defined]
