"""From grey pixels to what is written in them: zxing-cpp first, then zbar.

The two fail on different pictures, which is why both are here: zxing-cpp is faster and reads
DataMatrix, zbar reads packs held at a slant. Stages are tried in order of cost until one gives
a read that is accepted; a further stage is one more entry in the list.
"""

import logging
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

import cv2
import numpy as np
import zxingcpp

from kiosk.domain.barcode import Symbology, read_code
from kiosk.domain.errors import BarcodeError
from kiosk.scanner.frames import Pixels

# OpenCV's own threads cost more to wake than these small pictures take.
cv2.setNumThreads(1)

_log = logging.getLogger(__name__)

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
_ZXING_WANTED = zxingcpp.BarcodeFormats(
    (
        _FORMATS.EANUPC,
        _FORMATS.ITF14,
        _FORMATS.Code128,
        _FORMATS.DataBar,
        _FORMATS.QRCode,
        _FORMATS.DataMatrix,
    )
)
_GS1_128_IDENTIFIER = "]C1"
# The rest is left to zxing-cpp: zbar prints warnings about DataBar, finds ITF in striped cloth,
# and of the UPC-E it found in slanted packs on real photographs two in five were none.
_ZBAR_SYMBOLOGIES = {
    "EAN13": Symbology.EAN13,
    "EAN8": Symbology.EAN8,
    "UPCA": Symbology.UPCA,
    "CODE128": Symbology.CODE128,
    "QRCODE": Symbology.QR,
}
_ZBAR_DISCARDED = ("UPCE",)
"""Asked for all the same: unasked, zbar gives them out as UPC-A."""


@dataclass(frozen=True, slots=True)
class Read:
    """One code found in a picture; `centre` is (x, y) in pixels."""

    symbology: Symbology
    text: str
    engine: str
    centre: tuple[float, float]


Stage = Callable[[Pixels], Iterable[Read]]


class Decoder:
    """Reads the codes in grey pictures; make one per thread.

    `missing` says which engines this machine lacks, in words for an operator.
    """

    def __init__(self) -> None:
        self.missing: tuple[str, ...] = ()
        try:
            self._stages: list[Stage] = [_zxing_stage(rotate=False), _zbar_stage()]
        except ImportError as error:
            self._stages = [_zxing_stage(rotate=True)]
            self.missing = ("zbar",)
            _log.warning(
                "zbar is missing, so packs held at a slant are read less well. "
                "Install it with: apt install libzbar0 (%s)",
                error,
            )

    def read(
        self, luma: Pixels, *, is_accepted: Callable[[Read], bool] | None = None
    ) -> tuple[Read, ...]:
        """The codes in one picture, those nearest to its middle first.

        Stops at the first stage with an accepted read; by default one that names a product.
        """
        accepts = is_accepted or names_a_product
        found: list[Read] = []
        for stage in self._stages:
            reads = list(stage(luma))
            found += reads
            if any(accepts(read) for read in reads):
                break
        return tuple(sorted(_distinct(found), key=lambda read: _off_centre(read, luma)))


def names_a_product(read: Read) -> bool:
    """Whether the text of a read holds a product's number."""
    try:
        read_code(read.symbology, read.text)
    except BarcodeError:
        return False
    return True


def _zxing_stage(*, rotate: bool) -> Stage:
    """zxing-cpp with its costly options off: 1.1 ms instead of 2.7 a picture, the same reads.

    `rotate` also looks for packs held at a quarter turn, which zbar would find otherwise.
    """

    def stage(luma: Pixels) -> Iterator[Read]:
        # Plain text keeps the separators of GS1 data; the default writes brackets instead.
        for barcode in zxingcpp.read_barcodes(
            luma,
            formats=_ZXING_WANTED,
            try_rotate=rotate,
            try_downscale=False,
            try_invert=False,
            text_mode=zxingcpp.TextMode.Plain,
        ):
            symbology = _zxing_symbology(barcode)
            if symbology is not None:
                yield Read(symbology, barcode.text, "zxing-cpp", _centre(barcode.position))

    return stage


def _zxing_symbology(barcode: zxingcpp.Barcode) -> Symbology | None:
    if barcode.symbology_identifier == _GS1_128_IDENTIFIER:
        return Symbology.GS1_128
    return _ZXING_SYMBOLOGIES.get(barcode.format)


def _centre(corners: zxingcpp.Position) -> tuple[float, float]:
    first, opposite = corners.top_left, corners.bottom_right
    return ((first.x + opposite.x) / 2, (first.y + opposite.y) / 2)


def _zbar_stage() -> Stage:
    """zbar's stage; raises ImportError when its library is not on this machine."""
    from pyzbar import pyzbar

    wanted = [pyzbar.ZBarSymbol[name] for name in (*_ZBAR_SYMBOLOGIES, *_ZBAR_DISCARDED)]

    def stage(luma: Pixels) -> Iterator[Read]:
        for found in pyzbar.decode(luma, symbols=wanted):
            symbology = _ZBAR_SYMBOLOGIES.get(found.type)
            if symbology is None:
                continue
            left, top, width, height = found.rect
            yield Read(
                symbology,
                found.data.decode("utf-8", "replace"),
                "zbar",
                (left + width / 2, top + height / 2),
            )

    return stage


def _distinct(reads: list[Read]) -> list[Read]:
    return list({(read.symbology, read.text): read for read in reversed(reads)}.values())


def _off_centre(read: Read, luma: Pixels) -> float:
    middle = np.array(luma.shape[1::-1]) / 2
    return float(np.hypot(*(np.array(read.centre) - middle)))
