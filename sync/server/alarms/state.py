"""What a kiosk's journal amounts to: pure folds of its entries.

A state answers what is in the box, what is on the shelf, when the shop usually sells, what the
last count said, who called.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

import msgspec

from kiosk.domain.cash_plan import LOOK_BACK_DAYS, movement_of
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
from sync.server.schema import VISIT_TYPES

VERSION = 1
"""Of what a state holds; another one is built again from the beginning."""
_CODES_MAX = 60


class CountNews(msgspec.Struct):
    """The last visit's count of the box; several counts of one visit add up."""

    at_ms: int
    visit: str
    expected_tenge: int
    difference_tenge: int


class State(msgspec.Struct):
    """What a kiosk's journal amounts to; days are ordinals at UTC+5."""

    expected_tenge: int = 0
    available: dict[str, int] | None = None
    stock: dict[str, int] = {}
    counted: set[str] = set()
    """Products that were ever restocked or counted: only of these the stock means something."""
    marked_sold_out: set[str] = set()
    names: dict[str, str] = {}
    sold_day: dict[str, int] = {}
    net: dict[int, dict[int, int]] = {}
    """Day → value in tenge → pieces of it that left the box on balance."""
    hours: dict[int, int] = {}
    """Hour of the week → the last day on which something was sold in it."""
    due_tenge: int = 0
    """Cash that sales brought since the last count."""
    ratios: list[tuple[int, int, int]] = []
    """Day, cash due, difference: of each count that could be compared."""
    count: CountNews | None = None
    codes: dict[str, tuple[int, int]] = {}
    """Unknown code → times, last day."""
    calls: list[int] = []
    """When shoppers called, since a volunteer was last there."""
    call_screen: str = ""
    pin_failures: int = 0
    pin_failed_ms: int = 0
    clock_ms: int = 0
    """How far the kiosk's clock was ahead (+) or behind (−) when it last heard the right time."""
    clock_heard_ms: int = 0
    ahead_ms: int = 0
    """How long "after" it came the last entry was made: a clock that is ahead."""


@dataclass(frozen=True, slots=True)
class Received:
    """An entry that can be read, and when it came here."""

    entry: Entry
    received_ms: int

    @property
    def at_ms(self) -> int:
        """When it was made, by a clock that cannot be ahead of ours."""
        return min(self.entry.stamp.at_ms, self.received_ms)


def fold(state: State, news: Iterable[Received]) -> State:
    """The state after some more entries; the one that was handed in is used up."""
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


def forget(state: State, today: int) -> None:
    """Drops what is older than the weeks that are looked back on."""
    since = today - LOOK_BACK_DAYS
    state.net = {day: net for day, net in state.net.items() if day > since}
    state.hours = {hour: day for hour, day in state.hours.items() if day > since}
    state.ratios = [ratio for ratio in state.ratios if ratio[0] > since]
    state.sold_day = {name: day for name, day in state.sold_day.items() if day > since}
    kept = [(code, seen) for code, seen in state.codes.items() if seen[1] > since]
    kept.sort(key=lambda pair: (-pair[1][1], -pair[1][0], pair[0]))
    state.codes = dict(kept[:_CODES_MAX])
    state.calls = state.calls[-_CODES_MAX:]
    wanted = state.sold_day.keys() | state.marked_sold_out
    state.names = {name: text for name, text in state.names.items() if name in wanted}


class _Clock(msgspec.Struct):
    """Of a state only what is asked for: reading all of it takes many times as long."""

    clock_ms: int = 0
    clock_heard_ms: int = 0


_read_clock = msgspec.json.Decoder(_Clock).decode


def read_clock(row_version: int | None, data: bytes | None) -> int | None:
    """How far a kiosk's clock was ahead when it last heard of ours; None when it never did."""
    if data is None or row_version != VERSION:
        return None
    clock = _read_clock(data)
    return clock.clock_ms if clock.clock_heard_ms else None


def read_state(row_version: int | None, data: bytes | None) -> State:
    """A state as it is stored; an empty one when there is none or it is an older version's."""
    if data is None or row_version != VERSION:
        return State()
    return msgspec.json.decode(data, type=State)
