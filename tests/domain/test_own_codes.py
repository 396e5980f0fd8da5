"""Numbers that a shop gives to goods without a barcode."""

from hypothesis import given
from hypothesis import strategies as st

from kiosk.domain.barcode import CodeKind, Symbology, check_digit, read_code
from kiosk.domain.own_codes import next_code, next_codes
from kiosk.domain.products import Catalogue, Product

LAST_WITH_200 = 999_999_999


def gtin14(payload: str) -> str:
    return payload + check_digit(payload)


def own(serial: int) -> str:
    return gtin14(f"02{serial:011d}")


def catalogue_with(*codes: str) -> Catalogue:
    return Catalogue(1, [Product(f"p{i}", {"en": c}, 100, codes=(c,)) for i, c in enumerate(codes)])


serials = st.one_of(
    st.integers(1, 60),
    st.integers(LAST_WITH_200 - 3, LAST_WITH_200 + 3),
    st.integers(10**11 - 3, 10**11 - 1),
    st.integers(0, 10**11 - 1),
)
foreign_codes = st.text("0123456789", min_size=13, max_size=13).map(gtin14)
catalogues = st.lists(st.one_of(serials.map(own), foreign_codes), max_size=40, unique=True).map(
    lambda codes: catalogue_with(*codes)
)


def codes_of(catalogue: Catalogue) -> set[str]:
    return {code for product in catalogue.products for code in product.codes}


@given(catalogues)
def test_a_new_number_is_an_in_store_ean13_that_a_scanner_takes(catalogue):
    code = next_code(catalogue)
    [read] = read_code(Symbology.EAN13, code[1:])
    assert read.gtin14 == code
    assert read.kind is CodeKind.IN_STORE
    assert 200 <= int(code[1:4]) <= 299


@given(catalogues)
def test_a_new_number_is_no_other_product_s(catalogue):
    assert next_code(catalogue) not in codes_of(catalogue)


@given(catalogues, st.integers(0, 12))
def test_many_new_numbers_are_all_different_and_all_new(catalogue, count):
    codes = next_codes(catalogue, count)
    assert len(set(codes)) == count
    assert not codes_of(catalogue) & set(codes)


@given(catalogues)
def test_the_same_catalogue_gives_the_same_number_in_whatever_order_its_products_stand(catalogue):
    turned = Catalogue(2, reversed(catalogue.products))
    assert next_code(catalogue) == next_code(turned)


def test_numbers_count_upwards_from_one():
    assert next_codes(catalogue_with(), 2) == ("02000000000015", "02000000000022")


def test_a_deleted_product_s_number_is_not_given_out_again_while_a_later_one_is_in_use():
    assert next_code(catalogue_with(own(1), own(7))) == own(8)


def test_numbers_of_packs_and_of_scales_do_not_move_the_count():
    assert next_code(catalogue_with("04870001157937", own(12_345_678_901))) == own(1)


def test_when_the_last_200_is_given_out_the_lowest_free_number_comes_next():
    assert next_code(catalogue_with(own(LAST_WITH_200))) == own(1)
    assert next_code(catalogue_with(own(1), own(2), own(LAST_WITH_200))) == own(3)


def test_a_number_that_is_promised_already_is_passed_over():
    assert next_code(catalogue_with(own(4)), taken=[own(5)]) == own(6)


def test_a_number_on_a_case_is_passed_over():
    case = Product("water", {"en": "Water"}, 200, cases={own(3): 12})
    assert next_code(Catalogue(1, [case])) == own(4)
