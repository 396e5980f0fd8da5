"""Marks become a PDF with the fonts' used letters in it, so that any printer draws the same."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from kiosk.paper.fonts import BOLD, REGULAR, PaperError
from kiosk.paper.marks import Block, Page, Words

if TYPE_CHECKING:
    from fpdf import FPDF

_FAMILY = "noto"
_POINT_MM = 25.4 / 72


def to_pdf(
    pages: Iterable[Page], fonts_dir: Path, title: str, made_at: datetime | None = None
) -> bytes:
    """The pages as a PDF.

    Raises:
        PaperError: when the fonts cannot be read.
    """
    pdf = _empty(fonts_dir, title, made_at)
    for page in pages:
        # "portrait" is fpdf2's word for sides taken as they are given; a roll's tag is wide.
        pdf.add_page("portrait", (page.width_mm, page.height_mm))
        for mark in page.marks:
            if isinstance(mark, Block):
                _fill(pdf, mark)
            else:
                _write(pdf, mark)
    return bytes(pdf.output())


def _empty(fonts_dir: Path, title: str, made_at: datetime | None) -> FPDF:
    # Imported late: half a second that only printing needs.
    from fpdf import FPDF

    pdf = FPDF(unit="mm")
    pdf.set_auto_page_break(False)
    pdf.set_margin(0)
    pdf.set_title(title)
    if made_at is not None:
        pdf.set_creation_date(made_at)
    try:
        pdf.add_font(_FAMILY, "", fonts_dir / REGULAR)
        pdf.add_font(_FAMILY, "B", fonts_dir / BOLD)
    except OSError as error:
        raise PaperError(
            f"{fonts_dir}: the fonts cannot be read ({error}); install Adal anew, it brings them."
        ) from error
    return pdf


def _fill(pdf: FPDF, mark: Block) -> None:
    pdf.set_fill_color(round(mark.lightness * 255))
    pdf.rect(mark.x_mm, mark.y_mm, mark.width_mm, mark.height_mm, style="F")


def _write(pdf: FPDF, mark: Words) -> None:
    pdf.set_font(_FAMILY, "B" if mark.bold else "", mark.size_mm / _POINT_MM)
    pdf.text(mark.x_mm, mark.baseline_mm, mark.text)
