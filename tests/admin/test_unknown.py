"""Codes that nobody knew, and what is done about them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.admin.pages import Page
from kiosk.admin.unknown import LOOK_BACK_MS, Note, Order, UnknownRow, unknown_codes
from kiosk.domain.chain import StoredEntry
from kiosk.domain.entries import (
    CashTender,
    Entry,
    Sale,
    SaleLine,
    Stamp,
    UnknownScan,
    encode,
)
from tests.admin.back_room import DAY_MS, START_MS
from tests.till.shop import TEA_CODE, UNKNOWN_CODE, WATER_CODE

OTHER_CODE = "04870066004085"


def scan_of(code):
    return UnknownScan(code or "?", "ean13", code)


def sale_of(code, price_tenge, quantity=1, visit="visit"):
    total_tenge = price_tenge * quantity
    line = SaleLine("Unknown", price_tenge, quantity, None, code, price_entered=True)
    return Sale(visit, "kk", (line,), total_tenge, CashTender(pieces_in=None))


def test_unknown_codes_come_most_frequent_first_with_the_prices_that_were_entered(back_room):
    back_room.write(scan_of(OTHER_CODE), sale_of(OTHER_CODE, 120, visit="a"), days_ago=3)
    back_room.write(scan_of(UNKNOWN_CODE), scan_of(UNKNOWN_CODE), days_ago=2)
    back_room.write(sale_of(UNKNOWN_CODE, 650, 2, "b"), sale_of(UNKNOWN_CODE, 600, visit="c"))
    desk = back_room.open(Page.UNKNOWN)
    assert not desk.state.looking
    first, second = desk.state.rows
    assert (first.gtin14, first.scans, first.prices) == (UNKNOWN_CODE, 2, ((650, 2), (600, 1)))
    assert (second.gtin14, second.scans, second.prices) == (OTHER_CODE, 1, ((120, 1),))
    assert first.last_ms == START_MS


def test_the_newest_can_come_first(back_room):
    back_room.write(scan_of(UNKNOWN_CODE), scan_of(UNKNOWN_CODE), days_ago=2)
    back_room.write(scan_of(OTHER_CODE), days_ago=1)
    desk = back_room.open(Page.UNKNOWN)
    desk.sort(Order.NEWEST.value)
    assert [row.gtin14 for row in desk.state.rows] == [OTHER_CODE, UNKNOWN_CODE]
    desk.sort(Order.OFTEN.value)
    assert [row.gtin14 for row in desk.state.rows] == [UNKNOWN_CODE, OTHER_CODE]


def test_what_the_catalogue_knows_by_now_and_what_is_long_ago_is_not_listed(back_room):
    back_room.write(scan_of(OTHER_CODE))
    back_room.now_ms += LOOK_BACK_MS + DAY_MS
    back_room.write(scan_of(TEA_CODE), scan_of(UNKNOWN_CODE), scan_of(None))
    desk = back_room.open(Page.UNKNOWN)
    assert [row.gtin14 for row in desk.state.rows] == [UNKNOWN_CODE]


def test_one_tap_makes_a_product_and_the_code_is_gone_from_the_list(back_room):
    back_room.write(scan_of(UNKNOWN_CODE), scan_of(OTHER_CODE))
    desk = back_room.open(Page.UNKNOWN)
    desk.make_product(UNKNOWN_CODE)
    editor = back_room.office.desk(Page.PRODUCT)
    assert editor.state.form.codes == (UNKNOWN_CODE,)
    editor.edit_name("kk")
    editor.type_name("Шоколад")
    editor.set_price(650)
    editor.save()
    back_room.settle()
    assert back_room.page is Page.UNKNOWN
    assert [row.gtin14 for row in desk.state.rows] == [OTHER_CODE]


def test_a_code_goes_to_a_product_that_is_here_and_is_gone_from_the_list(back_room):
    back_room.write(scan_of(UNKNOWN_CODE))
    desk = back_room.open(Page.UNKNOWN)
    desk.find_owner(UNKNOWN_CODE)
    assert back_room.page is Page.PRODUCTS
    products = back_room.office.desk(Page.PRODUCTS)
    products.open_product("tea")
    products.confirm()
    back_room.settle()
    assert back_room.page is Page.UNKNOWN
    assert desk.state.rows == ()
    assert back_room.product("tea").codes == (TEA_CODE, UNKNOWN_CODE)


@pytest.mark.parametrize(
    ("code", "form"), [(UNKNOWN_CODE, (UNKNOWN_CODE,)), (WATER_CODE, (WATER_CODE,))]
)
def test_a_scan_in_the_hand_opens_its_editor(back_room, code, form):
    back_room.open(Page.UNKNOWN)
    back_room.scan(code)
    assert back_room.page is Page.PRODUCT
    assert back_room.office.desk(Page.PRODUCT).state.form.codes == form


def test_a_code_of_no_product_is_said(back_room):
    back_room.open(Page.UNKNOWN)
    back_room.scan()
    assert back_room.notes == [Note.NO_PRODUCT_CODE]
    assert back_room.page is Page.UNKNOWN


def stored(body, at_ms):
    payload = encode(Entry(body, Stamp(at_ms, "boot", at_ms)))
    return StoredEntry("kiosk", 1, 1, b"", b"", payload, b"")


CODES = st.sampled_from([UNKNOWN_CODE, OTHER_CODE])


@given(st.lists(st.tuples(CODES, st.integers(0, 9)) | st.tuples(CODES, st.just(None))))
def test_every_scan_is_counted_once_in_any_order(seen):
    entries = [
        stored(scan_of(code) if price is None else sale_of(code, price), at)
        for at, (code, price) in enumerate(seen)
    ]
    rows = {row.gtin14: row for row in unknown_codes(entries)}
    for code in (UNKNOWN_CODE, OTHER_CODE):
        scans = sum(1 for seen_code, price in seen if seen_code == code and price is None)
        bought = sum(1 for seen_code, price in seen if seen_code == code and price is not None)
        row = rows.get(code, UnknownRow(code, 0, 0))
        assert row.scans == scans
        assert not scans or sum(count for _price, count in row.prices) == bought
    assert {r.gtin14: (r.scans, r.last_ms, r.prices) for r in unknown_codes(entries[::-1])} == {
        r.gtin14: (r.scans, r.last_ms, r.prices) for r in rows.values()
    }


def test_an_entry_of_a_newer_version_is_passed_over():
    strange = StoredEntry("kiosk", 1, 1, b"", b"", b'{"type":"unknown_scan","v":99}', b"")
    assert len(unknown_codes([strange, stored(scan_of(OTHER_CODE), 5)])) == 1
