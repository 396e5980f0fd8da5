"""Paper as the kiosk sees it: a PDF drawn in a printer's dots, read by the kiosk's own decoder."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pypdfium2
from hypothesis import strategies as st

from kiosk.domain.barcode import check_digit, read_code
from kiosk.paper.labels import GEOMETRIES, Layout
from kiosk.scanner.decode import Decoder
from kiosk.scanner.frames import Pixels

FONTS = Path(__file__).resolve().parents[2] / "assets" / "fonts"
DPI = {Layout.SHEET_24: 300, Layout.SHEET_40: 300, Layout.ROLL_58: 203}
KAZAKH = "ӘәҒғҚқҢңӨөҰұҮүҺһІі"

DECODER = Decoder()

digits = st.characters(whitelist_categories=(), whitelist_characters="0123456789")


def _numbers(length: int) -> st.SearchStrategy[str]:
    return st.text(digits, min_size=length - 1, max_size=length - 1).map(
        lambda payload: (payload + check_digit(payload)).zfill(14)
    )


ean13 = _numbers(13).filter(lambda code: code[:6] != "000000")
ean8 = _numbers(8).filter(lambda code: code.strip("0") != "")
upca = _numbers(12).filter(lambda code: code[:6] != "000000")
units = st.one_of(ean13, ean8, upca)


@contextmanager
def opened(pdf: bytes) -> Iterator[pypdfium2.PdfDocument]:
    document = pypdfium2.PdfDocument(pdf)
    try:
        yield document
    finally:
        document.close()


def drawn(page: pypdfium2.PdfPage, dpi: int) -> Pixels:
    """The page in grey pixels, a dot each."""
    return np.array(page.render(scale=dpi / 72, grayscale=True).to_numpy())


def codes_in(picture: Pixels) -> set[str]:
    """GTIN-14s that the kiosk's decoder finds."""
    return {
        code.gtin14
        for read in DECODER.read(picture)
        for code in read_code(read.symbology, read.text)
    }


def tags_of(pdf: bytes, layout: Layout) -> Iterator[Pixels]:
    """Every tag that the sheets or the roll hold, cut out along its edges."""
    geometry = GEOMETRIES[layout]
    with opened(pdf) as document:
        for page in document:
            picture = drawn(page, DPI[layout])
            px_per_mm = DPI[layout] / 25.4
            wide, high = geometry.tag_width_mm * px_per_mm, geometry.tag_height_mm * px_per_mm
            for number in range(geometry.per_page):
                row, column = divmod(number, geometry.columns)
                y, x = row * high, column * wide
                yield picture[int(y) : int(y + high), int(x) : int(x + wide)]


def words_of(pdf: bytes) -> list[str]:
    """The text of each page, with plain spaces."""
    with opened(pdf) as document:
        pages = [page.get_textpage() for page in document]
        texts = [page.get_text_range().replace("\u00a0", " ") for page in pages]
        for page in pages:
            page.close()
    return texts
