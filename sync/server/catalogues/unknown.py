"""Codes that shoppers scanned and nobody knows, with the prices that they typed for them."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from statistics import median_low
from typing import NamedTuple

import msgspec
from sqlalchemy import ColumnElement, Connection, and_, func, or_, select

from sync.server.accounts.roles import of_shops
from sync.server.leaves import leaf_of
from sync.server.schema import entry, shop
from sync.server.schema.rollups import unknown_scan

DAYS_BACK_MS = 30 * 24 * 3600 * 1000
CODES_AT_ONCE = 20
SHOPS_NAMED_MAX = 3
"""Of a code of more shops their number says more than their names."""
HINTS_PER_CODE_MAX = 3
ENTRIES_AFTER_SCAN = 12
"""A shopper who types a price pays for it soon: the sale follows the scan closely."""


@dataclass(frozen=True, slots=True)
class UnknownCode:
    """A code without a product; ``hint_tenge``: the middle of the prices that were typed.

    ``gtin14``: None for a code of no product. ``shop_count``: where it was scanned; ``shops``:
    their names, of few. ``regions``: their codes.
    """

    text: str
    gtin14: str | None
    scans: int
    shop_count: int
    shops: tuple[str, ...]
    regions: tuple[str, ...]
    hint_tenge: int | None


@dataclass(frozen=True, slots=True)
class Page:
    """Some of the codes, the most scanned first of all; ``found``: how many there are."""

    codes: list[UnknownCode]
    found: int
    page: int
    pages: int


class _Scan(NamedTuple):
    shop_id: int
    kiosk_id: str
    epoch: int
    seq: int


class _Line(msgspec.Struct):
    unit_price_tenge: int
    code: str | None = None
    name: str = ""
    price_entered: bool = False


class _Sale(msgspec.Struct):
    lines: list[_Line]


_Name = tuple[str, str]
"""A code as it was scanned, and its GTIN-14, "" for none."""


def unknown_codes(
    connection: Connection,
    within: ColumnElement[bool],
    known: frozenset[str],
    now_ms: int,
    page: int = 1,
) -> Page:
    """The codes of the last 30 days in these shops, most scanned first.

    Args:
        connection: one consistent view.
        within: a person's condition on ``shop``.
        known: GTIN-14s that a product has by now.
        now_ms: the server's time.
        page: which of the pages; one beyond the last is the last.
    """
    since_ms = now_ms - DAYS_BACK_MS
    where = and_(
        unknown_scan.c.received_ms >= since_ms,
        unknown_scan.c.at_ms >= since_ms,
        of_shops(unknown_scan.c.shop_id, within),
    )
    counted = connection.execute(
        select(*_NAME, func.count(), func.count(unknown_scan.c.shop_id.distinct()))
        .where(where)
        .group_by(*_NAME)
        # Codes scanned as often keep their order, or turning the page would skip some.
        .order_by(func.count().desc(), *_NAME)
    ).all()
    often = [row for row in counted if row.gtin14 not in known]
    leaf = leaf_of(page, len(often), CODES_AT_ONCE)
    shown = leaf.of(often)
    here = and_(where, unknown_scan.c.code.in_([row.code for row in shown]))
    regions = _regions(connection, here) if shown else {}
    few = [row.code for row in shown if row[3] <= SHOPS_NAMED_MAX]
    shops = _shops(connection, and_(where, unknown_scan.c.code.in_(few))) if few else {}
    hints = _hints(connection, _newest(connection, here)) if shown else {}
    codes = [
        UnknownCode(
            code,
            gtin14 or None,
            scans,
            shop_count,
            tuple(shops.get((code, gtin14), ())) if shop_count <= SHOPS_NAMED_MAX else (),
            tuple(regions[code, gtin14]),
            _middle(hints.get(gtin14 or code, []) or hints.get(code, [])),
        )
        for code, gtin14, scans, shop_count in shown
    ]
    return Page(codes, len(often), leaf.number, leaf.leaves)


_NAME = (unknown_scan.c.code, unknown_scan.c.gtin14)


def _regions(connection: Connection, where: ColumnElement[bool]) -> dict[_Name, list[str]]:
    """Where codes were scanned."""
    return _texts(connection, shop.c.region_code, where)


def _shops(connection: Connection, where: ColumnElement[bool]) -> dict[_Name, list[str]]:
    """The names of the shops where codes were scanned."""
    return _texts(connection, shop.c.name, where)


def _texts(
    connection: Connection, text: ColumnElement[str], where: ColumnElement[bool]
) -> dict[_Name, list[str]]:
    places = select(*_NAME, unknown_scan.c.shop_id).where(where).distinct().subquery("places")
    rows = connection.execute(
        select(places.c.code, places.c.gtin14, text)
        .join(shop, shop.c.shop_id == places.c.shop_id)
        .distinct()
        .order_by(text)
    )
    found: defaultdict[_Name, list[str]] = defaultdict(list)
    for code, gtin14, one in rows.all():
        found[code, gtin14].append(one)
    return found


def _newest(connection: Connection, where: ColumnElement[bool]) -> list[_Scan]:
    """A few of each code's last scans."""
    at = unknown_scan.c
    place = (
        func.row_number()
        .over(partition_by=_NAME, order_by=(at.received_ms.desc(), at.shop_id, at.seq.desc()))
        .label("place")
    )
    each = select(at.shop_id, at.kiosk_id, at.epoch, at.seq, place).where(where).subquery("each")
    rows = connection.execute(
        select(each.c.shop_id, each.c.kiosk_id, each.c.epoch, each.c.seq).where(
            each.c.place <= HINTS_PER_CODE_MAX
        )
    )
    return [_Scan(*row) for row in rows.all()]


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
