"""A stretch of days as months and days, for sums kept of both.

A year is eleven months and some days then, instead of 365. A month of which most days are meant
counts whole, and the others are taken off again.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import NamedTuple

_DAY = timedelta(days=1)


class Part(NamedTuple):
    """Days from ``first`` to ``last``; or months, named by their first days.

    ``sign``: 1 to add it, -1 to take it off.
    """

    sign: int
    are_months: bool
    first: date
    last: date


def parts_of(first: date, last: date) -> Iterator[Part]:
    """The parts of a stretch, both days included; together each of its days once."""
    months = [month for month in _months(first, last) if _is_mostly_in(month, first, last)]
    if not months:
        yield Part(1, False, first, last)
        return
    yield Part(1, True, months[0], months[-1])
    yield from _between(first, months[0])
    yield from _between(_next(months[-1]), last + _DAY)


def _between(begin: date, end: date) -> Iterator[Part]:
    """The days before ``end``; those that ``begin`` is too late by come off."""
    if begin < end:
        yield Part(1, False, begin, end - _DAY)
    elif end < begin:
        yield Part(-1, False, end, begin - _DAY)


def _months(first: date, last: date) -> Iterator[date]:
    month = first.replace(day=1)
    while month <= last:
        yield month
        month = _next(month)


def _is_mostly_in(month: date, first: date, last: date) -> bool:
    end = _next(month) - _DAY
    count = (min(end, last) - max(month, first)).days + 1
    return 2 * count > (end - month).days + 1


def _next(month: date) -> date:
    return (month + timedelta(days=31)).replace(day=1)
