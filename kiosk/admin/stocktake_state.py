"""What the page of the stocktake shows, and what it keeps."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import msgspec

from kiosk.admin.goods_lines import GoodsLine, GoodsState
from kiosk.domain.products import Product
from kiosk.domain.stock_plan import Why


class Tab(StrEnum):
    """Which goods the list shows."""

    FIRST = "first"
    """Those that matter and are not counted yet."""
    ALL = "all"
    """All that are not counted yet."""
    COUNTED = "counted"


class CountedLine(GoodsLine, frozen=True, omit_defaults=True):
    """So many were counted while the journal said ``book``."""

    book: int = 0


class StocktakeDraft(msgspec.Struct, frozen=True):
    """What was counted so far, the last touched first."""

    lines: tuple[CountedLine, ...] = ()


@dataclass(frozen=True, slots=True)
class CountRow:
    """One product on this page.

    ``counted``: pieces, None when it is not counted yet. ``expected``: what the journal says,
    None before the count or when it cannot know.
    """

    product: Product
    counted: int | None = None
    expected: int | None = None
    why: Why | None = None

    @property
    def difference(self) -> int | None:
        """Counted minus expected: below zero when pieces are missing."""
        if self.counted is None or self.expected is None:
            return None
        return self.counted - self.expected

    @property
    def difference_tenge(self) -> int | None:
        """The difference at today's price."""
        return None if self.difference is None else self.difference * self.product.price_tenge


@dataclass(frozen=True, slots=True)
class StocktakeState(GoodsState):
    """``rows`` are those of the tab; ``card`` is the product in front."""

    tab: Tab = Tab.FIRST
    rows: tuple[CountRow, ...] = ()
    card: CountRow | None = None
    first_left: int = 0
    all_left: int = 0
    counted: int = 0
    pieces: int = 0
    """Counted in all."""
    difference_tenge: int = 0
    """Of all counted goods with a known figure."""
