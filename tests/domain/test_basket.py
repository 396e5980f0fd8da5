import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.domain.basket import EMPTY_BASKET, QUANTITY_MAX, Basket, product_line, unknown_line
from kiosk.domain.errors import CheckoutError
from kiosk.domain.products import Product

GOODS = [
    Product("water", {"kk": "Су", "ru": "Вода"}, 180, codes=("04870001157937",)),
    Product("samsa", {"kk": "Самса"}, 250),
    Product("pen", {"kk": "Қалам"}, 120),
]
LINES = [product_line(product, None) for product in GOODS]


def test_the_same_thing_again_is_one_more_where_it_stands():
    basket = EMPTY_BASKET.add(LINES[0]).add(LINES[1]).add(LINES[0])
    assert [(line.key, line.quantity) for line in basket.lines] == [("water", 2), ("samsa", 1)]


def test_a_line_keeps_the_price_it_came_with():
    dearer = product_line(Product("water", {"kk": "Су"}, 999), None)
    assert EMPTY_BASKET.add(LINES[0]).add(dearer).total_tenge == 2 * 180


def test_the_last_one_taken_away_takes_the_line_out():
    basket = EMPTY_BASKET.add(LINES[0]).add(LINES[1])
    assert [x.key for x in basket.with_quantity("water", 0).lines] == ["samsa"]


def test_more_than_any_shelf_holds_is_a_slip():
    full = EMPTY_BASKET.add(LINES[0]).with_quantity("water", QUANTITY_MAX)
    with pytest.raises(CheckoutError):
        full.add(LINES[0])
    with pytest.raises(CheckoutError):
        full.with_quantity("water", QUANTITY_MAX + 1)


def test_an_unknown_thing_at_another_price_is_another_line():
    names = {"kk": "Белгісіз тауар"}
    basket = (
        EMPTY_BASKET.add(unknown_line("04000000000006", 200, names))
        .add(unknown_line("04000000000006", 200, names))
        .add(unknown_line("04000000000006", 300, names))
    )
    assert [(x.unit_price_tenge, x.quantity) for x in basket.lines] == [(200, 2), (300, 1)]
    assert all(x.price_entered and x.product_id is None for x in basket.lines)


def test_a_sale_line_snapshots_name_and_price():
    line = product_line(GOODS[0], "04870001157937").to_sale_line("ru")
    assert (line.name, line.unit_price_tenge, line.quantity) == ("Вода", 180, 1)
    assert (line.product_id, line.code, line.price_entered) == ("water", "04870001157937", False)


STEPS = st.lists(
    st.tuples(st.integers(0, len(LINES) - 1), st.integers(0, QUANTITY_MAX)), max_size=15
)


@given(STEPS)
def test_totals_are_the_sum_of_what_is_in_the_basket(steps: list[tuple[int, int]]):
    basket, counts = EMPTY_BASKET, dict.fromkeys(range(len(LINES)), 0)
    for which, quantity in steps:
        if counts[which] == 0:
            basket = basket.add(LINES[which])
        basket = basket.with_quantity(LINES[which].key, quantity)
        counts[which] = quantity
    assert basket.items == sum(counts.values())
    assert basket.total_tenge == sum(GOODS[i].price_tenge * n for i, n in counts.items())
    assert all(line.quantity > 0 for line in basket.lines)
    assert len({line.key for line in basket.lines}) == len(basket.lines)


def test_a_basket_never_changes_so_the_one_before_can_be_kept():
    before = EMPTY_BASKET.add(LINES[0])
    before.add(LINES[1])
    before.with_quantity("water", 7)
    assert before == Basket((LINES[0],))
