"""Codes: what names a product, what does not, and that a wrong digit never passes."""

import pytest
from biip.upc import Upc
from hypothesis import assume, given
from hypothesis import strategies as st

from kiosk.domain.barcode import (
    CodeKind,
    ProductCode,
    Symbology,
    check_digit,
    read_code,
)
from kiosk.domain.errors import BarcodeError

WATER = "4870001157937"
WATER_GTIN14 = "04870001157937"
GS = "\x1d"


def some_payload(length: int) -> st.SearchStrategy[str]:
    return digits(length).filter(lambda payload: payload.strip("0"))


def digits(length: int) -> st.SearchStrategy[str]:
    return st.text("0123456789", min_size=length, max_size=length)


def with_check_digit(payload: str) -> str:
    return payload + check_digit(payload)


def the_gtin(symbology: Symbology, text: str) -> str:
    (code,) = read_code(symbology, text)
    return code.gtin14


@pytest.mark.parametrize(
    ("symbology", "text", "gtin14"),
    [
        (Symbology.EAN13, "4870001157937", "04870001157937"),
        (Symbology.EAN8, "40099637", "00000040099637"),
        (Symbology.EAN8, "0000040099637", "00000040099637"),
        (Symbology.UPCA, "036000291452", "00036000291452"),
        (Symbology.UPCA, "0036000291452", "00036000291452"),
        (Symbology.EAN13, "0036000291452", "00036000291452"),
        (Symbology.UPCE, "04252614", "00042100005264"),
        (Symbology.UPCE, "0042100005264", "00042100005264"),
        (Symbology.TYPED, "4870 0011-57937", "04870001157937"),
        (Symbology.WEDGE, "4870001157937\r\n", "04870001157937"),
        (Symbology.WEDGE, "]E04870001157937", "04870001157937"),
    ],
)
def test_every_retail_number_becomes_one_gtin14(symbology, text, gtin14):
    assert read_code(symbology, text) == (ProductCode(gtin14, CodeKind.UNIT),)


@pytest.mark.parametrize(
    ("symbology", "text"),
    [
        (Symbology.DATAMATRIX, f"]d201{WATER_GTIN14}215abcdef{GS}93abcd"),
        (Symbology.DATAMATRIX, f"{GS}01{WATER_GTIN14}215abcdef{GS}93abcd"),
        (Symbology.DATAMATRIX, f"\xe801{WATER_GTIN14}215abcdef{GS}93abcd"),
        (Symbology.DATAMATRIX, f"01{WATER_GTIN14}215abcdef93abcd"),
        (Symbology.DATAMATRIX, f"01{WATER_GTIN14}21(01)1487000115793491EE0692abcd"),
        (Symbology.QR, f"(01){WATER_GTIN14}(21)5abc"),
        (Symbology.QR, f"https://id.gs1.org/01/{WATER_GTIN14}/10/LOT7?17=270101"),
        (Symbology.QR, f"HTTPS://shop.example/some/path/01/{WATER_GTIN14}"),
        (Symbology.GS1_128, f"]C1172701011045{GS}01{WATER_GTIN14}"),
        (Symbology.DATABAR, f"01{WATER_GTIN14}"),
        (Symbology.WEDGE, f"]d201{WATER_GTIN14}215abcdef{GS}93abcd"),
        (Symbology.WEDGE, f"01{WATER_GTIN14}215abcdef93abcd"),
    ],
)
def test_the_gtin_is_found_in_gs1_data(symbology, text):
    assert the_gtin(symbology, text) == WATER_GTIN14


@pytest.mark.parametrize(
    ("symbology", "text"),
    [
        (Symbology.QR, "https://pay.example/i/abc?amount=300"),
        (Symbology.QR, "http://[broken"),
        (Symbology.QR, "WIFI:S:lobby;T:WPA;P:secret;;"),
        (Symbology.QR, "87273123456789"),
        (Symbology.DATAMATRIX, ""),
        (Symbology.DATAMATRIX, f"21onlyaserial{GS}91EE06"),
        (Symbology.CODE128, "ABC-1234"),
        (Symbology.CODE128, WATER),
        (Symbology.EAN13, "48700011579"),
        (Symbology.ITF14, "4870001157937"),
        (Symbology.TYPED, "hello"),
        (Symbology.TYPED, "1234567"),
        (Symbology.UPCE, ""),
        (Symbology.TYPED, "٤٨٧٠٠٠١١٥٧٩٣٧"),
    ],
)
def test_what_names_no_product_is_refused_calmly(symbology, text):
    with pytest.raises(BarcodeError, match="does not name a product"):
        read_code(symbology, text)


def test_all_zeros_are_no_number():
    with pytest.raises(BarcodeError):
        read_code(Symbology.EAN13, "0" * 13)


def test_a_case_is_for_restocking_and_not_a_unit():
    case = "1" + WATER[:-1]
    case += check_digit(case)
    assert read_code(Symbology.ITF14, case) == (ProductCode(case, CodeKind.CASE),)
    assert read_code(Symbology.GS1_128, f"01{case}") == (ProductCode(case, CodeKind.CASE),)


def test_a_variable_measure_number_is_no_unit():
    with pytest.raises(BarcodeError, match="by measure"):
        read_code(Symbology.ITF14, with_check_digit("9487000115793"))


@given(st.integers(200, 299), digits(9))
def test_prefixes_200_to_299_belong_to_the_shop(prefix, rest):
    (code,) = read_code(Symbology.EAN13, with_check_digit(f"{prefix}{rest}"))
    assert code.kind is CodeKind.IN_STORE


@given(st.integers(200, 299), digits(4))
def test_the_same_holds_for_eight_digits(prefix, rest):
    (code,) = read_code(Symbology.EAN8, with_check_digit(f"{prefix}{rest}"))
    assert code.kind is CodeKind.IN_STORE


@given(digits(12))
def test_no_other_ean13_belongs_to_the_shop(payload):
    assume(not payload.startswith(("2", "000000")))
    (code,) = read_code(Symbology.EAN13, with_check_digit(payload))
    assert code == ProductCode("0" + with_check_digit(payload), CodeKind.UNIT)


@given(
    st.sampled_from([(Symbology.EAN13, 12), (Symbology.EAN8, 7), (Symbology.UPCA, 11)]),
    st.data(),
)
def test_one_wrong_digit_is_never_accepted(kind, data):
    symbology, length = kind
    right = with_check_digit(data.draw(some_payload(length)))
    place = data.draw(st.integers(0, length))
    wrong_digit = data.draw(st.sampled_from("0123456789".replace(right[place], "")))
    with pytest.raises(BarcodeError, match="digit of this code is wrong"):
        read_code(symbology, right[:place] + wrong_digit + right[place + 1 :])


@given(digits(13), st.integers(0, 13), st.integers(1, 9))
def test_one_wrong_digit_in_gs1_data_is_never_accepted(payload, place, step):
    right = with_check_digit(payload)
    wrong = f"{right[:place]}{(int(right[place]) + step) % 10}{right[place + 1 :]}"
    with pytest.raises(BarcodeError):
        read_code(Symbology.DATAMATRIX, f"01{wrong}215abc")


@given(st.sampled_from("01"), some_payload(6))
def test_upce_means_the_upca_it_stands_for(system, payload):
    upca = _expanded(system, payload)
    upce = f"{system}{payload}{upca[-1]}"
    assert the_gtin(Symbology.UPCE, upce) == upca.zfill(14)


@given(st.sampled_from("01"), some_payload(6))
def test_an_upca_made_short_is_read_back(system, payload):
    upca = _expanded(system, payload)
    upce = Upc.parse(upca).as_upc_e()
    assert the_gtin(Symbology.UPCE, upce) == upca.zfill(14)


@given(st.sampled_from("01"), digits(6), st.integers(1, 9))
def test_a_upce_with_a_wrong_check_digit_is_refused(system, payload, step):
    right = _expanded(system, payload)[-1]
    with pytest.raises(BarcodeError):
        read_code(Symbology.UPCE, f"{system}{payload}{(int(right) + step) % 10}")


def test_eight_typed_digits_may_be_two_things_and_ean8_comes_first():
    both = _digits_valid_as_ean8_and_upce()
    codes = read_code(Symbology.TYPED, both)
    assert [code.gtin14 for code in codes] == [
        both.zfill(14),
        the_gtin(Symbology.UPCE, both),
    ]
    assert read_code(Symbology.WEDGE, both) == codes
    assert read_code(Symbology.EAN8, both) == codes[:1], "a camera knows what it saw"


@given(st.sampled_from(list(Symbology)), st.text())
def test_any_text_gives_products_or_a_barcode_error(symbology, text):
    try:
        codes = read_code(symbology, text)
    except BarcodeError:
        return
    assert codes
    assert all(len(code.gtin14) == 14 for code in codes)
    assert all(code.gtin14[-1] == check_digit(code.gtin14[:-1]) for code in codes)


def _expanded(system: str, payload: str) -> str:
    """UPC-E to UPC-A by the table of the standard, written out."""
    one, two, three, four, five, last = list(payload)
    middle = {
        "0": f"{one}{two}00000{three}{four}{five}",
        "1": f"{one}{two}10000{three}{four}{five}",
        "2": f"{one}{two}20000{three}{four}{five}",
        "3": f"{one}{two}{three}00000{four}{five}",
        "4": f"{one}{two}{three}{four}00000{five}",
    }.get(last, f"{one}{two}{three}{four}{five}0000{last}")
    return with_check_digit(system + middle)


def _digits_valid_as_ean8_and_upce() -> str:
    for number in range(100_000, 1_000_000):
        payload = f"{number:06}"
        code = with_check_digit("0" + payload)
        if _expanded("0", payload)[-1] == code[-1]:
            return code
    raise AssertionError("no such number")
