"""Shelf tags: sheets of A4 that are cut apart or peeled off, and rolls of 58 mm."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from kiosk.domain.money import format_tenge
from kiosk.domain.products import Product, name_in
from kiosk.paper.barcodes import LASER_DOT_MM, MODULE_MM, barcode_marks, is_drawable, width_mm
from kiosk.paper.fitting import Fitted, centred, fit
from kiosk.paper.fonts import CAPITAL, Ruler, ruler_of
from kiosk.paper.marks import GREY, Block, Box, Mark, Page, Words
from kiosk.paper.pdf import to_pdf


@dataclass(frozen=True, slots=True)
class Tag:
    """What stands on one tag; ``names`` maps a language to a name."""

    names: Mapping[str, str]
    price_tenge: int
    gtin14: str | None = None
    category: str = "other"

    def names_in(self, languages: Sequence[str]) -> tuple[str, ...]:
        """The names in these languages, no name twice; any name when none of them is there."""
        found = [name for language in languages if (name := self.names.get(language))]
        return tuple(dict.fromkeys(found)) or (name_in(self.names, ""),)


def tag_of(product: Product, price_tenge: int | None = None) -> Tag:
    """The tag of a product; ``price_tenge`` is a new price that is not in effect yet."""
    price = product.price_tenge if price_tenge is None else price_tenge
    code = next((code for code in product.codes if is_drawable(code)), None)
    return Tag(product.names, price, code, product.category)


class Layout(StrEnum):
    """How tags stand on the paper."""

    SHEET_24 = "sheet_24"
    SHEET_40 = "sheet_40"
    ROLL_58 = "roll_58"


@dataclass(frozen=True, slots=True)
class Geometry:
    """Measures of a layout, in millimetres.

    ``side_mm`` and ``end_mm`` stay white on each tag beside, above and below: no office printer
    prints the last 4.2 mm of a sheet, no roll printer more than 48 of its 58 mm. ``module_mm``
    and ``dot_mm``: barcodes are made of whole dots of the usual printer (300 or 203 dpi), so
    that no bar is a dot wider than its neighbour.
    """

    page_width_mm: float
    page_height_mm: float
    columns: int
    rows: int
    side_mm: float
    end_mm: float
    edge_mm: float
    module_mm: float
    dot_mm: float
    tag_height_mm: float

    @property
    def tag_width_mm(self) -> float:
        """Tags stand side by side, without a gap."""
        return self.page_width_mm / self.columns

    @property
    def per_page(self) -> int:
        """Tags on one page."""
        return self.columns * self.rows

    def pages(self, tags: int) -> int:
        """Pages that so many tags fill."""
        return -(-tags // self.per_page)

    def place(self, number: int) -> Box:
        """What is printed on, for the tag of that number on its page.

        Tags in the first and last row are moved towards the middle of the page as far as the
        printer asks for; all are of one size.
        """
        row, column = divmod(number, self.columns)
        top_mm = (self.page_height_mm - self.rows * self.tag_height_mm) / 2
        y_mm = top_mm + row * self.tag_height_mm + self.end_mm
        height_mm = self.tag_height_mm - 2 * self.end_mm
        lowest_mm = self.page_height_mm - self.edge_mm - height_mm
        return Box(
            column * self.tag_width_mm + self.side_mm,
            min(max(y_mm, self.edge_mm), lowest_mm),
            self.tag_width_mm - 2 * self.side_mm,
            height_mm,
        )


_THERMAL_DOT_MM = 25.4 / 203
"""Drivers say 203 dpi, whatever the head's millimetres are: at exactly 0.125 mm a dot the bars
drift against the driver's grid, and one code in ten could not be read any more."""
GEOMETRIES: Mapping[Layout, Geometry] = {
    Layout.SHEET_24: Geometry(210, 297, 3, 8, 4.5, 3.0, 4.5, MODULE_MM, LASER_DOT_MM, 37),
    Layout.SHEET_40: Geometry(210, 297, 4, 10, 4.5, 3.0, 4.5, MODULE_MM, LASER_DOT_MM, 29.7),
    Layout.ROLL_58: Geometry(58, 40, 1, 1, 5.0, 2.0, 2.0, 3 * _THERMAL_DOT_MM, _THERMAL_DOT_MM, 40),
}

# Shares of a tag's height.
_NAME_SIZE, _SECOND_NAME = 0.155, 0.7
_NAMES_MAX, _NAMES_MAX_WITHOUT_CODE = 0.36, 0.5
_CODE = 0.34
_GAP = 0.045
_PRICE_MAX, _PRICE_MAX_WITHOUT_CODE = 0.3, 0.42
_CROSS_MM = 3.0
_HAIR_MM = 0.1


def tag_sheet(
    tags: Sequence[Tag],
    layout: Layout,
    languages: Sequence[str],
    fonts_dir: Path,
    made_at: datetime | None = None,
) -> bytes:
    """A PDF with these tags, in their order.

    Args:
        tags: one for each piece of paper; none gives a PDF without a tag.
        layout: sheets or roll.
        languages: whose names stand on a tag; the first one large, the others small below.
        fonts_dir: where the Noto Sans fonts are.
        made_at: the time that the PDF gives as its own.

    Raises:
        PaperError: when the fonts cannot be read.
    """
    pages = tag_pages(tags, layout, languages, ruler_of(fonts_dir))
    return to_pdf(pages, fonts_dir, "Adal: tags", made_at)


def tag_pages(
    tags: Sequence[Tag], layout: Layout, languages: Sequence[str], ruler: Ruler
) -> Iterator[Page]:
    """The pages that these tags fill, one after the other."""
    geometry = GEOMETRIES[layout]
    size = geometry.page_width_mm, geometry.page_height_mm
    crosses = tuple(_crosses(geometry))
    for start in range(0, max(len(tags), 1), geometry.per_page):
        marks: list[Mark] = [*crosses]
        for number, tag in enumerate(tags[start : start + geometry.per_page]):
            marks += tag_marks(tag, geometry.place(number), geometry, languages, ruler)
        yield Page(*size, tuple(marks))


def tag_alone(tag: Tag, layout: Layout, languages: Sequence[str], ruler: Ruler) -> Page:
    """One tag as a page of its own, to be looked at."""
    geometry = GEOMETRIES[layout]
    width_mm_, height_mm = geometry.tag_width_mm, geometry.tag_height_mm
    box = Box(
        geometry.side_mm,
        geometry.end_mm,
        width_mm_ - 2 * geometry.side_mm,
        height_mm - 2 * geometry.end_mm,
    )
    marks = tag_marks(tag, box, geometry, languages, ruler)
    return Page(width_mm_, height_mm, tuple(marks))


def tag_marks(
    tag: Tag, box: Box, geometry: Geometry, languages: Sequence[str], ruler: Ruler
) -> Iterator[Mark]:
    """Names above, the price as large as there is room, the barcode below."""
    middle_mm = box.x_mm + box.width_mm / 2
    gap_mm = _GAP * box.height_mm
    top_mm = box.y_mm
    for name in _fitted_names(tag, box, languages, ruler):
        yield from centred(name, ruler, middle_mm, top_mm)
        top_mm += name.height_mm
    bottom_mm = box.bottom_mm
    if tag.gtin14 is not None:
        height_mm = _CODE * box.height_mm
        bottom_mm -= height_mm
        left_mm = middle_mm - width_mm(tag.gtin14, geometry.module_mm) / 2
        yield from barcode_marks(
            tag.gtin14,
            left_mm=round(left_mm / geometry.dot_mm) * geometry.dot_mm,
            top_mm=bottom_mm,
            height_mm=height_mm,
            module_mm=geometry.module_mm,
            ruler=ruler,
        )
    free = Box(box.x_mm, top_mm + gap_mm, box.width_mm, bottom_mm - top_mm - 2 * gap_mm)
    share = _PRICE_MAX_WITHOUT_CODE if tag.gtin14 is None else _PRICE_MAX
    yield _price(tag.price_tenge, free, share * box.height_mm, ruler)


def _fitted_names(tag: Tag, box: Box, languages: Sequence[str], ruler: Ruler) -> Iterator[Fitted]:
    """The first name large, the others small; together no higher than their share of the tag."""
    share = _NAMES_MAX_WITHOUT_CODE if tag.gtin14 is None else _NAMES_MAX
    names = tag.names_in(languages)
    free_mm = share * box.height_mm
    size_max_mm = _NAME_SIZE * box.height_mm
    for place, name in enumerate(names):
        following = len(names) - place - 1
        fitted = fit(
            name,
            ruler,
            bold=place == 0,
            width_mm=box.width_mm,
            height_mm=free_mm / (1 + _SECOND_NAME * following),
            size_max_mm=size_max_mm,
        )
        yield fitted
        free_mm -= fitted.height_mm
        if place == 0:
            size_max_mm = min(fitted.size_mm, _SECOND_NAME * size_max_mm)


def _price(price_tenge: int, box: Box, height_max_mm: float, ruler: Ruler) -> Words:
    """The price, as wide or as high as its place allows, in the middle of it."""
    text = format_tenge(price_tenge)
    width = ruler.width(text, bold=True)
    size_mm = min(box.width_mm / width, min(box.height_mm, height_max_mm) / CAPITAL)
    return Words(
        text,
        box.x_mm + (box.width_mm - width * size_mm) / 2,
        box.y_mm + (box.height_mm + CAPITAL * size_mm) / 2,
        size_mm,
        bold=True,
    )


def _crosses(geometry: Geometry) -> Iterator[Block]:
    """Small grey crosses where the inner corners of four tags meet, to cut along."""
    top_mm = (geometry.page_height_mm - geometry.rows * geometry.tag_height_mm) / 2
    for row in range(1, geometry.rows):
        for column in range(1, geometry.columns):
            x_mm = column * geometry.tag_width_mm
            y_mm = top_mm + row * geometry.tag_height_mm
            half = _CROSS_MM / 2
            yield Block(x_mm - half, y_mm - _HAIR_MM / 2, _CROSS_MM, _HAIR_MM, GREY)
            yield Block(x_mm - _HAIR_MM / 2, y_mm - half, _HAIR_MM, _CROSS_MM, GREY)
