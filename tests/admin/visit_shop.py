"""A shop with a past, for the tests of what a visit finds."""

from __future__ import annotations

from typing import Any

from kiosk.admin.pages import Step
from kiosk.domain.chain import StoredEntry
from kiosk.domain.entries import (
    CashCount,
    CashOut,
    CashTender,
    FloatIn,
    QrTender,
    Restock,
    RestockLine,
    Sale,
    SaleLine,
    Stocktake,
    StocktakeLine,
)
from tests.admin.back_room import VOLUNTEER, BackRoom


def water_sale(checkout_id: str, quantity: int = 1, *, qr: bool = False) -> Sale:
    """Water for 180 ₸ a piece, paid with 1 000 ₸ and change in coins, or by QR."""
    total_tenge = 180 * quantity
    change_tenge = 1000 - total_tenge
    change = {"c100": change_tenge // 100, "c20": change_tenge % 100 // 20}
    tender = CashTender({"n1000": 1}, {code: n for code, n in change.items() if n})
    line = SaleLine("Су", 180, quantity, "water", "04870001157937")
    return Sale(checkout_id, "kk", (line,), total_tenge, QrTender(total_tenge) if qr else tender)


def open_shop(room: BackRoom, days_ago: float = 7) -> None:
    """An earlier visit: thirty waters, ten teas, 2 000 ₸ of change, all counted."""
    goods = (RestockLine("water", 30), RestockLine("tea", 10))
    lines = (StocktakeLine("water", 30, 30, 180), StocktakeLine("tea", 10, 10, 350))
    room.write(
        Restock(goods, VOLUNTEER, "before-restock-1"),
        FloatIn({"c100": 10, "c20": 50}, VOLUNTEER, "before-change_float-1"),
        CashCount({"c100": 10, "c20": 50}, VOLUNTEER, None, "before-count-1"),
        Stocktake(lines, VOLUNTEER, "before-stocktake-1"),
        days_ago=days_ago,
    )


def sell_water(room: BackRoom, *quantities: int, days_ago: float = 1) -> list[StoredEntry]:
    """Cash sales of so many waters each."""
    number = room.journal.head().seq
    sales = [water_sale(f"sale-{number}-{n}", q) for n, q in enumerate(quantities)]
    return room.write(*sales, days_ago=days_ago)


def hand_in(room: BackRoom, step: Step, body: Any) -> None:
    """A step of the visit as its page writes it; ``body`` is made of the form's id."""
    room.write(body(room.visit.form_id(step)))
    room.visit.done(step)


def count_short(room: BackRoom, short_tenge: int) -> None:
    """The box is counted, so many tenge short (a multiple of 20)."""
    expected_tenge = room.journal.ledger.box.expected_tenge
    pieces = {"c20": (expected_tenge - short_tenge) // 20}
    hand_in(room, Step.COUNT, lambda form: CashCount(pieces, VOLUNTEER, expected_tenge, form))


def take_stock(room: BackRoom, **gone: int) -> None:
    """The shelf is counted, so many pieces gone of some goods."""
    stock = room.journal.ledger.stock
    prices = {"water": 180, "tea": 350}
    lines = tuple(
        StocktakeLine(name, there - gone.get(name, 0), there, prices[name])
        for name, there in stock.items()
    )
    hand_in(room, Step.STOCKTAKE, lambda form: Stocktake(lines, VOLUNTEER, form))


def take_out(room: BackRoom) -> None:
    """A note of 1 000 ₸ goes to the bank."""
    hand_in(room, Step.TAKE_OUT, lambda form: CashOut({"n1000": 1}, "bank", VOLUNTEER, form))
