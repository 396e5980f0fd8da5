"""The summary's desk: the right figures off a real journal, the PDF, the end of the visit."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pypdfium2
import pytest

from kiosk.admin.pages import Page, Step
from kiosk.admin.ports import Place
from kiosk.admin.report_lines import Facts, Speech, percent, sections, signed_tenge
from kiosk.admin.report_paper import Paper
from kiosk.admin.report_pdf import report_pdf
from kiosk.admin.summary import (
    ReportError,
    SummaryDesk,
    SummaryNote,
    put,
    read_report,
)
from kiosk.domain.entries import PieceMissing
from kiosk.domain.visit_report import Band, Ratio, VisitReport
from kiosk.facts import ROOT
from kiosk.i18n import Texts
from tests.admin.back_room import VOLUNTEER, BackRoom
from tests.admin.money_room import money_room
from tests.admin.visit_shop import (
    count_short,
    open_shop,
    sell_water,
    take_out,
    take_stock,
)
from tests.till.shop import CATALOGUE

FONTS = ROOT / "assets" / "fonts"


@pytest.fixture
def room(tmp_path: Path) -> Iterator[BackRoom]:
    """A shop that was visited before and sold ten waters since: 1 800 ₸."""
    room = money_room(tmp_path)
    open_shop(room)
    sell_water(room, 5, 5)
    room.visit.begin(VOLUNTEER)
    yield room
    room.close()


def facts_of(desk: SummaryDesk) -> Facts:
    assert desk.state.facts is not None
    return desk.state.facts


def stick(folder: Path) -> Place:
    folder.mkdir(exist_ok=True)
    return Place(folder, "ASEL", is_stick=True, free_bytes=10**9)


def text_of(pdf: bytes) -> str:
    document = pypdfium2.PdfDocument(pdf)
    try:
        return "\n".join(page.get_textpage().get_text_bounded() for page in document)
    finally:
        document.close()


def test_the_figures_are_those_of_this_visit(room: BackRoom) -> None:
    count_short(room, 180)
    take_out(room)
    take_stock(room, tea=1)
    report = facts_of(room.open(Page.SUMMARY)).report
    assert report.till.ratio == Ratio(1620, 1800)
    assert report.stock.ratio == Ratio(1620, 2150)
    assert report.taken_out.total_tenge == 1000


def test_what_was_left_out_is_told(room: BackRoom) -> None:
    count_short(room, 0)
    room.visit.skip(Step.RESTOCK)
    facts = facts_of(room.open(Page.SUMMARY))
    assert facts.left_out == (Step.TAKE_OUT, Step.STOCKTAKE, Step.RESTOCK, Step.CHANGE_FLOAT)


def test_a_long_journal_is_read_back_as_far_as_needed(room: BackRoom) -> None:
    sell_water(room, *30 * [1])
    count_short(room, 0)
    report = read_report(room.journal, room.visit.visit_id, {}, first_look=3)
    assert report.till.sold.sales == 32
    assert report.till.difference_tenge == 0


def test_entries_of_no_concern_are_not_in_the_way(room: BackRoom) -> None:
    room.write(*(PieceMissing("c20") for _ in range(20)))
    count_short(room, 0)
    assert facts_of(room.open(Page.SUMMARY)).report.till.expected_tenge == 3800


def test_after_a_power_cut_the_summary_says_the_same(room: BackRoom, tmp_path: Path) -> None:
    count_short(room, 180)
    before = facts_of(room.open(Page.SUMMARY))
    room.close()
    again = money_room(tmp_path)
    try:
        assert facts_of(again.open(Page.SUMMARY)) == before
    finally:
        again.close()


def test_finishing_ends_the_visit_and_leaves(room: BackRoom) -> None:
    desk = room.open(Page.SUMMARY)
    desk.finish()
    assert not room.visit.is_open
    assert not room.office.state.is_open


def test_the_pdf_goes_where_it_is_wanted(room: BackRoom, tmp_path: Path) -> None:
    count_short(room, 180)
    desk = room.open(Page.SUMMARY)
    desk.choose_place()
    room.settle()
    assert desk.state.places
    desk.choose_paper(Paper.ROLL)
    desk.save(stick(tmp_path / "stick"))
    room.settle()
    assert room.notes == [SummaryNote.SAVED]
    (saved,) = (tmp_path / "stick").iterdir()
    assert saved.suffix == ".pdf"
    assert "90,0" in text_of(saved.read_bytes())
    assert "Әсел" in text_of(saved.read_bytes())
    assert desk.state.places is None


def test_a_stick_that_is_gone_is_told_and_can_be_tried_again(
    room: BackRoom, tmp_path: Path
) -> None:
    desk = room.open(Page.SUMMARY)
    desk.choose_place()
    room.settle()
    gone = stick(tmp_path / "stick")
    gone.path.rmdir()
    desk.save(gone)
    room.settle()
    assert room.notes == [SummaryNote.NOT_SAVED]
    assert not desk.state.saving
    assert desk.state.places is not None


def test_back_from_the_places_is_the_report(room: BackRoom) -> None:
    desk = room.open(Page.SUMMARY)
    desk.choose_place()
    room.settle()
    desk.back()
    assert desk.state.places is None
    assert room.page is Page.SUMMARY
    desk.back()
    assert room.page is Page.HOME


def test_a_file_that_cannot_be_written_leaves_no_part(tmp_path: Path) -> None:
    (tmp_path / "report.pdf").mkdir()
    with pytest.raises(ReportError, match="another place"):
        put(tmp_path / "report.pdf", b"x")
    assert [path.name for path in tmp_path.iterdir()] == ["report.pdf"]


# --- words and paper ---


def speech_in(language: str) -> Speech:
    texts = Texts(ROOT / "assets" / "locale").in_language(language)
    return Speech(texts.gettext, texts.ngettext, language)


def short_report(room: BackRoom) -> VisitReport:
    count_short(room, 180)
    take_stock(room, tea=1, water=-2)
    return read_report(room.journal, room.visit.visit_id, {})


def test_the_lines_say_the_figures(room: BackRoom) -> None:
    products = {p.product_id: p for p in CATALOGUE.products}
    facts = Facts(short_report(room), left_out=(Step.RESTOCK,), products=products)
    found = {
        (section.title, line.label): line.value
        for section in sections(facts, speech_in("en"))
        for line in section.lines
    }
    assert found["Cash box", "Expected"] == "3\u00a0800\u00a0₸"
    assert found["Cash box", "Difference"] == "\u2212180\u00a0₸"
    assert found["Cash box", "Till ratio"] == "90,0\u00a0%"
    assert found["Goods", "Difference in pieces"] == "+1"
    assert found["Goods", "Difference"] == "+10\u00a0₸"
    assert found["Left out this time", "Receive goods"] == ""
    assert found["Largest differences", "Су"] == "+2  ·  +360\u00a0₸"
    assert found["Largest differences", "Шай"] == "\u22121  ·  \u2212350\u00a0₸"


def test_a_ratio_has_one_decimal_and_its_band(room: BackRoom) -> None:
    assert percent(Ratio(1, 3)) == "33,3\u00a0%"
    assert percent(Ratio(-1, 3)) == "\u221233,4\u00a0%"
    assert percent(Ratio(2, 2)) == "100,0\u00a0%"
    assert signed_tenge(0) == "0\u00a0₸"
    facts = Facts(short_report(room))
    bands = [line.band for s in sections(facts, speech_in("en")) for line in s.lines if line.band]
    assert bands == [Band.HONEST, Band.HONEST]


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
def test_every_line_is_on_every_paper(room: BackRoom, language: str) -> None:
    products = {p.product_id: p for p in CATALOGUE.products}
    facts = Facts(short_report(room), room.now_ms, VOLUNTEER, (Step.RESTOCK,), products)
    speech = speech_in(language)
    wanted = [text for s in sections(facts, speech) for x in s.lines for text in (x.label, x.value)]
    for paper in Paper:
        made = report_pdf(facts, speech, paper, shop_name="Адалдық дүкені", fonts_dir=FONTS)
        text = "".join(text_of(made).split())
        assert all("".join(piece.split()) in text for piece in ["Адалдық дүкені", *wanted])
        assert "₸" in text


def test_a_roll_is_one_page_as_long_as_the_report(room: BackRoom) -> None:
    facts = Facts(short_report(room))
    fonts_dir = FONTS
    made = report_pdf(facts, speech_in("en"), Paper.ROLL, shop_name="Shop", fonts_dir=fonts_dir)
    document = pypdfium2.PdfDocument(made)
    width_mm, length_mm = (points * 25.4 / 72 for points in document[0].get_size())
    assert len(document) == 1
    assert round(width_mm) == 58
    assert 100 < length_mm < 400
    document.close()
