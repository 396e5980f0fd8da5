"""Compares the money's kept sums with the journals they are made of."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import Connection, select

from kiosk.domain.entries import CashOut, CashReceived, decode
from kiosk.domain.ledger import day_of
from kiosk.domain.money import Pieces
from sync.server.money import bank_sums, kept_months
from sync.server.money.box import MONEY_TYPES, SUMS, Box, moved, truly_made
from sync.server.rollups.true_times import clocks_of
from sync.server.schema import entry
from sync.server.schema.money import (
    bank_day,
    bank_month,
    cash_out,
    cash_receipt,
    money_day,
    money_mark,
    money_month,
)

Wrong = tuple[str, str, str, str]
"""Table, key, what is kept, what is right."""


class _Out(NamedTuple):
    """What stands in ``cash_out`` beside its key."""

    at_ms: int
    day: date
    amount_tenge: int
    purpose: str
    kiosk_received_ms: int | None
    waits: bool


class _Truth(NamedTuple):
    days: dict[date, list[int]]
    out: dict[tuple[str, int, int], _Out]


def differences(connection: Connection, shop_id: int) -> list[Wrong]:
    """All that is wrong of a shop's money, as far as its journals are in the sums."""
    truth = _truth(connection, shop_id)
    found = [
        *_compare("money_day", _days(connection, shop_id), truth.days, [0] * len(SUMS)),
        *_compare("cash_out", _out(connection, shop_id), truth.out, None),
    ]
    found += [
        ("bank_day", str(day), str(kept), str(right))
        for day, kept, right in bank_sums.differences(connection, shop_id)
    ]
    for tables, names in (((money_day, money_month), SUMS), (_BANK, bank_sums.SUMS)):
        found += [
            (tables[1].name, str(month), str(kept), str(right))
            for month, kept, right in kept_months.differences(connection, tables, names, shop_id)
        ]
    return [(table, f"{shop_id} {key}", kept, right) for table, key, kept, right in found]


_BANK = (bank_day, bank_month)


def _truth(connection: Connection, shop_id: int) -> _Truth:
    truth = _Truth({}, {})
    marks = connection.execute(
        select(money_mark.c.kiosk_id, money_mark.c.epoch, money_mark.c.seq)
        .where(money_mark.c.shop_id == shop_id)
        .order_by(money_mark.c.kiosk_id, money_mark.c.epoch)
    ).all()
    boxes: dict[str, Box] = {}
    clocks = clocks_of(connection, shop_id)
    for kiosk_id, epoch, seq in marks:
        box = boxes.setdefault(kiosk_id, Box(None, 0))
        for number, stamped in _entries(connection, (shop_id, kiosk_id, epoch), seq):
            record = truly_made(clocks, (kiosk_id, epoch, number), stamped)
            body, at_ms = record.body, record.stamp.at_ms
            if isinstance(body, CashOut):
                tenge = Pieces.from_codes(body.pieces).total_tenge
                truth.out[kiosk_id, epoch, number] = _Out(
                    at_ms, day_of(at_ms), tenge, body.to, None, True
                )
            elif isinstance(body, CashReceived):
                key = (kiosk_id, body.cash_out.epoch, body.cash_out.seq)
                if key in truth.out and truth.out[key].kiosk_received_ms is None:
                    truth.out[key] = truth.out[key]._replace(kiosk_received_ms=at_ms, waits=False)
            if more := moved(box, record):
                sums = truth.days.setdefault(day_of(at_ms), [0] * len(SUMS))
                sums[:] = [n + more.get(x, 0) for n, x in zip(sums, SUMS, strict=True)]
    for key in _receipts(connection, shop_id) & set(truth.out):
        truth.out[key] = truth.out[key]._replace(waits=False)
    return truth


def _entries(connection: Connection, key: tuple[int, str, int], top: int) -> Iterator[Any]:
    rows = connection.execute(
        select(entry.c.seq, entry.c.payload)
        .where(entry.c.shop_id == key[0], entry.c.kiosk_id == key[1], entry.c.epoch == key[2])
        .where(entry.c.seq <= top, entry.c.type.in_(MONEY_TYPES))
        .order_by(entry.c.seq)
    )
    return ((row.seq, decode(row.payload)) for row in rows)


def _receipts(connection: Connection, shop_id: int) -> set[tuple[str, int, int]]:
    at = cash_receipt.c
    rows = connection.execute(select(at.kiosk_id, at.epoch, at.seq).where(at.shop_id == shop_id))
    return {(kiosk_id, epoch, seq) for kiosk_id, epoch, seq in rows}


def _days(connection: Connection, shop_id: int) -> dict[date, list[int]]:
    rows = connection.execute(
        select(money_day.c.day, *(money_day.c[name] for name in SUMS)).where(
            money_day.c.shop_id == shop_id
        )
    )
    return {day: list(sums) for day, *sums in rows}


def _out(connection: Connection, shop_id: int) -> dict[tuple[str, int, int], _Out]:
    at = cash_out.c
    columns = (at[name] for name in _Out._fields)
    rows = connection.execute(
        select(at.kiosk_id, at.epoch, at.seq, *columns).where(at.shop_id == shop_id)
    )
    return {(kiosk_id, epoch, seq): _Out(*found) for kiosk_id, epoch, seq, *found in rows}


def _compare(
    table: str, kept: Mapping[Any, Any], right: Mapping[Any, Any], nothing: object
) -> Iterator[Wrong]:
    for key in sorted({*kept, *right}):
        if kept.get(key, nothing) != right.get(key, nothing):
            yield table, str(key), str(kept.get(key)), str(right.get(key))
