"""Every step of the migrations, up and down, on both databases, with rows in every table.

Generic: tables and steps that are added later are walked too.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import (
    Boolean,
    Connection,
    Date,
    Float,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    func,
    insert,
    inspect,
    select,
)

from sync.server import migrate
from sync.server.store import Store

ROWS = 3
DOCUMENT = b'{"version":1,"products":[]}'
"""What a step reads must be readable."""


def revisions() -> list[str]:
    """From the first to the newest."""
    script = ScriptDirectory.from_config(migrate._config(None))
    return [step.revision for step in script.walk_revisions()][::-1]


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    opened = Store(database_url)
    yield opened
    opened.close()


def tables_of(connection: Connection) -> dict[str, Table]:
    """What stands in the database, as the database tells it."""
    found = MetaData()
    found.reflect(connection)
    return {name: table for name, table in found.tables.items() if name != "alembic_version"}


def some_value(column: Any, number: int) -> Any:  # noqa: PLR0911  a table of types
    """A value of the column's type, another for each number."""
    kind = column.type
    if isinstance(kind, Boolean):
        return number % 2 == 0
    if isinstance(kind, Date):
        return date(2026, 11, number + 1)
    if isinstance(kind, LargeBinary) and column.name == "document":
        return DOCUMENT.replace(b"1", str(number + 1).encode())
    if isinstance(kind, LargeBinary):
        return bytes([number]) * 32
    if isinstance(kind, Integer):
        return number + 1
    if isinstance(kind, Float):
        return float(number)
    text = f"ұ{number}" if (kind.length or 99) < 8 else f"ұлттық «{number}»"
    return text[: kind.length] if kind.length else text


def fill(connection: Connection) -> dict[str, int]:
    """Rows in every table that has none yet; how many each table has then."""
    counts = {}
    for name, table in tables_of(connection).items():
        if connection.execute(select(func.count()).select_from(table)).scalar() == 0:
            rows = [{c.name: some_value(c, n) for c in table.c} for n in range(ROWS)]
            connection.execute(insert(table), rows)
        counts[name] = connection.execute(select(func.count()).select_from(table)).scalar_one()
    return counts


def shape_of(connection: Connection) -> dict[str, Any]:
    """Tables, columns, keys and indexes, for comparing."""
    look = inspect(connection)
    return {
        name: (
            [(c["name"], str(c["type"]), c["nullable"]) for c in look.get_columns(name)],
            look.get_pk_constraint(name)["constrained_columns"],
            sorted((i["name"], i["column_names"], i["unique"]) for i in look.get_indexes(name)),
        )
        for name in look.get_table_names()
        if name != "alembic_version"
    }


def test_every_step_goes_up_with_data_in_it_down_again_and_up(store: Store) -> None:
    steps = revisions()
    shapes: dict[str, dict[str, Any]] = {}
    for step in steps:
        migrate.upgrade(store, step)
        shapes[step] = store.read(shape_of)
        store.write(fill)
    for later, earlier in zip(steps[:0:-1], steps[-2::-1], strict=True):
        before = store.read(rows_by_table)
        migrate.downgrade(store, earlier)
        assert store.read(shape_of) == shapes[earlier], f"{later} leaves something behind"
        assert store.read(migrate.revision_of) == earlier
        # Nothing of what stays is lost.
        after = store.read(rows_by_table)
        assert after == {name: before[name] for name in after}
    migrate.upgrade(store)
    assert store.read(shape_of) == shapes[steps[-1]]
    migrate.downgrade(store, "base")
    assert store.read(shape_of) == {}
    migrate.upgrade(store)
    assert store.read(shape_of) == shapes[steps[-1]]


def rows_by_table(connection: Connection) -> dict[str, int]:
    """How many rows each table has."""
    return {
        name: connection.execute(select(func.count()).select_from(table)).scalar_one()
        for name, table in tables_of(connection).items()
    }


def test_the_steps_are_one_chain_without_a_gap() -> None:
    steps = revisions()
    assert steps == [f"{number:04}" for number in range(1, len(steps) + 1)]
    assert steps[-1] == migrate.newest_revision()
