"""Whatever is touched in whatever order: nothing breaks, and no sale is lost, doubled or free."""

import tempfile
from collections.abc import Callable
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kiosk.domain.checkout import PAYING
from kiosk.domain.entries import Correction, Sale
from kiosk.domain.money import coin, note
from kiosk.domain.tender import ChangeChoice
from kiosk.views import Screen
from tests.till.shop import CASE_OF_WATER, TEA_CODE, UNKNOWN_CODE, WATER_CODE, Shop


def last_receipt(shop: Shop) -> str:
    receipts = [state.thanks.receipt for state in shop.seen if state.thanks is not None]
    return receipts[-1] if receipts else "ABCDEF"


EVENTS: dict[str, Callable[[Shop], None]] = {
    "begin": lambda shop: shop.till.begin(),
    "scan water": lambda shop: shop.scan(WATER_CODE),
    "scan tea": lambda shop: shop.scan(TEA_CODE),
    "scan unknown": lambda shop: shop.scan(UNKNOWN_CODE),
    "scan case": lambda shop: shop.scan(CASE_OF_WATER),
    "scan nonsense": lambda shop: shop.scan(text="?"),
    "enter price": lambda shop: shop.till.enter_price(90),
    "pick": lambda shop: shop.pick("samsa"),
    "pick again": lambda shop: shop.till.pick("samsa"),
    "keypad": lambda shop: shop.till.open_keypad(),
    "plus": lambda shop: shop.till.plus("water"),
    "minus": lambda shop: shop.till.minus("water"),
    "remove": lambda shop: shop.till.remove("tea"),
    "undo": lambda shop: shop.till.undo(),
    "cash": lambda shop: shop.till.pay_cash(),
    "qr": lambda shop: shop.till.pay_qr(),
    "tap 500": lambda shop: shop.tap(note(500)),
    "tap 200": lambda shop: shop.tap(coin(200)),
    "untap": lambda shop: shop.till.untap_piece(note(500)),
    "exact": lambda shop: shop.till.exact_amount(True),
    "leave": lambda shop: shop.till.choose_change(ChangeChoice.LEAVE),
    "nearest": lambda shop: shop.till.choose_change(ChangeChoice.TAKE_NEAREST),
    "none left": lambda shop: shop.till.none_left(coin(20)),
    "offer": lambda shop: shop.till.take_offer(0),
    "confirm cash": lambda shop: shop.till.confirm_cash(),
    "confirm qr": lambda shop: shop.till.confirm_qr(),
    "suggest": lambda shop: shop.till.open_suggest(),
    "send": lambda shop: shop.till.send_suggestion("Самса!"),
    "back": lambda shop: shop.till.back(),
    "cancel": lambda shop: shop.till.cancel(),
    "finish": lambda shop: shop.till.finish(),
    "open undo": lambda shop: shop.till.open_undo(),
    "receipt": lambda shop: shop.till.find_receipt(last_receipt(shop)),
    "confirm undo": lambda shop: shop.till.confirm_undo(),
    "language": lambda shop: shop.till.set_language("ru"),
    "wait": lambda shop: shop.wait(30),
    "break disk": lambda shop: setattr(shop.disk, "broken", not shop.disk.broken),
    "settle": lambda shop: shop.settle(),
}
# What leads to a sale comes up more often than what leads away from one.
LIKELY = ["scan water", "cash", "tap 500", "confirm cash", "settle", "qr", "confirm qr", "exact"]


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(st.sampled_from([*EVENTS, *LIKELY * 3]), max_size=40))
def test_whatever_is_touched_the_books_and_the_screens_agree(events: list[str]):
    with tempfile.TemporaryDirectory() as directory:
        shop = Shop(Path(directory))
        try:
            shop.count_box(c100=2, c20=4)
            for event in events:
                EVENTS[event](shop)
                assert_sane(shop)
            shop.settle()
            assert_sane(shop)
            assert_books_agree(shop)
        finally:
            shop.close()


def assert_sane(shop: Shop) -> None:
    state = shop.state
    assert state.screen not in PAYING or state.basket.lines
    assert state.screen is not Screen.START or not state.basket.lines
    assert (state.screen is Screen.THANKS) <= (state.thanks is not None)
    assert (state.screen is Screen.CASH) == (state.advice is not None)
    assert state.due_tenge <= state.basket.total_tenge


def assert_books_agree(shop: Shop) -> None:
    sales, corrections = shop.bodies(Sale), shop.bodies(Correction)
    thanked = {state.thanks.receipt for state in shop.seen if state.thanks is not None}
    assert len(thanked) == len(sales)
    assert len({sale.checkout_id for sale in sales}) == len(sales)
    assert len({(c.sale.epoch, c.sale.seq) for c in corrections}) == len(corrections)
    paid_tenge = sum(s.total_tenge + getattr(s.tender, "left_to_cause_tenge", 0) for s in sales)
    back_tenge = sum(c.total_tenge + c.left_to_cause_tenge for c in corrections)
    assert shop.journal.ledger.collected_tenge == paid_tenge - back_tenge
