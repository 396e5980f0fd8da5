import msgspec
import pytest

from kiosk.domain.errors import ProductError
from kiosk.domain.products import Catalogue, Product, Status

WATER = Product("water", {"kk": "Су", "ru": "Вода"}, 180, "drinks", ("04870001157937",))
TEA = Product("tea", {"kk": "Шай", "ru": "Чай"}, 350, "drinks", ("04870202520103",))
SAMSA = Product("samsa", {"kk": "Самса", "ru": "Самса"}, 250, "bakery")
BUN = Product("bun", {"kk": "Тоқаш", "ru": "Булочка"}, 150, "bakery")
SOLD_OUT = Product("pen", {"kk": "Қалам"}, 120, "stationery", status=Status.SOLD_OUT)
HIDDEN = Product("old", {"kk": "Ескі"}, 1, "toys", ("00000000000017",), status=Status.HIDDEN)
TOBACCO = Product("cig", {"kk": "Темекі"}, 900, "other", ("1",), status=Status.NOT_FOR_SALE)

SHOP = Catalogue(3, [WATER, TEA, SAMSA, BUN, SOLD_OUT, HIDDEN, TOBACCO])


def listed(*, category=None, query="", language="kk") -> list[str]:
    shown = SHOP.listing(category=category, query=query, language=language)
    return [product.product_id for product in shown]


def test_goods_without_a_barcode_come_first_then_by_name():
    assert listed() == ["pen", "samsa", "bun", "water", "tea"]


def test_names_are_sorted_in_the_language_on_screen():
    assert listed(category="bakery", language="ru") == ["bun", "samsa"]
    assert listed(category="bakery", language="kk") == ["samsa", "bun"]


def test_kazakh_letters_stand_where_the_alphabet_has_them():
    names = ["Яблоко", "Үзім", "Қалам", "Кілт", "Лимон", "Әже", "Алма", "Іркіт", "7up", "Бал"]
    shop = Catalogue(1, [Product(name, {"kk": name}, 1) for name in names])
    shown = [p.product_id for p in shop.listing(category=None, query="", language="kk")]
    assert shown == [
        "7up", "Алма", "Әже", "Бал", "Кілт", "Қалам", "Лимон", "Үзім", "Іркіт", "Яблоко"
    ]  # fmt: skip


def test_a_part_of_a_name_in_any_language_finds_it():
    assert listed(query="ВОД") == ["water"]
    assert listed(query=" су ") == ["water"]
    assert listed(query="шоколад") == []


def test_a_category_narrows_the_list():
    assert listed(category="drinks") == ["water", "tea"]
    assert listed(category="drinks", query="чай") == ["tea"]
    assert listed(category="toys") == []


def test_hidden_goods_and_goods_not_for_sale_are_not_listed_but_are_found_by_code():
    assert {"old", "cig"}.isdisjoint(listed())
    assert SHOP.by_code("00000000000017") is HIDDEN


def test_categories_keep_their_order_and_hidden_goods_open_none():
    assert SHOP.categories() == ("drinks", "bakery", "stationery", "other")
    odd = Catalogue(1, [Product("x", {"kk": "x"}, 1, "zebra"), Product("y", {"kk": "y"}, 1, "ant")])
    assert odd.categories() == ("ant", "zebra")


def test_the_first_code_that_is_known_decides():
    assert SHOP.first_known(["00000000000000", "04870202520103"]) is TEA
    assert SHOP.first_known(["04870202520103", "04870001157937"]) is TEA
    assert SHOP.first_known([]) is None


def test_a_barcode_of_two_products_is_refused_naming_both():
    rival = Product("juice", {"kk": "Шырын"}, 300, codes=WATER.codes)
    with pytest.raises(ProductError, match=r"04870001157937.*'water'.*'juice'"):
        Catalogue(1, [WATER, rival])


def test_an_id_that_stands_twice_is_refused():
    with pytest.raises(ProductError, match="'water'"):
        Catalogue(1, [WATER, Product("water", {"kk": "Су 2"}, 200)])


@pytest.mark.parametrize(
    ("product_id", "names", "price_tenge"),
    [("", {"kk": "x"}, 1), ("x", {}, 1), ("x", {"kk": ""}, 1), ("x", {"kk": "x"}, -1)],
)
def test_a_product_without_id_name_or_possible_price_cannot_be(product_id, names, price_tenge):
    with pytest.raises(ProductError):
        Product(product_id, names, price_tenge)


def test_the_same_holds_for_products_that_come_over_the_wire():
    raw = b'{"product_id":"x","names":{"kk":"x"},"price_tenge":-1}'
    with pytest.raises(ProductError, match="-1"):
        msgspec.json.decode(raw, type=Product)


def test_a_name_falls_back_to_the_first_there_is():
    assert WATER.name_in("ru") == "Вода"
    assert WATER.name_in("en") == "Су"
    assert Product("x", {"en": "", "kk": "Су"}, 1).name_in("en") == "Су"
