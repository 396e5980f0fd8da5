"""A shop's visits and what each found, from the rows that are kept while journals come in."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, select

from kiosk.domain.entries import Stocktake, StocktakeLine, WriteOff
from kiosk.domain.visit_report import Ratio, visit_of
from sync.server.measures.chains import Numbered, Place
from sync.server.schema.rollups import visit

GAPS_SHOWN = 3


@dataclass(frozen=True, slots=True)
class Gap:
    """Pieces of one product that were gone and not sold (negative: more), at that day's price."""

    product_id: str
    pieces: int
    tenge: int


@dataclass(frozen=True, slots=True)
class Visit:
    """One volunteer's visit, without the volunteer.

    Amounts as in :mod:`kiosk.domain.visit_report`; None for what was not counted, or could not be
    compared. ``at_ms``: of its last form, by the kiosk's clock; ``place``: its last entry.
    """

    kiosk_id: str
    visit_id: str
    at_ms: int
    day: date
    place: Place
    counted_tenge: int | None
    expected_tenge: int | None
    difference_tenge: int | None
    till: Ratio | None
    stock: Ratio | None
    gaps: tuple[Gap, ...]
    taken_out_tenge: int
    float_in_tenge: int
    restocked_pieces: int
    written_off_pieces: int


def visits(
    connection: Connection, shop_id: int, first: date, done: Iterable[Numbered]
) -> list[Visit]:
    """All visits of a shop from that day on, oldest first.

    Args:
        connection: the caller answers for the shop being one that the reader may see.
        shop_id: the shop.
        first: a day at UTC+5.
        done: what volunteers did there; the goods that were missing are read from it.
    """
    rows = connection.execute(
        select(visit)
        .where(visit.c.shop_id == shop_id, visit.c.day >= first)
        .order_by(visit.c.ended_ms, visit.c.epoch, visit.c.last_seq)
    ).all()
    entries = list(done)
    gaps = _gaps(entries)
    found = []
    before: dict[str, Place] = {}
    for row in rows:
        since = before.get(row.kiosk_id, Place(0, 0))
        before[row.kiosk_id] = here = Place(row.epoch, row.last_seq)
        off = _written_off(entries, row.kiosk_id, since, here) if since.seq else 0
        found.append(_visit(row, gaps.get((row.kiosk_id, row.visit_id), ()), off))
    return found


def _visit(row: Any, gaps: tuple[Gap, ...], written_off: int) -> Visit:
    cash_paid = (row.cash_due_tenge or 0) + (row.difference_tenge or 0)
    return Visit(
        row.kiosk_id,
        row.visit_id,
        row.ended_ms,
        row.day,
        Place(row.epoch, row.last_seq),
        row.counted_tenge,
        row.expected_tenge,
        row.difference_tenge,
        None if row.difference_tenge is None else _ratio(cash_paid, row.cash_due_tenge),
        _ratio(row.goods_paid_tenge, row.goods_due_tenge),
        gaps,
        row.taken_out_tenge,
        row.float_in_tenge,
        row.restocked_pieces,
        written_off,
    )


def _ratio(paid: int | None, due: int | None) -> Ratio | None:
    return None if paid is None or due is None or due <= 0 else Ratio(paid, due)


def _gaps(entries: Iterable[Numbered]) -> dict[tuple[str, str], tuple[Gap, ...]]:
    """Per kiosk and visit: the products with the largest gaps."""
    lines: dict[tuple[str, str], list[StocktakeLine]] = {}
    for numbered in entries:
        body = numbered.entry.body
        if isinstance(body, Stocktake):
            lines.setdefault((numbered.kiosk_id, visit_of(body.form_id)), []).extend(body.lines)
    return {key: _largest(found) for key, found in lines.items()}


def _largest(lines: Iterable[StocktakeLine]) -> tuple[Gap, ...]:
    sums: dict[str, Gap] = {}
    for line in lines:
        if not line.gap:  # as most are, of sixty goods counted each week
            continue
        had = sums.get(line.product_id, Gap(line.product_id, 0, 0))
        sums[line.product_id] = Gap(
            line.product_id, had.pieces + line.gap, had.tenge + line.gap_tenge
        )
    found = sorted(
        (gap for gap in sums.values() if gap.pieces),
        key=lambda gap: (-abs(gap.tenge), -abs(gap.pieces), gap.product_id),
    )
    return tuple(found[:GAPS_SHOWN])


def _written_off(entries: Iterable[Numbered], kiosk_id: str, after: Place, until: Place) -> int:
    """Pieces written off since the visit before, up to this one's end."""
    return sum(
        line.quantity
        for one in entries
        if one.kiosk_id == kiosk_id and after < one.place <= until
        if isinstance(one.entry.body, WriteOff)
        for line in one.entry.body.lines
    )
