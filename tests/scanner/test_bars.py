"""The kiosk's own EAN encoder against another's."""

import numpy as np
import pytest
import zxingcpp
from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk.domain.barcode import check_digit
from kiosk.domain.errors import BarcodeError
from kiosk.scanner.bars import ean_modules
from kiosk.scanner.packs import draw_pack


def modules_by_zxing(barcode_format, text: str) -> str:
    barcode = zxingcpp.create_barcode(text, barcode_format)
    row = np.asarray(barcode.to_image(scale=1))[4]
    bars = "".join("1" if value == 0 else "0" for value in row)
    return bars.strip("0")


@settings(max_examples=50)
@given(st.text("0123456789", min_size=12, max_size=12).filter(lambda it: it[:6] != "000000"))
def test_ean13_has_the_modules_that_another_encoder_draws(payload):
    number = payload + check_digit(payload)
    expected = modules_by_zxing(zxingcpp.BarcodeFormat.EAN13, number)
    assert ean_modules("0" + number) == expected


@settings(max_examples=50)
@given(st.text("0123456789", min_size=7, max_size=7))
def test_ean8_has_the_modules_that_another_encoder_draws(payload):
    number = payload + check_digit(payload)
    expected = modules_by_zxing(zxingcpp.BarcodeFormat.EAN8, number)
    assert ean_modules(number.zfill(14)) == expected


@pytest.mark.parametrize("not_a_unit", ["14870001157934", "4870001157937", "0487000115793x"])
def test_only_the_number_of_a_single_pack_is_drawn(not_a_unit):
    with pytest.raises(BarcodeError, match="single pack"):
        ean_modules(not_a_unit)


def test_a_pack_shows_its_name_and_two_packs_differ():
    water = draw_pack("04870001157937", "A.S.U. су 0.5 л")
    nameless = draw_pack("04870001157937", "")
    tea = draw_pack("04870202520103", "Maxi")
    assert (water[:110] != nameless[:110]).any()
    assert (water[110:] == nameless[110:]).all()
    assert (water != tea).any()
