"""When entries were really made that a kiosk stamped under a wrong clock.

The rule is that of :mod:`kiosk.domain.true_times`. Sales are many, and moved once when the
``clock_set`` comes (:mod:`sync.server.rollups.clock_moves`). What is rare (visits, counts, money
taken out, QR claims) and what is taken home asks here each time it is read.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, select

from kiosk.domain.entries import Stamp
from kiosk.domain.true_times import CLOCK_SET, NEVER_HEARD, Clock, Told, clock_of, told
from sync.server.schema import entry
from sync.server.schema.journals import IS_LATELY

_EpochKey = tuple[str, int]
"""Kiosk and epoch, of one shop."""


class Clocks:
    """All that the kiosks of one shop heard of their clocks."""

    def __init__(self, clocks: Mapping[_EpochKey, Clock]) -> None:
        self._clocks = clocks

    def of(self, kiosk_id: str, epoch: int) -> Clock:
        """What one of them heard in one epoch."""
        return self._clocks.get((kiosk_id, epoch), NEVER_HEARD)

    def true_ms(self, kiosk_id: str, epoch: int, seq: int, stamp: Stamp) -> int:
        """When an entry was made, in milliseconds UTC: its stamp unless a clock was set later."""
        return self.of(kiosk_id, epoch).true_ms(seq, stamp)

    def around(self, since_ms: int) -> list[ColumnElement[bool]]:
        """Conditions on ``entry``: those that may be of ``since_ms`` or later by a clock set then.

        Their stamps may say anything.
        """
        return [
            _between(key, one.after_seq + 1, one.seq - 1)
            for key, clock in self._clocks.items()
            for one in clock.anchors
            if one.server_ms >= since_ms
        ]

    def near(self, since_ms: int | None, until_ms: int | None) -> list[ColumnElement[bool]]:
        """The same of a short time, one condition for each epoch; others may be among them."""
        spans = {key: clock.near(since_ms, until_ms) for key, clock in self._clocks.items()}
        return [_between(key, *span) for key, span in spans.items() if span is not None]

    def moved(self, kiosk_id: str, epoch: int, *, since_seq: int) -> list[range]:
        """Numbers of the entries before ``since_seq`` that a clock set since then speaks of."""
        return [
            range(one.after_seq + 1, min(one.seq, since_seq))
            for one in self.of(kiosk_id, epoch).anchors
            if one.seq >= since_seq and one.after_seq + 1 < since_seq
        ]


def clocks_of(connection: Connection, shop_id: int, *of: ColumnElement[bool]) -> Clocks:
    """What the kiosks of a shop heard of their clocks, from its journals; ``of``: of some alone."""
    heard = _entries(connection, shop_id, CLOCK_SET, *of)
    if not heard:
        return Clocks({})
    found: dict[_EpochKey, list[tuple[int, Told]]] = {}
    for row in sorted((*heard, *_entries(connection, shop_id, "boot", *of)), key=_place):
        said = told(row.payload)
        if said is not None:
            found.setdefault((row.kiosk_id, row.epoch), []).append((row.seq, said))
    return Clocks({key: clock_of(entries) for key, entries in found.items()})


def _entries(
    connection: Connection, shop_id: int, name: str, *of: ColumnElement[bool]
) -> list[Any]:
    rows = connection.execute(
        select(entry.c.kiosk_id, entry.c.epoch, entry.c.seq, entry.c.payload).where(
            entry.c.shop_id == shop_id, IS_LATELY, entry.c.type == name, *of
        )
    )
    return list(rows.all())


def _place(row: Any) -> tuple[str, int, int]:
    return row.kiosk_id, row.epoch, row.seq


def _between(key: _EpochKey, first_seq: int, last_seq: int) -> ColumnElement[bool]:
    return and_(
        entry.c.kiosk_id == key[0],
        entry.c.epoch == key[1],
        entry.c.seq.between(first_seq, last_seq),
    )
