"""Sums of each shop over a stretch of days, from a table of days and one of months."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Connection, Select, Table, cast, func, select

from sync.server.accounts.roles import of_shops
from sync.server.rollups.groups import of_regions
from sync.server.whole_months import Part, parts_of

Tables = tuple[Table, Table]
"""With a row per shop and ``day``, and per shop and ``month``."""


def by_shop(
    connection: Connection,
    tables: Tables,
    names: Sequence[str],
    shops: ColumnElement[bool],
    span: tuple[date, date],
) -> dict[int, list[int]]:
    """The sums of each shop that the condition on ``shop`` names.

    Args:
        connection: one consistent view.
        tables: of days and of months.
        names: the columns to add up; a shop's sums are in their order.
        shops: the reader's condition on ``shop``.
        span: first and last day.
    """
    return _added_up(
        connection, ((part.sign, _asked(tables, names, shops, part)) for part in parts_of(*span))
    )


def by_region(
    connection: Connection,
    tables: Tables,
    names: Sequence[str],
    shops: ColumnElement[bool],
    span: tuple[date, date],
) -> dict[str, list[int]]:
    """As :func:`by_shop`, by the code of the shops' region: a thousand rows fewer to fetch."""
    return _added_up(
        connection,
        ((part.sign, of_regions(_asked(tables, names, shops, part))) for part in parts_of(*span)),
    )


def _asked(
    tables: Tables, names: Sequence[str], shops: ColumnElement[bool], part: Part
) -> Select[Any]:
    table = tables[part.are_months]
    day = table.c.month if part.are_months else table.c.day
    sums: list[Any] = [cast(func.sum(table.c[x]), BigInteger).label(x) for x in names]
    return (
        select(table.c.shop_id, *sums)
        .where(of_shops(table.c.shop_id, shops))
        .where(day.between(part.first, part.last))
        .group_by(table.c.shop_id)
    )


def _added_up(
    connection: Connection, parts: Iterable[tuple[int, Select[Any]]]
) -> dict[Any, list[int]]:
    found: dict[Any, list[int]] = {}
    for sign, asked in parts:
        for key, *sums in connection.execute(asked).all():
            row = found.setdefault(key, [0] * len(sums))
            for place, number in enumerate(sums):
                row[place] += sign * number
    return found


def differences(
    connection: Connection, tables: Tables, names: Sequence[str], shop_id: int
) -> Iterator[tuple[date, list[int], list[int]]]:
    """Months of a shop that are not the sum of their days: the month, what is kept, what is right."""
    days, months = tables
    right: defaultdict[date, list[int]] = defaultdict(lambda: [0] * len(names))
    kept = right.copy()
    for table, column, sums in ((days, days.c.day, right), (months, months.c.month, kept)):
        rows = connection.execute(
            select(column, *(table.c[name] for name in names)).where(table.c.shop_id == shop_id)
        )
        for day, *found in rows:
            month = day.replace(day=1)
            sums[month] = [a + b for a, b in zip(sums[month], found, strict=True)]
    for month in sorted({*right, *kept}):
        if kept[month] != right[month]:
            yield month, kept[month], right[month]
