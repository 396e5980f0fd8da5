"""The engines that are compared, each with its own defaults, as a function of grey pixels."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import cv2
import numpy as np
import zxingcpp
from numpy.typing import NDArray
from pyzbar import pyzbar

from kiosk.domain.barcode import Symbology, read_code
from kiosk.domain.errors import BarcodeError
from kiosk.scanner.known import KnownCodes
from kiosk.scanner.photo import PhotoReader

Grey = NDArray[np.uint8]
Answer = tuple[str | None, str]
"""The GTIN-14 of a retail code, or None; and the text as it was read."""
Reader = Callable[[Grey], list[Answer]]

_RETAIL = {
    "EAN13": Symbology.EAN13,
    "EAN8": Symbology.EAN8,
    "UPCA": Symbology.UPCA,
    "UPCE": Symbology.UPCE,
}


def _answer(kind: str, text: str) -> Answer:
    symbology = _RETAIL.get(re.sub(r"[^A-Z0-9]", "", kind.upper()))
    if symbology is None:
        return None, text
    try:
        return read_code(symbology, text)[0].gtin14, text
    except BarcodeError:
        return None, text


class PyzbarReader:
    """zbar as pyzbar asks it by default."""

    def __call__(self, grey: Grey) -> list[Answer]:
        """All codes."""
        return [_answer(f.type, f.data.decode("utf-8", "replace")) for f in pyzbar.decode(grey)]


class ZxingReader:
    """zxing-cpp with its defaults."""

    def __call__(self, grey: Grey) -> list[Answer]:
        """All codes."""
        return [
            _answer(code.format.name, code.text)
            for code in zxingcpp.read_barcodes(grey, text_mode=zxingcpp.TextMode.Plain)
        ]


class OpencvReader:
    """OpenCV's detectors for barcodes and, where those find none (and `matrix`), for QR."""

    def __init__(self, *, matrix: bool = True) -> None:
        self._matrix = matrix
        self._bars: Any = cv2.barcode.BarcodeDetector()
        self._qr: Any = cv2.QRCodeDetector()

    def __call__(self, grey: Grey) -> list[Answer]:
        """All codes."""
        try:
            found, texts, kinds, _ = self._bars.detectAndDecodeWithType(grey)
        except cv2.error:
            found, texts, kinds = False, (), ()
        bars = [_answer(kind, text) for text, kind in zip(texts, kinds, strict=True) if text]
        if (found and bars) or not self._matrix:
            return bars
        try:
            text = self._qr.detectAndDecode(grey)[0]
        except cv2.error:
            text = ""
        return [(None, text)] if text else []


class OursReader:
    """The kiosk's own reader of single photographs."""

    def __init__(self, known: KnownCodes | None, *, second_stage: bool) -> None:
        self._reader = PhotoReader(known, second_stage=second_stage)

    def use(self, known: KnownCodes) -> None:
        """Another catalogue from now on."""
        self._reader.known = known

    def __call__(self, grey: Grey) -> list[Answer]:
        """All codes it believes."""
        return [_ours(read.symbology, read.text) for read in self._reader.read(grey)]


def _ours(symbology: Symbology, text: str) -> Answer:
    if symbology not in _RETAIL.values():
        return None, text
    return read_code(symbology, text)[0].gtin14, text


READERS: dict[str, Callable[[], Reader]] = {
    "pyzbar": PyzbarReader,
    "zxingcpp": ZxingReader,
    "opencv": OpencvReader,
}
