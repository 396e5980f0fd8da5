"""Which pieces on the shelf pass their best-before day soon: pure, told what came and what is left.

Nobody scans a day when a piece is sold, so it is taken that pieces go in the order in which they
came: what is on the shelf now are the pieces that came last. New goods are put behind the old
ones, and where a volunteer did not, the forecast is only a hint to look.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from kiosk.domain.errors import N_, AdalError

SOON_DAYS = 14
"""From this many days before its day on a piece is at risk: time for two weekly visits."""
YEARS_AHEAD_MAX = 10
"""Nothing in such a shop keeps longer; a later day is a slip of the finger."""

_SHORT, _LONG = 6, 8
_NUMBER_ALONE = 16
"""As long as a GTIN with its identifier; a day makes a code longer."""
_BEST_BEFORE, _EXPIRES = "15", "17"
"""GS1 application identifiers (General Specifications, 3.4.6 and 3.4.8)."""
_ENVELOPE = re.compile(r"^(\][A-Za-z][0-9A-Za-z])?[\x1d\xe8]*")
"""What scanners put before the data: an AIM identifier, FNC1."""


class DayError(AdalError):
    """Digits that name no day."""

    advice = N_("This is not a day. Type it like 31.12.2026.")


@dataclass(frozen=True, slots=True)
class Arrival:
    """Pieces of one product that came at once; ``best_before`` is None when nobody typed it."""

    product_id: str
    quantity: int
    best_before: date | None


@dataclass(frozen=True, slots=True)
class AtRisk:
    """Pieces of one product that are to be sold or taken off until a day."""

    product_id: str
    best_before: date
    quantity: int


def pieces_left(newest_first: Iterable[Arrival], stock: Mapping[str, int]) -> tuple[Arrival, ...]:
    """What is still there of each arrival, newest first.

    Args:
        newest_first: all arrivals, the last to come first.
        stock: pieces on the shelf by product id; what no arrival explains has no known day.
    """
    unexplained = dict(stock)
    left = []
    for arrival in newest_first:
        there = min(arrival.quantity, unexplained.get(arrival.product_id, 0))
        if there > 0:
            unexplained[arrival.product_id] -= there
            left.append(Arrival(arrival.product_id, there, arrival.best_before))
    return tuple(left)


def at_risk(left: Iterable[Arrival], today: date, soon_days: int = SOON_DAYS) -> tuple[AtRisk, ...]:
    """Pieces whose day has passed or comes within ``soon_days``, the earliest first.

    Pieces of one product and day are one line, whenever they came.
    """
    sums: dict[tuple[date, str], int] = {}
    for arrival in left:
        if arrival.best_before is not None and (arrival.best_before - today).days <= soon_days:
            key = (arrival.best_before, arrival.product_id)
            sums[key] = sums.get(key, 0) + arrival.quantity
    return tuple(AtRisk(product, day, sums[day, product]) for day, product in sorted(sums))


def products_at_risk(risks: Collection[AtRisk]) -> frozenset[str]:
    """The goods with any piece at risk."""
    return frozenset(risk.product_id for risk in risks)


def day_in_code(text: str, gtin14: str) -> date | None:
    """The best-before day that a GS1 code tells of its goods, as many cases do; None without one.

    ``gtin14`` is the number that was read from the same text: digits that only look like a day
    (an EAN-13 may begin with 15) are none.
    """
    if len(text) <= _NUMBER_ALONE:
        return None
    # Imported late: it takes 0.1 s, and the codes of pieces hold no day.
    from biip import ParseError
    from biip.gs1_messages import GS1Message

    try:
        elements = GS1Message.parse(_ENVELOPE.sub("", text)).element_strings
    except (ParseError, ValueError):
        return None
    values = {element.ai.ai: element for element in elements}
    if "01" not in values or values["01"].value != gtin14:
        return None
    found = values.get(_BEST_BEFORE) or values.get(_EXPIRES)
    return found.date if found is not None else None


def typed_day(digits: str, today: date) -> date:
    """``31122026`` or ``311226`` → the day, as it stands on the pack.

    Raises:
        DayError: when there is no such day, or it lies too far ahead.
    """
    if len(digits) not in (_SHORT, _LONG) or not (digits.isascii() and digits.isdigit()):
        raise DayError("Type day, month and year, like 31.12.2026.")
    year = digits[4:] if len(digits) == _LONG else f"20{digits[4:]}"
    try:
        day = date(int(year), int(digits[2:4]), int(digits[:2]))
    except ValueError as error:
        raise DayError(f"There is no day {grouped_day(digits)}; look at the pack again.") from error
    if not today.year - YEARS_AHEAD_MAX <= day.year <= today.year + YEARS_AHEAD_MAX:
        raise DayError(f"{format_day(day)} is too far away; look at the year again.")
    return day


def grouped_day(digits: str) -> str:
    """Digits as they are typed, with the dots of a day: ``3112`` → ``31.12.``."""
    parts = [digits[:2], digits[2:4], digits[4:]]
    dots = [
        part + "." if len(part) == 2 and place < 2 else part for place, part in enumerate(parts)
    ]
    return "".join(dots)


def format_day(day: date) -> str:
    """``31.12.2026``, as days are written in Kazakhstan, in all languages."""
    return f"{day.day:02}.{day.month:02}.{day.year:04}"
