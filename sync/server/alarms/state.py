"""What a kiosk's journal amounts to; :mod:`sync.server.alarms.counting` says how.

A state answers what is in the box, what is on the shelf, when the shop usually sells, what the
last count said, who called.
"""

from __future__ import annotations

import msgspec

from kiosk.domain.cash_plan import LOOK_BACK_DAYS

VERSION = 1
"""Of what a state holds; another one is built again from the beginning."""
_CODES_MAX = 60

Place = tuple[int, int]
"""Epoch and number of an entry."""
BEGINNING: Place = (0, 0)
"""Before the first."""


class CountNews(msgspec.Struct):
    """The last visit's count of the box; several counts of one visit add up."""

    at_ms: int
    visit: str
    expected_tenge: int
    difference_tenge: int


class Settled(msgspec.Struct):
    """A state to go back to: that after the entry (epoch, seq), as JSON."""

    epoch: int
    seq: int
    state: msgspec.Raw


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
    boot: str = ""
    """The machine's boot in which the last entry was made."""
    settled: Settled | None = None
    """What no clock that is set later can change; None in what an older program made."""
    anchor_seq: int = 0
    """The last ``clock_set`` of the epoch that was known by then."""


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
