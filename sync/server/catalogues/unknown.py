"""Codes that shoppers scanned and nobody knows, with the prices that they typed for them."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from statistics import median_low
from typing import NamedTuple

import msgspec
from sqlalchemy import ColumnElement, Connection, and_, or_, select

from sync.server.schema import entry, shop
from sync.server.schema.journals import IS_LATELY

DAYS_BACK_MS = 30 * 24 * 3600 * 1000
CODES_SHOWN_MAX = 60
HINTS_PER_CODE_MAX = 3
ENTRIES_AFTER_SCAN = 12
"""A shopper who types a price pays for it soon: the sale follows the scan closely."""
_SCANS_READ_MAX = 20_000


@dataclass(frozen=True, slots=True)
class UnknownCode:
    """A code without a product; ``hint_tenge``: the middle of the prices that were typed."""

    text: str
    gtin14: str | None
    scans: int
    shops: tuple[str, ...]
    regions: tuple[str, ...]
    hint_tenge: int | None


class _Scan(NamedTuple):
    shop_id: int
    kiosk_id: str
    epoch: int
    seq: int


class _Code(msgspec.Struct):
    text: str
    gtin14: str | None = None


class _Line(msgspec.Struct):
    unit_price_tenge: int
    code: str | None = None
    name: str = ""
    price_entered: bool = False


class _Sale(msgspec.Struct):
    lines: list[_Line]


def unknown_codes(
    connection: Connection,
    within: ColumnElement[bool],
    known: frozenset[str],
    now_ms: int,
) -> list[UnknownCode]:
    """The codes of the last 30 days in these shops, most scanned first.

    Args:
        within: a person's condition on ``shop``.
        known: GTIN-14s that a product has by now.
    """
    shops = {row.shop_id: row for row in connection.execute(select(shop).where(within))}
    rows = connection.execute(
        select(entry.c.shop_id, entry.c.kiosk_id, entry.c.epoch, entry.c.seq, entry.c.payload)
        .where(
            IS_LATELY,
            entry.c.type == "unknown_scan",
            entry.c.shop_id.in_(select(shop.c.shop_id).where(within)),
            entry.c.readable,
            entry.c.received_ms >= now_ms - DAYS_BACK_MS,
            entry.c.at_ms >= now_ms - DAYS_BACK_MS,
        )
        .order_by(entry.c.shop_id, entry.c.kiosk_id, entry.c.epoch, entry.c.seq.desc())
        .limit(_SCANS_READ_MAX)
    )
    scans: defaultdict[tuple[str, str | None], list[_Scan]] = defaultdict(list)
    for row in rows:
        code = msgspec.json.decode(bytes(row.payload), type=_Code)
        if code.gtin14 not in known:
            scans[code.text, code.gtin14].append(_Scan(*row[:4]))
    often = Counter({code: len(found) for code, found in scans.items()})
    shown = [code for code, _count in often.most_common(CODES_SHOWN_MAX)]
    hints = _hints(connection, [s for code in shown for s in scans[code][:HINTS_PER_CODE_MAX]])
    return [
        UnknownCode(
            text,
            gtin14,
            len(scans[text, gtin14]),
            tuple(sorted({shops[s.shop_id].name for s in scans[text, gtin14]})),
            tuple(sorted({shops[s.shop_id].region_code for s in scans[text, gtin14]})),
            _middle(hints.get(gtin14 or text, []) or hints.get(text, [])),
        )
        for text, gtin14 in shown
    ]


def _hints(connection: Connection, scans: list[_Scan]) -> dict[str, list[int]]:
    """Typed prices by code, from the few entries that follow each scan."""
    if not scans:
        return {}
    after = [
        and_(
            entry.c.shop_id == scan.shop_id,
            entry.c.kiosk_id == scan.kiosk_id,
            entry.c.epoch == scan.epoch,
            entry.c.seq > scan.seq,
            entry.c.seq <= scan.seq + ENTRIES_AFTER_SCAN,
        )
        for scan in scans
    ]
    rows = connection.execute(
        select(entry.c.payload).where(or_(*after), entry.c.type == "sale", entry.c.readable)
    )
    prices: defaultdict[str, list[int]] = defaultdict(list)
    for (payload,) in rows:
        for line in msgspec.json.decode(bytes(payload), type=_Sale).lines:
            if line.price_entered and line.code:
                prices[line.code].append(line.unit_price_tenge)
    return prices


def _middle(prices: list[int]) -> int | None:
    return median_low(prices) if prices else None
