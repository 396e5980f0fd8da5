"""The list of products, and finding the product that an unknown code belongs to."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.admin.pages import Page
from kiosk.admin.product_ids import LENGTH_MAX, new_product_id, slug_of
from kiosk.admin.products import Filter, FindOwner, Note
from kiosk.domain.entries import ProductChange, Stocktake, StocktakeLine
from kiosk.domain.products import Status
from tests.till.shop import CASE_OF_WATER, TEA_CODE, UNKNOWN_CODE, WATER_CODE


def ids(desk):
    return [row.product.product_id for row in desk.state.rows]


def test_all_products_are_listed_in_the_order_of_the_volunteers_alphabet(back_room):
    desk = back_room.open(Page.PRODUCTS)
    assert ids(desk) == ["samsa", "water", "cig", "tea"]  # Самса, Су, Темекі, Шай
    assert desk.state.total == 4


def test_stock_is_what_the_journal_says_and_unknown_before_a_count(back_room):
    back_room.write(Stocktake((StocktakeLine("water", 7),), "v1"))
    desk = back_room.open(Page.PRODUCTS)
    assert {row.product.product_id: row.stock for row in desk.state.rows} == {
        "samsa": None,
        "water": 7,
        "cig": None,
        "tea": None,
    }


@pytest.mark.parametrize(
    ("query", "found"),
    [("вод", ["water"]), ("СУ", ["water"]), ("ША", ["tea"]), ("487000115", ["water"]), ("жоқ", [])],
)
def test_a_search_finds_names_of_any_language_and_barcodes(back_room, query, found):
    desk = back_room.open(Page.PRODUCTS)
    desk.search(query)
    assert ids(desk) == found


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        (Filter.SOLD_OUT, ["tea"]),
        (Filter.HIDDEN, ["cig"]),
        (Filter.NO_BARCODE, ["samsa"]),
        (Filter.ALL, ["samsa", "water", "cig", "tea"]),
    ],
)
def test_a_filter_leaves_the_products_it_names(back_room, wanted, found):
    tea = back_room.product("tea")
    sold_out = type(tea)(tea.product_id, tea.names, 350, "drinks", tea.codes, None, Status.SOLD_OUT)
    back_room.shelf.save([sold_out], "v1").result(20)
    desk = back_room.open(Page.PRODUCTS)
    desk.choose_filter(wanted.value)
    assert ids(desk) == found


def test_a_category_is_chosen_on_a_page_of_its_own_and_all_comes_back(back_room):
    desk = back_room.open(Page.PRODUCTS)
    assert desk.state.categories == ("drinks", "bakery", "other")
    desk.open_categories()
    desk.choose_category("bakery")
    assert ids(desk) == ["samsa"]
    assert not desk.state.choosing_category
    desk.choose_category("")
    assert len(ids(desk)) == 4


def test_a_scan_opens_the_product_by_its_barcode(back_room):
    back_room.open(Page.PRODUCTS)
    back_room.scan(TEA_CODE)
    assert back_room.page is Page.PRODUCT
    assert back_room.office.desk(Page.PRODUCT).state.product_id == "tea"


def test_a_scan_of_an_unknown_code_opens_a_new_product_with_it(back_room):
    back_room.open(Page.PRODUCTS)
    back_room.scan(UNKNOWN_CODE)
    state = back_room.office.desk(Page.PRODUCT).state
    assert (back_room.page, state.is_new, state.form.codes) == (Page.PRODUCT, True, (UNKNOWN_CODE,))


def test_a_code_of_no_product_is_said_and_opens_nothing(back_room):
    back_room.open(Page.PRODUCTS)
    back_room.scan()
    assert back_room.page is Page.PRODUCTS
    assert back_room.notes == [Note.NO_PRODUCT_CODE]


def test_search_and_filter_are_still_there_after_looking_at_a_product(back_room):
    desk = back_room.open(Page.PRODUCTS)
    desk.search("с")
    desk.open_product("water")
    back_room.office.back()
    assert back_room.page is Page.PRODUCTS
    assert desk.state.query == "с"
    assert "water" in ids(desk)


def test_another_barcode_of_a_product_is_asked_once_and_then_sells_it(back_room):
    desk = back_room.open(Page.PRODUCTS, FindOwner(UNKNOWN_CODE))
    desk.open_product("tea")
    assert back_room.page is Page.PRODUCTS
    assert desk.state.asked.product_id == "tea"
    desk.refuse()
    desk.open_product("water")
    desk.confirm()
    back_room.settle()
    (change,) = back_room.bodies(ProductChange)
    assert [p.codes for p in change.products] == [(WATER_CODE, UNKNOWN_CODE)]
    assert back_room.shelf.catalogue.by_code(UNKNOWN_CODE).product_id == "water"
    assert back_room.page is Page.HOME
    assert back_room.heard[-1].values == {"name": "Су", "code": UNKNOWN_CODE}


def test_an_ordinary_visit_of_the_list_forgets_the_code_that_was_looked_for(back_room):
    back_room.open(Page.PRODUCTS, FindOwner(UNKNOWN_CODE))
    desk = back_room.open(Page.PRODUCTS)
    desk.open_product("tea")
    assert back_room.page is Page.PRODUCT


def test_a_scan_of_the_other_pack_finds_the_owner_by_its_case_too(back_room):
    water = back_room.product("water")
    with_case = type(water)("water", water.names, 180, codes=water.codes, cases={CASE_OF_WATER: 12})
    back_room.shelf.save([with_case], "v1").result(20)
    desk = back_room.open(Page.PRODUCTS, FindOwner(UNKNOWN_CODE))
    back_room.scan(CASE_OF_WATER)
    assert desk.state.asked.product_id == "water"


def test_a_code_that_another_product_got_meanwhile_is_not_given_twice(back_room):
    desk = back_room.open(Page.PRODUCTS, FindOwner(UNKNOWN_CODE))
    desk.open_product("tea")
    water = back_room.product("water")
    back_room.shelf.save(
        [type(water)("water", water.names, 180, codes=(WATER_CODE, UNKNOWN_CODE))], "v2"
    ).result(20)
    back_room.settle()
    desk.confirm()
    back_room.settle()
    assert back_room.notes == [Note.NOT_SAVED]
    assert back_room.product("tea").codes == (TEA_CODE,)


# --- ids ---


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("Қымыз 0,5 л", "qymyz-0-5-l"),
        ("Ғажайып ірімшік", "gazhayyp-irimshik"),
        ("Вафли «Гүлбану» 40 г", "vafli-gulbanu-40-g"),
        ("Щи", "shchi"),
        ("  Snickers!  ", "snickers"),
        ("№ ₸", "product"),
    ],
)
def test_an_id_is_the_name_in_plain_letters(name, slug):
    assert slug_of(name) == slug


@given(st.text(max_size=200), st.sets(st.text(max_size=20)))
def test_an_id_is_plain_short_and_never_one_that_is_taken(name, taken):
    taken |= {slug_of(name)}
    made = new_product_id({"kk": name}, taken)
    assert made not in taken
    assert made.isascii()
    assert made == made.lower()
    assert " " not in made
    assert len(slug_of(name)) <= LENGTH_MAX


def test_an_id_prefers_latin_names_and_counts_on():
    names = {"kk": "Шай", "ru": "Чай", "en": "Tea"}
    assert new_product_id(names, {"tea", "tea-2"}) == "tea-3"
    assert new_product_id({"kk": "Шай", "ru": ""}, set()) == "shay"
