"""What the decoder reads in pictures with known faults, and what it must not read."""

import builtins
import sys

import numpy as np
import pytest
import zxingcpp
from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk.domain.barcode import Symbology, read_code
from kiosk.scanner.decode import Decoder
from tests.scanner.pictures import ORBIT, TEA, WATER, counter, pack, printed, seen

FORMATS = zxingcpp.BarcodeFormat


@pytest.fixture(scope="module")
def decoder():
    return Decoder()


@pytest.fixture
def without_zbar(monkeypatch):
    """A machine on which libzbar cannot be loaded: importing pyzbar fails as it does there."""
    for name in [name for name in sys.modules if name.split(".")[0] == "pyzbar"]:
        monkeypatch.delitem(sys.modules, name)
    real_import = builtins.__import__

    def import_but_zbar(name, *args, **kwargs):
        if name.split(".")[0] == "pyzbar":
            raise ImportError("Unable to find zbar shared library")
        return real_import(name, *args, **kwargs)

    monkeypatch.setattr(builtins, "__import__", import_but_zbar)


def gtins(reads) -> list[str]:
    return [read_code(read.symbology, read.text)[0].gtin14 for read in reads]


@pytest.mark.parametrize(
    "faults",
    [
        {},
        {"blur_px": 1.5},
        {"turn_deg": 12},
        {"turn_deg": 40},
        {"turn_deg": 90},
        {"turn_deg": 180},
        {"tilt": 0.35},
        {"light": 0.25},
        {"noise": 15},
        {"turn_deg": -8, "tilt": 0.2, "blur_px": 1.2, "light": 0.6, "noise": 6},
    ],
    ids=str,
)
def test_a_pack_is_read(decoder, faults):
    (read,) = decoder.read(pack(WATER, **faults))
    assert (read.symbology, read.text) == (Symbology.EAN13, WATER)


def test_a_read_says_where_the_code_is(decoder):
    (read,) = decoder.read(pack(WATER, at=(420, 180)))
    assert read.centre == pytest.approx((420, 180), abs=40)


def test_the_code_nearest_to_the_middle_comes_first(decoder):
    picture = pack(ORBIT, at=(140, 240))
    picture[:, 300:] = pack(TEA, at=(460, 240))[:, 300:]
    assert gtins(decoder.read(picture))[0] == TEA.zfill(14)


@pytest.mark.parametrize(
    ("barcode_format", "text", "options", "symbology", "gtin14"),
    [
        (FORMATS.EAN8, ORBIT, {}, Symbology.EAN8, ORBIT.zfill(14)),
        (FORMATS.UPCA, "036000291452", {}, None, "00036000291452"),
        (FORMATS.UPCE, "04252614", {}, Symbology.UPCE, "00042100005264"),
        (FORMATS.ITF, "14870001157934", {}, Symbology.ITF14, "14870001157934"),
        (
            FORMATS.DataMatrix,
            f"(01)0{WATER}(21)5abc(93)dGVz",
            {"gs1": True},
            Symbology.DATAMATRIX,
            "0" + WATER,
        ),
        (FORMATS.QRCode, f"https://id.gs1.org/01/0{WATER}", {}, Symbology.QR, "0" + WATER),
        (FORMATS.Code128, f"(01)0{WATER}(21)5", {"gs1": True}, Symbology.GS1_128, "0" + WATER),
        (FORMATS.DataBarOmni, f"0{WATER}", {}, Symbology.DATABAR, "0" + WATER),
    ],
    ids=lambda value: str(value) if isinstance(value, zxingcpp.BarcodeFormat) else "",
)
def test_every_symbology_gives_its_gtin(decoder, barcode_format, text, options, symbology, gtin14):
    (read,) = decoder.read(seen(printed(barcode_format, text, **options)))
    assert symbology in (None, read.symbology)
    assert gtins([read]) == [gtin14]


def test_a_code_that_names_no_product_does_not_hide_the_one_that_does(decoder):
    """zxing-cpp reads the address at once; the bars that stand upright only zbar can read."""
    picture = pack(WATER, turn_deg=90, at=(430, 240))
    picture[:, :220] = seen(printed(FORMATS.QRCode, "https://pay.example/42"), at=(110, 240))[
        :, :220
    ]
    texts = {read.text for read in decoder.read(picture)}
    assert texts == {"https://pay.example/42", WATER}


@settings(max_examples=30)
@given(
    st.floats(-15, 15), st.floats(0, 0.25), st.floats(0, 1.2), st.floats(0.4, 1), st.integers(0, 99)
)
def test_mild_faults_never_stop_a_read(turn_deg, tilt, blur_px, light, seed):
    picture = pack(
        WATER, turn_deg=turn_deg, tilt=tilt, blur_px=blur_px, light=light, noise=4, seed=seed
    )
    assert gtins(Decoder().read(picture)) == ["0" + WATER]


@settings(max_examples=30)
@given(
    st.floats(-90, 90), st.floats(0, 0.6), st.floats(0, 9), st.floats(0.05, 1), st.integers(0, 99)
)
def test_whatever_the_faults_no_wrong_product_is_read(turn_deg, tilt, blur_px, light, seed):
    picture = pack(
        WATER, turn_deg=turn_deg, tilt=tilt, blur_px=blur_px, light=light, noise=9, seed=seed
    )
    assert gtins(Decoder().read(picture)) in ([], ["0" + WATER])


@pytest.mark.parametrize(
    "picture",
    [
        counter(),
        counter(noise=40),
        np.zeros((480, 640), np.uint8),
        np.tile(np.repeat([0, 255], 4), (480, 80)).astype(np.uint8),
    ],
    ids=["counter", "noise", "darkness", "stripes"],
)
def test_nothing_is_read_where_there_is_no_code(decoder, picture):
    assert decoder.read(picture) == ()


def test_without_zbar_the_decoder_reads_and_says_what_is_missing(without_zbar, caplog):
    decoder = Decoder()
    assert decoder.missing == ("zbar",)
    assert "apt install libzbar0" in caplog.text
    assert gtins(decoder.read(pack(WATER))) == ["0" + WATER]


def test_without_zbar_a_pack_held_upright_is_still_read(without_zbar):
    assert gtins(Decoder().read(pack(WATER, turn_deg=90))) == ["0" + WATER]


def test_with_zbar_nothing_is_missing(decoder):
    assert decoder.missing == ()
