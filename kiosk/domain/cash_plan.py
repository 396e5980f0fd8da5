"""How much of which money the box needs, judged by what the last weeks took out of it.

*Drain*: change takes pieces out of the box and shoppers put others in. For each value we look
for the worst stretch of so many days: the most pieces that went out on balance between any two
moments of it. A box that held as many at the beginning of that stretch would have come through.
Where less has been seen than is planned for, the average per day stands in when it is more.

*Reserve*: whatever the weeks say, a box should give several shoppers in a row any change they may
need. To pay out every sum below the next larger piece takes ``next ÷ value``, rounded up, less
one, of each value: two 20s below 50, one 50 below 100. The reserve is that many for each of
``RESERVE_SHOPPERS`` shoppers, for change below ``RESERVE_TOP_TENGE``; larger notes stay only where
the weeks say that they are given as change.

What is needed of a value is the larger of both. Values are looked at one by one: that 20s go
faster when the 50s have run out is left to the reserve. A coin and a note of the same value
change each other's place, so they are planned for together.

Nothing here knows the future; a volunteer may always leave or bring other pieces.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from math import ceil, gcd

from kiosk.domain.change import one_per_value
from kiosk.domain.entries import CashTender, Correction, Entry, Sale
from kiosk.domain.ledger import day_of
from kiosk.domain.money import NOTHING, Denomination, Pieces

LOOK_BACK_DAYS = 28
"""Four whole weeks: every weekday counts the same."""
PLAN_DAYS = 14
"""How long the box should give change without a visit."""
RESERVE_SHOPPERS = 3
"""So many in a row may need the worst change before anybody puts coins in."""
RESERVE_TOP_TENGE = 2000
"""A snack costs hundreds; a reserve for change from 20 000 would be a treasure, not a float."""


@dataclass(frozen=True, slots=True)
class Movement:
    """Pieces that a shopper put in and took out, on a day counted from the year 1 at UTC+5."""

    day: int
    came: Pieces
    went: Pieces


@dataclass(frozen=True, slots=True)
class Usage:
    """What shoppers did to the box over ``days`` days.

    ``moves``: for each value in tenge the days and the pieces that went out on balance, oldest
    first.
    """

    days: int = 0
    moves: Mapping[int, Sequence[tuple[int, int]]] = field(default_factory=dict)

    def net_per_day(self, value_tenge: int) -> Fraction:
        """Pieces of that value that leave the box on balance each day; below 0: they gather."""
        gone = sum(count for _, count in self.moves.get(value_tenge, ()))
        return Fraction(gone, self.days) if self.days else Fraction(0)

    def drain(self, value_tenge: int, days: int) -> int:
        """The most pieces of that value that went out on balance within so many days (1 or more)."""
        return _worst_stretch(self.moves.get(value_tenge, ()), days)


@dataclass(frozen=True, slots=True)
class RunsOut:
    """A kind that goes out faster than it comes in; ``days_left`` are whole days, 0 is today."""

    denomination: Denomination
    count: int
    days_left: int


def movement_of(entry: Entry) -> Movement | None:
    """What a sale or its correction moved by piece; None when nothing is known to have moved."""
    body, day = entry.body, day_of(entry.stamp.at_ms).toordinal()
    if isinstance(body, Sale) and isinstance(body.tender, CashTender):
        came, went = body.tender.pieces_in, body.tender.change
    elif isinstance(body, Correction):
        came, went = body.put_back, body.taken_back or {}
    else:
        return None
    movement = Movement(day, Pieces.from_codes(came or {}), Pieces.from_codes(went))
    return movement if movement.came or movement.went else None


def usage(movements: Iterable[Movement], today: int) -> Usage:
    """Net outflow by value; ``movements`` oldest first, ``today`` counted as their days are.

    Reckoned from the first movement on: days before the shop knew its box say nothing.
    """
    moves: dict[int, list[tuple[int, int]]] = {}
    first, latest = today, 0
    for movement in movements:
        first = min(first, movement.day)
        # A clock that was set back must not make a stretch look shorter than it was.
        latest = max(latest, movement.day)
        for value_tenge, count in _net_by_value(movement).items():
            moves.setdefault(value_tenge, []).append((latest, count))
    days = max(today, latest) - first + 1 if latest else 0
    return Usage(days, moves)


def runs_out(available: Pieces, used: Usage, kinds: Iterable[Denomination]) -> tuple[RunsOut, ...]:
    """Which kinds run out, the first one first: pieces there are ÷ net outflow per day."""
    found = []
    for kind in one_per_value(kinds):
        per_day = used.net_per_day(kind.value_tenge)
        if per_day > 0:
            count = _count_of(available, kind.value_tenge)
            found.append(RunsOut(kind, count, int(count / per_day)))
    return tuple(sorted(found, key=lambda x: (x.days_left, x.denomination.value_tenge)))


def needed(
    used: Usage, kinds: Iterable[Denomination], days: int, step_tenge: int = 1
) -> Mapping[int, int]:
    """Value in tenge → pieces that the box needs for so many days; see the module's docstring.

    ``step_tenge``: all sums to pay are multiples of it, so smaller pieces are never needed
    for change.
    """
    values = [kind.value_tenge for kind in one_per_value(kinds)]
    reserve = _reserve(values, step_tenge)
    return {
        value: max(
            reserve.get(value, 0),
            used.drain(value, days),
            ceil(used.net_per_day(value) * days),
        )
        for value in values
    }


def float_to_leave(
    available: Pieces,
    used: Usage,
    kinds: Iterable[Denomination],
    days: int = PLAN_DAYS,
    step_tenge: int = 1,
) -> Pieces:
    """What to leave in the box of what is there; the rest can be taken out.

    Where a value falls short of what is needed, more of the smaller ones stay, up to the sum
    that is missing: they can take its place.
    """
    wanted = needed(used, kinds, days, step_tenge)
    left, missing_tenge = NOTHING, 0
    for value in sorted({d.value_tenge for d in available} | set(wanted), reverse=True):
        there = _count_of(available, value)
        own = min(there, wanted.get(value, 0))
        instead = min(there - own, missing_tenge // value) if wanted.get(value) else 0
        missing_tenge += (wanted.get(value, 0) - own - instead) * value
        left += _pieces_worth(available, value, own + instead)
    return left


def float_to_bring(
    available: Pieces,
    used: Usage,
    kinds: Collection[Denomination],
    days: int = PLAN_DAYS,
    step_tenge: int = 1,
) -> Pieces:
    """What to put in, so that the box holds of every value what it needs."""
    wanted = needed(used, kinds, days, step_tenge)
    return Pieces(
        {
            kind: max(0, wanted[kind.value_tenge] - _count_of(available, kind.value_tenge))
            for kind in one_per_value(kinds)
        }
    )


def step_of(prices_tenge: Iterable[int]) -> int:
    """The largest step that all sums to pay are multiples of; 1 when there are no prices."""
    return gcd(*prices_tenge) or 1


def _reserve(values: Sequence[int], step_tenge: int) -> dict[int, int]:
    """Pieces of each value for ``RESERVE_SHOPPERS`` times any change below the top."""
    reserve: dict[int, int] = {}
    larger_tenge, common_tenge = RESERVE_TOP_TENGE, gcd(RESERVE_TOP_TENGE, step_tenge)
    for value in (v for v in values if v < RESERVE_TOP_TENGE):
        reserve[value] = RESERVE_SHOPPERS * (-(-larger_tenge // value) - 1)
        larger_tenge, common_tenge = value, gcd(common_tenge, value)
        if common_tenge == value:
            break  # prices and larger pieces are multiples of it: no change needs a smaller one
    return reserve


def _net_by_value(movement: Movement) -> dict[int, int]:
    net: dict[int, int] = {}
    for pieces, sign in ((movement.went, 1), (movement.came, -1)):
        for kind, count in pieces.items():
            net[kind.value_tenge] = net.get(kind.value_tenge, 0) + sign * count
    return net


def _worst_stretch(moves: Iterable[tuple[int, int]], days: int) -> int:
    """The largest sum of consecutive moves whose days span at most ``days``; 0 when none is more.

    ``lows`` holds the running totals from which a stretch may begin, with the day of its first
    move, the lowest first: each move enters and leaves it once.
    """
    worst = total = 0
    lows: deque[tuple[int, int]] = deque()
    for day, count in moves:
        while lows and lows[-1][1] >= total:
            lows.pop()
        lows.append((day, total))
        while lows[0][0] <= day - days:
            lows.popleft()
        total += count
        worst = max(worst, total - lows[0][1])
    return worst


def _count_of(pieces: Pieces, value_tenge: int) -> int:
    return sum(count for kind, count in pieces.items() if kind.value_tenge == value_tenge)


def _pieces_worth(pieces: Pieces, value_tenge: int, count: int) -> Pieces:
    """So many of one value, coins first: a bank would rather have the notes."""
    taken = NOTHING
    for kind in sorted(k for k in pieces if k.value_tenge == value_tenge):
        share = min(pieces[kind], count)
        taken = taken.add(kind, share)
        count -= share
    return taken
