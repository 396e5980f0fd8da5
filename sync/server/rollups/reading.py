"""What an entry adds to the sums, read from its bytes."""

from __future__ import annotations

from dataclasses import astuple
from datetime import date
from functools import lru_cache

import msgspec

from kiosk.domain.entries import Correction, EntryBody, Sale, SaleLine, decode, type_of
from kiosk.domain.errors import AdalError
from kiosk.domain.ledger import Ledger, day_of
from sync.server.rollups.ids import stored_id
from sync.server.rollups.plain_sale import Goods, read_plain_sale

_DAY_MS = 86_400_000
_KAZAKHSTAN_AHEAD_MS = 5 * 3_600_000


class Reading(msgspec.Struct, frozen=True, gc=False):
    """What this version understands of a payload; ``type`` None when it cannot be read.

    ``totals``: what it adds to its day, in the order of ``DayTotals``; None for what moves no
    goods. ``goods``: the goods of a sale, or with ``is_correction`` those that came back.
    ``is_taken_off``: it was counted on a wrong day, and leaves that; its totals say so already.
    """

    type: str | None
    at_ms: int | None
    day: date | None = None
    totals: tuple[int, ...] | None = None
    goods: tuple[Goods, ...] = ()
    is_correction: bool = False
    is_taken_off: bool = False


UNREADABLE = Reading(None, None)


def read_payload(payload: bytes) -> Reading:
    """Reads an entry as far as it goes; never raises, since the chain already vouches for it."""
    plain = read_plain_sale(payload)
    if plain is not None:
        at_ms, goods, totals = plain
        return Reading("sale", at_ms, _day_of(at_ms), totals, goods)
    return read_any(payload)


def read_any(payload: bytes) -> Reading:
    """As :func:`read_payload`, by the domain's own decoder and fold."""
    try:
        entry = decode(payload)
        days = Ledger().apply(entry).days
    except (AdalError, ValueError, OverflowError, RecursionError):
        return UNREADABLE
    name, at_ms = type_of(entry.body), entry.stamp.at_ms
    if not days:
        return Reading(name, at_ms)
    [(day, totals)] = days.items()
    return Reading(
        name,
        at_ms,
        date.fromisoformat(day),
        astuple(totals),
        _goods_of(entry.body),
        isinstance(entry.body, Correction),
    )


def _goods_of(body: EntryBody) -> tuple[Goods, ...]:
    if not isinstance(body, Sale | Correction):
        return ()
    return tuple(map(_goods_line, body.lines))


def _goods_line(line: SaleLine) -> Goods:
    return stored_id(line.product_id), line.quantity, line.total_tenge


def _day_of(at_ms: int) -> date:
    return _numbered_day((at_ms + _KAZAKHSTAN_AHEAD_MS) // _DAY_MS)


@lru_cache(maxsize=512)
def _numbered_day(number: int) -> date:
    """A batch has few days; each is worked out once."""
    return day_of(number * _DAY_MS - _KAZAKHSTAN_AHEAD_MS)
