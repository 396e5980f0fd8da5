"""One product's editor, on the real journal and shelf."""

from concurrent.futures import Future

import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy import full, uint8

from kiosk.admin.pages import Page
from kiosk.admin.product_form import ProductForm, changes_of, edited, form_of
from kiosk.admin.product_state import Note, Part
from kiosk.domain.entries import PriceChange, ProductChange, Stocktake, StocktakeLine
from kiosk.domain.errors import JournalError
from kiosk.domain.products import Product, Status
from tests.admin.back_room import VOLUNTEER, BackRoom
from tests.till.shop import CASE_OF_WATER, TEA_CODE, UNKNOWN_CODE, WATER_CODE


class StillCamera:
    """A camera that always sees the same."""

    def __init__(self, frame=None):
        self.frame = frame

    def latest_frame(self):
        return self.frame


@pytest.fixture
def camera():
    return StillCamera(full((480, 640, 3), 128, uint8))


@pytest.fixture
def with_camera(tmp_path, camera):
    room = BackRoom(tmp_path, camera=camera)
    yield room
    room.close()


def new_chocolate(room, code=UNKNOWN_CODE):
    desk = room.open(Page.PRODUCT, code)
    desk.edit_name("ru")
    desk.type_name("Шоколад ")
    desk.set_price(650)
    desk.set_category("sweets")
    return desk


def pictures_in(room):
    return sorted(path.name for path in (room.directory / "pictures").glob("*"))


# --- a new product ---


def test_a_new_product_is_in_the_catalogue_after_saving(back_room):
    desk = new_chocolate(back_room)
    assert back_room.shelf.catalogue.by_code(UNKNOWN_CODE) is None
    desk.save()
    back_room.settle()
    expected = Product("shokolad", {"ru": "Шоколад"}, 650, "sweets", (UNKNOWN_CODE,))
    (change,) = back_room.bodies(ProductChange)
    assert (change.products, change.by, change.how) == ((expected,), "v1", "edited")
    assert back_room.shelf.catalogue.by_code(UNKNOWN_CODE) == expected
    assert back_room.notes == [Note.SAVED]
    assert back_room.page is Page.HOME


def test_saving_twice_writes_once(back_room):
    desk = new_chocolate(back_room)
    desk.save()
    desk.save()
    back_room.settle()
    assert len(back_room.bodies(ProductChange)) == 1


def test_without_a_name_or_a_price_it_is_asked_for_and_nothing_is_lost(back_room):
    desk = back_room.open(Page.PRODUCT, UNKNOWN_CODE)
    desk.save()
    assert (desk.state.part, back_room.notes) == (Part.NAME, [Note.NAME_MISSING])
    desk.type_name("   ")
    desk.save()
    assert back_room.notes == [Note.NAME_MISSING] * 2
    desk.type_name("Шоколад")
    desk.save()
    assert (desk.state.part, back_room.notes[-1]) == (Part.PRICE, Note.PRICE_MISSING)
    assert desk.state.form.codes == (UNKNOWN_CODE,)
    desk.set_price(0)
    assert desk.state.form.price_tenge is None
    desk.set_price(650)
    desk.save()
    back_room.settle()
    assert back_room.product("shokolad").name_in("kk") == "Шоколад"


def test_a_new_product_never_takes_the_id_of_one_whose_stock_is_in_the_book(back_room):
    back_room.write(Stocktake((StocktakeLine("shokolad", 4),), "v1"))
    new_chocolate(back_room).save()
    back_room.settle()
    assert back_room.product("shokolad-2").codes == (UNKNOWN_CODE,)
    assert back_room.shelf.catalogue.by_id("shokolad") is None


def test_opened_with_a_code_that_is_known_it_is_that_products_editor(back_room):
    desk = back_room.open(Page.PRODUCT, WATER_CODE)
    assert desk.state.product_id == "water"
    assert not desk.state.is_edited


def test_opened_with_the_code_of_a_case_it_asks_for_its_pieces(back_room):
    desk = back_room.open(Page.PRODUCT, CASE_OF_WATER)
    assert (desk.state.part, desk.state.case_code) == (Part.CASE, CASE_OF_WATER)
    desk.set_case_pieces(12)
    assert (desk.state.form.codes, desk.state.form.cases) == ((), {CASE_OF_WATER: 12})


def test_opened_again_it_is_empty_again(back_room):
    new_chocolate(back_room)
    desk = back_room.open(Page.PRODUCT)
    assert desk.state.form == ProductForm()
    assert not desk.state.is_edited


# --- a product that is there ---


def test_a_price_alone_is_a_price_change_and_in_effect(back_room):
    desk = back_room.open(Page.PRODUCT, "water")
    desk.set_price(200)
    desk.save()
    back_room.settle()
    (change,) = back_room.bodies(PriceChange)
    assert [(x.product_id, x.price_tenge, x.before_tenge) for x in change.lines] == [
        ("water", 200, 180)
    ]
    assert change.why == "set"
    assert back_room.bodies(ProductChange) == []
    assert back_room.product("water").price_tenge == 200


@pytest.mark.parametrize("status", list(Status))
def test_a_status_is_saved_and_keeps_all_else(back_room, status):
    before = back_room.product("tea")
    desk = back_room.open(Page.PRODUCT, "tea")
    desk.set_status(status.value)
    desk.save()
    back_room.settle()
    after = back_room.product("tea")
    assert after.status is status
    assert form_of(after).named("x", "") == ProductForm(
        before.names, 350, "drinks", (TEA_CODE,), {}, None, status
    )


def test_nothing_edited_writes_nothing(back_room):
    desk = back_room.open(Page.PRODUCT, "water")
    desk.edit_name("kk")
    desk.type_name("Су ")
    desk.save()
    back_room.settle()
    assert back_room.bodies(ProductChange) == []
    assert back_room.page is Page.HOME


def test_what_the_centre_changed_meanwhile_stays_where_nobody_edited(back_room):
    desk = back_room.open(Page.PRODUCT, "water")
    desk.edit_name("en")
    desk.type_name("Water")
    back_room.shelf.set_price("water", 190, "v2").result(20)
    back_room.settle()
    desk.save()
    back_room.settle()
    assert back_room.product("water").price_tenge == 190
    assert back_room.product("water").names == {"kk": "Су", "ru": "Вода", "en": "Water"}


def test_unsaved_edits_are_asked_about_before_leaving(back_room):
    desk = back_room.open(Page.PRODUCT, "water")
    desk.set_price(200)
    desk.back()
    assert desk.state.asking
    assert back_room.page is Page.PRODUCT
    desk.stay()
    desk.back()
    desk.discard()
    back_room.settle()
    assert back_room.page is Page.HOME
    assert back_room.product("water").price_tenge == 180


def test_back_leads_out_of_a_part_first_and_without_edits_off_the_page(back_room):
    desk = back_room.open(Page.PRODUCT, "water")
    desk.edit("codes")
    desk.edit("type_code")
    desk.back()
    assert desk.state.part is Part.CODES
    desk.back()
    assert desk.state.part is Part.FORM
    desk.back()
    assert back_room.page is Page.HOME


def test_a_disk_that_refuses_is_told_and_nothing_typed_is_lost(back_room, monkeypatch):
    desk = new_chocolate(back_room)
    form = desk.state.form

    refused = Future()
    refused.set_exception(JournalError("It could not be saved: the disk is full."))
    monkeypatch.setattr(back_room.journal, "append", lambda _body: refused)
    desk.save()
    back_room.settle()
    assert back_room.notes == [Note.NOT_SAVED]
    assert (desk.state.form, desk.state.saving) == (form.tidied(), False)
    monkeypatch.undo()
    desk.save()
    back_room.settle()
    assert back_room.product("shokolad").price_tenge == 650


# --- codes ---


def test_scanned_codes_are_added_once(back_room):
    desk = back_room.open(Page.PRODUCT, "samsa")
    back_room.scan(UNKNOWN_CODE)
    back_room.scan(UNKNOWN_CODE)
    assert desk.state.form.codes == (UNKNOWN_CODE,)
    assert back_room.notes == [Note.CODE_ADDED, Note.CODE_HERE]


def test_another_products_code_is_refused_by_name_and_nothing_is_lost(back_room):
    desk = back_room.open(Page.PRODUCT, "samsa")
    desk.set_price(300)
    back_room.scan(WATER_CODE)
    assert back_room.heard[-1].note is Note.CODE_TAKEN
    assert back_room.heard[-1].values == {"code": WATER_CODE, "name": "Су"}
    assert (desk.state.form.codes, desk.state.form.price_tenge) == ((), 300)


def test_eight_digits_with_two_readings_are_the_one_that_is_known(back_room):
    desk = back_room.open(Page.PRODUCT, "samsa")
    back_room.scan(UNKNOWN_CODE, TEA_CODE)
    assert back_room.notes == [Note.CODE_TAKEN]
    assert desk.state.form.codes == ()


def test_a_scanned_case_asks_how_many_pieces_it_holds(back_room):
    desk = back_room.open(Page.PRODUCT, "water")
    back_room.scan(CASE_OF_WATER, symbology="itf14")
    assert desk.state.part is Part.CASE
    desk.set_case_pieces(0)
    assert desk.state.part is Part.CASE
    desk.set_case_pieces(12)
    desk.save()
    back_room.settle()
    assert back_room.product("water").cases == {CASE_OF_WATER: 12}
    assert back_room.product("water").codes == (WATER_CODE,)


def test_another_products_case_is_refused_too(back_room):
    desk = back_room.open(Page.PRODUCT, "water")
    desk.edit_case(CASE_OF_WATER)
    desk.set_case_pieces(12)
    desk.save()
    back_room.settle()
    back_room.open(Page.PRODUCT, "tea")
    back_room.scan(CASE_OF_WATER)
    assert back_room.notes[-1] is Note.CODE_TAKEN


def test_a_typed_code_is_checked_and_added(back_room):
    desk = back_room.open(Page.PRODUCT, "samsa")
    desk.edit("type_code")
    desk.type_code("4870028006042")
    assert back_room.notes == [Note.CODE_MISTYPED]
    assert desk.state.form.codes == ()
    desk.type_code("4870028006041")
    assert desk.state.form.codes == (UNKNOWN_CODE,)


def test_a_removed_code_is_free_for_another_product(back_room):
    desk = back_room.open(Page.PRODUCT, "tea")
    desk.remove_code(TEA_CODE)
    desk.save()
    back_room.settle()
    desk = back_room.open(Page.PRODUCT, "water")
    back_room.scan(TEA_CODE)
    desk.save()
    back_room.settle()
    assert back_room.shelf.catalogue.by_code(TEA_CODE).product_id == "water"


def test_a_shops_own_barcode_is_given_once_and_sells_the_product(back_room):
    desk = back_room.open(Page.PRODUCT, "samsa")
    desk.give_own_code()
    desk.give_own_code()
    (code,) = desk.state.form.codes
    assert code.startswith("0200")
    assert desk.state.form.has_own_code
    desk.save()
    back_room.settle()
    assert back_room.shelf.catalogue.by_code(code).product_id == "samsa"


def test_a_code_that_went_to_another_product_while_editing_is_named(back_room):
    desk = new_chocolate(back_room)
    tea = back_room.product("tea")
    back_room.shelf.save(
        [edited(tea, form_of(tea).with_code(UNKNOWN_CODE), form_of(tea))], "v2"
    ).result(20)
    back_room.settle()
    desk.save()
    back_room.settle()
    assert back_room.heard[-1].note is Note.CODE_TAKEN
    assert back_room.heard[-1].values["name"] == "Шай"
    assert desk.state.part is Part.CODES
    assert desk.state.form.price_tenge == 650
    desk.remove_code(UNKNOWN_CODE)
    desk.save()
    back_room.settle()
    assert back_room.product("shokolad").codes == ()


def test_a_code_of_no_product_is_said(back_room):
    back_room.open(Page.PRODUCT, "water")
    back_room.scan()
    assert back_room.notes == [Note.NO_PRODUCT_CODE]


# --- pictures ---


def test_a_picture_from_the_camera_is_saved_with_the_product(with_camera):
    desk = with_camera.open(Page.PRODUCT, "samsa")
    desk.edit("picture")
    assert desk.frame().shape == (480, 480, 3)
    desk.pictures.take()
    with_camera.settle()
    stem = desk.state.form.picture
    assert desk.state.part is Part.FORM
    assert pictures_in(with_camera) == [f"{stem}.png"]
    desk.save()
    with_camera.settle()
    assert with_camera.product("samsa").picture == stem
    assert pictures_in(with_camera) == [f"{stem}.png"]


def test_pictures_that_no_product_took_are_deleted(with_camera, camera):
    desk = with_camera.open(Page.PRODUCT, "samsa")
    desk.pictures.take()
    with_camera.settle()
    camera.frame = full((480, 640, 3), 200, uint8)
    desk.pictures.take()
    with_camera.settle()
    assert len(pictures_in(with_camera)) == 2
    desk.save()
    with_camera.settle()
    assert pictures_in(with_camera) == [f"{with_camera.product('samsa').picture}.png"]


def test_leaving_without_saving_deletes_the_picture(with_camera):
    desk = with_camera.open(Page.PRODUCT, "samsa")
    desk.pictures.take()
    with_camera.settle()
    desk.discard()
    with_camera.settle()
    assert pictures_in(with_camera) == []


def test_a_picture_that_comes_after_he_left_is_deleted(with_camera):
    desk = with_camera.open(Page.PRODUCT, "samsa")
    desk.pictures.take()
    with_camera.office.back()
    with_camera.settle()
    assert pictures_in(with_camera) == []
    assert desk.state.form.picture is None


def test_the_same_picture_on_another_product_is_not_deleted_with_this_one(with_camera):
    desk = with_camera.open(Page.PRODUCT, "samsa")
    desk.pictures.take()
    with_camera.settle()
    desk.save()
    with_camera.settle()
    desk = with_camera.open(Page.PRODUCT, "tea")
    desk.pictures.take()
    with_camera.settle()
    desk.discard()
    with_camera.settle()
    assert pictures_in(with_camera) == [f"{with_camera.product('samsa').picture}.png"]


def test_without_a_camera_picture_it_is_said(with_camera, camera):
    camera.frame = None
    desk = with_camera.open(Page.PRODUCT, "samsa")
    desk.pictures.take()
    assert with_camera.notes == [Note.NO_CAMERA]
    assert desk.state.form.picture is None


def test_a_kiosk_without_a_camera_says_so(back_room):
    desk = back_room.open(Page.PRODUCT, "samsa")
    assert desk.frame() is None
    desk.pictures.take()
    assert back_room.notes == [Note.NO_CAMERA]


def test_codes_seen_while_a_picture_is_taken_are_not_meant(with_camera):
    desk = with_camera.open(Page.PRODUCT, "samsa")
    desk.edit("picture")
    with_camera.scan(UNKNOWN_CODE)
    assert desk.state.form.codes == ()
    assert with_camera.notes == []


# --- the form ---

NAMES = st.dictionaries(st.sampled_from(["kk", "ru", "en"]), st.text(min_size=1, max_size=5))
CODES = st.lists(st.sampled_from([WATER_CODE, TEA_CODE, UNKNOWN_CODE]), unique=True).map(tuple)
FORMS = st.builds(
    ProductForm,
    names=NAMES.filter(bool),
    price_tenge=st.integers(1, 9999),
    category=st.sampled_from(["drinks", "other"]),
    codes=CODES,
    cases=st.dictionaries(st.just(CASE_OF_WATER), st.integers(1, 24)),
    picture=st.sampled_from([None, "tea"]),
    status=st.sampled_from(Status),
)


@given(FORMS, FORMS, FORMS)
def test_saving_takes_what_was_edited_from_the_form_and_all_else_from_now(before, form, now):
    product = edited(Product("x", {"kk": "x"}, 1), now, ProductForm())
    saved = form_of(edited(product, form, before))
    changed = changes_of(form, before)
    for name in ("names", "price_tenge", "category", "codes", "cases", "picture", "status"):
        source = form if name in changed else form_of(product)
        assert getattr(saved, name) == getattr(source, name)


@given(FORMS)
def test_an_unedited_form_changes_nothing(form):
    product = edited(Product("x", {"kk": "x"}, 1), form, ProductForm())
    assert edited(product, form_of(product), form_of(product)) == product


@given(FORMS)
def test_a_code_that_is_added_and_removed_leaves_the_form_as_it_was(form):
    code = "00000040099637"
    assert form.with_code(code).with_code(code).without(code) == form
    assert form.with_case(code, 3).without(code) == form


# --- a shopper calls the volunteer away ---


def idle_out(room):
    room.wait(400)
    assert not room.office.state.is_open


def test_a_form_that_was_left_open_is_there_again_for_the_same_volunteer(back_room):
    new_chocolate(back_room)
    idle_out(back_room)
    desk = back_room.open(Page.PRODUCT, UNKNOWN_CODE)
    assert (desk.state.form.names["ru"].strip(), desk.state.form.price_tenge) == ("Шоколад", 650)
    desk.save()
    back_room.settle()
    assert back_room.shelf.catalogue.by_code(UNKNOWN_CODE).price_tenge == 650
    assert not back_room.open(Page.PRODUCT, UNKNOWN_CODE).state.is_edited


def test_a_form_is_found_once_and_only_where_it_was_left(back_room):
    new_chocolate(back_room)
    idle_out(back_room)
    assert not back_room.open(Page.PRODUCT, WATER_CODE).state.is_edited
    back_room.office.back()
    assert back_room.open(Page.PRODUCT, UNKNOWN_CODE).state.form.price_tenge is None


def test_a_form_that_somebody_else_left_or_that_is_old_is_not_shown(back_room):
    new_chocolate(back_room)
    idle_out(back_room)
    back_room.office.knock("kk")
    back_room.office.let_in("v2", "Berik")
    assert back_room.open(Page.PRODUCT, UNKNOWN_CODE).state.form.price_tenge is None
    back_room.office.leave()
    new_chocolate(back_room)
    idle_out(back_room)
    back_room.now_ms += 31 * 60_000
    assert back_room.open(Page.PRODUCT, UNKNOWN_CODE).state.form.price_tenge is None


def test_a_form_that_was_dropped_is_gone(back_room):
    desk = new_chocolate(back_room)
    desk.back()
    desk.back()
    desk.discard()
    assert not back_room.open(Page.PRODUCT, UNKNOWN_CODE).state.form.names


def test_a_form_of_a_product_that_changed_meanwhile_is_not_shown(back_room):
    desk = back_room.open(Page.PRODUCT, WATER_CODE)
    desk.set_price(999)
    idle_out(back_room)
    product = back_room.shelf.catalogue.by_code(WATER_CODE)
    back_room.shelf.set_price(product.product_id, 210, VOLUNTEER).result(20)
    back_room.settle()
    assert back_room.open(Page.PRODUCT, WATER_CODE).state.form.price_tenge == 210


def test_the_picture_of_a_form_left_open_stays_until_nobody_wants_it(with_camera):
    desk = new_chocolate(with_camera)
    desk.edit("picture")
    desk.pictures.take()
    with_camera.settle()
    [picture] = pictures_in(with_camera)
    idle_out(with_camera)
    with_camera.settle()
    assert pictures_in(with_camera) == [picture]
    desk = with_camera.open(Page.PRODUCT, UNKNOWN_CODE)
    assert desk.state.form.picture
    desk.back()
    desk.discard()
    with_camera.settle()
    assert pictures_in(with_camera) == []
