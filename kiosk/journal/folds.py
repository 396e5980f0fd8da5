"""The folds' cache in the journal's file: written by what changed, read whole, replaced whole."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping
from operator import attrgetter
from typing import Any

from sqlalchemy import Connection, Table, delete, select
from sqlalchemy.dialects.sqlite import insert

from kiosk.domain.chain import Head
from kiosk.domain.errors import JournalError, MoneyError
from kiosk.domain.ledger import Box, DayTotals, Ledger
from kiosk.domain.money import Pieces
from kiosk.journal import schema
from kiosk.journal.schema import driver_sql

Position = tuple[int, int]
"""(epoch, seq) of an entry; (0, 0) is before the first."""


def _upsert(table: Table, key: str) -> str:
    statement = insert(table)
    return driver_sql(
        statement.on_conflict_do_update(
            index_elements=[key],
            set_={c.name: statement.excluded[c.name] for c in table.columns if c.name != key},
        )
    )


_SET_FOLD = _upsert(schema.fold, "id")
_SET_PIECE = _upsert(schema.box_piece, "denomination")
_DROP_PIECE = driver_sql(delete(schema.box_piece).where(schema.box_piece.c.denomination == ""))
_SET_STOCK = _upsert(schema.stock, "product_id")
_SET_DAY = _upsert(schema.day, "day")
_totals_of = attrgetter(*(c.name for c in schema.day.columns if c.name != "day"))


def save(driver: sqlite3.Connection, before: Ledger, after: Ledger, at: Head) -> None:
    """Writes what an entry changed, in the transaction that appends it."""
    for statement, rows in changed_rows(before, after, at):
        driver.executemany(statement, rows)


def changed_rows(
    before: Ledger, after: Ledger, at: Head
) -> Iterable[tuple[str, list[tuple[Any, ...]]]]:
    """Statements and their rows that turn one ledger's cache into the next one's."""
    box = (1, at.epoch, at.seq, after.box.expected_tenge, int(after.box.known))
    yield _SET_FOLD, [box]
    if after.box.available is not before.box.available:
        held, left = _codes(before.box), _codes(after.box)
        if changed := [(code, n) for code, n in left.items() if held.get(code) != n]:
            yield _SET_PIECE, changed
        if gone := [(code,) for code in held if code not in left]:
            yield _DROP_PIECE, gone
    # Folds replace what they change and keep the rest, so identity finds changes cheaply even
    # after years of days.
    stock, days = _changed(before.stock, after.stock), _changed(before.days, after.days)
    if stock:
        yield _SET_STOCK, stock
    if days:
        yield _SET_DAY, [(name, *_totals_of(totals)) for name, totals in days]


class UnreadableTotalsError(JournalError):
    """The cache was damaged; the entries have all that it held."""


def load(connection: Connection) -> tuple[Ledger, Position]:
    """The cached ledger, and the entry up to which it was folded.

    Raises:
        UnreadableTotalsError: for values that no program of ours wrote.
    """
    fold = connection.execute(select(schema.fold)).one_or_none()
    if fold is None:
        return Ledger(), (0, 0)
    _require_numbers(fold)
    pieces = _mapping(connection, schema.box_piece)
    stock = _mapping(connection, schema.stock)
    days = {}
    for name, *totals in connection.execute(select(schema.day)):
        _require_name(name)
        _require_numbers(totals)
        days[name] = DayTotals(*totals)
    try:
        available = Pieces.from_codes(pieces) if fold.box_known else None
    except MoneyError as error:
        raise UnreadableTotalsError(f"The totals cannot be read: {error}") from error
    ledger = Ledger(Box(fold.expected_tenge, available), stock, days)
    return ledger, (fold.epoch, fold.seq)


def replace(connection: Connection, ledger: Ledger, at: Head) -> None:
    """Puts a ledger in place of whatever the cache says, inside a transaction."""
    for table in (schema.fold, schema.box_piece, schema.stock, schema.day):
        connection.execute(delete(table))
    for statement, rows in changed_rows(Ledger(), ledger, at):
        connection.exec_driver_sql(statement, rows)


def differences(cached: Ledger, folded: Ledger) -> list[str]:
    """Where a cache departs from what the entries say, in words; empty when it is right."""
    found = []
    if cached.box.expected_tenge != folded.box.expected_tenge:
        found.append(
            f"expected cash: {cached.box.expected_tenge} ₸ cached, "
            f"{folded.box.expected_tenge} ₸ by the entries"
        )
    if cached.box.known != folded.box.known:
        found.append("whether the box was ever counted")
    pairs: tuple[tuple[str, dict[str, object], dict[str, object]], ...] = (
        ("pieces of", {**_codes(cached.box)}, {**_codes(folded.box)}),
        ("stock of", {**cached.stock}, {**folded.stock}),
        ("totals of", {**cached.days}, {**folded.days}),
    )
    for what, here, there in pairs:
        names = sorted({*here, *there})
        found += [
            f"{what} {name}: {here.get(name)} cached, {there.get(name)} by the entries"
            for name in names
            if here.get(name) != there.get(name)
        ]
    return found


def _changed(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[tuple[str, Any]]:
    if after is before:
        return []
    return [(name, value) for name, value in after.items() if before.get(name) is not value]


def _mapping(connection: Connection, table: Table) -> dict[str, int]:
    found = {}
    for name, number in connection.execute(select(table)):
        _require_name(name)
        _require_numbers((number,))
        found[name] = number
    return found


def _require_name(name: object) -> None:
    if not isinstance(name, str):
        raise UnreadableTotalsError(f"The totals cannot be read: {name!r} is no name.")


def _require_numbers(numbers: Iterable[object]) -> None:
    for number in numbers:
        if not isinstance(number, int):
            raise UnreadableTotalsError(f"The totals cannot be read: {number!r} is no number.")


def _codes(box: Box) -> dict[str, int]:
    return {} if box.available is None else box.available.to_codes()
