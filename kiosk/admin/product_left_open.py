"""A form that its volunteer did not finish: a shopper called him away, and he comes back to it."""

from __future__ import annotations

from dataclasses import dataclass

from kiosk.admin.pages import Page
from kiosk.admin.ports import Room
from kiosk.admin.product_form import ProductForm

LEFT_OPEN_MS = 30 * 60_000
"""How long a form that somebody left waits for him; later he would not know it any more."""


@dataclass(frozen=True, slots=True)
class LeftOpen:
    """``wanted``: what the page was opened with; ``before``: the product as it was then."""

    by: str
    wanted: str
    before: ProductForm
    form: ProductForm
    at_ms: int

    def suits(self, by: str, wanted: str, before: ProductForm, now_ms: int) -> bool:
        """Whether it is his, of the same product, lately, and the product is no other by now."""
        is_same = (self.by, self.wanted, self.before) == (by, wanted, before)
        return is_same and 0 <= now_ms - self.at_ms <= LEFT_OPEN_MS


def leave_open(room: Room, wanted: str, before: ProductForm, form: ProductForm) -> None:
    """Keeps a form until the program ends, or somebody opens an editor."""
    left = LeftOpen(room.by, wanted, before, form, room.now_ms())
    room.service("session").left_open[Page.PRODUCT] = left


def take_left(room: Room) -> LeftOpen | None:
    """What was left open last, once."""
    left: LeftOpen | None = room.service("session").left_open.pop(Page.PRODUCT, None)
    return left
