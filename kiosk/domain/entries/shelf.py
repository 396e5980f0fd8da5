"""The shelf: goods that came, went and were counted; products and prices that changed.

``form_id``: see :mod:`kiosk.domain.entries.box`.
"""

from __future__ import annotations

from datetime import date
from typing import ClassVar, Literal

import msgspec

from kiosk.domain.entries.base import Body, Count, Tenge, tag
from kiosk.domain.errors import EntryError
from kiosk.domain.products import Product


class StockLine(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """So many pieces of one product."""

    product_id: str
    quantity: Count


class RestockLine(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """So many pieces of one product that came to the shelf.

    ``case_code``: the GTIN-14 of the case they came in; ``unit_cost_tenge``: what one piece cost
    the shop; ``best_before``: a day like ``2026-12-31``.
    """

    product_id: str
    quantity: Count
    case_code: str | None = None
    unit_cost_tenge: Tenge | None = None
    best_before: str | None = None

    def __post_init__(self) -> None:
        if self.best_before is not None:
            _require_day(self.best_before)


class StocktakeLine(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """So many pieces of one product are on the shelf.

    ``expected``: what the journal said, None when it could not know (never counted, or below
    zero because a restock went unlogged). ``unit_price_tenge``: the price of that day.
    """

    product_id: str
    quantity: Count
    expected: int | None = None
    unit_price_tenge: Tenge = 0

    @property
    def gap(self) -> int:
        """Pieces that are gone and were not sold; negative when there are more than expected."""
        return 0 if self.expected is None else self.expected - self.quantity

    @property
    def gap_tenge(self) -> int:
        """The gap at the price of that day."""
        return self.gap * self.unit_price_tenge


class Restock(Body, frozen=True, tag=tag):
    """Goods put on the shelf."""

    VERSION: ClassVar[int] = 2

    lines: tuple[RestockLine, ...]
    by: str
    form_id: str = ""


class Stocktake(Body, frozen=True, tag=tag):
    """Goods counted on the shelf: exactly so many of each."""

    VERSION: ClassVar[int] = 2

    lines: tuple[StocktakeLine, ...]
    by: str
    form_id: str = ""


class WriteOff(Body, frozen=True, tag=tag):
    """Goods taken off the shelf unsold."""

    VERSION: ClassVar[int] = 2

    lines: tuple[StockLine, ...]
    reason: str
    by: str
    form_id: str = ""


class ProductChange(Body, frozen=True, tag=tag):
    """Products as they are from now on, new ones among them; all of them or none."""

    products: tuple[Product, ...]
    by: str
    how: Literal["edited", "imported"] = "edited"


class PriceLine(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A product's new price and the one it had."""

    product_id: str
    price_tenge: Tenge
    before_tenge: Tenge


class PriceChange(Body, frozen=True, tag=tag):
    """Prices in effect from now on.

    ``why``: ``set`` by a volunteer here, or ``tags`` when he has put up the paper tags of prices
    that came from the centre.
    """

    lines: tuple[PriceLine, ...]
    by: str
    why: Literal["set", "tags"]


def _require_day(text: str) -> None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = None
    if day is None or day.isoformat() != text:
        raise EntryError(f"{text!r} is not a day; write it like 2026-12-31.")
