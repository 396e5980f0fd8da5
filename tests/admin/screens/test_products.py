"""Products by touch: the list, the editor, unknown codes and new price tags in a real window."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace
from numpy import full, uint8
from PIL import Image

from kiosk.admin.pages import Page
from kiosk.admin.ports import Place
from kiosk.admin.product_pictures import SIDE_PX
from kiosk.domain.entries import PriceChange, ProductChange, Sale, UnknownScan
from kiosk.domain.products import Status
from kiosk.screens import pictures
from kiosk.views import Screen
from tests.admin.back_room import published
from tests.admin.screens.driver import OfficeKiosk
from tests.screens.driver import visible
from tests.till.shop import CASE_OF_WATER, CATALOGUE, TEA_CODE, UNKNOWN_CODE, WATER, WATER_CODE

pytestmark = pytest.mark.window


class StillCamera:
    """A camera that always sees the same grey."""

    def latest_frame(self) -> Any:
        return full((480, 640, 3), 128, uint8)


@pytest.fixture
def with_camera(window: None, tmp_path: Path) -> Iterator[OfficeKiosk]:
    kiosk = OfficeKiosk(tmp_path, camera=StillCamera())
    yield kiosk
    kiosk.close()


def tap_one(office, name, index=0):
    """The key with that id in one of several rows."""
    office.touch(office.named(name)[index])
    office.settle()


def cells(office):
    return [w for w in visible(office.front()) if type(w).__name__ == "ProductCell"]


def cell_of(office, product_id):
    return next(cell for cell in cells(office) if cell.product_id == product_id)


def lines(office, kind):
    return [w for w in visible(office.front()) if type(w).__name__ == kind]


def save(office):
    office.tap("save")
    office.settle()


# --- from an unknown code to a sale ---


def test_a_code_that_shoppers_scanned_becomes_a_product_that_the_next_one_buys(office):
    office.scan(UNKNOWN_CODE)
    office.until(lambda state: state.screen is Screen.PRICE)
    office.type("650")
    office.tap("done")
    office.till.cancel()
    assert len(office.written(UnknownScan)) == 1

    office.come_in(Page.UNKNOWN)
    assert "4 870028 006041" in office.text_on_screen()
    tap_one(office, "make")
    assert office.page is Page.PRODUCT
    office.tap("field_kk")
    office.type("Қант")
    office.tap("action")
    office.tap("price")
    office.type("650")
    office.tap("done")
    office.tap("category")
    office.touch(next(k for k in office.keys_with_text("Тәттілер")))
    save(office)

    assert office.page is Page.UNKNOWN
    assert "Қант" in office.text_on_screen()  # saved, and said so
    assert lines(office, "UnknownLine") == []
    product = office.room.shelf.catalogue.by_code(UNKNOWN_CODE)
    assert (product.names, product.price_tenge, product.category) == (
        {"kk": "Қант"},
        650,
        "sweets",
    )
    assert product.product_id == "qant"

    office.room.office.leave()
    office.settle()
    office.scan(UNKNOWN_CODE)
    office.until(lambda state: state.screen is Screen.BASKET)
    office.tap("pay_cash")
    office.tap("exact")
    office.tap("confirm")
    office.until(lambda state: state.screen is Screen.THANKS)
    (sale,) = office.written(Sale)
    assert [(line.product_id, line.total_tenge) for line in sale.lines] == [("qant", 650)]


def test_an_unknown_code_becomes_another_barcode_of_a_product(office):
    office.scan(UNKNOWN_CODE)
    office.till.cancel()
    office.come_in(Page.UNKNOWN)
    tap_one(office, "owner")
    assert office.page is Page.PRODUCTS
    assert "4 870028 006041" in office.text_on_screen()
    office.touch(cell_of(office, "tea"))
    office.tap("no")
    office.touch(cell_of(office, "water"))
    office.tap("yes")
    office.settle()
    assert office.page is Page.UNKNOWN
    assert office.room.shelf.catalogue.by_code(UNKNOWN_CODE).product_id == "water"


# --- the list ---


def test_typing_searches_and_a_touch_opens_the_product(office):
    office.come_in(Page.PRODUCTS)
    assert len(cells(office)) == 4
    office.tap("search")
    office.type("Ш")
    office.type("а")
    assert [cell.product_id for cell in cells(office)] == ["tea"]
    office.tap("action")
    office.touch(cell_of(office, "tea"))
    office.settle()
    assert office.page is Page.PRODUCT
    assert "Шай" in office.text_on_screen()
    office.tap("back")
    assert office.page is Page.PRODUCTS
    assert len(cells(office)) == 1
    office.tap("search")
    office.tap("forget")
    assert len(cells(office)) == 4


def test_filters_and_categories_by_touch(office):
    office.come_in(Page.PRODUCTS)
    office.touch(lines(office, "ProductChoiceKey")[3])
    assert [cell.product_id for cell in cells(office)] == ["samsa"]
    office.touch(lines(office, "ProductChoiceKey")[0])
    office.tap("category")
    office.touch(next(k for k in lines(office, "CategoryKey") if k.category == "drinks"))
    assert {cell.product_id for cell in cells(office)} == {"water", "tea"}


def test_many_products_are_turned_page_by_page(office):
    more = [replace(WATER, product_id=f"w{n}", codes=()) for n in range(20)]
    office.room.shelf.save(more, "v1").result(20)
    office.come_in(Page.PRODUCTS)
    seen = {cell.product_id for cell in cells(office)}
    assert len(seen) == 10
    for _page in range(2):
        office.tap("after")
        seen |= {cell.product_id for cell in cells(office)}
    assert len(seen) == 24


def test_a_scan_in_the_list_opens_the_product(office):
    office.come_in(Page.PRODUCTS)
    office.scan(WATER_CODE)
    assert office.page is Page.PRODUCT
    assert office.room.office.desk(Page.PRODUCT).state.product_id == "water"


# --- the editor ---


def test_the_page_says_what_is_missing_and_which_code_is_taken(office):
    office.come_in(Page.PRODUCT)
    office.room.office.set_language("en")
    save(office)
    assert "Please type a name in at least one language." in office.text_on_screen()
    office.type("Bun")
    office.tap("action")
    office.scan(WATER_CODE)
    assert "The barcode 4 870001 157937 belongs to another product: Су" in office.text_on_screen()
    save(office)
    assert "Please type the price." in office.text_on_screen()
    office.type("150")
    office.tap("done")
    save(office)
    assert office.room.product("bun").price_tenge == 150


def test_names_in_three_languages_each_with_its_letters(office):
    office.come_in(Page.PRODUCT, "samsa")
    office.tap("field_en")
    office.type("Pie")
    office.tap("name_kk")
    office.type("қ")
    office.tap("name_ru")
    office.tap("erase")
    office.tap("action")
    save(office)
    names = office.room.product("samsa").names
    assert names == {"kk": "Самсақ", "ru": "Самс", "en": "Pie"}


def test_codes_are_scanned_typed_given_and_removed(office):
    office.come_in(Page.PRODUCT, "samsa")
    office.tap("codes")
    office.scan(UNKNOWN_CODE)
    office.tap("type_code")
    office.type("40099637")
    office.tap("done")
    office.tap("own_code")
    office.scan(CASE_OF_WATER, "itf14")
    office.type("24")
    office.tap("done")
    assert len(lines(office, "CodeRow")) == 4
    tap_one(office, "remove", 0)
    office.tap("done")
    save(office)
    samsa = office.room.product("samsa")
    assert samsa.codes[0] == "00000040099637"
    assert samsa.codes[1].startswith("0200")
    assert samsa.cases == {CASE_OF_WATER: 24}


def test_sold_out_is_two_touches_and_the_shopper_sees_it(office):
    office.come_in(Page.PRODUCT, "tea")
    office.touch(office.keys_with_text("Тауар таусылды")[0])
    save(office)
    assert office.room.product("tea").status is Status.SOLD_OUT
    office.room.office.leave()
    office.settle()
    office.till.begin()
    office.frames()
    office.tap("pick")
    assert "Тауар таусылды" in office.text_on_screen()


def test_a_new_price_is_in_effect_at_the_next_scan(office):
    office.come_in(Page.PRODUCT, "water")
    office.tap("price")
    office.type("210")
    office.tap("done")
    save(office)
    assert len(office.written(PriceChange)) == 1
    office.room.office.leave()
    office.settle()
    office.scan(WATER_CODE)
    assert office.till.state.basket.total_tenge == 210


def test_leaving_with_edits_asks_and_each_answer_does_what_it_says(office):
    office.come_in(Page.PRODUCT, "water")

    def edit():
        office.tap("price")
        office.type("210")
        office.tap("done")
        office.tap("back")

    edit()
    office.tap("third")
    assert office.page is Page.PRODUCT
    assert "210" in office.text_on_screen()
    office.tap("back")
    office.tap("no")
    assert office.page is Page.HOME
    assert office.room.product("water").price_tenge == 180
    office.room.office.go(Page.PRODUCT, "water")
    office.settle()
    edit()
    office.tap("yes")
    office.settle()
    assert office.page is Page.HOME
    assert office.room.product("water").price_tenge == 210


def test_the_second_product_of_a_visit_begins_with_its_own_name(office):
    office.come_in(Page.PRODUCT, "water")
    office.tap("field_kk")
    assert "Су|" in office.text_on_screen()
    office.tap("action")
    office.tap("back")
    office.room.office.go(Page.PRODUCT, "tea")
    office.settle()
    office.tap("field_kk")
    assert "Шай|" in office.text_on_screen()
    office.tap("action")
    office.tap("back")
    assert office.page is Page.HOME
    assert office.written(ProductChange) == []


# --- pictures ---


def test_a_picture_is_taken_with_the_camera_and_the_shopper_sees_it(with_camera):
    office = with_camera
    pictures.look_in(office.room.directory / "pictures")
    office.come_in(Page.PRODUCT, "samsa")
    office.tap("picture")
    office.settle()
    live = office.named("live")[0]
    assert live.texture.size == (480, 480)
    office.tap("take")
    office.settle()
    (form,) = lines(office, "FormPart")
    assert form.texture.size == (SIDE_PX, SIDE_PX)
    save(office)
    stem = office.room.product("samsa").picture
    with Image.open(office.room.directory / "pictures" / f"{stem}.png") as picture:
        assert picture.getpixel((256, 256)) == (128, 128, 128)


def test_a_picture_is_chosen_from_a_stick_and_stands_the_right_way_up(
    office, tmp_path, monkeypatch
):
    stick = tmp_path / "stick"
    stick.mkdir()
    picture = Image.new("RGB", (64, 64), (200, 30, 30))
    picture.paste((30, 30, 200), (0, 32, 64, 64))
    picture.save(stick / "pack.png")
    places = (Place(stick, "STICK", True, 10**9),)
    monkeypatch.setattr(office.room.office, "places", lambda: places)
    office.come_in(Page.PRODUCT, "samsa")
    office.tap("picture")
    office.tap("files")
    office.settle()
    (key,) = lines(office, "FileKey")
    assert key.name == "pack.png"
    top_of_the_screen = key.texture.tex_coords[5] < key.texture.tex_coords[1]
    first_row_is_red = key.texture.pixels[0] > key.texture.pixels[2]
    assert top_of_the_screen
    assert first_row_is_red
    office.touch(key)
    office.settle()
    save(office)
    assert office.room.product("samsa").picture.startswith("photo-")


# --- tags ---


def test_new_tags_are_chosen_and_confirmed_by_touch(office):
    shelf = office.room.shelf
    shelf.publish(published(CATALOGUE, 2))
    dearer = [replace(p, price_tenge=p.price_tenge + 20) for p in CATALOGUE.products]
    shelf.publish(published(dearer, 3))
    office.come_in(Page.TAGS)
    office.room.office.set_language("en")
    assert "was 180\u00a0₸" in office.text_on_screen()
    office.tap("all")
    assert "Chosen: 0 of 4" in office.text_on_screen()
    assert office.named("confirm")[0].disabled
    office.touch(next(x for x in lines(office, "TagLine") if x.product_id == "tea"))
    office.tap("confirm")
    office.settle()
    assert office.room.product("tea").price_tenge == 370
    assert office.room.product("water").price_tenge == 180
    assert len(lines(office, "TagLine")) == 3
    office.room.office.leave()
    office.settle()
    office.scan(TEA_CODE)
    assert office.till.state.basket.total_tenge == 370
