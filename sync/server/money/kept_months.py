"""Sums of each shop over a stretch of days, from a table of days and one of months."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date

from sqlalchemy import BigInteger, ColumnElement, Connection, Table, cast, func, select

from sync.server.schema import shop
from sync.server.whole_months import parts_of


def by_shop(
    connection: Connection,
    tables: tuple[Table, Table],
    names: Sequence[str],
    shops: ColumnElement[bool],
    span: tuple[date, date],
) -> dict[int, list[int]]:
    """The sums of each shop that the condition on ``shop`` names.

    Args:
        connection: one consistent view.
        tables: with a row per shop and ``day``, and per shop and ``month``.
        names: the columns to add up; a shop's sums are in their order.
        shops: the reader's condition on ``shop``.
        span: first and last day.
    """
    found: dict[int, list[int]] = {}
    for part in parts_of(*span):
        table = tables[part.are_months]
        day = table.c.month if part.are_months else table.c.day
        rows = connection.execute(
            select(table.c.shop_id, *(cast(func.sum(table.c[x]), BigInteger) for x in names))
            # Not a join: SQLite would read whole shops instead of the index of their days.
            .where(table.c.shop_id.in_(select(shop.c.shop_id).where(shops)))
            .where(day.between(part.first, part.last))
            .group_by(table.c.shop_id)
        ).all()
        for shop_id, *sums in rows:
            row = found.setdefault(shop_id, [0] * len(names))
            for place, number in enumerate(sums):
                row[place] += part.sign * number
    return found


def differences(
    connection: Connection, tables: tuple[Table, Table], names: Sequence[str], shop_id: int
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
