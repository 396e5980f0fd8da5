"""Entries of some days: of those on which they were really made, whatever their stamps say.

A ``clock_set`` that came later corrects what the kiosk made before it in the same boot
(:mod:`kiosk.domain.true_times`). Corrections are rare: the database chooses by the stamps, adds the
stretch around those that may be of these days after all, and here each of them is looked at again.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import compress
from operator import itemgetter
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, and_, or_, select

from kiosk.domain.true_times import Clock, told
from sync.server.schema import entry

LOOKED_AT_ONCE = 200
_seq = itemgetter(0)


class Page(NamedTuple):
    """Entries in their order, and of each when it was really made, in milliseconds UTC.

    An entry begins with its number. Its time is None where nobody can read it.
    """

    entries: list[Any]
    times: list[int | None]

    def part(self, start: int, end: int | None = None) -> Page:
        """From one place to another."""
        return Page(self.entries[start:end], self.times[start:end])

    def add(self, more: Page) -> None:
        """What follows."""
        self.entries.extend(more.entries)
        self.times.extend(more.times)


def page_of(clock: Clock, entries: list[Any]) -> Page:
    """Entries with their times; each has ``seq``, ``at_ms`` and ``payload``."""
    times = [one.at_ms for one in entries]
    if entries and clock.anchors:
        for anchor in clock.speaking_of(entries[0].seq, entries[-1].seq):
            first = bisect_left(entries, anchor.after_seq + 1, key=_seq)
            last = bisect_left(entries, anchor.seq, key=_seq)
            for place in range(first, last):
                said = None if times[place] is None else told(entries[place].payload)
                if said is not None:
                    times[place] = anchor.true_ms(said.stamp)
    return Page(entries, times)


@dataclass(frozen=True, slots=True)
class Days:
    """Which days: from ``since_ms`` on and before ``until_ms``; None is without end."""

    since_ms: int | None = None
    until_ms: int | None = None

    @property
    def all(self) -> bool:
        """Whether every day is meant, and entries that nobody can read too."""
        return self.since_ms is None and self.until_ms is None

    def conditions(self, clock: Clock) -> list[ColumnElement[bool]]:
        """On ``entry``: all of these days, and others that :meth:`chosen` leaves out again."""
        stamped = []
        if self.since_ms is not None:
            stamped.append(entry.c.at_ms >= self.since_ms)
        if self.until_ms is not None:
            stamped.append(entry.c.at_ms < self.until_ms)
        span = clock.near(self.since_ms, self.until_ms) if stamped else None
        return stamped if span is None else [or_(and_(*stamped), entry.c.seq.between(*span))]

    def holds(self, at_ms: int | None) -> bool:
        """Whether a moment is of these days."""
        if at_ms is None:
            return False
        since_ms = at_ms if self.since_ms is None else self.since_ms
        return since_ms <= at_ms and (self.until_ms is None or at_ms < self.until_ms)

    def chosen(self, page: Page) -> Page:
        """Those that were really made then."""
        if self.all:
            return page
        kept = list(map(self.holds, page.times))
        if all(kept):
            return page
        return Page(list(compress(page.entries, kept)), list(compress(page.times, kept)))


def outermost(
    connection: Connection,
    here: Sequence[ColumnElement[bool]],
    clock: Clock,
    days: Days,
    *,
    is_last: bool,
) -> int | None:
    """Number of the first or the last entry that was really made in these days; None for none.

    ``here``: the conditions of the epoch that ``clock`` is of.
    """
    # Without a corrected clock the very first that the database finds is the right one.
    limit = LOOKED_AT_ONCE if clock.anchors else 1
    beyond: list[ColumnElement[bool]] = []
    while True:
        rows = connection.execute(
            select(entry.c.seq, entry.c.at_ms, entry.c.payload)
            .where(*here, *days.conditions(clock), *beyond)
            .order_by(entry.c.seq.desc() if is_last else entry.c.seq)
            .limit(limit)
        ).all()
        found = days.chosen(page_of(clock, list(rows)[:: -1 if is_last else 1])).entries
        if found:
            return int(found[-1 if is_last else 0].seq)
        if len(rows) < limit:
            return None
        reached = rows[-1].seq
        beyond = [entry.c.seq < reached if is_last else entry.c.seq > reached]
