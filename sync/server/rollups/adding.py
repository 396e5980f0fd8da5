"""Adding many rows of numbers to a table of sums, in one statement."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Table
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg

_POSTGRES = PGDialect_psycopg()  # type: ignore[no-untyped-call]  # only to name types


class Adding:
    """``INSERT … ON CONFLICT DO UPDATE SET n = n + …`` of one table.

    PostgreSQL gets the rows as one array a column, which halves the time of a statement a row;
    its order is the rows' order, so that sorted rows never lock two writers out of each other.
    """

    def __init__(self, table: Table, key: Sequence[str], sums: Sequence[str]) -> None:
        columns = (*key, *sums)
        start = f"INSERT INTO {table.name} ({', '.join(columns)}) "
        update = f" ON CONFLICT ({', '.join(key)}) DO UPDATE SET " + ", ".join(
            f"{name} = {table.name}.{name} + excluded.{name}" for name in sums
        )
        marks = ", ".join("?" * len(columns))
        arrays = ", ".join(f"%s::{table.c[name].type.compile(_POSTGRES)}[]" for name in columns)
        self._sqlite = f"{start}VALUES ({marks}){update}"
        self._postgres = f"{start}SELECT * FROM unnest({arrays}){update}"  # noqa: S608  names of ours

    def to(self, connection: Connection, rows: Sequence[tuple[Any, ...]]) -> None:
        """Adds rows, each key at most once; in the order of their keys."""
        if not rows:
            return
        if connection.dialect.name == "postgresql":
            columns = tuple(list(column) for column in zip(*rows, strict=True))
            connection.exec_driver_sql(self._postgres, columns)
        else:
            connection.exec_driver_sql(self._sqlite, [_plain(row) for row in rows])


def _plain(row: tuple[Any, ...]) -> tuple[Any, ...]:
    """SQLite's driver gets days as SQLAlchemy writes them, ``2026-11-21``."""
    return tuple(x.isoformat() if hasattr(x, "isoformat") else x for x in row)
