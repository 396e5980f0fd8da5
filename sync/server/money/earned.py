"""What honesty earned: counted cash + confirmed QR − recorded costs. Nothing else is shown as it.

- **Counted cash**: what counts of the box found that volunteers had not put there, on the day of
  the count; see ``books``. What shoppers say they paid and nobody counted yet is not in it.
- **Confirmed QR**: what the bank credited, where a sale claimed it; on the day of the sale. A
  claim without a credit is not in it, nor a credit without a claim.
- **Recorded costs**: pieces that came to the shelf at what they cost, as the volunteer noted it,
  and costs that were entered at the centre. Pieces without a noted cost are counted beside it:
  while there are any, the true figure is lower.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date
from typing import Any, TypeVar

from sqlalchemy import BigInteger, ColumnElement, Connection, Select, Table, cast, func, select

from sync.server.accounts.roles import of_shops
from sync.server.money import bank_sums, kept_months
from sync.server.rollups.groups import of_regions
from sync.server.schema.money import money_cost, money_day, money_month, money_payout

Days = tuple[date, date]


@dataclass(frozen=True, slots=True)
class Earned:
    """The parts of what was earned, and what was handed on; all in tenge.

    ``counts``: counts of the box. ``uncosted_pieces``: goods whose cost nobody noted.
    """

    counted_cash_tenge: int = 0
    confirmed_qr_tenge: int = 0
    restock_cost_tenge: int = 0
    other_cost_tenge: int = 0
    paid_out_tenge: int = 0
    counts: int = 0
    uncosted_pieces: int = 0

    @property
    def costs_tenge(self) -> int:
        """All recorded costs."""
        return self.restock_cost_tenge + self.other_cost_tenge

    @property
    def earned_tenge(self) -> int:
        """Counted cash + confirmed QR − recorded costs; below zero while goods cost more."""
        return self.counted_cash_tenge + self.confirmed_qr_tenge - self.costs_tenge

    def __add__(self, other: Earned) -> Earned:
        return Earned(**{f.name: getattr(self, f.name) + getattr(other, f.name) for f in _PARTS})


_PARTS = fields(Earned)


def earned(
    connection: Connection, shops_condition: ColumnElement[bool], since_day: date, until_day: date
) -> Earned:
    """The sum over all shops that the condition on ``shop`` names, both days included."""
    found = earned_by_region(connection, shops_condition, since_day, until_day)
    return sum(found.values(), Earned())


def earned_by_shop(
    connection: Connection,
    shops_condition: ColumnElement[bool],
    since_day: date,
    until_day: date,
    credited: Mapping[int, Sequence[int]] | None = None,
) -> dict[int, Earned]:
    """Each shop's part by shop id; a shop where nothing happened is left out.

    ``credited``: :func:`sync.server.money.bank_sums.by_shop` of the same, if it was read already.
    """
    span = (since_day, until_day)
    return _joined(
        kept_months.by_shop(connection, _COUNTED, _KEPT, shops_condition, span),
        bank_sums.by_shop(connection, shops_condition, *span) if credited is None else credited,
        connection.execute(_spent(money_cost, shops_condition, span)).all(),
        connection.execute(_spent(money_payout, shops_condition, span)).all(),
    )


def earned_by_region(
    connection: Connection,
    shops_condition: ColumnElement[bool],
    since_day: date,
    until_day: date,
    credited: Mapping[str, Sequence[int]] | None = None,
) -> dict[str, Earned]:
    """As :func:`earned_by_shop`, by the code of the shops' region."""
    span = (since_day, until_day)
    return _joined(
        kept_months.by_region(connection, _COUNTED, _KEPT, shops_condition, span),
        bank_sums.by_region(connection, shops_condition, *span) if credited is None else credited,
        connection.execute(of_regions(_spent(money_cost, shops_condition, span))).all(),
        connection.execute(of_regions(_spent(money_payout, shops_condition, span))).all(),
    )


_COUNTED = (money_day, money_month)
_KEPT = ("counted_cash_tenge", "restock_cost_tenge", "counts", "uncosted_pieces")


def _spent(table: Table, shops_condition: ColumnElement[bool], span: Days) -> Select[Any]:
    """What was entered at the centre, of each shop."""
    return (
        select(table.c.shop_id, cast(func.sum(table.c.amount_tenge), BigInteger).label("tenge"))
        .where(of_shops(table.c.shop_id, shops_condition))
        .where(table.c.day.between(*span), table.c.withdrawn_ms.is_(None))
        .group_by(table.c.shop_id)
    )


K = TypeVar("K")


def _joined(
    counted: Mapping[K, Sequence[int]],
    credited: Mapping[K, Sequence[int]],
    costs: Iterable[Any],
    payouts: Iterable[Any],
) -> dict[K, Earned]:
    parts: dict[K, dict[str, int]] = {}
    for key, found in counted.items():
        parts.setdefault(key, {}).update(zip(_KEPT, found, strict=True))
    for key, (confirmed_tenge, *_) in credited.items():
        parts.setdefault(key, {})["confirmed_qr_tenge"] = confirmed_tenge
    for name, rows in (("other_cost_tenge", costs), ("paid_out_tenge", payouts)):
        for key, tenge in rows:
            parts.setdefault(key, {})[name] = tenge
    return {key: Earned(**part) for key, part in parts.items()}
