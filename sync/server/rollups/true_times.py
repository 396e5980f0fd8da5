"""When entries were really made that a kiosk stamped under a wrong clock.

The rule is that of :mod:`sync.server.rollups.clock_moves`: the first ``clock_set`` that follows an
entry within the same boot tells, by the monotonic clock, how long before it the entry was made.
Sales are many, and moved once when the ``clock_set`` comes. What is rare (visits, counts, money
taken out, QR claims) asks here each time it is read.
"""

from __future__ import annotations

from bisect import bisect_right
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, and_, select

from kiosk.domain.entries import ClockSet, Stamp, decode
from kiosk.domain.errors import AdalError
from kiosk.domain.ledger import day_of
from sync.server.rollups.clock_moves import CLOCK_SET
from sync.server.schema import entry
from sync.server.schema.journals import IS_LATELY

_EpochKey = tuple[str, int]
"""Kiosk and epoch, of one shop."""


class Anchor(NamedTuple):
    """A ``clock_set``: what it says of the entries between ``after_seq`` and ``seq``.

    ``zero_ms``: the true time, in milliseconds UTC, at which the monotonic clock stood at 0.
    """

    seq: int
    after_seq: int
    boot: str
    zero_ms: int
    server_ms: int


class Clocks:
    """All that the kiosks of one shop heard of their clocks."""

    def __init__(self, anchors: dict[_EpochKey, list[Anchor]]) -> None:
        self._anchors = anchors

    def true_ms(self, kiosk_id: str, epoch: int, seq: int, stamp: Stamp) -> int:
        """When an entry was made, in milliseconds UTC: its stamp unless a clock was set later."""
        anchors = self._anchors.get((kiosk_id, epoch))
        if not anchors:
            return stamp.at_ms
        index = bisect_right(anchors, seq, key=_seq_of)
        if index == len(anchors) or anchors[index].boot != stamp.boot:
            return stamp.at_ms
        at_ms = anchors[index].zero_ms + stamp.mono_ms
        return at_ms if _is_a_day(at_ms) else stamp.at_ms

    def around(self, since_ms: int) -> list[ColumnElement[bool]]:
        """Conditions on ``entry``: those that may be of ``since_ms`` or later by a clock set then.

        Their stamps may say anything.
        """
        return [
            and_(
                entry.c.kiosk_id == kiosk_id,
                entry.c.epoch == epoch,
                entry.c.seq > one.after_seq,
                entry.c.seq < one.seq,
            )
            for (kiosk_id, epoch), anchors in self._anchors.items()
            for one in anchors
            if one.server_ms >= since_ms
        ]

    def moved(self, kiosk_id: str, epoch: int, *, since_seq: int) -> list[range]:
        """Numbers of the entries before ``since_seq`` that a clock set since then speaks of."""
        return [
            range(one.after_seq + 1, min(one.seq, since_seq))
            for one in self._anchors.get((kiosk_id, epoch), [])
            if one.seq >= since_seq and one.after_seq + 1 < since_seq
        ]


def clocks_of(connection: Connection, shop_id: int) -> Clocks:
    """What the kiosks of a shop heard of their clocks, from its journals."""
    rows = connection.execute(
        select(entry.c.kiosk_id, entry.c.epoch, entry.c.seq, entry.c.type, entry.c.payload).where(
            entry.c.shop_id == shop_id, IS_LATELY, entry.c.type.in_((CLOCK_SET, "boot"))
        )
    ).all()
    if all(row.type != CLOCK_SET for row in rows):
        return Clocks({})
    anchors: dict[_EpochKey, list[Anchor]] = {}
    began: dict[tuple[str, int, str], int] = {}
    for row in sorted(rows, key=lambda row: (row.kiosk_id, row.epoch, row.seq)):
        _note(anchors.setdefault((row.kiosk_id, row.epoch), []), began, row)
    return Clocks(anchors)


def _note(anchors: list[Anchor], began: dict[tuple[str, int, str], int], row: Any) -> None:
    try:
        said = decode(row.payload)
    except (AdalError, ValueError, RecursionError):
        return
    boot, key = said.stamp.boot, (row.kiosk_id, row.epoch, said.stamp.boot)
    if not isinstance(said.body, ClockSet):
        # The program may start more than once while the machine runs.
        began.setdefault(key, row.seq)
        return
    before = anchors[-1].seq if anchors else 0
    zero_ms = said.body.server_ms - said.stamp.mono_ms
    after_seq = max(before, began.get(key, 1) - 1)
    anchors.append(Anchor(row.seq, after_seq, boot, zero_ms, said.body.server_ms))


def _seq_of(anchor: Anchor) -> int:
    return anchor.seq


def _is_a_day(at_ms: int) -> bool:
    try:
        day_of(at_ms)
    except (ValueError, OverflowError):
        return False
    return True
