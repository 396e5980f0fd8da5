"""Sales out: pages of rows by primary key, so that a broken download goes on where it stopped."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

import msgspec
from sqlalchemy import Connection, func, literal, select, tuple_

from kiosk.domain.chain import receipt_number
from kiosk.domain.entries import CashTender, Correction, Sale, SaleLine, decode
from kiosk.domain.errors import EntryError
from kiosk.domain.ledger import KAZAKHSTAN
from sync.server.problems import ProblemError
from sync.server.schema import entry, shop, shop_day

PAGE_ROWS_DEFAULT = 500
PAGE_ROWS_MAX = 2000
_LAST_MS = 253_402_300_799_999 - 5 * 3_600_000
"""The end of the year 9999 in Kazakhstan, the last moment that can be written."""


class SaleRow(msgspec.Struct, frozen=True):
    """A sale or a correction. Money in tenge; a correction's is negative.

    ``time`` is the kiosk's wall clock at UTC+5 in ISO 8601.
    """

    shop: str
    kiosk_id: str
    epoch: int
    seq: int
    receipt: str
    type: str
    time: str
    items: int
    total_tenge: int
    left_to_cause_tenge: int
    rounded_off_tenge: int
    tender: str
    goods: str
    prices_entered: int


class SalesPage(msgspec.Struct, frozen=True):
    """Rows, and where to go on: ``cursor`` is None after the last page.

    ``total``: about how many rows there are from the start on, None when that is not known.
    """

    rows: list[SaleRow]
    cursor: str | None
    total: int | None


@dataclass(frozen=True, slots=True)
class SalesQuery:
    """Which sales, and where to begin."""

    since_day: date | None
    since_seq: int | None
    shop: str | None
    after: tuple[int, str, int, int] | None
    limit: int


def query_of(
    since_day: str | None,
    since_seq: int | None,
    shop_slug: str | None,
    cursor: str | None,
    limit: int,
) -> SalesQuery:
    """A query from what was asked for.

    Raises:
        ProblemError: ``bad_message`` for a day or a cursor that is none.
    """
    try:
        day = None if since_day is None else date.fromisoformat(since_day)
    except ValueError as error:
        raise ProblemError("bad_message", f"{since_day!r} is no day; write 2026-11-30.") from error
    return SalesQuery(
        day,
        None if since_seq is None else max(0, min(since_seq, 2**53)),
        shop_slug,
        None if cursor is None else _position(cursor),
        max(1, min(limit, PAGE_ROWS_MAX)),
    )


def sales_page(connection: Connection, query: SalesQuery) -> SalesPage:
    """One page of sales and corrections in the order of shop, kiosk, epoch, number.

    Raises:
        ProblemError: ``not_found`` for an unknown shop.
    """
    key = (entry.c.shop_id, entry.c.kiosk_id, entry.c.epoch, entry.c.seq)
    statement = (
        select(*key, entry.c.hash, entry.c.payload, entry.c.type, shop.c.slug)
        .join(shop, shop.c.shop_id == entry.c.shop_id)
        .where(entry.c.type.in_(("sale", "correction")))
        .order_by(*key)
        .limit(query.limit)
    )
    if query.shop is not None:
        statement = statement.where(entry.c.shop_id == _shop_id(connection, query.shop))
    if query.since_day is not None:
        statement = statement.where(entry.c.at_ms >= day_start_ms(query.since_day))
    if query.since_seq is not None:
        statement = statement.where(entry.c.seq >= query.since_seq)
    if query.after is not None:
        statement = statement.where(tuple_(*key) > tuple_(*map(literal, query.after)))
    found = connection.execute(statement).all()
    total = _total(connection, query) if query.after is None else None
    rows = [_sale_row(row) for row in found]
    return SalesPage(rows, _cursor(found[-1]) if len(found) == query.limit else None, total)


def day_start_ms(day: date) -> int:
    """When a day begins in Kazakhstan, in milliseconds UTC."""
    start = datetime.combine(day, time(), KAZAKHSTAN)
    return int(start.timestamp() * 1000)


def _total(connection: Connection, query: SalesQuery) -> int | None:
    """From the rollup; a count of the lines would read them all."""
    if query.since_seq is not None:
        return None
    statement = select(func.sum(shop_day.c.sales + shop_day.c.corrections))
    if query.since_day is not None:
        statement = statement.where(shop_day.c.day >= query.since_day)
    if query.shop is not None:
        statement = statement.where(shop_day.c.shop_id == _shop_id(connection, query.shop))
    return int(connection.execute(statement).scalar_one() or 0)


def _shop_id(connection: Connection, slug: str) -> int:
    found = connection.execute(
        select(shop.c.shop_id).where(shop.c.slug == slug)
    ).scalar_one_or_none()
    if found is None:
        raise ProblemError("not_found", f"There is no shop {slug!r}.")
    return int(found)


def _sale_row(row: Any) -> SaleRow:
    record = decode(row.payload)
    body = record.body
    if isinstance(body, Sale):
        sign, left_tenge, rounded_tenge, tender = 1, 0, 0, "qr"
        if isinstance(body.tender, CashTender):
            left_tenge, tender = body.tender.left_to_cause_tenge, "cash"
            rounded_tenge = body.tender.rounded_off_tenge
    elif isinstance(body, Correction):
        sign, left_tenge, tender = -1, body.left_to_cause_tenge, body.tender
        rounded_tenge = body.rounded_off_tenge
    else:
        raise EntryError(f"Entry {row.epoch}/{row.seq} is no sale.")
    return SaleRow(
        shop=row.slug,
        kiosk_id=row.kiosk_id,
        epoch=row.epoch,
        seq=row.seq,
        receipt=receipt_number(row.hash),
        type=row.type,
        time=_moment(record.stamp.at_ms),
        items=sign * sum(line.quantity for line in body.lines),
        total_tenge=sign * body.total_tenge,
        left_to_cause_tenge=sign * left_tenge,
        rounded_off_tenge=sign * rounded_tenge,
        tender=tender,
        goods="; ".join(map(_goods, body.lines)),
        prices_entered=sum(line.price_entered for line in body.lines),
    )


def _moment(at_ms: int) -> str:
    """ISO 8601 at UTC+5; the last hours of the year 9999 stay in it."""
    return datetime.fromtimestamp(min(at_ms, _LAST_MS) // 1000, KAZAKHSTAN).isoformat()


def _goods(line: SaleLine) -> str:
    return f"{line.quantity} × {line.name} à {line.unit_price_tenge}"


def _cursor(row: Any) -> str:
    return f"{row.shop_id}.{row.kiosk_id}.{row.epoch}.{row.seq}"


def _position(cursor: str) -> tuple[int, str, int, int]:
    try:
        shop_id, kiosk_id, epoch, seq = cursor.split(".")
        return int(shop_id), kiosk_id, int(epoch), int(seq)
    except ValueError as error:
        raise ProblemError("bad_message", f"{cursor!r} is no cursor of ours.") from error
