"""The summary of a good visit, of one that wants a closer look, and on its way onto paper."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from kiosk.admin.pages import Step
from kiosk.admin.ports import Place
from kiosk.admin.report_lines import Facts
from kiosk.admin.summary import SummaryState
from kiosk.domain.ledger import DayTotals
from kiosk.domain.money import Pieces
from kiosk.domain.products import Product
from kiosk.domain.visit_report import ProductGap, StockReport, TillReport, VisitReport

SOLD = DayTotals(118, 203, 38_450, 9_620, 730, 2)


def examples(products: dict[str, Product], _language: str) -> Iterator[tuple[str, SummaryState]]:
    """Names and states."""
    facts = Facts(
        _report(products, difference_tenge=-340, gap_tenge=1_450),
        1_795_000_000_000,
        "v1",
        (Step.CHANGE_FLOAT,),
        products,
    )
    good = SummaryState(facts)
    yield "good", good
    poor = replace(facts, report=_report(products, difference_tenge=-4_800, gap_tenge=11_200))
    yield "poor", SummaryState(poor)
    yield "first", SummaryState(replace(facts, report=_first()))
    yield "reading", SummaryState()
    places = (
        Place(Path("/media/asel"), "ASEL-8GB", True, 10**9),
        Place(Path("/data/exports"), "exports", False, 10**9),
    )
    yield "saving", replace(good, places=places)


def _report(products: dict[str, Product], *, difference_tenge: int, gap_tenge: int) -> VisitReport:
    gaps = tuple(
        ProductGap(name, pieces, pieces * products[name].price_tenge)
        for name, pieces in zip(list(products)[:6], (3, 2, 2, 1, 1, -1), strict=False)
    )
    expected_tenge = 46_180
    return VisitReport(
        till=TillReport(
            SOLD, True, expected_tenge, expected_tenge + difference_tenge, difference_tenge
        ),
        stock=StockReport(SOLD, True, True, gap_tenge, 8, difference_tenge, gaps),
        taken_out=Pieces.from_codes({"n5000": 6, "n2000": 3}),
        float_in=Pieces.from_codes({"c100": 20, "c50": 20, "c20": 30}),
        restocked_pieces=164,
        written_off_pieces=3,
        written_off_tenge=650,
        abandoned=4,
    )


def _first() -> VisitReport:
    return VisitReport(
        till=TillReport(DayTotals(), True, None, 7_000, None),
        stock=StockReport(DayTotals(), False, False, 0, 0, 0, ()),
        taken_out=Pieces(),
        float_in=Pieces.from_codes({"c100": 70}),
        restocked_pieces=60,
        written_off_pieces=0,
        written_off_tenge=0,
        abandoned=0,
    )
