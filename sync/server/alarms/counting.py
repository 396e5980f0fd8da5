"""Pure folds: entries in, the state of their kiosk out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

import msgspec

from kiosk.domain.cash_plan import movement_of
from kiosk.domain.entries import (
    AdminOpened,
    Body,
    CashCount,
    ClockSet,
    Entry,
    HelpCall,
    PinFailed,
    ProductChange,
    Restock,
    Sale,
    Stocktake,
    UnknownScan,
    type_of,
)
from kiosk.domain.ledger import Box, Ledger, day_of
from kiosk.domain.money import Pieces
from kiosk.domain.products import Status
from kiosk.domain.visit_report import visit_of
from sync.server.alarms.state import BEGINNING, CountNews, Place, Settled, State
from sync.server.schema import VISIT_TYPES


@dataclass(frozen=True, slots=True)
class Received:
    """An entry that can be read, and when it came here.

    ``true_ms``: when it was really made; None for what its stamp says. ``place``: in its journal.
    """

    entry: Entry
    received_ms: int
    true_ms: int | None = None
    place: Place = BEGINNING

    @property
    def at_ms(self) -> int:
        """When it was made, by a clock that cannot be ahead of ours."""
        made_ms = self.entry.stamp.at_ms if self.true_ms is None else self.true_ms
        return min(made_ms, self.received_ms)


def fold(state: State, news: Sequence[Received], after: Place = BEGINNING) -> State:
    """The state after some more entries; the one that was handed in is used up.

    ``after``: where it stood. What a clock that is set later may still change begins with the
    machine's start, or after the clock was set; the state before that is kept, to go back to.
    """
    start = _first_open(state.boot, news, after)
    if start is not None:
        state = _fold(state, news[:start])
        state.settled = None
        at = news[start - 1].place if start else after
        state.settled = Settled(*at, msgspec.Raw(msgspec.json.encode(state)))
    return _fold(state, news if start is None else news[start:])


def back(state: State) -> tuple[State, Place] | None:
    """The state before all that a clock set later can change; None when it was not kept."""
    settled = state.settled
    if settled is None:
        return None
    before = msgspec.json.decode(settled.state, type=State)
    before.settled = settled
    return before, (settled.epoch, settled.seq)


def _first_open(boot: str, news: Sequence[Received], after: Place) -> int | None:
    """Index of the first entry of the last stretch; None when it began before these."""
    for index in range(len(news), 0, -1):
        one = news[index - 1]
        if isinstance(one.entry.body, ClockSet):
            return index
        before = news[index - 2] if index > 1 else None
        last_boot = boot if before is None else before.entry.stamp.boot
        last_epoch = after[0] if before is None else before.place[0]
        if one.entry.stamp.boot != last_boot or one.place[0] != last_epoch:
            return index - 1
    return None


def _fold(state: State, news: Sequence[Received]) -> State:
    available = None if state.available is None else Pieces.from_codes(state.available)
    ledger = Ledger(Box(state.expected_tenge, available), state.stock)
    for one in news:
        ledger = Ledger(ledger.box, ledger.stock).apply(one.entry)
        state.due_tenge += sum(
            day.cash_tenge + day.left_to_cause_tenge for day in ledger.days.values()
        )
        _note(state, one)
    state.expected_tenge = ledger.box.expected_tenge
    state.available = None if ledger.box.available is None else ledger.box.available.to_codes()
    state.stock = dict(ledger.stock)
    if news:
        state.boot = news[-1].entry.stamp.boot
    return state


def _note(state: State, one: Received) -> None:
    """What the ledger does not keep."""
    body, day = one.entry.body, day_of(one.at_ms).toordinal()
    state.ahead_ms = max(0, one.entry.stamp.at_ms - one.received_ms)
    movement = movement_of(one.entry)
    if movement is not None:
        of_day = state.net.setdefault(day, {})
        for pieces, sign in ((movement.went, 1), (movement.came, -1)):
            for kind, count in pieces.items():
                of_day[kind.value_tenge] = of_day.get(kind.value_tenge, 0) + sign * count
    if isinstance(body, Sale):
        _note_sale(state, body, one.at_ms, day)
    elif isinstance(body, CashCount):
        _note_count(state, body, one.at_ms, day)
    elif isinstance(body, Restock | Stocktake):
        state.counted.update(line.product_id for line in body.lines)
    elif isinstance(body, ProductChange):
        _note_products(state, body)
    else:
        _note_people(state, body, one, day)
    if type_of(body) in VISIT_TYPES:
        state.calls = []


def _note_sale(state: State, body: Sale, at_ms: int, day: int) -> None:
    local = timedelta(milliseconds=at_ms) + timedelta(hours=5)
    state.hours[day % 7 * 24 + local.seconds // 3600] = day
    for line in body.lines:
        if line.product_id is not None:
            state.names[line.product_id] = line.name
            state.sold_day[line.product_id] = day


def _note_count(state: State, body: CashCount, at_ms: int, day: int) -> None:
    due_tenge, state.due_tenge = state.due_tenge, 0
    if body.expected_tenge is None:
        state.count = None
        return
    difference_tenge = Pieces.from_codes(body.pieces).total_tenge - body.expected_tenge
    state.ratios.append((day, due_tenge, difference_tenge))
    visit, before = visit_of(body.form_id), state.count
    if before is not None and visit and visit == before.visit:
        difference_tenge += before.difference_tenge
        expected_tenge = before.expected_tenge
    else:
        expected_tenge = body.expected_tenge
    state.count = CountNews(at_ms, visit, expected_tenge, difference_tenge)


def _note_products(state: State, body: ProductChange) -> None:
    for product in body.products:
        if product.status is Status.SOLD_OUT:
            state.marked_sold_out.add(product.product_id)
        else:
            state.marked_sold_out.discard(product.product_id)
        if product.status in (Status.HIDDEN, Status.NOT_FOR_SALE):
            state.sold_day.pop(product.product_id, None)


def _note_people(state: State, body: Body, one: Received, day: int) -> None:
    if isinstance(body, HelpCall):
        state.calls.append(one.at_ms)
        state.call_screen = body.screen
    elif isinstance(body, UnknownScan):
        code = (body.gtin14 or body.text)[:80]
        state.codes[code] = (state.codes.get(code, (0, 0))[0] + 1, day)
    elif isinstance(body, PinFailed):
        state.pin_failures, state.pin_failed_ms = body.failures, one.at_ms
    elif isinstance(body, AdminOpened):
        state.pin_failures = 0
    elif isinstance(body, ClockSet):
        state.clock_ms, state.clock_heard_ms = body.local_ms - body.server_ms, one.received_ms
