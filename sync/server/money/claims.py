"""Sales that say to have been paid by QR, read from the shop's journals."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from sqlalchemy import Connection, and_, or_, select

from kiosk.domain.entries import Correction, QrTender, Sale, decode
from kiosk.domain.ledger import KAZAKHSTAN, day_of
from sync.server.money.matching import Claim
from sync.server.rollups.true_times import clocks_of
from sync.server.schema import entry
from sync.server.schema.money import bank_line

TAKEN_BACK_LATER_DAYS = 7
"""Corrections come minutes after the sale; a volunteer's within his next visits."""


def open_claims(
    connection: Connection, shop_id: int, since_day: date, until_day: date
) -> list[Claim]:
    """Claims of these days, both included, that no credit confirmed and nobody took back.

    The days are those on which they were really made, where a clock was set later.
    """
    clocks = clocks_of(connection, shop_id)
    stamped = and_(
        entry.c.at_ms >= start_ms(since_day),
        entry.c.at_ms < start_ms(until_day + timedelta(1 + TAKEN_BACK_LATER_DAYS)),
    )
    matched = connection.execute(
        select(bank_line.c.kiosk_id, bank_line.c.epoch, bank_line.c.seq).where(
            bank_line.c.shop_id == shop_id, bank_line.c.seq.is_not(None)
        )
    )
    gone: set[tuple[str, int, int]] = {(row.kiosk_id, row.epoch, row.seq) for row in matched}
    rows = connection.execute(
        select(entry.c.kiosk_id, entry.c.epoch, entry.c.seq, entry.c.payload)
        .where(
            entry.c.shop_id == shop_id,
            entry.c.type.in_(("sale", "correction")),
            or_(stamped, *clocks.around(start_ms(since_day))),
        )
        .order_by(entry.c.kiosk_id, entry.c.epoch, entry.c.seq)
        .execution_options(yield_per=1_000)
    )
    found: dict[tuple[str, int, int], Claim] = {}
    for row in rows:
        # Most sales are paid in cash: reading them would cost more than all the rest.
        if b'"qr"' not in row.payload:
            continue
        record = decode(row.payload)
        body = record.body
        if isinstance(body, Correction):
            gone.add((row.kiosk_id, body.sale.epoch, body.sale.seq))
        elif isinstance(body, Sale) and isinstance(body.tender, QrTender):
            key = (row.kiosk_id, row.epoch, row.seq)
            at_ms = clocks.true_ms(*key, record.stamp)
            found[key] = Claim(*key, day_of(at_ms), at_ms, body.tender.claimed_tenge)
    return [
        claim
        for key, claim in found.items()
        if key not in gone and since_day <= claim.day <= until_day
    ]


def claim_at(
    connection: Connection, shop_id: int, kiosk_id: str, epoch: int, seq: int
) -> Claim | None:
    """The claim of one sale; None for an entry that is none or is not there."""
    row = connection.execute(
        select(entry.c.payload, entry.c.type).where(
            entry.c.shop_id == shop_id,
            entry.c.kiosk_id == kiosk_id,
            entry.c.epoch == epoch,
            entry.c.seq == seq,
        )
    ).one_or_none()
    if row is None or row.type != "sale":
        return None
    record = decode(row.payload)
    if not isinstance(record.body, Sale) or not isinstance(record.body.tender, QrTender):
        return None
    at_ms = clocks_of(connection, shop_id).true_ms(kiosk_id, epoch, seq, record.stamp)
    return Claim(kiosk_id, epoch, seq, day_of(at_ms), at_ms, record.body.tender.claimed_tenge)


def start_ms(day: date) -> int:
    """When a day begins in Kazakhstan, in milliseconds UTC."""
    return int(datetime.combine(day, time(), KAZAKHSTAN).timestamp() * 1000)
