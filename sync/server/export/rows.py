"""What rows the entries of a journal become.

Entries were read in full when they were taken in; here only the fields that a table needs are
read from the same bytes, six times as fast (``tests/bench/centre_export.py``).
"""

from __future__ import annotations

import base64

import msgspec

from kiosk.domain.chain import receipt_number
from kiosk.domain.entries import (
    CashCount,
    CashOut,
    EntryBody,
    FloatIn,
    Restock,
    Stocktake,
    WriteOff,
    decode,
)
from kiosk.domain.money import Pieces
from kiosk.domain.visit_report import visit_of
from sync.server.export.true_days import Page
from sync.server.export.walk import Chain
from sync.tables import VISITS, Row

SALE_TYPES = ("sale", "correction")


class _Line(msgspec.Struct, gc=False):
    name: str
    unit_price_tenge: int
    quantity: int
    product_id: str | None = None
    code: str | None = None
    price_entered: bool = False


class _Cash(msgspec.Struct, tag="cash", tag_field="type", gc=False):
    left_to_cause_tenge: int = 0
    rounded_off_tenge: int = 0


class _Qr(msgspec.Struct, tag="qr", tag_field="type", gc=False):
    left_to_cause_tenge: int = 0
    rounded_off_tenge: int = 0


class _Sold(msgspec.Struct):
    """A sale or a correction, which says with a word how it was paid."""

    total_tenge: int
    tender: _Cash | _Qr | str
    lines: tuple[_Line, ...]
    left_to_cause_tenge: int = 0
    rounded_off_tenge: int = 0


_SOLD = msgspec.json.Decoder(_Sold)


def sales_rows(chain: Chain, page: Page) -> list[Row]:
    """One row per sale or correction; a correction's money and items are negative."""
    place = (chain.slug, chain.region, chain.kiosk_id, chain.epoch)
    rows: list[Row] = []
    for (seq, kind, at_ms, entry_hash, payload), true_ms in zip(*page, strict=True):
        sold = _SOLD.decode(payload)
        sign = -1 if kind == "correction" else 1
        money = sold if isinstance(sold.tender, str) else sold.tender
        rows.append(
            (
                *place,
                seq,
                receipt_number(entry_hash),
                kind,
                at_ms,
                sign * sum([line.quantity for line in sold.lines]),
                sign * sold.total_tenge,
                sign * money.left_to_cause_tenge,
                sign * money.rounded_off_tenge,
                _tender(sold),
                "; ".join([f"{x.quantity} × {x.name} à {x.unit_price_tenge}" for x in sold.lines]),
                sum([line.price_entered for line in sold.lines]),
                true_ms,
            )
        )
    return rows


def lines_rows(chain: Chain, page: Page) -> list[Row]:
    """One row per line of a sale or correction; a correction's quantity and total are negative."""
    place = (chain.slug, chain.region, chain.kiosk_id, chain.epoch)
    rows: list[Row] = []
    for (seq, kind, at_ms, entry_hash, payload), true_ms in zip(*page, strict=True):
        sold = _SOLD.decode(payload)
        sign = -1 if kind == "correction" else 1
        tender, receipt = _tender(sold), receipt_number(entry_hash)
        for number, line in enumerate(sold.lines, 1):
            quantity = sign * line.quantity
            rows.append(
                (
                    *place,
                    seq,
                    number,
                    receipt,
                    kind,
                    at_ms,
                    line.product_id,
                    line.code,
                    line.name,
                    line.unit_price_tenge,
                    quantity,
                    quantity * line.unit_price_tenge,
                    tender,
                    int(line.price_entered),
                    true_ms,
                )
            )
    return rows


def visits_rows(chain: Chain, page: Page) -> list[Row]:
    """One row per step of a visit: a count, money out or in, goods in, counted or written off.

    Who it was does not stand here.
    """
    place = (chain.slug, chain.region, chain.kiosk_id, chain.epoch)
    rows: list[Row] = []
    for (seq, kind, at_ms, _hash, payload), true_ms in zip(*page, strict=True):
        body = decode(payload).body
        visit = visit_of(getattr(body, "form_id", "")) or None
        figures = _figures_of(body)
        rows.append((*place, seq, kind, at_ms, visit, *map(figures.get, _VISIT_FIGURES), true_ms))
    return rows


def journal_rows(chain: Chain, page: Page, before: bytes) -> list[Row]:
    """One row per entry with all that proves it; ``before`` is the hash that the first follows.

    Written as lines of JSON this is what ``adal-sync verify`` reads.
    """
    rows: list[Row] = []
    for one, true_ms in zip(*page, strict=True):
        seq, kind, at_ms, entry_hash, payload, received_ms, signature = one
        try:
            text, in_base64 = payload.decode("utf-8"), None
        except UnicodeDecodeError:
            text, in_base64 = None, base64.b64encode(payload).decode("ascii")
        rows.append(
            (
                chain.slug,
                chain.region,
                chain.kiosk_id,
                chain.epoch,
                seq,
                kind,
                at_ms,
                received_ms,
                before.hex(),
                entry_hash.hex(),
                signature.hex(),
                text,
                in_base64,
                None if rows else chain.public_key.hex(),
                true_ms,
            )
        )
        before = entry_hash
    return rows


_VISIT_FIGURES = tuple(VISITS.names[VISITS.names.index("counted_tenge") : -1])


def _figures_of(body: EntryBody) -> dict[str, str | int | None]:
    """What a step of a visit says, by column; what it does not speak of is not there."""
    if isinstance(body, CashCount):
        counted_tenge, expected_tenge = _sum_tenge(body.pieces), body.expected_tenge
        return {
            "counted_tenge": counted_tenge,
            "expected_tenge": expected_tenge,
            "difference_tenge": (
                None if expected_tenge is None else counted_tenge - expected_tenge
            ),
        }
    if isinstance(body, CashOut):
        return {"moved_tenge": -_sum_tenge(body.pieces), "to": body.to}
    if isinstance(body, FloatIn):
        return {"moved_tenge": _sum_tenge(body.pieces), "to": "box"}
    if not isinstance(body, Restock | Stocktake | WriteOff):
        return {}
    figures: dict[str, str | int | None] = {
        "products": len(body.lines),
        "pieces": sum(line.quantity for line in body.lines),
    }
    if isinstance(body, Stocktake):
        figures["gap_pieces"] = sum(line.gap for line in body.lines)
        figures["gap_tenge"] = sum(line.gap_tenge for line in body.lines)
    if isinstance(body, Restock):
        costs = [
            x.quantity * x.unit_cost_tenge for x in body.lines if x.unit_cost_tenge is not None
        ]
        figures["cost_tenge"] = sum(costs) if costs else None
    return figures


def _sum_tenge(pieces: dict[str, int]) -> int:
    return Pieces.from_codes(pieces).total_tenge


def _tender(sold: _Sold) -> str:
    if isinstance(sold.tender, str):
        return sold.tender
    return "cash" if isinstance(sold.tender, _Cash) else "qr"
