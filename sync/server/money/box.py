"""What a volunteer's entry about money adds to its day, and what is known of the box meanwhile.

**Counted cash** is what a count found that volunteers had not put there::

    counted now − counted before − float put in since + cash taken out since

It is the money that the shoppers left between two counts, by counted figures alone: cash due by
the journal plus the count's difference (``kiosk.domain.visit_report``) is the same sum. It belongs
to the day of the count. The first count of a box is where counting begins and earns nothing, and
so does one at which the kiosk itself could expect nothing: nobody knows what lay there before.
"""

from __future__ import annotations

from dataclasses import dataclass

from msgspec.structs import replace

from kiosk.domain.entries import CashCount, CashOut, Entry, FloatIn, Restock
from kiosk.domain.money import Pieces
from sync.server.rollups.true_times import Clocks

MONEY_TYPES = ("cash_count", "cash_out", "cash_received", "float_in", "restock")
"""The entries that the sums are made of."""

SUMS = ("counts", "counted_cash_tenge", "restock_cost_tenge", "uncosted_pieces")
"""What is added up; the names of columns."""


@dataclass(slots=True)
class Box:
    """What is known of a box while its journal is read."""

    counted_tenge: int | None
    moved_tenge: int


def truly_made(clocks: Clocks, key: tuple[str, int, int], record: Entry) -> Entry:
    """An entry with the time at which it was really made; ``key``: its kiosk, epoch and number."""
    at_ms = clocks.true_ms(*key, record.stamp)
    return replace(record, stamp=replace(record.stamp, at_ms=at_ms))


def moved(box: Box, record: Entry) -> dict[str, int]:
    """What an entry adds to its day; moves the box."""
    body = record.body
    if isinstance(body, FloatIn):
        box.moved_tenge += Pieces.from_codes(body.pieces).total_tenge
    elif isinstance(body, CashOut):
        box.moved_tenge -= Pieces.from_codes(body.pieces).total_tenge
    elif isinstance(body, CashCount):
        counted_tenge = Pieces.from_codes(body.pieces).total_tenge
        before, moved = box.counted_tenge, box.moved_tenge
        box.counted_tenge, box.moved_tenge = counted_tenge, 0
        begins = before is None or body.expected_tenge is None
        came_tenge = 0 if begins else counted_tenge - (before or 0) - moved
        return {"counts": 1, "counted_cash_tenge": came_tenge}
    elif isinstance(body, Restock):
        costs = [
            x.quantity * x.unit_cost_tenge for x in body.lines if x.unit_cost_tenge is not None
        ]
        pieces = [x.quantity for x in body.lines if x.unit_cost_tenge is None]
        return {"restock_cost_tenge": sum(costs), "uncosted_pieces": sum(pieces)}
    return {}
