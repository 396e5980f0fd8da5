"""A region's week on paper: two or three A4 pages that explain themselves."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import kiosk.domain
from kiosk.domain.money import NO_BREAK_SPACE, format_amount, format_tenge
from kiosk.domain.products import name_in
from kiosk.domain.visit_report import Band, Ratio
from sync.server.export.weekly import Note, ProductWeek, RegionWeek, ShopWeek, week_name
from sync.server.texts import translations

FONT = "NotoSans"
MARGIN_MM = 16.0
SIZE_PT, SMALL_PT = 9.5, 8.0
INK, DIM, SEA = (20, 41, 44), (77, 99, 102), (11, 102, 112)
LIGHT, LINE = (224, 241, 242), (214, 224, 225)
_PACKAGE = Path(kiosk.domain.__file__).resolve().parents[1]
_FONT_DIRS = (_PACKAGE / "share" / "assets" / "fonts", _PACKAGE.parent / "assets" / "fonts")
"""In a wheel beside the code, in a checkout at the top."""

Words = Callable[[str], str]


def pdf(week: RegionWeek, language: str) -> bytes:
    """The report in one language."""
    _ = translations(language).gettext
    document = _new_document(week, language, _)
    _head(document, week, language, _)
    _figures(document, week, _)
    _attention(document, week, _)
    _shop_table(document, week, _)
    _product_table(document, week, language, _)
    _explained(document, _)
    made = bytes(document.output())
    # fpdf2 leaves the fonts' files open.
    for font in document.fonts.values():
        font.ttfont.close()
    return made


def _new_document(week: RegionWeek, language: str, _: Words) -> Any:
    # Heavy to import, and only who prints needs it.
    from fpdf import FPDF

    foot = f"{week.region_names[language]} · {week_name(week.first_day)} · Adal"

    class _Report(FPDF):
        def footer(self) -> None:
            self.set_y(-12)
            self.set_font(FONT, "", SMALL_PT)
            self.set_text_color(*DIM)
            self.cell(0, 5, f"{foot}    {self.page_no()} / {{nb}}", align="C")

    document = _Report(format="A4")
    fonts = next((folder for folder in _FONT_DIRS if folder.is_dir()), _FONT_DIRS[-1])
    document.add_font(FONT, "", fonts / "NotoSans-Regular.ttf")
    document.add_font(FONT, "B", fonts / "NotoSans-Bold.ttf")
    document.set_margins(MARGIN_MM, MARGIN_MM, MARGIN_MM)
    document.set_auto_page_break(True, MARGIN_MM)
    document.set_lang(language)
    document.set_title(f"{_('The week of a region')}: {foot}")
    document.set_draw_color(*LINE)
    document.add_page()
    return document


def _say(document: Any, text: str, size_pt: float = SIZE_PT, **how: Any) -> None:
    document.set_font(FONT, "B" if how.get("bold") else "", size_pt)
    document.set_text_color(*how.get("colour", INK))
    document.multi_cell(0, size_pt * 0.5, text, align="L", new_x="LMARGIN", new_y="NEXT")


def _head(document: Any, week: RegionWeek, language: str, _: Words) -> None:
    _say(document, week.region_names[language], 18, bold=True)
    days = f"{_day(week.first_day)} – {_day(week.last_day)}"
    document.ln(1)
    _say(document, f"{_('The week of a region')}: {week_name(week.first_day)}, {days}", colour=DIM)
    document.ln(4)


def _figures(document: Any, week: RegionWeek, _: Words) -> None:
    """The week at a glance: boxes side by side."""
    boxes = (
        (_("Sales"), format_amount(sum(one.sales for one in week.shops))),
        (_("Collected"), format_tenge(sum(one.collected_tenge for one in week.shops))),
        (_("Till ratio"), _percent(week.till)),
        (_("Stock ratio"), _percent(week.stock)),
        (_("Cash taken out"), format_tenge(sum(one.taken_out_tenge for one in week.shops))),
    )
    gap_mm = 3.0
    width_mm = (document.epw - gap_mm * (len(boxes) - 1)) / len(boxes)
    top_mm = document.get_y()
    for place, (name, value) in enumerate(boxes):
        left_mm = document.l_margin + place * (width_mm + gap_mm)
        document.set_fill_color(*LIGHT)
        document.rect(left_mm, top_mm, width_mm, 18, style="F", round_corners=True, corner_radius=2)
        document.set_xy(left_mm + 2, top_mm + 2)
        document.set_font(FONT, "", SMALL_PT)
        document.set_text_color(*DIM)
        document.cell(width_mm - 4, 4, name)
        document.set_xy(left_mm + 2, top_mm + 8)
        _fit(document, value, width_mm - 4)
    document.set_xy(document.l_margin, top_mm + 22)


def _fit(document: Any, value: str, width_mm: float) -> None:
    """As large as it goes in, in one line."""
    size_pt = 14.0
    document.set_font(FONT, "B", size_pt)
    while size_pt > SMALL_PT and document.get_string_width(value) > width_mm - 2:
        size_pt -= 0.5
        document.set_font(FONT, "B", size_pt)
    document.set_text_color(*INK)
    document.cell(width_mm, 7, value)


def _attention(document: Any, week: RegionWeek, _: Words) -> None:
    _title(document, _("Needs attention"))
    # Shops of which there is the same to say stand together.
    lines: dict[str, list[str]] = {}
    for one in week.shops:
        if one.notes:
            lines.setdefault("; ".join(_note(note, _) for note in one.notes), []).append(one.name)
    if not week.shops:
        _say(document, _("No shops yet"))
    elif not lines:
        _say(document, _("All is well"))
    for notes, names in lines.items():
        _say(document, f"{', '.join(names)}: {notes}")
        document.ln(0.8)


def _note(note: Note, _: Words) -> str:
    """What to look at, in words; amounts after a colon."""
    if note.code == "no_sales":
        return _("no sale this week")
    if note.code == "no_visit":
        return _("no visit this week")
    if note.code == "cash":
        words = _("missing in the box") if note.figure > 0 else _("more in the box than due")
        return f"{words}: {format_tenge(abs(note.figure))}"
    if note.code == "goods":
        words = _("goods gone unpaid") if note.figure > 0 else _("more paid than goods gone")
        return f"{words}: {format_tenge(abs(note.figure))}"
    counted = {
        "help_call": _("calls for a volunteer"),
        "unknown_scan": _("scans of unknown codes"),
        "aside": _("entries set aside"),
    }
    return f"{counted[note.code]}: {format_amount(note.figure)}"


def _shop_table(document: Any, week: RegionWeek, _: Words) -> None:
    if not week.shops:
        return
    _title(document, _("Shops"))
    names = (
        _("Shop"), _("Sales"), _("Collected"), _("Till ratio"), _("Stock ratio"),
        _("Cash taken out"),
    )  # fmt: skip
    rows = [_shop_row(one) for one in week.shops]
    _table(document, names, rows, (40, 12, 20, 16, 16, 20))


def _shop_row(one: ShopWeek) -> tuple[str, ...]:
    return (
        one.name,
        format_amount(one.sales),
        format_tenge(one.collected_tenge),
        _percent(one.till),
        _percent(one.stock),
        format_tenge(one.taken_out_tenge),
    )


def _product_table(document: Any, week: RegionWeek, language: str, _: Words) -> None:
    if not week.products:
        return
    _title(document, _("What sold best"))
    rows = [
        (_product_name(one, language, _), format_amount(one.quantity), format_tenge(one.tenge))
        for one in week.products
    ]
    _table(document, (_("Product"), _("Pieces"), _("Value")), rows, (70, 15, 20))


def _product_name(one: ProductWeek, language: str, _: Words) -> str:
    if any(one.names.values()):
        return name_in(one.names, language)
    return one.product_id or _("Priced by the shopper from the tag")


def _explained(document: Any, _: Words) -> None:
    document.ln(5)
    for text in (
        _("Till ratio: counted cash ÷ cash that the journal expects, of this week's counts."),
        _("Stock ratio: money received ÷ value of the goods gone, of this week's stocktakes."),
        _("90 % and more is honest; * 80 to 90 %: tolerable; ** below 80 %."),
        _("Figures are of shops, never of people."),
        _("Paid by QR counts as shoppers claimed it. Days are those of Kazakhstan, UTC+5."),
    ):
        _say(document, text, SMALL_PT, colour=DIM)


def _title(document: Any, text: str) -> None:
    document.ln(4)
    if document.will_page_break(20):
        document.add_page()
    _say(document, text, 13, bold=True, colour=SEA)
    document.ln(1.5)


def _table(
    document: Any,
    names: tuple[str, ...],
    rows: Sequence[tuple[str, ...]],
    widths: tuple[int, ...],
) -> None:
    from fpdf.fonts import FontFace

    document.set_font(FONT, "", SIZE_PT)
    document.set_text_color(*INK)
    document.set_fill_color(255, 255, 255)
    aligned = ("LEFT", *("RIGHT",) * (len(names) - 1))
    with document.table(
        col_widths=widths,
        text_align=aligned,
        headings_style=FontFace(
            emphasis="BOLD", color=DIM, size_pt=SMALL_PT, fill_color=(255, 255, 255)
        ),
        borders_layout="HORIZONTAL_LINES",
        line_height=5,
        padding=(0.8, 0.5),
    ) as table:
        for cells in (names, *rows):
            table.row(cells)


def _percent(ratio: Ratio | None) -> str:
    """With a mark besides the figure, since the paper may be black and white."""
    if ratio is None:
        return "—"
    marks = {Band.HONEST: "", Band.TOLERABLE: " *", Band.POOR: " **"}
    per_mille = ratio.per_mille
    return f"{per_mille // 10},{per_mille % 10}{NO_BREAK_SPACE}%{marks[ratio.band]}"


def _day(day: date) -> str:
    return day.strftime("%d.%m.%Y")
