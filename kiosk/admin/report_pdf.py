"""A visit's report on paper: A4, A5, or a 58 mm roll as long as it needs to be."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Final, cast

from fpdf import FPDF
from fpdf.fonts import TTFFont

from kiosk.admin.report_lines import (
    Facts,
    Line,
    Section,
    Speech,
    band_name,
    day_text,
    sections,
    time_text,
)
from kiosk.admin.report_paper import Paper

FONT: Final = "NotoSans"
ROLL_WIDTH_MM: Final = 58.0
ROLL_LENGTH_MM_MAX: Final = 2000.0
VALUE_SHARE: Final = 0.42
"""Of the width, for the figure at the right; the label has the rest and wraps."""


class _Report(FPDF):
    """A document in Noto Sans, which has ₸ and the Kazakh letters; ``size_pt`` is body text."""

    def __init__(
        self, fonts_dir: Path, page_mm: tuple[float, float], margin_mm: float, size_pt: float
    ) -> None:
        super().__init__(unit="mm", format=page_mm)
        self.size_pt = size_pt
        self.line_mm = size_pt * 0.5
        self.set_margins(margin_mm, margin_mm, margin_mm)
        self.set_auto_page_break(True, margin_mm)
        self.add_font(FONT, "", fonts_dir / "NotoSans-Regular.ttf")
        self.add_font(FONT, "B", fonts_dir / "NotoSans-Bold.ttf")
        self.add_page()

    def say(self, text: str, *, bold: bool = False, times: float = 1.0) -> None:
        """A paragraph over the whole width."""
        self.set_font(FONT, "B" if bold else "", self.size_pt * times)
        self.multi_cell(0, self.line_mm * times, text, align="L", new_x="LMARGIN", new_y="NEXT")

    def line_of(self, line: Line, note: str) -> None:
        """A label that wraps and its figure at the right, of one height; then the note."""
        self.set_font(FONT, "B" if line.strong else "", self.size_pt)
        value_mm = self.epw * VALUE_SHARE if line.value else 0.0
        top_mm = self._room_for(line, value_mm)
        self.multi_cell(self.epw - value_mm, self.line_mm, line.label, align="L", new_y="NEXT")
        bottom_mm = self.get_y()
        if line.value:
            self.set_xy(self.l_margin + self.epw - value_mm, top_mm)
            self.multi_cell(value_mm, self.line_mm, line.value, align="R", new_y="NEXT")
            bottom_mm = max(bottom_mm, self.get_y())
        self.set_xy(self.l_margin, bottom_mm)
        if note:
            self.say(note)

    def rule(self) -> None:
        """A thin line across."""
        self.ln(self.line_mm * 0.4)
        self.line(self.l_margin, self.get_y(), self.l_margin + self.epw, self.get_y())
        self.ln(self.line_mm * 0.4)

    def finished(self) -> bytes:
        """The document; nothing can be written any more."""
        made = bytes(self.output())
        self.close_fonts()
        return made

    def close_fonts(self) -> None:
        """fpdf2 leaves the fonts' files open."""
        for font in self.fonts.values():
            if isinstance(font, TTFFont):
                font.ttfont.close()

    def _room_for(self, line: Line, value_mm: float) -> float:
        """Where the line begins: on the next page when it would be parted."""
        width_mm = self.epw - value_mm
        lines = cast(
            list[str],
            self.multi_cell(width_mm, self.line_mm, line.label, dry_run=True, output="LINES"),
        )
        if self.will_page_break(self.line_mm * max(1, len(lines))):
            self.add_page()
        return float(self.get_y())


def report_pdf(
    facts: Facts, speech: Speech, paper: Paper, *, shop_name: str, fonts_dir: Path
) -> bytes:
    """The report as a PDF in the speech's language.

    Args:
        facts: what to tell.
        speech: the texts of one language.
        paper: A4 and A5 break pages; a roll is one page, as long as the report.
        shop_name: stands at the top.
        fonts_dir: holds NotoSans-Regular.ttf and NotoSans-Bold.ttf.
    """

    def written(document: _Report) -> _Report:
        _write(document, facts, speech, shop_name)
        return document

    if paper is Paper.ROLL:
        return _roll(written, fonts_dir)
    page_mm = (210.0, 297.0) if paper is Paper.A4 else (148.0, 210.0)
    margin_mm, size_pt = (20.0, 10.5) if paper is Paper.A4 else (12.0, 10.0)
    return written(_Report(fonts_dir, page_mm, margin_mm, size_pt)).finished()


def _roll(written: Callable[[_Report], _Report], fonts_dir: Path) -> bytes:
    """Written twice: once to see how long it is, then on a page of that length."""
    margin_mm, size_pt = 3.0, 8.0
    long = written(_Report(fonts_dir, (ROLL_WIDTH_MM, ROLL_LENGTH_MM_MAX), margin_mm, size_pt))
    long.close_fonts()
    # A little more than was used, or rounding would send the last line to a second page.
    length_mm = long.get_y() + margin_mm + 2.0
    return written(_Report(fonts_dir, (ROLL_WIDTH_MM, length_mm), margin_mm, size_pt)).finished()


def _write(document: _Report, facts: Facts, speech: Speech, shop_name: str) -> None:
    _ = speech.gettext
    document.set_title(_("Report of the visit"))
    document.say(shop_name, bold=True, times=1.3)
    document.say(_("Report of the visit"), bold=True)
    begun = f"{day_text(facts.begun_ms)} {time_text(facts.begun_ms)}"
    document.say(_("Begun: {time}").format(time=begun))
    document.say(_("Volunteer: {name}").format(name=facts.by))
    for section in sections(facts, speech):
        _write_section(document, section, speech)
    document.rule()
    document.say(_("This is not a fiscal receipt."))


def _write_section(document: _Report, section: Section, speech: Speech) -> None:
    document.rule()
    document.say(section.title, bold=True)
    for line in section.lines:
        document.line_of(line, "" if line.band is None else band_name(line.band, speech.gettext))
