"""Which goods a volunteer counts first, and what a case's code says about the pieces in it.

Five minutes do not suffice to count a whole shelf, so the goods whose figures are most likely
wrong, or whose mistakes cost most, come first.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from enum import IntEnum

from kiosk.domain.barcode import check_digit
from kiosk.domain.errors import BarcodeError

SALES_DAYS = 28
"""Four whole weeks: every day of the week weighs the same."""
FIRST_MAX = 20
"""As many kinds of goods as can be counted in a short visit."""
FAST_SHARE = (1, 2)
"""The fewest goods that make up this share of all pieces sold are the fast sellers."""
LONG_AGO_DAYS = 28
"""A figure that nobody has checked for this long is due."""

_GTIN14_LENGTH = 14
_CASE_INDICATORS = "12345678"


class Why(IntEnum):
    """Why a product is to be counted, the most pressing first."""

    BELOW_ZERO = 1
    """The journal says fewer than none: a restock went unlogged."""
    GAP = 2
    """Pieces were missing at its last count."""
    EXPIRING = 3
    """Pieces of it are about to pass their day."""
    FAST = 4
    """It is one of the few goods that make up half of what is sold."""
    NEVER = 5
    """Nobody has counted it, so the journal cannot know."""
    LONG_AGO = 6
    """Nobody has counted it for weeks."""


@dataclass(frozen=True, slots=True)
class ToCount:
    """One product to count, and the first reason for it."""

    product_id: str
    why: Why


@dataclass(frozen=True, slots=True)
class ShelfHistory:
    """What is known of the shelf, each by product id.

    ``stock``: pieces by the journal. ``sold``: pieces sold in the last ``SALES_DAYS`` days.
    ``missing_tenge``: what was missing at the last count, at its price. ``expiring``: goods with
    pieces at risk. ``counted_days_ago``: days since the last count; absent when there was none.
    """

    stock: Mapping[str, int] = field(default_factory=dict)
    sold: Mapping[str, int] = field(default_factory=dict)
    missing_tenge: Mapping[str, int] = field(default_factory=dict)
    expiring: Collection[str] = ()
    counted_days_ago: Mapping[str, int] = field(default_factory=dict)


def to_count_first(
    product_ids: Collection[str], history: ShelfHistory, most: int = FIRST_MAX
) -> tuple[ToCount, ...]:
    """The goods that matter, the most pressing first, at most ``most`` of them.

    Within one reason the goods with the largest figure come first, then those that sell best.
    """
    fast = fast_sellers({i: n for i, n in history.sold.items() if i in product_ids})
    found = []
    for place, product_id in enumerate(product_ids):
        why = _reason(product_id, history, fast)
        if why is not None:
            size = (-_weight(why, product_id, history), -history.sold.get(product_id, 0), place)
            found.append((why, size, ToCount(product_id, why)))
    return tuple(to_count for _why, _size, to_count in sorted(found, key=lambda x: x[:2])[:most])


def fast_sellers(sold: Mapping[str, int]) -> frozenset[str]:
    """The fewest goods that together make up half of all pieces sold."""
    best_first = sorted((i for i, n in sold.items() if n > 0), key=lambda i: (-sold[i], i))
    part, whole = FAST_SHARE
    left = sum(sold[i] for i in best_first) * part
    fast = []
    for product_id in best_first:
        if left <= 0:
            break
        fast.append(product_id)
        left -= sold[product_id] * whole
    return frozenset(fast)


def rebased(quantity: int, book_then: int, book_now: int) -> int:
    """What is on the shelf now, when ``quantity`` were counted while the book said ``book_then``.

    Goods that were sold after the count and before it is handed in are no longer there; the gap
    that was seen stays the same.
    """
    return max(0, quantity + book_now - book_then)


def unit_of_case(gtin14: str) -> str:
    """The GTIN-14 of the pieces in a case: indicator 0 and the check digit made anew.

    Raises:
        BarcodeError: when the code is not that of a case (indicator 1-8, right check digit).
    """
    is_number = len(gtin14) == _GTIN14_LENGTH and gtin14.isascii() and gtin14.isdigit()
    if not (is_number and gtin14[0] in _CASE_INDICATORS and gtin14[-1] == check_digit(gtin14[:-1])):
        raise BarcodeError(f"{gtin14[:40]!r} is not the code of a case; scan the case once more.")
    payload = "0" + gtin14[1:-1]
    return payload + check_digit(payload)


def _reason(product_id: str, history: ShelfHistory, fast: Collection[str]) -> Why | None:
    days_ago = history.counted_days_ago.get(product_id)
    reasons = {
        Why.BELOW_ZERO: history.stock.get(product_id, 0) < 0,
        Why.GAP: history.missing_tenge.get(product_id, 0) > 0,
        Why.EXPIRING: product_id in history.expiring,
        Why.FAST: product_id in fast,
        Why.NEVER: days_ago is None,
        Why.LONG_AGO: days_ago is not None and days_ago >= LONG_AGO_DAYS,
    }
    return next((why for why, holds in reasons.items() if holds), None)


def _weight(why: Why, product_id: str, history: ShelfHistory) -> int:
    """How pressing the product is among those of the same reason."""
    if why is Why.BELOW_ZERO:
        return -history.stock[product_id]
    if why is Why.GAP:
        return history.missing_tenge[product_id]
    if why is Why.LONG_AGO:
        return history.counted_days_ago[product_id]
    return 0
