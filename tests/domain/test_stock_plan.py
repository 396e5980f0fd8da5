import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.domain.barcode import CodeKind, Symbology, check_digit, read_code
from kiosk.domain.errors import BarcodeError
from kiosk.domain.stock_plan import (
    FIRST_MAX,
    ShelfHistory,
    Why,
    fast_sellers,
    rebased,
    to_count_first,
    unit_of_case,
)

DIGITS = st.text("0123456789", min_size=12, max_size=12).filter(lambda d: d.strip("0"))
SOLD = st.dictionaries(st.text("abcdefg", min_size=1, max_size=2), st.integers(0, 500))


def case_of(payload, indicator):
    return f"{indicator}{payload}" + check_digit(f"{indicator}{payload}")


@given(DIGITS, st.integers(1, 8))
def test_the_unit_of_a_case_keeps_its_twelve_digits_and_gets_a_right_check_digit(
    payload, indicator
):
    case = case_of(payload, indicator)
    (read,) = read_code(Symbology.ITF14, case)
    assert read.kind is CodeKind.CASE
    unit = unit_of_case(case)
    (unit_read,) = read_code(Symbology.ITF14, unit)
    assert unit_read.gtin14 == unit
    assert unit_read.kind is not CodeKind.CASE
    assert unit[1:13] == payload


@given(DIGITS)
def test_all_cases_of_one_unit_lead_to_the_same_unit(payload):
    assert len({unit_of_case(case_of(payload, indicator)) for indicator in range(1, 9)}) == 1


def test_a_real_case_of_water_holds_the_water_that_is_on_the_shelf():
    assert unit_of_case("14870001157934") == "04870001157937"


@pytest.mark.parametrize(
    "code", ["04870001157937", "14870001157935", "94870001157930", "1487000115793", "", "١" * 14]
)
def test_what_is_no_case_has_no_unit(code):
    with pytest.raises(BarcodeError, match="not the code of a case"):
        unit_of_case(code)


@given(SOLD)
def test_fast_sellers_make_half_of_what_is_sold_and_none_can_be_spared(sold):
    fast = fast_sellers(sold)
    total, part = sum(sold.values()), sum(sold[i] for i in fast)
    assert part * 2 >= total
    assert all((part - sold[i]) * 2 < total for i in fast)
    assert all(sold[i] > 0 for i in fast)


def test_the_most_pressing_goods_come_first():
    history = ShelfHistory(
        stock={"below": -2, "far below": -7, "fine": 3},
        sold={"fast": 90, "slow": 1},
        missing_tenge={"gap": 300, "large gap": 900, "surplus": -500},
        expiring={"old"},
        counted_days_ago=dict.fromkeys(
            ["below", "far below", "fine", "fast", "slow", "gap", "large gap", "surplus", "old"], 3
        )
        | {"forgotten": 60},
    )
    goods = [
        *("new", "forgotten", "fine", "slow", "fast", "old", "surplus"),
        *("gap", "large gap", "below", "far below"),
    ]
    assert [(x.product_id, x.why) for x in to_count_first(goods, history)] == [
        ("far below", Why.BELOW_ZERO),
        ("below", Why.BELOW_ZERO),
        ("large gap", Why.GAP),
        ("gap", Why.GAP),
        ("old", Why.EXPIRING),
        ("fast", Why.FAST),
        ("new", Why.NEVER),
        ("forgotten", Why.LONG_AGO),
    ]


def test_goods_of_one_reason_come_by_how_well_they_sell():
    history = ShelfHistory(sold={"b": 1, "c": 5})
    assert [x.product_id for x in to_count_first(["a", "b", "c"], history)] == ["c", "b", "a"]


def test_a_short_visit_gets_a_short_list():
    goods = [f"goods {n}" for n in range(100)]
    assert len(to_count_first(goods, ShelfHistory())) == FIRST_MAX


def test_goods_that_are_no_longer_sold_take_no_place():
    history = ShelfHistory(sold={"gone": 1000, "here": 1})
    (only,) = to_count_first(["here"], history)
    assert only.why is Why.FAST


@given(st.integers(0, 99), st.integers(-20, 99), st.integers(0, 20))
def test_what_was_sold_after_the_count_leaves_the_gap_as_it_was_seen(counted, book, sold):
    later = rebased(counted, book, book - sold)
    if counted >= sold:
        assert (book - sold) - later == book - counted
    else:
        assert later == 0
