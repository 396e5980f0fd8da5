"""Folds: what the journal's entries say about the cash box, the shelf and the days.

*Expected cash* is what should be in the box; *available pieces* are what may be offered as
change. They differ on purpose: "there is none of these" lowers only the second, and money put in
as "exact amount" is expected but never offered.

The journal is the truth and these are only caches of it: the writer keeps them in the same
transaction, and they can be rebuilt from entry 1 and compared.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta, timezone
from functools import singledispatch

from kiosk.domain.entries import (
    Body,
    CashCount,
    CashOut,
    CashTender,
    Correction,
    Entry,
    FloatIn,
    PieceMissing,
    Restock,
    RestockLine,
    Sale,
    SaleLine,
    StockLine,
    Stocktake,
    WriteOff,
)
from kiosk.domain.money import NOTHING, Denomination, Pieces

KAZAKHSTAN = timezone(timedelta(hours=5))
"""UTC+5 in the whole country since 2024-03-01."""

_KAZAKHSTAN_AHEAD_MS = 5 * 3_600_000
_DAY_MS = 86_400_000
_DAY_0 = date(1970, 1, 1).toordinal()


@dataclass(frozen=True, slots=True)
class Box:
    """The cash box by the book.

    ``available`` is None before the first count: nobody knows what is in it.
    """

    expected_tenge: int = 0
    available: Pieces | None = None

    @property
    def known(self) -> bool:
        """Whether the box was ever counted."""
        return self.available is not None

    def plus(self, pieces: Pieces) -> Box:
        """Pieces that were put in, known by piece."""
        return self.plus_amount(pieces.total_tenge, pieces, NOTHING)

    def minus(self, pieces: Pieces) -> Box:
        """Pieces that were taken out."""
        return self.plus_amount(-pieces.total_tenge, NOTHING, pieces)

    def plus_amount(self, amount_tenge: int, came: Pieces, went: Pieces) -> Box:
        """An amount that moved, and as many of its pieces as are known."""
        available = self.available
        if available is not None:
            available = (available + came).minus_at_most(went)
        return Box(self.expected_tenge + amount_tenge, available)

    def without(self, denomination: Denomination) -> Box:
        """None of these is there; what the box should hold does not move."""
        if self.available is None:
            return self
        return replace(self, available=self.available.without(denomination))


@dataclass(frozen=True, slots=True)
class DayTotals:
    """One day at UTC+5, by the wall clock of the entries."""

    sales: int = 0
    items: int = 0
    cash_tenge: int = 0
    qr_tenge: int = 0
    left_to_cause_tenge: int = 0
    corrections: int = 0

    @property
    def collected_tenge(self) -> int:
        """All that shoppers say they left that day."""
        return self.cash_tenge + self.qr_tenge + self.left_to_cause_tenge


@dataclass(frozen=True, slots=True)
class Ledger:
    """All folds together; immutable, so a screen may hold one while the writer goes on."""

    box: Box = Box()
    stock: Mapping[str, int] = field(default_factory=dict)
    days: Mapping[str, DayTotals] = field(default_factory=dict)

    @property
    def collected_tenge(self) -> int:
        """All that shoppers say they left since the first entry."""
        return sum(day.collected_tenge for day in self.days.values())

    def collected_until(self, last: date, days: int) -> int:
        """What shoppers say they left on that day and before it, that many days in all."""
        wanted = (last - timedelta(days=back) for back in range(days))
        return sum(self.days.get(day.isoformat(), DayTotals()).collected_tenge for day in wanted)

    def apply(self, entry: Entry) -> Ledger:
        """The ledger after one more entry."""
        return _fold(entry.body, self, day_of(entry.stamp.at_ms).isoformat())


def fold_all(entries: Iterable[Entry]) -> Ledger:
    """The ledger that a whole journal amounts to."""
    ledger = Ledger()
    for entry in entries:
        ledger = ledger.apply(entry)
    return ledger


def day_of(at_ms: int) -> date:
    """The day in Kazakhstan of a wall time in milliseconds UTC."""
    days = (at_ms + _KAZAKHSTAN_AHEAD_MS) // _DAY_MS
    # The last hours of the year 9999 UTC are already 10000 here, which no calendar can name.
    return date.fromordinal(min(_DAY_0 + days, date.max.toordinal()))


@singledispatch
def _fold(_body: Body, ledger: Ledger, _day: str) -> Ledger:
    """Most entries move neither money nor goods."""
    return ledger


@_fold.register
def _(body: Sale, ledger: Ledger, day: str) -> Ledger:
    totals = DayTotals(sales=1, items=_items(body.lines))
    box = ledger.box
    if isinstance(body.tender, CashTender):
        left_tenge = body.tender.left_to_cause_tenge
        paid_tenge = body.total_tenge - body.tender.rounded_off_tenge
        box = box.plus_amount(
            paid_tenge + left_tenge,
            Pieces.from_codes(body.tender.pieces_in or {}),
            Pieces.from_codes(body.tender.change),
        )
        totals = replace(totals, cash_tenge=paid_tenge, left_to_cause_tenge=left_tenge)
    else:
        totals = replace(totals, qr_tenge=body.total_tenge)
    stock = _moved(ledger.stock, _sold(body.lines), -1)
    return Ledger(box, stock, _on_day(ledger.days, day, totals))


@_fold.register
def _(body: Correction, ledger: Ledger, day: str) -> Ledger:
    cash = body.tender == "cash"
    totals = DayTotals(
        items=-_items(body.lines),
        cash_tenge=body.rounded_off_tenge - body.total_tenge if cash else 0,
        qr_tenge=0 if cash else -body.total_tenge,
        left_to_cause_tenge=-body.left_to_cause_tenge,
        corrections=1,
    )
    put_back = Pieces.from_codes(body.put_back)
    box = ledger.box.plus_amount(
        put_back.total_tenge - body.taken_back_tenge,
        put_back,
        Pieces.from_codes(body.taken_back or {}),
    )
    stock = _moved(ledger.stock, _sold(body.lines), +1)
    return Ledger(box, stock, _on_day(ledger.days, day, totals))


@_fold.register
def _(body: PieceMissing, ledger: Ledger, _day: str) -> Ledger:
    return replace(ledger, box=ledger.box.without(Denomination.from_code(body.denomination)))


@_fold.register
def _(body: CashCount, ledger: Ledger, _day: str) -> Ledger:
    counted = Pieces.from_codes(body.pieces)
    return replace(ledger, box=Box(counted.total_tenge, counted))


@_fold.register
def _(body: FloatIn, ledger: Ledger, _day: str) -> Ledger:
    return replace(ledger, box=ledger.box.plus(Pieces.from_codes(body.pieces)))


@_fold.register
def _(body: CashOut, ledger: Ledger, _day: str) -> Ledger:
    return replace(ledger, box=ledger.box.minus(Pieces.from_codes(body.pieces)))


@_fold.register
def _(body: Restock, ledger: Ledger, _day: str) -> Ledger:
    return replace(ledger, stock=_moved(ledger.stock, body.lines, +1))


@_fold.register
def _(body: WriteOff, ledger: Ledger, _day: str) -> Ledger:
    return replace(ledger, stock=_moved(ledger.stock, body.lines, -1))


@_fold.register
def _(body: Stocktake, ledger: Ledger, _day: str) -> Ledger:
    counted = {line.product_id: line.quantity for line in body.lines}
    return replace(ledger, stock={**ledger.stock, **counted})


def _items(lines: Iterable[SaleLine]) -> int:
    return sum(line.quantity for line in lines)


def _sold(lines: Iterable[SaleLine]) -> list[StockLine]:
    return [StockLine(x.product_id, x.quantity) for x in lines if x.product_id is not None]


def _moved(
    stock: Mapping[str, int], lines: Iterable[StockLine | RestockLine], sign: int
) -> dict[str, int]:
    """The shelf after goods came (+1) or went (−1); below zero means a restock went unlogged."""
    moved = dict(stock)
    for line in lines:
        moved[line.product_id] = moved.get(line.product_id, 0) + sign * line.quantity
    return moved


def _on_day(days: Mapping[str, DayTotals], day: str, more: DayTotals) -> dict[str, DayTotals]:
    """The days with more on one of them."""
    before = days.get(day, DayTotals())
    sums = {name: getattr(before, name) + getattr(more, name) for name in DayTotals.__slots__}
    return {**days, day: DayTotals(**sums)}
