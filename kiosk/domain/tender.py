"""What a shopper is told while he taps the money he is going to put in."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from kiosk.domain.change import (
    make_change,
    nearest_below,
    payable_instead,
    plenty,
)
from kiosk.domain.money import NOTHING, Denomination, Pieces


class ChangeChoice(StrEnum):
    """What the shopper wants done with the change he is owed."""

    TAKE = "take"
    TAKE_NEAREST = "take_nearest"
    LEAVE = "leave"


@dataclass(frozen=True, slots=True)
class CashAdvice:
    """Still missing, or the change and the pieces it is made of, or what works instead.

    ``change`` is what to take from the box under the shopper's choice; None when the exact
    change is not in the box. ``left_tenge`` stays in the box for the cause. ``offers`` are other
    pieces he could put in; ``nearest`` the closest smaller change. ``box_known`` is False before
    the first count.
    """

    due_tenge: int
    tendered: Pieces
    missing_tenge: int
    change_tenge: int
    change: Pieces | None
    left_tenge: int
    box_known: bool
    offers: tuple[Pieces, ...] = ()
    nearest: Pieces = NOTHING

    @property
    def ready(self) -> bool:
        """Whether "money in, change taken" may be said."""
        return self.missing_tenge == 0 and self.change is not None


def round_down(total_tenge: int, step_tenge: int) -> int:
    """The cash sum to pay: down to the step, in the shopper's favour."""
    return total_tenge - total_tenge % step_tenge


def advise(
    due_tenge: int,
    tendered: Pieces,
    available: Pieces | None,
    kinds: Sequence[Denomination],
    choice: ChangeChoice = ChangeChoice.TAKE,
    *,
    missing: Collection[Denomination] = (),
) -> CashAdvice:
    """What to tell a shopper who is going to put in ``tendered``.

    Args:
        due_tenge: what to pay.
        tendered: the pieces tapped so far.
        available: what the box may give, None when it was never counted.
        kinds: the denominations that circulate, for offers and for an unknown box.
        choice: what he wants done with the change.
        missing: pieces that he looked for in the box in vain.
    """
    over_tenge = tendered.total_tenge - due_tenge
    known = available is not None
    if over_tenge < 0:
        return CashAdvice(due_tenge, tendered, -over_tenge, 0, None, 0, known)
    if over_tenge == 0 or choice is ChangeChoice.LEAVE:
        return CashAdvice(due_tenge, tendered, 0, over_tenge, NOTHING, over_tenge, known)
    box = _box(available, kinds, missing, over_tenge)
    pool = box + tendered if known else box
    change = make_change(over_tenge, pool)
    advice = CashAdvice(due_tenge, tendered, 0, over_tenge, change, 0, known)
    return advice if change is not None else _instead(advice, box, pool, kinds, choice)


def _box(
    available: Pieces | None,
    kinds: Sequence[Denomination],
    missing: Collection[Denomination],
    over_tenge: int,
) -> Pieces:
    """What the box may give: what is known to be there, or enough of all that was not missed."""
    if available is None:
        largest_tenge = max((d.value_tenge for d in kinds), default=0)
        return plenty([d for d in kinds if d not in missing], max(over_tenge, largest_tenge))
    for denomination in missing:
        available = available.without(denomination)
    return available


def _instead(
    advice: CashAdvice,
    box: Pieces,
    pool: Pieces,
    kinds: Sequence[Denomination],
    choice: ChangeChoice,
) -> CashAdvice:
    """The exact change is not there: what he could do instead."""
    nearest = nearest_below(advice.change_tenge, pool)
    offers = payable_instead(advice.due_tenge, box, kinds, tapped=advice.tendered)
    advice = replace(advice, nearest=nearest, offers=offers)
    if choice is not ChangeChoice.TAKE_NEAREST:
        return advice
    left_tenge = advice.change_tenge - nearest.total_tenge
    return replace(advice, change=nearest, left_tenge=left_tenge)
