"""The rows of ``cash_out``: one for each time that cash left a box, from journals alone."""

from __future__ import annotations

import json

from sqlalchemy import Connection, insert, select, update

from kiosk.domain.entries import CashOut, CashReceived, Entry
from kiosk.domain.ledger import day_of
from kiosk.domain.money import Pieces
from sync.server.schema.money import cash_out, cash_receipt


def note_taken(
    connection: Connection, key: tuple[int, str, int, int], record: Entry, body: CashOut
) -> None:
    """Cash left the box; it waits until a second person has it."""
    pieces = Pieces.from_codes(body.pieces)
    connection.execute(
        insert(cash_out).values(
            **dict(zip(("shop_id", "kiosk_id", "epoch", "seq"), key, strict=True)),
            at_ms=record.stamp.at_ms,
            day=day_of(record.stamp.at_ms),
            amount_tenge=pieces.total_tenge,
            pieces=json.dumps(pieces.to_codes()),
            purpose=body.to,
            taken_by=body.by,
            waits=not _is_received(connection, key),
        )
    )


def note_received(
    connection: Connection, key: tuple[int, str, int], record: Entry, body: CashReceived
) -> None:
    """A second person said so at the kiosk with a PIN of their own; the first one counts."""
    shop_id, kiosk_id, _ = key
    connection.execute(
        update(cash_out)
        .where(cash_out.c.shop_id == shop_id, cash_out.c.kiosk_id == kiosk_id)
        .where(cash_out.c.epoch == body.cash_out.epoch, cash_out.c.seq == body.cash_out.seq)
        .where(cash_out.c.kiosk_received_ms.is_(None))
        .values(kiosk_received_ms=record.stamp.at_ms, kiosk_received_by=body.by, waits=False)
    )


def _is_received(connection: Connection, key: tuple[int, str, int, int]) -> bool:
    """Whether the centre heard so before the sums were made again."""
    named = zip(("shop_id", "kiosk_id", "epoch", "seq"), key, strict=True)
    same = (cash_receipt.c[name] == value for name, value in named)
    return connection.execute(select(cash_receipt.c.seq).where(*same)).first() is not None
