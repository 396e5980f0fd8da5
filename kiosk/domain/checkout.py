"""A shopper's visit as a small state machine: what he holds, where he is, where he may go.

A visit is frozen; each step gives the next one. What is written to the journal comes out of
:func:`cash_sale`, :func:`qr_sale`, :func:`abandoned` and :func:`correction_of`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Literal

from kiosk.domain.basket import EMPTY_BASKET, Basket, Line
from kiosk.domain.change import make_change
from kiosk.domain.entries import (
    Abandoned,
    CashTender,
    Correction,
    QrTender,
    Sale,
    SaleLine,
    SaleRef,
)
from kiosk.domain.errors import CheckoutError
from kiosk.domain.money import NOTHING, Denomination, Pieces
from kiosk.domain.tender import CashAdvice, ChangeChoice


class Screen(StrEnum):
    """Every screen a shopper can be on."""

    START = "start"
    BASKET = "basket"
    PICK = "pick"
    KEYPAD = "keypad"
    PRICE = "price"
    CASH = "cash"
    QR = "qr"
    THANKS = "thanks"
    UNDO = "undo"
    SUGGEST = "suggest"


_NEXT: dict[Screen, frozenset[Screen]] = {
    Screen.START: frozenset({Screen.BASKET, Screen.PRICE, Screen.UNDO, Screen.SUGGEST}),
    Screen.BASKET: frozenset(
        {
            Screen.PICK,
            Screen.KEYPAD,
            Screen.PRICE,
            Screen.CASH,
            Screen.QR,
            Screen.SUGGEST,
        }
    ),
    Screen.PICK: frozenset({Screen.BASKET, Screen.PRICE, Screen.SUGGEST}),
    Screen.KEYPAD: frozenset({Screen.BASKET, Screen.PRICE, Screen.SUGGEST}),
    Screen.PRICE: frozenset({Screen.BASKET, Screen.SUGGEST}),
    Screen.CASH: frozenset({Screen.BASKET, Screen.PRICE, Screen.QR, Screen.SUGGEST}),
    Screen.QR: frozenset({Screen.BASKET, Screen.PRICE, Screen.CASH, Screen.SUGGEST}),
    Screen.THANKS: frozenset({Screen.SUGGEST}),
    Screen.UNDO: frozenset({Screen.BASKET, Screen.PRICE, Screen.SUGGEST}),
    Screen.SUGGEST: frozenset(),
}
"""Where one may go by asking; ``back`` and a new visit are always possible.

Nobody gets to the thanks by asking: only a sale on disk leads there.
"""

PAYING = frozenset({Screen.CASH, Screen.QR})


@dataclass(frozen=True, slots=True)
class Visit:
    """One shopper, from the first touch or scan to the thanks.

    ``before`` are the baskets that undo goes back to; ``came_from`` is where ``back`` leads;
    ``pending_codes`` are unknown products whose price is still to be asked, oldest first;
    ``missing`` are pieces he did not find in the box during this visit.
    """

    checkout_id: str
    screen: Screen = Screen.START
    came_from: Screen | None = None
    basket: Basket = EMPTY_BASKET
    before: tuple[Basket, ...] = ()
    pending_codes: tuple[str, ...] = ()
    tendered: Pieces = NOTHING
    exact: bool = False
    choice: ChangeChoice = ChangeChoice.TAKE
    missing: frozenset[Denomination] = frozenset()

    @property
    def paying_on(self) -> Screen | None:
        """The payment screen he is on, or will go back to from the suggestions box."""
        screen = self.came_from if self.screen is Screen.SUGGEST else self.screen
        return screen if screen in PAYING else None

    def go(self, screen: Screen) -> Visit:
        """Moves on to another screen.

        Raises:
            CheckoutError: when one cannot get there from here, or would pay for nothing.
        """
        if screen not in _NEXT[self.screen]:
            raise CheckoutError(f"There is no way from {self.screen} to {screen}.")
        if screen in PAYING and not self.basket.lines:
            raise CheckoutError("The basket is empty; there is nothing to pay.")
        return replace(self, screen=screen, came_from=self.screen)

    def back(self) -> Visit:
        """Where the shopper came from; from the basket there is no way back, only cancel."""
        if self.screen is Screen.SUGGEST and self.came_from is not None:
            return replace(self, screen=self.came_from, came_from=None)
        if self.screen is Screen.PRICE:
            return self.priced()
        begun = self.screen not in (Screen.START, Screen.UNDO, Screen.THANKS)
        return replace(self, screen=Screen.BASKET if begun else Screen.START, came_from=None)

    def thanked(self, next_checkout_id: str) -> Visit:
        """The sale is on disk; whatever comes next belongs to another visit."""
        return Visit(next_checkout_id, screen=Screen.THANKS)

    # --- basket ---

    def put(self, line: Line) -> Visit:
        """One more thing in the basket, which is then on screen.

        A suggestion that is being written and a price that is being asked stay on screen.
        """
        visit = self.with_basket(self.basket.add(line))
        if self.screen is Screen.SUGGEST:
            return replace(visit, came_from=Screen.PRICE if self.pending_codes else Screen.BASKET)
        if self.screen is Screen.PRICE:
            return visit
        return replace(visit, screen=Screen.BASKET, came_from=None)

    def ask_price(self, code: str) -> Visit:
        """An unknown product: its price is asked for, after those that already wait.

        A suggestion that is being written stays on screen; the question comes after it.
        """
        if self.screen is Screen.SUGGEST:
            visit = replace(self, came_from=Screen.PRICE)
        else:
            visit = self if self.screen is Screen.PRICE else self.go(Screen.PRICE)
        return replace(visit, pending_codes=(*self.pending_codes, code))

    def priced(self) -> Visit:
        """The price being asked for is known, or not wanted: on to the next, or the basket."""
        waiting = self.pending_codes[1:]
        screen = Screen.PRICE if waiting else Screen.BASKET
        return replace(self, screen=screen, came_from=None, pending_codes=waiting)

    def with_basket(self, basket: Basket) -> Visit:
        """Another basket; the one before is kept for undo, and money is chosen anew."""
        if basket == self.basket:
            return self
        return self._holding(basket, (*self.before, self.basket))

    def undo(self) -> Visit:
        """The basket as it was before the last change."""
        if not self.before:
            return self
        return self._holding(self.before[-1], self.before[:-1])

    def _holding(self, basket: Basket, before: tuple[Basket, ...]) -> Visit:
        """Another basket: money is chosen anew, and nobody pays for an empty one."""
        nothing_to_pay = not basket.lines and self.paying_on is not None
        return replace(
            self,
            screen=Screen.BASKET if nothing_to_pay else self.screen,
            basket=basket,
            before=before,
            exact=False,
            choice=ChangeChoice.TAKE,
        )

    # --- money ---

    def tap(self, denomination: Denomination) -> Visit:
        """One more piece that he is going to put in."""
        return replace(self, tendered=self.tendered.add(denomination), exact=False)

    def untap(self, denomination: Denomination) -> Visit:
        """One piece fewer; nothing happens when there is none."""
        if denomination not in self.tendered:
            return self
        return replace(self, tendered=self.tendered.add(denomination, -1))

    def with_tendered(self, tendered: Pieces) -> Visit:
        """Exactly these pieces, with the change to be taken."""
        return replace(self, tendered=tendered, exact=False, choice=ChangeChoice.TAKE)

    def pay_exactly(self, exact: bool) -> Visit:
        """He puts in exactly the sum, in pieces that nobody asks for."""
        return replace(self, exact=exact, tendered=NOTHING, choice=ChangeChoice.TAKE)

    def found_none_of(self, denomination: Denomination) -> Visit:
        """He looked into the box and there is none of these."""
        return replace(self, missing=self.missing | {denomination})


def cash_sale(visit: Visit, advice: CashAdvice, language: str) -> Sale:
    """The sale that "money in, change taken" confirms.

    Args:
        visit: on the cash screen.
        advice: what the shopper was shown.
        language: in which names are kept.

    Raises:
        CheckoutError: when money is missing or the change does not come out.
    """
    rounded_off_tenge = visit.basket.total_tenge - advice.due_tenge
    if visit.exact:
        tender = CashTender(
            pieces_in=None, rounded_off_tenge=rounded_off_tenge, box_known=advice.box_known
        )
        return _sale(visit, tender, language)
    if not advice.ready or advice.change is None:
        raise CheckoutError("The money does not come out yet; tap what you put in.")
    tender = CashTender(
        pieces_in=advice.tendered.to_codes(),
        change=advice.change.to_codes(),
        left_to_cause_tenge=advice.left_tenge,
        rounded_off_tenge=rounded_off_tenge,
        box_known=advice.box_known,
    )
    return _sale(visit, tender, language)


def qr_sale(visit: Visit, language: str) -> Sale:
    """The sale that "I have paid" claims."""
    return _sale(visit, QrTender(visit.basket.total_tenge), language)


def abandoned(visit: Visit, how: Literal["cancelled", "timed_out"], language: str) -> Abandoned:
    """What is noted when a shopper leaves at a payment screen."""
    return Abandoned(
        checkout_id=visit.checkout_id,
        how=how,
        screen="cash" if visit.paying_on is Screen.CASH else "qr",
        lines=_sale_lines(visit.basket, language),
        total_tenge=visit.basket.total_tenge,
        pieces_tapped=visit.tendered.to_codes(),
    )


@dataclass(frozen=True, slots=True)
class Refund:
    """How the money of a sale goes back.

    ``put_back``: the change he returns first; ``take_back``: the pieces he then takes, None when
    only the sum is known (paid exactly, or his pieces have left the box as somebody's change).
    """

    take_back_tenge: int
    take_back: Pieces | None
    put_back: Pieces


def refund_of(sale: Sale, available: Pieces | None) -> Refund:
    """How to give the money of a sale back out of what the box holds now."""
    tender = sale.tender
    if isinstance(tender, QrTender):
        return Refund(0, NOTHING, NOTHING)
    if tender.pieces_in is None:
        return Refund(sale.total_tenge - tender.rounded_off_tenge, None, NOTHING)
    his = Pieces.from_codes(tender.pieces_in)
    change = Pieces.from_codes(tender.change)
    if available is None or _holds(available + change, his):
        return Refund(his.total_tenge, his, change)
    return Refund(his.total_tenge, make_change(his.total_tenge, available + change), change)


def correction_of(
    sale: Sale,
    ref: SaleRef,
    refund: Refund,
    *,
    by: Literal["shopper", "volunteer"],
    reason: str,
) -> Correction:
    """The entry that takes a sale back."""
    cash = sale.tender if isinstance(sale.tender, CashTender) else None
    return Correction(
        sale=ref,
        by=by,
        reason=reason,
        lines=sale.lines,
        total_tenge=sale.total_tenge,
        left_to_cause_tenge=cash.left_to_cause_tenge if cash else 0,
        rounded_off_tenge=cash.rounded_off_tenge if cash else 0,
        tender="cash" if cash else "qr",
        taken_back_tenge=refund.take_back_tenge,
        taken_back=None if refund.take_back is None else refund.take_back.to_codes(),
        put_back=refund.put_back.to_codes(),
    )


def _sale(visit: Visit, tender: CashTender | QrTender, language: str) -> Sale:
    return Sale(
        checkout_id=visit.checkout_id,
        language=language,
        lines=_sale_lines(visit.basket, language),
        total_tenge=visit.basket.total_tenge,
        tender=tender,
    )


def _sale_lines(basket: Basket, language: str) -> tuple[SaleLine, ...]:
    return tuple(line.to_sale_line(language) for line in basket.lines)


def _holds(pool: Pieces, wanted: Pieces) -> bool:
    return all(pool[d] >= count for d, count in wanted.items())
