"""Which credit of the bank pays which sale: one to one, the same amount, nearest in time. Pure.

Of two sales of one amount on one day nobody can tell which one a credit paid, and the day's sum
is the same: such a choice is made freely. A choice that would move money from one day to another
is *unclear* and left to a person.

1. A credit with a time takes the nearest sale within two hours, by the kiosk's clock. When one of
   another day is about as near (within ten minutes), it is unclear.
2. What is left takes any sale of its own day.
3. A credit of which only the day is known may be booked late: it takes a sale of the three days
   before, if only one day has any, or if there are credits enough for all of them.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from kiosk.domain.ledger import day_of

NEAR_MS = 2 * 3_600_000
ABOUT_AS_NEAR_MS = 10 * 60_000
"""As far as a kiosk's clock may be off before it is corrected."""
BOOKED_LATE_DAYS = 3
"""A payment on Friday evening is booked on Monday."""


@dataclass(frozen=True, slots=True)
class Claim:
    """A sale that says to have been paid by QR."""

    kiosk_id: str
    epoch: int
    seq: int
    day: date
    at_ms: int
    amount_tenge: int


@dataclass(frozen=True, slots=True)
class Line:
    """A credit in a statement; ``at_ms`` None when the bank names only the day."""

    fingerprint: bytes
    day: date
    at_ms: int | None
    amount_tenge: int


@dataclass(slots=True)
class Matching:
    """What belongs together, by the line's fingerprint, and what a person must choose."""

    pairs: dict[bytes, Claim] = field(default_factory=dict)
    unclear: set[bytes] = field(default_factory=set)


def match(lines: Iterable[Line], claims: Iterable[Claim]) -> Matching:
    """Matches the lines and claims of one shop; none of either may be matched already."""
    result = Matching()
    by_amount: dict[int, tuple[list[Line], list[Claim]]] = {}
    for line in lines:
        by_amount.setdefault(line.amount_tenge, ([], []))[0].append(line)
    for claim in claims:
        if claim.amount_tenge in by_amount:
            by_amount[claim.amount_tenge][1].append(claim)
    for some_lines, some_claims in by_amount.values():
        _Amount(some_lines, some_claims, result).run()
    return result


class _Amount:
    """Lines and claims of one amount."""

    def __init__(self, lines: Sequence[Line], claims: Sequence[Claim], result: Matching) -> None:
        # Always in the same order, so that the same statement gives the same pairs.
        self._lines = sorted(lines, key=lambda x: (x.day, x.at_ms or 0, x.fingerprint))
        self._claims = sorted(claims, key=lambda x: (x.at_ms, x.kiosk_id, x.epoch, x.seq))
        self._taken: set[Claim] = set()
        self._result = result

    def run(self) -> None:
        self._nearest()
        self._same_day()
        self._booked_late()

    def _open(self) -> list[Line]:
        done = self._result
        return [
            line
            for line in self._lines
            if line.fingerprint not in done.pairs and line.fingerprint not in done.unclear
        ]

    def _free(self) -> list[Claim]:
        return [claim for claim in self._claims if claim not in self._taken]

    def _pair(self, line: Line, claim: Claim) -> None:
        self._result.pairs[line.fingerprint] = claim
        self._taken.add(claim)

    def _nearest(self) -> None:
        done = self._result
        for distance_ms, line_number, claim_number in sorted(self._near()):
            line, claim = self._lines[line_number], self._claims[claim_number]
            if line.fingerprint in done.pairs or line.fingerprint in done.unclear:
                continue
            if claim in self._taken:
                continue
            if self._is_unclear(line, claim, distance_ms):
                done.unclear.add(line.fingerprint)
            else:
                self._pair(line, claim)

    def _near(self) -> Iterator[tuple[int, int, int]]:
        """Distance, line and claim of all that are near enough."""
        times = [claim.at_ms for claim in self._claims]
        for number, line in enumerate(self._lines):
            if line.at_ms is None:
                continue
            first = bisect_left(times, line.at_ms - NEAR_MS)
            for other in range(first, bisect_right(times, line.at_ms + NEAR_MS)):
                yield abs(times[other] - line.at_ms), number, other

    def _is_unclear(self, line: Line, claim: Claim, distance_ms: int) -> bool:
        """Whether a sale of another day is about as near, and not all of them are paid."""
        at_ms, limit_ms = line.at_ms or 0, distance_ms + ABOUT_AS_NEAR_MS
        # Away from midnight, as nearly always, there is no other day to ask about.
        if day_of(max(0, at_ms - limit_ms)) == day_of(at_ms + limit_ms):
            return False
        rivals = [
            other
            for other in self._free()
            if other.day != claim.day and abs(other.at_ms - at_ms) <= limit_ms
        ]
        wanting = [
            other
            for other in self._open()
            if other.at_ms is not None
            and other is not line
            and any(abs(rival.at_ms - other.at_ms) <= limit_ms for rival in rivals)
        ]
        return len(rivals) > len(wanting)

    def _same_day(self) -> None:
        by_day: dict[date, list[Claim]] = {}
        for claim in reversed(self._free()):
            by_day.setdefault(claim.day, []).append(claim)
        for line in self._open():
            if claims := by_day.get(line.day):
                self._pair(line, claims.pop())

    def _booked_late(self) -> None:
        waiting = [line for line in self._open() if line.at_ms is None]
        for place, line in enumerate(waiting):
            since = line.day - timedelta(BOOKED_LATE_DAYS)
            candidates = [claim for claim in self._free() if since <= claim.day < line.day]
            if not candidates:
                continue
            last_day = candidates[-1].day
            enough = sum(x.day <= last_day + timedelta(BOOKED_LATE_DAYS) for x in waiting[place:])
            if len({claim.day for claim in candidates}) == 1 or enough >= len(candidates):
                self._pair(line, candidates[0])
            else:
                self._result.unclear.add(line.fingerprint)
