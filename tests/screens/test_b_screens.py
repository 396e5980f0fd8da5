"""The picture list, the keyboard on the glass, and the undo screen, with real taps."""

import pytest

from kiosk.domain.products import Catalogue, Product
from kiosk.views import Screen
from tests.screens.driver import visible
from tests.till.shop import CATALOGUE, WATER_CODE

pytestmark = pytest.mark.window

MANY = Catalogue(
    2,
    [
        *CATALOGUE.products,
        *(
            Product(f"bun-{n:02}", {"kk": f"Тоқаш {n:02}", "en": f"Bun {n:02}"}, 100 + n, "bakery")
            for n in range(1, 24)
        ),
    ],
)


@pytest.fixture
def full_shelf(kiosk):
    """The picture list of a shop with more goods than one page has room for."""
    kiosk.till.catalogue_changed(MANY)
    kiosk.touch_at(640, 400)
    kiosk.tap("pick")
    return kiosk


def shown_ids(kiosk) -> list[str]:
    return [tile.product_id for tile in reversed(kiosk.key("tiles").children)]


def test_pages_are_turned_by_keys_and_show_every_product_once(full_shelf):
    assert full_shelf.key("before").disabled
    seen = shown_ids(full_shelf)
    while not full_shelf.key("after").disabled:
        full_shelf.tap("after")
        seen += shown_ids(full_shelf)
    assert seen == [product.product_id for product in full_shelf.till.state.listing]
    full_shelf.tap("before")
    assert not full_shelf.key("after").disabled


def test_a_tile_on_a_later_page_puts_that_product_into_the_basket(full_shelf):
    full_shelf.tap("after")
    wanted = shown_ids(full_shelf)[3]
    full_shelf.touch(full_shelf.key("tiles").children[-4])
    assert [line.key for line in full_shelf.till.state.basket.lines] == [wanted]


def test_a_category_begins_with_its_first_page(full_shelf):
    full_shelf.tap("after")
    (bakery,) = [w for w in visible(full_shelf.root) if getattr(w, "category", "") == "bakery"]
    full_shelf.touch(bakery)
    assert full_shelf.till.state.category == "bakery"
    assert full_shelf.key("before").disabled


def test_what_was_found_stays_when_the_keyboard_goes(full_shelf):
    full_shelf.tap("search")
    full_shelf.type("Тоқаш")
    full_shelf.tap("space")
    full_shelf.tap("signs")
    full_shelf.type("07")
    full_shelf.tap("action")
    assert shown_ids(full_shelf) == ["bun-07"]
    full_shelf.tap("search")
    full_shelf.tap("forget")
    assert full_shelf.till.state.query == ""


def test_a_name_in_latin_letters_is_found_without_leaving_kazakh(full_shelf):
    full_shelf.tap("search")
    full_shelf.tap("layout")
    full_shelf.tap("layout")
    full_shelf.type("Bun")
    assert full_shelf.till.state.language == "kk"
    assert "bun-01" in shown_ids(full_shelf)


def test_every_key_of_the_keyboard_is_large(full_shelf):
    full_shelf.tap("search")
    keyboard = full_shelf.key("keyboard")
    for _ in range(3):
        full_shelf.tap("layout")
        keys = [w for w in visible(keyboard) if hasattr(w, "on_release") and w.width > 1]
        assert len(keys) > 35
        assert min(key.height for key in keys) >= 88
        assert min(key.width for key in keys) >= 88


def test_a_suggestion_survives_a_scan_and_another_language(kiosk):
    kiosk.tap("suggest")
    kiosk.type("Нан")
    keyboard, russian = kiosk.key("keyboard"), kiosk.key("ru")
    kiosk.scan(WATER_CODE)
    kiosk.touch(russian)
    assert kiosk.till.state.screen is Screen.SUGGEST
    assert kiosk.till.state.basket.items == 1
    assert keyboard.text == "Нан"
    assert keyboard.layout_text == "Рус"


def test_a_suggestion_ends_at_five_hundred_characters(kiosk):
    kiosk.tap("suggest")
    kiosk.key("keyboard").text = "а" * 499
    kiosk.type("бв")
    assert kiosk.key("keyboard").text == "а" * 499 + "б"
    assert "Қалған таңба: 0" in kiosk.text_on_screen()
