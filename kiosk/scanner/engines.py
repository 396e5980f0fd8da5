"""The two engines behind one face: grey pixels in, reads out.

They fail on different pictures, which is why both are here: zxing-cpp is faster and reads
DataMatrix, zbar reads packs held at a slant.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import cv2
import zxingcpp

from kiosk.domain.barcode import Symbology
from kiosk.scanner.frames import Pixels

# OpenCV's own threads cost more to wake than these small pictures take.
cv2.setNumThreads(1)

Corner = tuple[float, float]
ZXING, ZBAR = "zxing-cpp", "zbar"

_FORMATS = zxingcpp.BarcodeFormat
_ZXING_SYMBOLOGIES = {
    _FORMATS.EAN13: Symbology.EAN13,
    _FORMATS.EAN8: Symbology.EAN8,
    _FORMATS.UPCA: Symbology.UPCA,
    _FORMATS.UPCE: Symbology.UPCE,
    _FORMATS.ITF: Symbology.ITF14,
    _FORMATS.ITF14: Symbology.ITF14,
    _FORMATS.Code128: Symbology.CODE128,
    _FORMATS.DataBar: Symbology.DATABAR,
    _FORMATS.DataBarOmni: Symbology.DATABAR,
    _FORMATS.DataBarStk: Symbology.DATABAR,
    _FORMATS.DataBarStkOmni: Symbology.DATABAR,
    _FORMATS.DataBarLtd: Symbology.DATABAR,
    _FORMATS.DataBarExp: Symbology.DATABAR,
    _FORMATS.DataBarExpStk: Symbology.DATABAR,
    _FORMATS.QRCode: Symbology.QR,
    _FORMATS.DataMatrix: Symbology.DATAMATRIX,
}
RETAIL = zxingcpp.BarcodeFormats((_FORMATS.EANUPC,))
OTHERS = zxingcpp.BarcodeFormats(
    (_FORMATS.ITF14, _FORMATS.Code128, _FORMATS.DataBar, _FORMATS.QRCode, _FORMATS.DataMatrix)
)
_GS1_128_IDENTIFIER = "]C1"
# The rest is left to zxing-cpp: zbar prints warnings about DataBar and finds ITF in striped cloth.
_ZBAR_SYMBOLOGIES = {
    "EAN13": Symbology.EAN13,
    "EAN8": Symbology.EAN8,
    "UPCA": Symbology.UPCA,
    "UPCE": Symbology.UPCE,
    "CODE128": Symbology.CODE128,
    "QRCODE": Symbology.QR,
}
_STRIPED = frozenset(
    {Symbology.EAN13, Symbology.EAN8, Symbology.UPCA, Symbology.UPCE, Symbology.CODE128}
)
_SCAN_LINES_MIN = 10
"""A striped code on which fewer of zbar's scan lines agree is weak: real packs give dozens, and
most of the wrong codes it finds on slanted or torn ones give four to nine."""


@dataclass(frozen=True, slots=True)
class Read:
    """One code found in a picture; `centre` and `corners` are (x, y) in its pixels.

    `stage` says how it was found; a `weak` one is not believed on its own. `corners` go round
    the code, and are empty where the engine tells none.
    """

    symbology: Symbology
    text: str
    engine: str
    centre: Corner
    stage: str = ""
    weak: bool = False
    corners: tuple[Corner, ...] = ()

    @property
    def is_striped(self) -> bool:
        """Bars side by side, not a matrix."""
        return self.symbology in _STRIPED


Engine = Callable[[Pixels], Iterator[Read]]


def zxing(formats: zxingcpp.BarcodeFormats, *, rotate: bool = False) -> Engine:
    """zxing-cpp with its costly options off: 0.4 ms instead of 1.1 a picture, the same reads.

    `rotate` also looks for packs held at a quarter turn, which zbar would find otherwise.
    """

    def engine(luma: Pixels) -> Iterator[Read]:
        # Plain text keeps the separators of GS1 data; the default writes brackets instead.
        for barcode in zxingcpp.read_barcodes(
            luma,
            formats=formats,
            try_rotate=rotate,
            try_downscale=False,
            try_invert=False,
            text_mode=zxingcpp.TextMode.Plain,
        ):
            symbology = _zxing_symbology(barcode)
            if symbology is not None:
                corners = _corners(barcode.position)
                yield Read(symbology, barcode.text, ZXING, _middle(corners), corners=corners)

    return engine


def _zxing_symbology(barcode: zxingcpp.Barcode) -> Symbology | None:
    if barcode.symbology_identifier == _GS1_128_IDENTIFIER:
        return Symbology.GS1_128
    return _ZXING_SYMBOLOGIES.get(barcode.format)


def _corners(at: zxingcpp.Position) -> tuple[Corner, ...]:
    points = (at.top_left, at.top_right, at.bottom_right, at.bottom_left)
    return tuple((float(point.x), float(point.y)) for point in points)


def _middle(corners: tuple[Corner, ...]) -> Corner:
    (left, top), (right, bottom) = corners[0], corners[2]
    return ((left + right) / 2, (top + bottom) / 2)


def zbar() -> Engine:
    """zbar; raises ImportError when its library is not on this machine."""
    from pyzbar import pyzbar

    wanted = [pyzbar.ZBarSymbol[name] for name in _ZBAR_SYMBOLOGIES]

    def engine(luma: Pixels) -> Iterator[Read]:
        for found in pyzbar.decode(luma, symbols=wanted):
            symbology = _ZBAR_SYMBOLOGIES.get(found.type)
            if symbology is None:
                continue
            left, top, width, height = found.rect
            yield Read(
                symbology,
                found.data.decode("utf-8", "replace"),
                ZBAR,
                (left + width / 2, top + height / 2),
                weak=symbology in _STRIPED and found.quality < _SCAN_LINES_MIN,
                corners=tuple((float(point.x), float(point.y)) for point in found.polygon),
            )

    return engine
