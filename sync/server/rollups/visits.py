"""``visit``: what a volunteer found and did, worked out entry by entry.

The meanings are those of :mod:`kiosk.domain.visit_report`: the same till and stock periods, told
forwards, so that a kiosk's visits need its entries only once. tests/sync/test_rollups.py compares
the two. What was made without a form (an older kiosk, a command) is a visit of its own, so that
no money gets lost.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import NamedTuple

from kiosk.domain.entries import CashCount, CashOut, FloatIn, Restock, Stocktake
from kiosk.domain.money import Pieces
from kiosk.domain.visit_report import visit_of
from sync.server.rollups.ids import ID_LENGTH_MAX, stored_id

VisitEntry = CashCount | CashOut | FloatIn | Restock | Stocktake
OPENING_TYPES = frozenset({"cash_count", "cash_out", "float_in", "restock", "stocktake"})
"""What a visit is made of."""
READ_TYPES = frozenset({"sale", "correction"}) | OPENING_TYPES


class Numbered(NamedTuple):
    """An entry with its place in the journal.

    ``body``: of a visit's entry. ``totals``: what a sale or correction adds to its day, in the
    order of ``DayTotals``.
    """

    epoch: int
    seq: int
    at_ms: int
    body: VisitEntry | None
    totals: tuple[int, ...] | None = None


@dataclass(frozen=True, slots=True)
class Mark:
    """How far a kiosk's visits were worked out.

    ``cash_tenge``: due since the last cash count. ``goods_tenge``: sold since the last stocktake.
    ``differences_tenge``: of cash counts since then, but for those of that stocktake's own visit.
    """

    epoch: int = 0
    seq: int = 0
    cash_tenge: int = 0
    goods_tenge: int = 0
    differences_tenge: int = 0
    stocktake_visit_id: str = ""


@dataclass(slots=True)
class Visit:
    """A row of ``visit``, still growing; fields as there, all sums None until they are known."""

    visit_id: str
    began_ms: int
    ended_ms: int
    epoch: int
    last_seq: int
    counted_tenge: int | None = None
    expected_tenge: int | None = None
    difference_tenge: int | None = None
    cash_due_tenge: int | None = None
    goods_sold_tenge: int | None = None
    goods_due_tenge: int | None = None
    goods_paid_tenge: int | None = None
    gap_tenge: int | None = None
    gap_pieces: int | None = None
    taken_out_tenge: int = 0
    float_in_tenge: int = 0
    restocked_pieces: int = 0
    restock_cost_tenge: int = 0
    uncosted_pieces: int = 0


class Visits:
    """Works out one kiosk's visits from where ``mark`` stands.

    ``find``: a visit that was kept before, by id. ``touched``: those that grew here, by id.
    """

    def __init__(
        self, mark: Mark | None = None, find: Callable[[str], Visit | None] = lambda _: None
    ) -> None:
        self.mark = mark or Mark()
        self.touched: dict[str, Visit] = {}
        self._find = find

    def add(self, entries: Iterable[Numbered]) -> None:
        """Goes on with entries in the journal's order."""
        cash_tenge = goods_tenge = 0
        last: Numbered | None = None
        for last in entries:
            if last.totals is not None:
                _, _, cash, qr, left, _ = last.totals
                cash_tenge += cash + left
                goods_tenge += cash + qr
            elif last.body is not None:
                self._sold(cash_tenge, goods_tenge)
                cash_tenge = goods_tenge = 0
                self._visited(last, last.body)
        self._sold(cash_tenge, goods_tenge)
        if last is not None:
            self.mark = replace(self.mark, epoch=last.epoch, seq=last.seq)

    def _sold(self, cash_tenge: int, goods_tenge: int) -> None:
        self.mark = replace(
            self.mark,
            cash_tenge=self.mark.cash_tenge + cash_tenge,
            goods_tenge=self.mark.goods_tenge + goods_tenge,
        )

    def _visited(self, one: Numbered, body: VisitEntry) -> None:
        visit = self._visit_of(one, body.form_id)
        visit.ended_ms = max(visit.ended_ms, one.at_ms)
        visit.epoch, visit.last_seq = one.epoch, one.seq
        match body:
            case CashCount():
                self._counted(visit, body)
            case Stocktake():
                self._took_stock(visit, body)
            case CashOut():
                visit.taken_out_tenge += Pieces.from_codes(body.pieces).total_tenge
            case FloatIn():
                visit.float_in_tenge += Pieces.from_codes(body.pieces).total_tenge
            case Restock():
                _restocked(visit, body)

    def _visit_of(self, one: Numbered, form_id: str) -> Visit:
        name = visit_name(one.epoch, one.seq, form_id)
        at_ms = one.at_ms
        if name not in self.touched:
            new = Visit(name, at_ms, at_ms, one.epoch, one.seq)
            self.touched[name] = self._find(name) or new
        return self.touched[name]

    def _counted(self, visit: Visit, count: CashCount) -> None:
        """The till period ends here; counted again in the same visit, it grows."""
        counted_tenge = Pieces.from_codes(count.pieces).total_tenge
        is_first = visit.cash_due_tenge is None
        visit.cash_due_tenge = (visit.cash_due_tenge or 0) + self.mark.cash_tenge
        self.mark = replace(self.mark, cash_tenge=0)
        if is_first:
            visit.expected_tenge = count.expected_tenge
        difference_tenge = (
            0 if count.expected_tenge is None else counted_tenge - count.expected_tenge
        )
        if visit.expected_tenge is None:
            # At the first count ever nothing could be expected.
            visit.counted_tenge = counted_tenge
        else:
            visit.difference_tenge = (visit.difference_tenge or 0) + difference_tenge
            visit.counted_tenge = visit.expected_tenge + visit.difference_tenge
        self._remember_difference(visit, difference_tenge)

    def _remember_difference(self, visit: Visit, difference_tenge: int) -> None:
        """A count of the last stocktake's visit is in that visit's report, also afterwards."""
        if self.mark.stocktake_visit_id != visit.visit_id:
            together_tenge = self.mark.differences_tenge + difference_tenge
            self.mark = replace(self.mark, differences_tenge=together_tenge)
        elif visit.goods_paid_tenge is not None:
            visit.goods_paid_tenge += difference_tenge

    def _took_stock(self, visit: Visit, stocktake: Stocktake) -> None:
        """The stock period ends here; going on in the same visit, it grows."""
        mark = self.mark
        sold_tenge, paid_tenge = mark.goods_tenge, mark.goods_tenge + mark.differences_tenge
        self.mark = replace(
            mark, goods_tenge=0, differences_tenge=0, stocktake_visit_id=visit.visit_id
        )
        visit.goods_sold_tenge = (visit.goods_sold_tenge or 0) + sold_tenge
        visit.goods_paid_tenge = (visit.goods_paid_tenge or 0) + paid_tenge
        if any(line.expected is not None for line in stocktake.lines):
            visit.gap_tenge = (visit.gap_tenge or 0) + sum(x.gap_tenge for x in stocktake.lines)
            visit.gap_pieces = (visit.gap_pieces or 0) + sum(x.gap for x in stocktake.lines)
        if visit.gap_tenge is not None:
            visit.goods_due_tenge = visit.goods_sold_tenge + visit.gap_tenge


def visit_name(epoch: int, seq: int, form_id: str) -> str:
    """Id of the visit that an entry with this form belongs to; its own where there is none."""
    return stored_id(visit_of(form_id)) or f"{epoch}.{seq}"[:ID_LENGTH_MAX]


def _restocked(visit: Visit, restock: Restock) -> None:
    for line in restock.lines:
        visit.restocked_pieces += line.quantity
        if line.unit_cost_tenge is None:
            visit.uncosted_pieces += line.quantity
        else:
            visit.restock_cost_tenge += line.quantity * line.unit_cost_tenge
