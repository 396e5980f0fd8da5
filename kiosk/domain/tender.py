"""What a shopper is told while he taps the money he is going to put in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from kiosk.domain.change import (
    make_change,
    make_change_from_plenty,
    nearest_below,
    payable_instead,
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
) -> CashAdvice:
    """What to tell a shopper who is going to put in ``tendered``.

    Args:
        due_tenge: what to pay.
        tendered: the pieces tapped so far.
        available: what the box may give, None when it was never counted.
        kinds: the denominations that circulate, for offers and for an unknown box.
        choice: what he wants done with the change.
    """
    over_tenge = tendered.total_tenge - due_tenge
    known = available is not None
    if over_tenge < 0:
        return CashAdvice(due_tenge, tendered, -over_tenge, 0, None, 0, known)
    if over_tenge == 0 or choice is ChangeChoice.LEAVE:
        return CashAdvice(due_tenge, tendered, 0, over_tenge, NOTHING, over_tenge, known)
    if available is None:
        change = make_change_from_plenty(over_tenge, kinds)
        return CashAdvice(due_tenge, tendered, 0, over_tenge, change, 0, known)
    change = make_change(over_tenge, available + tendered)
    if change is not None:
        return CashAdvice(due_tenge, tendered, 0, over_tenge, change, 0, known)
    return _advise_instead(due_tenge, tendered, available, kinds, choice)


def _advise_instead(
    due_tenge: int,
    tendered: Pieces,
    available: Pieces,
    kinds: Sequence[Denomination],
    choice: ChangeChoice,
) -> CashAdvice:
    """The exact change is not there: what he could do instead."""
    over_tenge = tendered.total_tenge - due_tenge
    nearest = nearest_below(over_tenge, available + tendered)
    take_nearest = choice is ChangeChoice.TAKE_NEAREST
    return CashAdvice(
        due_tenge,
        tendered,
        missing_tenge=0,
        change_tenge=over_tenge,
        change=nearest if take_nearest else None,
        left_tenge=over_tenge - nearest.total_tenge if take_nearest else 0,
        box_known=True,
        offers=payable_instead(due_tenge, available, kinds, tapped=tendered),
        nearest=nearest,
    )
