"""What statements say of a shop's days and months, kept beside the lines they are made of.

A year of payments is a million lines; pages ask for their sums. Whoever changes a line says so
here, in the same transaction.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from sqlalchemy import ColumnElement, Connection, delete, select

from sync.server.money import kept_months
from sync.server.rollups.adding import Adding
from sync.server.schema.money import bank_day, bank_line, bank_month

FREE, MATCHED, UNCLEAR, ASIDE = "free", "matched", "unclear", "aside"
SUMS = ("confirmed_tenge", "unclaimed_tenge", "unclear_lines")

_DAYS = Adding(bank_day, ("shop_id", "day"), SUMS)
_MONTHS = Adding(bank_month, ("shop_id", "month"), SUMS)


class Credited(NamedTuple):
    """What a line adds: on the sale's day when it is matched, else on the bank's."""

    state: str
    day: date
    claim_day: date | None
    amount_tenge: int

    @property
    def part(self) -> tuple[date, tuple[int, int, int]] | None:
        """The day, and what stands there in the order of :data:`SUMS`; None for set aside."""
        if self.state == MATCHED:
            assert self.claim_day is not None, "a matched line has its sale's day"
            return self.claim_day, (self.amount_tenge, 0, 0)
        if self.state in (FREE, UNCLEAR):
            return self.day, (0, self.amount_tenge, int(self.state == UNCLEAR))
        return None


def change(
    connection: Connection,
    shop_id: int,
    *,
    gone: Iterable[Credited] = (),
    come: Iterable[Credited] = (),
) -> None:
    """Takes away what lines were and adds what they are now."""
    days: dict[date, list[int]] = {}
    months: dict[date, list[int]] = {}
    for sign, lines in ((-1, gone), (1, come)):
        for line in lines:
            if line.part is None:
                continue
            day, numbers = line.part
            for sums, key in ((days, day), (months, day.replace(day=1))):
                row = sums.setdefault(key, [0, 0, 0])
                for place, number in enumerate(numbers):
                    row[place] += sign * number
    for adding, sums in ((_DAYS, days), (_MONTHS, months)):
        adding.to(
            connection, [(shop_id, key, *sums[key]) for key in sorted(sums) if any(sums[key])]
        )


def by_shop(
    connection: Connection, shops: ColumnElement[bool], first: date, last: date
) -> dict[int, list[int]]:
    """The sums of each shop that the condition on ``shop`` names, in the order of :data:`SUMS`."""
    return kept_months.by_shop(connection, (bank_day, bank_month), SUMS, shops, (first, last))


def by_region(
    connection: Connection, shops: ColumnElement[bool], first: date, last: date
) -> dict[str, list[int]]:
    """As :func:`by_shop`, by the code of the shops' region."""
    return kept_months.by_region(connection, (bank_day, bank_month), SUMS, shops, (first, last))


def rebuild(connection: Connection, shop_id: int) -> None:
    """Makes a shop's sums again from its lines."""
    for table in (bank_day, bank_month):
        connection.execute(delete(table).where(table.c.shop_id == shop_id))
    change(connection, shop_id, come=_lines(connection, shop_id))


def differences(connection: Connection, shop_id: int) -> list[tuple[date, object, object]]:
    """Days of a shop whose sum is not what its lines say: the day, what is kept, what is right."""
    right: dict[date, tuple[int, ...]] = {}
    for line in _lines(connection, shop_id):
        if line.part is not None:
            day, numbers = line.part
            before = right.get(day, (0, 0, 0))
            right[day] = tuple(a + b for a, b in zip(before, numbers, strict=True))
    rows = connection.execute(
        select(bank_day.c.day, *(bank_day.c[name] for name in SUMS)).where(
            bank_day.c.shop_id == shop_id
        )
    )
    kept = {row[0]: tuple(int(x) for x in row[1:]) for row in rows}
    nothing = (0, 0, 0)
    return [
        (day, kept.get(day), right.get(day))
        for day in sorted({*kept, *right})
        if kept.get(day, nothing) != right.get(day, nothing)
    ]


def _lines(connection: Connection, shop_id: int) -> Iterable[Credited]:
    names = [bank_line.c[name] for name in Credited._fields]
    rows = connection.execute(select(*names).where(bank_line.c.shop_id == shop_id))
    return (Credited(*row) for row in rows)
