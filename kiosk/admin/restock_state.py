"""What the page of the restock shows, and what it keeps."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

import msgspec

from kiosk.admin.goods_lines import GoodsLine, GoodsState
from kiosk.domain.products import Product


class Tab(StrEnum):
    """Which list is shown."""

    EXPIRING = "expiring"
    CAME = "came"


class CameLine(GoodsLine, frozen=True, omit_defaults=True):
    """So many came; see :class:`kiosk.domain.entries.RestockLine`."""

    case_code: str | None = None
    unit_cost_tenge: int | None = None
    best_before: str | None = None


class RestockDraft(msgspec.Struct, frozen=True):
    """What came so far, the last touched first."""

    lines: tuple[CameLine, ...] = ()


@dataclass(frozen=True, slots=True)
class CameRow:
    """One product on this page; ``quantity`` pieces came to the ``on_shelf`` there were."""

    product: Product
    quantity: int = 0
    on_shelf: int = 0
    unit_cost_tenge: int | None = None
    best_before: date | None = None

    @property
    def shelf_after(self) -> int:
        """What the journal will say; below none it said nothing useful, so that counts as none."""
        return max(0, self.on_shelf) + self.quantity


@dataclass(frozen=True, slots=True)
class ExpiringRow:
    """Pieces on the shelf whose day has passed or is near."""

    product: Product
    best_before: date
    quantity: int
    days_left: int


@dataclass(frozen=True, slots=True)
class RestockState(GoodsState):
    """``card`` is the product in front; ``unknown_code`` is asked about until it is answered."""

    tab: Tab = Tab.CAME
    rows: tuple[CameRow, ...] = ()
    expiring: tuple[ExpiringRow, ...] = ()
    card: CameRow | None = None
    unknown_code: str = ""
    pieces: int = 0
    cost_tenge: int = 0
    """Of all lines with a cost price."""
