"""How much of the money that was due was found in the box: of a shop, never of a person.

Pooled over the last counts of the box (see :mod:`kiosk.domain.visit_report` for one): cash that
the sales brought between two counts, and what a count found more or less than that. Nothing is
said before three counts that had something to compare, as on the public page: fewer would speak
of the few people who bought in between.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise

from kiosk.domain.entries import CashCount, Entry
from kiosk.domain.ledger import fold_all
from kiosk.domain.money import Pieces
from kiosk.domain.visit_report import Ratio

HONESTY_TYPES = frozenset({"sale", "correction", "cash_count"})
"""The types of entries that it is made of."""
COUNTS_MIN = 3
COUNTS_MAX = 8
WHOLE_PER_MILLE = 1000


def honesty_of(entries: Sequence[Entry]) -> int | None:
    """Found ÷ due, in thousandths, at most 1000; None where too little was compared.

    Args:
        entries: of :data:`HONESTY_TYPES`, oldest first.
    """
    counts = [place for place, entry in enumerate(entries) if isinstance(entry.body, CashCount)]
    found_tenge = due_tenge = compared = 0
    for before, here in reversed(list(pairwise(counts))):
        period_due_tenge = _cash_due_tenge(entries[before + 1 : here])
        difference_tenge = _difference_tenge(entries[here])
        if difference_tenge is None:
            continue
        # Counted twice in one visit nothing is due in between, but the difference counts.
        due_tenge += period_due_tenge
        found_tenge += period_due_tenge + difference_tenge
        compared += period_due_tenge > 0
        if compared == COUNTS_MAX:
            break
    if compared < COUNTS_MIN or due_tenge <= 0:
        return None
    # More than was due is a miscount or an unlogged sale, and no virtue.
    return max(0, min(WHOLE_PER_MILLE, Ratio(found_tenge, due_tenge).per_mille))


def _cash_due_tenge(entries: Iterable[Entry]) -> int:
    days = fold_all(entries).days.values()
    return sum(day.cash_tenge + day.left_to_cause_tenge for day in days)


def _difference_tenge(entry: Entry) -> int | None:
    """Counted − expected; None where nothing could be expected."""
    count = entry.body
    assert isinstance(count, CashCount)
    if count.expected_tenge is None:
        return None
    return Pieces.from_codes(count.pieces).total_tenge - count.expected_tenge
