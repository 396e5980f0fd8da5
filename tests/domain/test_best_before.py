from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.domain.best_before import (
    SOON_DAYS,
    Arrival,
    AtRisk,
    DayError,
    at_risk,
    day_in_code,
    format_day,
    grouped_day,
    pieces_left,
    products_at_risk,
    typed_day,
)

TODAY = date(2026, 11, 21)
DAYS = st.one_of(st.none(), st.dates(TODAY - timedelta(30), TODAY + timedelta(60)))
GOODS = st.sampled_from("abc")
ARRIVALS = st.lists(st.builds(Arrival, GOODS, st.integers(0, 50), DAYS), max_size=12)
STOCK = st.dictionaries(GOODS, st.integers(-5, 120))


def of(arrivals, product_id):
    return sum(x.quantity for x in arrivals if x.product_id == product_id)


@given(ARRIVALS, STOCK)
def test_as_many_pieces_are_left_as_came_and_are_on_the_shelf(arrivals, stock):
    left = pieces_left(arrivals, stock)
    for product_id in "abc":
        on_shelf = max(0, stock.get(product_id, 0))
        assert of(left, product_id) == min(on_shelf, of(arrivals, product_id))


@given(ARRIVALS, STOCK, GOODS)
def test_selling_a_piece_takes_one_from_the_oldest_and_leaves_the_rest(arrivals, stock, product_id):
    before = [x for x in pieces_left(arrivals, stock) if x.product_id == product_id]
    sold = stock | {product_id: stock.get(product_id, 0) - 1}
    after = [x for x in pieces_left(arrivals, sold) if x.product_id == product_id]
    assert before[: max(0, len(after) - 1)] == after[: max(0, len(after) - 1)]
    assert of(before, product_id) - of(after, product_id) in (0, 1)


@given(ARRIVALS, STOCK)
def test_pieces_at_risk_are_near_their_day_and_no_more_than_are_there(arrivals, stock):
    risks = at_risk(pieces_left(arrivals, stock), TODAY)
    assert [x.best_before for x in risks] == sorted(x.best_before for x in risks)
    assert all(x.quantity > 0 and (x.best_before - TODAY).days <= SOON_DAYS for x in risks)
    for product_id in products_at_risk(risks):
        assert of(risks, product_id) <= stock[product_id]


@given(ARRIVALS, STOCK)
def test_a_day_later_no_fewer_pieces_are_at_risk(arrivals, stock):
    left = pieces_left(arrivals, stock)
    now, tomorrow = at_risk(left, TODAY), at_risk(left, TODAY + timedelta(1))
    assert set(now) <= set(tomorrow)


def test_what_came_first_is_sold_first():
    old, new = date(2026, 11, 25), date(2026, 12, 30)
    arrivals = [Arrival("milk", 10, new), Arrival("milk", 10, old)]
    assert at_risk(pieces_left(arrivals, {"milk": 13}), TODAY) == (AtRisk("milk", old, 3),)
    assert at_risk(pieces_left(arrivals, {"milk": 10}), TODAY) == ()


def test_pieces_of_one_day_are_one_line():
    day = date(2026, 11, 22)
    arrivals = [Arrival("milk", 4, day), Arrival("milk", 5, day)]
    assert at_risk(pieces_left(arrivals, {"milk": 9}), TODAY) == (AtRisk("milk", day, 9),)


@given(st.dates(date(2020, 1, 1), date(2035, 12, 31)))
def test_a_typed_day_is_the_day_on_the_pack(day):
    assert typed_day(day.strftime("%d%m%Y"), TODAY) == day
    assert typed_day(day.strftime("%d%m%y"), TODAY) == day
    assert grouped_day(day.strftime("%d%m%Y")) == format_day(day)


@pytest.mark.parametrize(
    "digits", ["", "1", "3112", "31022026", "00122026", "31132026", "1234567", "31122099", "x" * 8]
)
def test_what_is_no_day_is_refused(digits):
    with pytest.raises(DayError):
        typed_day(digits, TODAY)


CASE = "14870001157934"


@pytest.mark.parametrize(
    "text",
    [
        f"01{CASE}15270331",
        f"01{CASE}1527033110ABC",
        f"]C101{CASE}10LOT\x1d17270331",
        f"\x1d10LOT\x1d01{CASE}15270331",
        f"01{CASE}17280101\x1d15270331",
        f"01{CASE}15270300",
    ],
)
def test_a_code_that_tells_the_day_saves_typing_it(text):
    assert day_in_code(text, CASE) == date(2027, 3, 31)


@pytest.mark.parametrize(
    "text", [CASE, f"01{CASE}", f"01{CASE}10LOT", "1527033110ABC", "", "](", "0" * 60]
)
def test_a_code_without_a_day_tells_none(text):
    assert day_in_code(text, CASE) is None


def test_the_day_of_other_goods_is_none():
    assert day_in_code(f"01{CASE}15270331", "04870001157937") is None


@given(st.text(max_size=40))
def test_no_text_upsets_the_search_for_a_day(text):
    assert day_in_code(text, CASE) is None or CASE in text


@pytest.mark.parametrize(
    ("digits", "shown"),
    [
        ("", ""),
        ("3", "3"),
        ("31", "31."),
        ("311", "31.1"),
        ("3112", "31.12."),
        ("31122", "31.12.2"),
    ],
)
def test_dots_come_by_themselves(digits, shown):
    assert grouped_day(digits) == shown
