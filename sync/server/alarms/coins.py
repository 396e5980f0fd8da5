"""Which change a box runs out of, by what the last weeks took out of it."""

from __future__ import annotations

from kiosk.domain.cash_plan import RunsOut, Usage, runs_out
from kiosk.domain.ledger import day_of
from kiosk.domain.money import Denomination, Kind, Pieces
from sync.server.alarms.state import State

USAGE_DAYS_MIN = 3
"""Fewer days say nothing about the next ones."""
DAYS_LEFT_MAX = 2
COIN_VALUE_MAX_TENGE = 200
CHANGE_VALUE_MAX_TENGE = 500
"""Larger notes are seldom given as change."""


def coins_short(state: State, now_ms: int) -> list[RunsOut]:
    """The kinds that last for a few days at most, by what the last weeks took out."""
    today = day_of(now_ms).toordinal()
    first = min(state.net, default=today)
    moves: dict[int, list[tuple[int, int]]] = {}
    for day, net in sorted(state.net.items()):
        for value_tenge, count in net.items():
            moves.setdefault(value_tenge, []).append((day, count))
    used = Usage(max(1, today - first + 1), moves)
    if used.days < USAGE_DAYS_MIN:
        return []
    kinds = [_kind(value) for value in moves if value <= CHANGE_VALUE_MAX_TENGE]
    available = Pieces.from_codes(state.available or {})
    return [one for one in runs_out(available, used, kinds) if one.days_left <= DAYS_LEFT_MAX]


def _kind(value_tenge: int) -> Denomination:
    is_coin = value_tenge <= COIN_VALUE_MAX_TENGE
    return Denomination(value_tenge, Kind.COIN if is_coin else Kind.NOTE)
