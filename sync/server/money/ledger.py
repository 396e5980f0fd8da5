"""The money's book as a table for a spreadsheet: every movement of some shops, by day.

CSV that Excel opens by a double click here: UTF-8 with its mark, semicolons, and text that a
spreadsheet would take for a formula defused by an apostrophe.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from sqlalchemy import ColumnElement, Connection, and_, select

from sync.server.money import spending
from sync.server.money.spending import Kind
from sync.server.schema import shop
from sync.server.schema.money import bank_day, cash_out, cash_receipt, money_day

BOM = "\ufeff"
_FORMULA = ("=", "+", "-", "@", "\t", "\r")

KINDS = (
    "counted_cash",
    "confirmed_qr",
    "restock_cost",
    "other_cost",
    "payout",
    "cash_out",
    "cash_received",
)
"""What a row can be; the first four make up what was earned, costs being negative."""

Row = tuple[date, str, str, int, str]
"""Day, shop, kind, amount in tenge, words."""


def rows(
    connection: Connection, shops: ColumnElement[bool], since_day: date, until_day: date
) -> list[Row]:
    """All movements by day, shop and kind."""
    parts = (_kept, _bank, _spent, _cash)
    found = [row for part in parts for row in part(connection, shops, since_day, until_day)]
    return sorted(found, key=lambda row: (row[0], row[1], KINDS.index(row[2]), row[3:]))


def csv_lines(
    found: Sequence[Row], heading: Sequence[str], names: Mapping[str, str]
) -> Iterator[str]:
    """The file, line by line.

    Args:
        heading: over the five columns.
        names: of the kinds, in the reader's language.
    """
    yield BOM + _line(heading)
    for day, slug, kind, amount_tenge, words in found:
        yield _line((day.isoformat(), slug, names[kind], str(amount_tenge), defused(words)))


def defused(text: str) -> str:
    """Text that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(_FORMULA) else text


def _line(cells: Sequence[str]) -> str:
    buffer = io.StringIO()
    csv.writer(buffer, delimiter=";").writerow(cells)
    return buffer.getvalue()


def _kept(
    connection: Connection, shops: ColumnElement[bool], since_day: date, until_day: date
) -> Iterator[Row]:
    found = connection.execute(
        select(money_day, shop.c.slug)
        .join(shop, shop.c.shop_id == money_day.c.shop_id)
        .where(shops, money_day.c.day.between(since_day, until_day))
    )
    for row in found:
        if row.counts:
            yield row.day, row.slug, "counted_cash", int(row.counted_cash_tenge), ""
        if row.restock_cost_tenge:
            yield row.day, row.slug, "restock_cost", -int(row.restock_cost_tenge), ""


def _bank(
    connection: Connection, shops: ColumnElement[bool], since_day: date, until_day: date
) -> Iterator[Row]:
    """One row for each shop's day: a line for every shopper would say too much."""
    found = connection.execute(
        select(bank_day.c.day, shop.c.slug, bank_day.c.confirmed_tenge)
        .join(shop, shop.c.shop_id == bank_day.c.shop_id)
        .where(shops, bank_day.c.day.between(since_day, until_day))
        .where(bank_day.c.confirmed_tenge != 0)
    )
    for row in found:
        yield row.day, row.slug, "confirmed_qr", int(row.confirmed_tenge), ""


def _spent(
    connection: Connection, shops: ColumnElement[bool], since_day: date, until_day: date
) -> Iterator[Row]:
    for kind, name in ((Kind.COST, "other_cost"), (Kind.PAYOUT, "payout")):
        for row in spending.listed(connection, kind, shops, since_day, until_day):
            if row.withdrawn_ms is None:
                yield row.day, row.slug, name, -int(row.amount_tenge), row.words


def _cash(
    connection: Connection, shops: ColumnElement[bool], since_day: date, until_day: date
) -> Iterator[Row]:
    same = (cash_out.c[name] == cash_receipt.c[name] for name in _KEY)
    found = connection.execute(
        select(cash_out, shop.c.slug, cash_receipt.c.received_tenge)
        .join(shop, shop.c.shop_id == cash_out.c.shop_id)
        .outerjoin(cash_receipt, and_(*same))
        .where(shops, cash_out.c.day.between(since_day, until_day))
    )
    for row in found:
        where = f"{row.kiosk_id}/{row.epoch}/{row.seq}"
        yield row.day, row.slug, "cash_out", -int(row.amount_tenge), where
        if row.kiosk_received_ms is not None:
            yield row.day, row.slug, "cash_received", int(row.amount_tenge), where
        elif row.received_tenge is not None:
            yield row.day, row.slug, "cash_received", int(row.received_tenge), where


_KEY = ("shop_id", "kiosk_id", "epoch", "seq")
