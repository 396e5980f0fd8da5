"""Payments by QR as sums: what sales claimed, what the bank credited."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from sqlalchemy import ColumnElement, Connection, select

from sync.server.money import bank_sums
from sync.server.rollups import sums
from sync.server.rollups.groups import some_by_region
from sync.server.rollups.period_sums import Period
from sync.server.schema import shop_day
from sync.server.schema.money import bank_day


@dataclass(frozen=True, slots=True)
class QrSums:
    """By QR: claimed by sales (corrections taken away), confirmed by the bank, credited without
    a claim, and credits of which a person must say what they paid."""

    claimed_tenge: int = 0
    confirmed_tenge: int = 0
    unclaimed_tenge: int = 0
    unclear_lines: int = 0

    @property
    def missing_tenge(self) -> int:
        """Claimed and not confirmed."""
        return self.claimed_tenge - self.confirmed_tenge

    def __add__(self, other: QrSums) -> QrSums:
        return QrSums(
            self.claimed_tenge + other.claimed_tenge,
            self.confirmed_tenge + other.confirmed_tenge,
            self.unclaimed_tenge + other.unclaimed_tenge,
            self.unclear_lines + other.unclear_lines,
        )


def qr_by_day(
    connection: Connection, shop_id: int, since_day: date, until_day: date
) -> dict[date, QrSums]:
    """A shop's days on which anything was claimed or credited."""
    claimed = connection.execute(
        select(shop_day.c.day, shop_day.c.qr_tenge).where(
            shop_day.c.shop_id == shop_id,
            shop_day.c.day.between(since_day, until_day),
            shop_day.c.qr_tenge != 0,
        )
    )
    days = {day: QrSums(int(tenge)) for day, tenge in claimed}
    credited = connection.execute(
        select(bank_day.c.day, *(bank_day.c[name] for name in bank_sums.SUMS)).where(
            bank_day.c.shop_id == shop_id, bank_day.c.day.between(since_day, until_day)
        )
    )
    for day, *found in credited:
        if any(found):
            days[day] = days.get(day, QrSums()) + QrSums(0, *map(int, found))
    return days


def qr_by_shop(
    connection: Connection,
    shops: ColumnElement[bool],
    since_day: date,
    until_day: date,
    today: date,
    credited: Mapping[int, Sequence[int]],
) -> dict[int, QrSums]:
    """Each shop's sums of these days; a shop where nothing happened is left out.

    ``credited``: :func:`sync.server.money.bank_sums.by_shop` of the same.
    """
    period = Period(since_day, until_day)
    sold = sums.some_by_shop(connection, shops, period, today, ("qr_tenge",))
    claimed = {shop_id: tenge for shop_id, (tenge,) in sold.items()}
    return _joined(claimed, credited)


def qr_by_region(
    connection: Connection,
    shops: ColumnElement[bool],
    since_day: date,
    until_day: date,
    today: date,
    credited: Mapping[str, Sequence[int]],
) -> dict[str, QrSums]:
    """As :func:`qr_by_shop`, by the code of the shops' region."""
    period = Period(since_day, until_day)
    sold = some_by_region(connection, shops, period, today, ("qr_tenge",))
    claimed = {code: tenge for code, (tenge,) in sold.items()}
    return _joined(claimed, credited)


K = TypeVar("K")


def _joined(claimed: Mapping[K, int], credited: Mapping[K, Sequence[int]]) -> dict[K, QrSums]:
    found = {
        key: QrSums(claimed.get(key, 0), *credited.get(key, ())) for key in {*claimed, *credited}
    }
    return {key: one for key, one in found.items() if one != _NOTHING}


_NOTHING = QrSums()
