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

from dataclasses import dataclass, fields
from datetime import date

from sqlalchemy import BigInteger, ColumnElement, Connection, Table, cast, func, select

from sync.server.money import bank_sums, kept_months
from sync.server.schema import shop
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
    found = earned_by_shop(connection, shops_condition, since_day, until_day)
    return sum(found.values(), Earned())


def earned_by_shop(
    connection: Connection, shops_condition: ColumnElement[bool], since_day: date, until_day: date
) -> dict[int, Earned]:
    """Each shop's part by shop id; a shop where nothing happened is left out."""
    parts: dict[int, dict[str, int]] = {}

    def add(table: Table, name: str) -> None:
        rows = connection.execute(
            select(table.c.shop_id, cast(func.sum(table.c.amount_tenge), BigInteger))
            .where(table.c.shop_id.in_(select(shop.c.shop_id).where(shops_condition)))
            .where(table.c.day.between(*span), table.c.withdrawn_ms.is_(None))
            .group_by(table.c.shop_id)
        ).all()
        for shop_id, tenge in rows:
            parts.setdefault(shop_id, {})[name] = tenge

    kept = ("counted_cash_tenge", "restock_cost_tenge", "counts", "uncosted_pieces")
    span = (since_day, until_day)
    tables = (money_day, money_month)
    for shop_id, found in kept_months.by_shop(
        connection, tables, kept, shops_condition, span
    ).items():
        parts.setdefault(shop_id, {}).update(zip(kept, found, strict=True))
    for shop_id, (confirmed_tenge, *_) in bank_sums.by_shop(
        connection, shops_condition, *span
    ).items():
        parts.setdefault(shop_id, {})["confirmed_qr_tenge"] = confirmed_tenge
    add(money_cost, "other_cost_tenge")
    add(money_payout, "paid_out_tenge")
    return {shop_id: Earned(**part) for shop_id, part in parts.items()}
