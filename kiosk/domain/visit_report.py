"""What a visit found: how much of the money that is due was there, in the box and for the goods.

**Till period**: what came after the last cash count before this visit, up to this visit's count.
``cash due`` is the cash that the journal's sales brought in it: change left to the cause is in
it, what rounding let off is not, corrections are taken away. ``difference`` is counted − expected
of this visit's count; counted again in the same visit, the differences add up. It is None at the
first count ever, when nothing could be expected.

    till ratio = (cash due + difference) ÷ cash due

The float is no part of it: it would hide what is missing behind money that was never due. There
is no ratio without a count, or when no cash is due.

**Stock period**: what came after the last stocktake before this visit, up to this visit's.
``goods due`` is the value of the goods that the journal sold in it, at what was asked (rounding
let off, corrections taken away, nothing of what was left to the cause), plus the value of the
goods that this visit's stocktake found gone. ``goods paid`` is the value of the goods sold plus
all differences of cash counts in the period. Paid by QR counts as paid, as claimed.

    stock ratio = goods paid ÷ goods due

A count that belongs to the visit of the last stocktake belongs to that visit's report, in
whatever order the two were made. There is no ratio without a stocktake, when it could compare
nothing, or when no goods are due. A stocktake of some goods only finds only their gaps; the
others' come out when they are counted.

**Bands**: ≥ 90 % honest, 80–90 % tolerable, below 80 % poor (docs: bagel sellers' long figures).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import reduce
from typing import TypeVar

from kiosk.domain.entries import (
    Abandoned,
    Body,
    CashCount,
    CashOut,
    Entry,
    FloatIn,
    Restock,
    Stocktake,
    StocktakeLine,
    WriteOff,
)
from kiosk.domain.ledger import DayTotals, fold_all
from kiosk.domain.money import Pieces

B = TypeVar("B", bound=Body)

REPORT_TYPES = frozenset(
    "sale correction abandoned cash_count cash_out float_in restock stocktake write_off".split()
)
"""The types of entries that a report is made of."""

_FORM = re.compile("(.+)-(?:count|take_out|stocktake|restock|change_float)-[0-9]+")
"""The form of a visit's step; other forms have ids of their own."""

MISSING = "missing"
"""The reason of a write-off of goods that are gone and nobody knows where."""
OVER_PER_MILLE = 1050
HONEST_PER_MILLE = 900
TOLERABLE_PER_MILLE = 800
GAPS_MAX = 10


class Band(StrEnum):
    """How good a ratio is."""

    OVER = "over"
    """More than was due by so much that something was counted wrong, or sold unlogged."""
    HONEST = "honest"
    TOLERABLE = "tolerable"
    POOR = "poor"


@dataclass(frozen=True, slots=True)
class Ratio:
    """Money that was there ÷ money that was due (more than 0)."""

    paid_tenge: int
    due_tenge: int

    @property
    def per_mille(self) -> int:
        """Cut off, not rounded: 1000 says that nothing at all is missing."""
        return self.paid_tenge * 1000 // self.due_tenge

    @property
    def band(self) -> Band:
        """By the exact ratio."""
        if self.per_mille > OVER_PER_MILLE:
            return Band.OVER
        if self.per_mille >= HONEST_PER_MILLE:
            return Band.HONEST
        return Band.TOLERABLE if self.per_mille >= TOLERABLE_PER_MILLE else Band.POOR


@dataclass(frozen=True, slots=True)
class TillReport:
    """The box since its last count.

    ``was_counted``: in this visit. ``expected_tenge`` and ``difference_tenge`` are None when it
    was not, or for the first time ever; ``counted_tenge`` when it was not.
    """

    sold: DayTotals
    was_counted: bool
    expected_tenge: int | None
    counted_tenge: int | None
    difference_tenge: int | None

    @property
    def cash_due_tenge(self) -> int:
        """Cash that the sales brought, by the journal."""
        return self.sold.cash_tenge + self.sold.left_to_cause_tenge

    @property
    def ratio(self) -> Ratio | None:
        """Till ratio; see the module's docstring."""
        if self.difference_tenge is None or self.cash_due_tenge <= 0:
            return None
        return Ratio(self.cash_due_tenge + self.difference_tenge, self.cash_due_tenge)


@dataclass(frozen=True, slots=True)
class ProductGap:
    """Pieces of one product that are gone and were not sold; negative: more than expected."""

    product_id: str
    pieces: int
    gap_tenge: int


@dataclass(frozen=True, slots=True)
class StockReport:
    """The shelf since its last stocktake.

    ``was_counted``: in this visit; ``is_comparable``: and something was expected of some goods.
    ``gaps``: the largest first, at most ten.
    """

    sold: DayTotals
    was_counted: bool
    is_comparable: bool
    gap_tenge: int
    gap_pieces: int
    cash_difference_tenge: int
    gaps: tuple[ProductGap, ...]
    missing_tenge: int = 0

    @property
    def goods_sold_tenge(self) -> int:
        """Value of the goods sold, by the journal, as it was asked for."""
        return self.sold.cash_tenge + self.sold.qr_tenge

    @property
    def goods_due_tenge(self) -> int:
        """Value of all goods that are gone, sold or not; also those written off as missing."""
        return self.goods_sold_tenge + self.gap_tenge + self.missing_tenge

    @property
    def goods_paid_tenge(self) -> int:
        """Money that was received for them."""
        return self.goods_sold_tenge + self.cash_difference_tenge

    @property
    def ratio(self) -> Ratio | None:
        """Stock ratio; see the module's docstring."""
        if not self.is_comparable or self.goods_due_tenge <= 0:
            return None
        return Ratio(self.goods_paid_tenge, self.goods_due_tenge)


@dataclass(frozen=True, slots=True)
class VisitReport:
    """All figures of one visit; ``abandoned`` payments and corrections are of the till period.

    What was written off counts from the last form of the visit before; its value is at the
    prices that were handed in.
    """

    till: TillReport
    stock: StockReport
    taken_out: Pieces
    float_in: Pieces
    restocked_pieces: int
    written_off_pieces: int
    written_off_tenge: int
    abandoned: int


def reaches_back(visit_id: str, newest_first: Sequence[Entry]) -> bool:
    """Whether these entries reach back to where the visit's periods begin."""
    bodies = [entry.body for entry in newest_first]
    before = [type(body) for body in bodies if not _is_of(body, visit_id)]
    stock_was_counted = any(isinstance(b, Stocktake) and _is_of(b, visit_id) for b in bodies)
    return CashCount in before and (Stocktake in before or not stock_was_counted)


def report_of(
    visit_id: str, newest_first: Iterable[Entry], price_of: Mapping[str, int]
) -> VisitReport:
    """The report of a visit.

    Args:
        visit_id: of the visit under way; the ids of its forms begin with it.
        newest_first: the journal's entries of :data:`REPORT_TYPES` from the last one back, at
            least as far as :func:`reaches_back` says.
        price_of: present prices by product id, for what was written off.
    """
    history = list(newest_first)[::-1]
    return VisitReport(
        till=_till(visit_id, history),
        stock=_stock(visit_id, history, price_of),
        taken_out=_pieces(_own(history, CashOut, visit_id)),
        float_in=_pieces(_own(history, FloatIn, visit_id)),
        restocked_pieces=sum(
            line.quantity for body in _own(history, Restock, visit_id) for line in body.lines
        ),
        **_written_off(visit_id, history, price_of),
        abandoned=sum(isinstance(e.body, Abandoned) for e in _till_period(visit_id, history)),
    )


def visit_of(form_id: str) -> str:
    """``<visit>-<step>-<number>`` → the visit's id; empty for a form of no visit."""
    match = _FORM.fullmatch(form_id)
    return match[1] if match else ""


# --- the till ---


def _till_period(visit_id: str, history: Sequence[Entry]) -> Sequence[Entry]:
    return _between(
        history,
        lambda body: isinstance(body, CashCount) and not _is_of(body, visit_id),
        lambda body: isinstance(body, CashCount) and _is_of(body, visit_id),
    )


def _till(visit_id: str, history: Sequence[Entry]) -> TillReport:
    sold = _sold(_till_period(visit_id, history))
    counts = _own(history, CashCount, visit_id)
    if not counts:
        return TillReport(sold, False, None, None, None)
    expected_tenge = counts[0].expected_tenge
    if expected_tenge is None:
        return TillReport(sold, True, None, _counted_tenge(counts[-1]), None)
    difference_tenge = sum(_difference_tenge(count) for count in counts)
    # Between two counts of one visit money may have been taken out; what the shoppers left is
    # what was expected at first and all that turned up or was missing since.
    counted_tenge = expected_tenge + difference_tenge
    return TillReport(sold, True, expected_tenge, counted_tenge, difference_tenge)


def _counted_tenge(count: CashCount) -> int:
    return Pieces.from_codes(count.pieces).total_tenge


def _difference_tenge(count: CashCount) -> int:
    """Counted − expected; 0 when nothing could be expected."""
    return 0 if count.expected_tenge is None else _counted_tenge(count) - count.expected_tenge


# --- the shelf ---


def _stock(visit_id: str, history: Sequence[Entry], price_of: Mapping[str, int]) -> StockReport:
    lines = [x for taken in _own(history, Stocktake, visit_id) for x in taken.lines]
    period = _between(
        history,
        lambda body: isinstance(body, Stocktake) and not _is_of(body, visit_id),
        lambda body: isinstance(body, Stocktake) and _is_of(body, visit_id),
    )
    return StockReport(
        sold=_sold(period),
        was_counted=bool(lines),
        is_comparable=any(line.expected is not None for line in lines),
        gap_tenge=sum(line.gap_tenge for line in lines),
        gap_pieces=sum(line.gap for line in lines),
        cash_difference_tenge=_cash_differences_tenge(visit_id, history),
        gaps=_largest_gaps(lines),
        # Nobody paid for these either: a reason must not make them honest.
        missing_tenge=sum(
            line.quantity * price_of.get(line.product_id, 0)
            for entry in period
            if isinstance(entry.body, WriteOff) and entry.body.reason == MISSING
            for line in entry.body.lines
        ),
    )


def _cash_differences_tenge(visit_id: str, history: Sequence[Entry]) -> int:
    """Of all counts since the last stocktake, but for those of that stocktake's visit."""
    taken = [
        (place, entry.body)
        for place, entry in enumerate(history)
        if isinstance(entry.body, Stocktake) and not _is_of(entry.body, visit_id)
    ]
    start, reported = (taken[-1][0], visit_of(taken[-1][1].form_id)) if taken else (0, "")
    counts = [e.body for e in history[start:] if isinstance(e.body, CashCount)]
    return sum(
        _difference_tenge(count)
        for count in counts
        if not reported or visit_of(count.form_id) != reported
    )


def _largest_gaps(lines: Iterable[StocktakeLine]) -> tuple[ProductGap, ...]:
    gaps: dict[str, ProductGap] = {}
    for line in lines:
        had = gaps.get(line.product_id, ProductGap(line.product_id, 0, 0))
        gaps[line.product_id] = ProductGap(
            line.product_id, had.pieces + line.gap, had.gap_tenge + line.gap_tenge
        )
    found = [gap for gap in gaps.values() if gap.pieces]
    found.sort(key=lambda gap: (-abs(gap.gap_tenge), -abs(gap.pieces), gap.product_id))
    return tuple(found[:GAPS_MAX])


# --- what was done ---


def _written_off(
    visit_id: str, history: Sequence[Entry], price_of: Mapping[str, int]
) -> dict[str, int]:
    since = _after_last(
        history, lambda body: visit_of(getattr(body, "form_id", "")) not in ("", visit_id)
    )
    lines = [x for e in since if isinstance(e.body, WriteOff) for x in e.body.lines]
    return {
        "written_off_pieces": sum(x.quantity for x in lines),
        "written_off_tenge": sum(x.quantity * price_of.get(x.product_id, 0) for x in lines),
    }


def _pieces(bodies: Iterable[CashOut | FloatIn]) -> Pieces:
    return reduce(lambda sums, body: sums + Pieces.from_codes(body.pieces), bodies, Pieces())


# --- entries ---


def _is_of(body: Body, visit_id: str) -> bool:
    return str(getattr(body, "form_id", "")).startswith(f"{visit_id}-")


def _own(history: Iterable[Entry], kind: type[B], visit_id: str) -> list[B]:
    """The visit's own entries of one type, oldest first."""
    return [e.body for e in history if isinstance(e.body, kind) and _is_of(e.body, visit_id)]


def _between(
    history: Sequence[Entry], begins: Callable[[Body], bool], ends: Callable[[Body], bool]
) -> Sequence[Entry]:
    """After the last entry that begins it, up to the last that ends it, or all that follow."""
    since = _after_last(history, begins)
    last = max((n for n, e in enumerate(since) if ends(e.body)), default=len(since))
    return since[:last]


def _after_last(history: Sequence[Entry], is_it: Callable[[Body], bool]) -> Sequence[Entry]:
    last = max((n for n, e in enumerate(history) if is_it(e.body)), default=-1)
    return history[last + 1 :]


def _sold(period: Iterable[Entry]) -> DayTotals:
    """What the ledger says of all days of the period together."""
    days = fold_all(period).days.values()
    sums = {name: sum(getattr(day, name) for day in days) for name in DayTotals.__slots__}
    return DayTotals(**sums)
