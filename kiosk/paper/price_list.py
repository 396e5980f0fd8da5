"""The price list that hangs beside the shelf: A4, by category, with or without barcodes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby
from pathlib import Path

from kiosk.domain.money import format_tenge
from kiosk.paper.barcodes import MODULE_MM, barcode_marks, width_mm
from kiosk.paper.fitting import Fitted, fit, flush_left
from kiosk.paper.fonts import CAPITAL, Ruler, ruler_of
from kiosk.paper.labels import Tag
from kiosk.paper.marks import GREY, PALE, Block, Box, Mark, Page, Words
from kiosk.paper.pdf import to_pdf

_PAGE_WIDTH_MM, _PAGE_HEIGHT_MM = 210.0, 297.0
_MARGIN_MM = 14.0
_WIDTH_MM = _PAGE_WIDTH_MM - 2 * _MARGIN_MM
_FOOT_MM = 5.0
_TITLE_MM, _TITLE_SIZE_MM = 15.0, 9.0
_HEADING_MM, _HEADING_SIZE_MM = 10.0, 5.2
_ROW_MM, _ROW_TWO_NAMES_MM, _ROW_CODE_MM = 9.0, 11.5, 15.5
_NAME_SIZE_MM, _SECOND_NAME_SIZE_MM = 5.0, 3.4
_PRICE_SIZE_MM = 6.2
_SMALL_SIZE_MM = 3.4
_PRICE_MM = 42.0
_GAP_MM = 3.0
_INSET_MM = 1.2
_HAIR_MM = 0.15


@dataclass(frozen=True, slots=True)
class ListWords:
    """What stands around the prices.

    ``note`` is at the foot of each page, say the day; ``headings`` maps a category to its words,
    which are the category itself where there are none.
    """

    title: str
    note: str = ""
    headings: Mapping[str, str] | None = None

    def heading(self, category: str) -> str:
        """The words above that category."""
        return (self.headings or {}).get(category, category)


def price_list(
    tags: Sequence[Tag],
    words: ListWords,
    languages: Sequence[str],
    fonts_dir: Path,
    *,
    with_barcodes: bool = False,
    made_at: datetime | None = None,
) -> bytes:
    """A PDF with all prices, in the order of ``tags``; goods of one category follow one another.

    Args:
        tags: what is listed; none gives a page with the title alone.
        words: title, foot and headings.
        languages: whose names stand on a line; the first one large, the others small below.
        fonts_dir: where the Noto Sans fonts are.
        with_barcodes: whether each line has its barcode, to scan from the list.
        made_at: the time that the PDF gives as its own.

    Raises:
        PaperError: when the fonts cannot be read.
    """
    ruler = ruler_of(fonts_dir)
    pages = price_list_pages(tags, words, languages, ruler, with_barcodes=with_barcodes)
    return to_pdf(pages, fonts_dir, words.title, made_at)


def price_list_pages(
    tags: Sequence[Tag],
    words: ListWords,
    languages: Sequence[str],
    ruler: Ruler,
    *,
    with_barcodes: bool = False,
) -> list[Page]:
    """The pages of the list."""
    row_mm = _row_height_mm(tags, languages, with_barcodes=with_barcodes)
    pages = [
        tuple(_page_marks(lines, words, languages, ruler, row_mm, with_barcodes=with_barcodes))
        for lines in _paged(tags, row_mm)
    ]
    return [
        Page(
            _PAGE_WIDTH_MM,
            _PAGE_HEIGHT_MM,
            (*marks, *_foot(words.note, f"{number} / {len(pages)}", ruler)),
        )
        for number, marks in enumerate(pages, start=1)
    ]


@dataclass(frozen=True, slots=True)
class _Line:
    """A heading or a row, and where it begins below the page's top margin."""

    top_mm: float
    tag: Tag | None = None
    category: str = ""


def _row_height_mm(tags: Sequence[Tag], languages: Sequence[str], *, with_barcodes: bool) -> float:
    if with_barcodes and any(tag.gtin14 for tag in tags):
        return _ROW_CODE_MM
    two = any(len(tag.names_in(languages)) > 1 for tag in tags)
    return _ROW_TWO_NAMES_MM if two else _ROW_MM


def _paged(tags: Sequence[Tag], row_mm: float) -> Iterator[list[_Line]]:
    """The lines of each page. A heading never stands last, and is said again on a new page."""
    room_mm = _PAGE_HEIGHT_MM - 2 * _MARGIN_MM - _FOOT_MM
    lines: list[_Line] = []
    top_mm = _TITLE_MM
    for category, group in groupby(tags, key=lambda tag: tag.category):
        is_headed = False
        for tag in group:
            needed_mm = row_mm + (0 if is_headed else _HEADING_MM)
            if top_mm + needed_mm > room_mm:
                yield lines
                lines, top_mm, is_headed = [], 0.0, False
            if not is_headed:
                lines.append(_Line(top_mm, category=category))
                top_mm += _HEADING_MM
                is_headed = True
            lines.append(_Line(top_mm, tag))
            top_mm += row_mm
    yield lines


def _page_marks(
    lines: Sequence[_Line],
    words: ListWords,
    languages: Sequence[str],
    ruler: Ruler,
    row_mm: float,
    *,
    with_barcodes: bool,
) -> Iterator[Mark]:
    is_first = not lines or lines[0].top_mm > 0
    if is_first:
        yield from _title(words.title, ruler)
    for line in lines:
        top_mm = _MARGIN_MM + line.top_mm
        if line.tag is None:
            yield from _heading(words.heading(line.category), top_mm, ruler)
        else:
            tag = line.tag if with_barcodes else replace(line.tag, gtin14=None)
            code_mm = width_mm(_WIDEST, MODULE_MM) + _GAP_MM if with_barcodes else 0.0
            box = Box(_MARGIN_MM, top_mm, _WIDTH_MM, row_mm)
            yield from _row(tag, box, code_mm, languages, ruler)


_WIDEST = "02000000000015"
"""An EAN-13: every barcode has the same place, however short."""


def _title(text: str, ruler: Ruler) -> Iterator[Mark]:
    box = Box(_MARGIN_MM, _MARGIN_MM, _WIDTH_MM, _TITLE_MM - _GAP_MM)
    fitted = fit(
        text,
        ruler,
        bold=True,
        width_mm=box.width_mm,
        height_mm=box.height_mm,
        size_max_mm=_TITLE_SIZE_MM,
    )
    yield from flush_left(fitted, box.x_mm, box.y_mm)


def _heading(text: str, top_mm: float, ruler: Ruler) -> Iterator[Mark]:
    band_mm = _HEADING_MM - _INSET_MM
    yield Block(_MARGIN_MM, top_mm + _INSET_MM, _WIDTH_MM, band_mm, PALE)
    fitted = fit(
        text,
        ruler,
        bold=True,
        width_mm=_WIDTH_MM - 2 * _GAP_MM,
        height_mm=band_mm,
        size_max_mm=_HEADING_SIZE_MM,
    )
    above_mm = (band_mm - fitted.height_mm) / 2
    yield from flush_left(fitted, _MARGIN_MM + _GAP_MM, top_mm + _INSET_MM + above_mm)


def _row(
    tag: Tag, box: Box, code_mm: float, languages: Sequence[str], ruler: Ruler
) -> Iterator[Mark]:
    """Names on the left, the price in its column, the barcode at the right edge."""
    price_right_mm = box.right_mm - code_mm - _GAP_MM
    names_mm = price_right_mm - _PRICE_MM - box.x_mm - 2 * _GAP_MM
    names = _fitted_names(tag, languages, ruler, names_mm, box.height_mm - 2 * _INSET_MM)
    top_mm = box.y_mm + (box.height_mm - sum(name.height_mm for name in names)) / 2
    for name in names:
        yield from flush_left(name, box.x_mm + _GAP_MM, top_mm)
        top_mm += name.height_mm
    yield _price(tag.price_tenge, price_right_mm, box, ruler)
    if tag.gtin14 is not None:
        yield from barcode_marks(
            tag.gtin14,
            left_mm=box.right_mm - (code_mm - _GAP_MM + width_mm(tag.gtin14, MODULE_MM)) / 2,
            top_mm=box.y_mm + _INSET_MM,
            height_mm=box.height_mm - 2 * _INSET_MM,
            module_mm=MODULE_MM,
            ruler=ruler,
        )
    yield Block(box.x_mm, box.bottom_mm - _HAIR_MM / 2, box.width_mm, _HAIR_MM, GREY)


def _fitted_names(
    tag: Tag, languages: Sequence[str], ruler: Ruler, width_mm_: float, height_mm: float
) -> list[Fitted]:
    fitted: list[Fitted] = []
    names = tag.names_in(languages)
    free_mm = height_mm
    for place, name in enumerate(names):
        # The first name may take what the others, at half its share each, leave over.
        share = 1 + 0.7 * (len(names) - place - 1)
        fitted.append(
            fit(
                name,
                ruler,
                bold=place == 0,
                width_mm=width_mm_,
                height_mm=free_mm / share,
                size_max_mm=_SECOND_NAME_SIZE_MM if place else _NAME_SIZE_MM,
            )
        )
        free_mm -= fitted[-1].height_mm
    return fitted


def _price(price_tenge: int, right_mm: float, box: Box, ruler: Ruler) -> Words:
    text = format_tenge(price_tenge)
    width = ruler.width(text, bold=True)
    size_mm = min(_PRICE_SIZE_MM, _PRICE_MM / width)
    baseline_mm = box.y_mm + (box.height_mm + CAPITAL * size_mm) / 2
    return Words(text, right_mm - width * size_mm, baseline_mm, size_mm, bold=True)


def _foot(note: str, page_number: str, ruler: Ruler) -> Iterator[Words]:
    baseline_mm = _PAGE_HEIGHT_MM - _MARGIN_MM
    width_mm_ = ruler.width(page_number, bold=False) * _SMALL_SIZE_MM
    yield Words(page_number, _MARGIN_MM + _WIDTH_MM - width_mm_, baseline_mm, _SMALL_SIZE_MM)
    if note:
        yield Words(ruler.printable(note), _MARGIN_MM, baseline_mm, _SMALL_SIZE_MM)
