"""Tags and price list: goods being chosen, each paper, the question where to, the file saved."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from kiosk.admin.labels_print import Paper
from kiosk.admin.labels_state import LabelRow, LabelsState, SavedFile, Stage, Tab
from kiosk.admin.ports import Place
from kiosk.domain.products import Product
from kiosk.facts import ROOT
from kiosk.paper.fonts import ruler_of
from kiosk.paper.labels import Layout, tag_alone, tag_of
from kiosk.paper.price_list import ListWords, price_list_pages

STICK = Place(Path("/media/KINGSTON"), "KINGSTON", True, 15_400_000_000)
OWN = Place(Path("/var/lib/adal/exports"), "exports", False, 3_200_000_000)


def examples(products: dict[str, Product], _language: str) -> Iterator[tuple[str, LabelsState]]:
    """Names and states."""
    ruler = ruler_of(ROOT / "assets" / "fonts")
    goods = list(products.values())
    rows = tuple(LabelRow(p, p.price_tenge, n % 3) for n, p in enumerate(goods))
    counts = ((Tab.CHOSEN, 9), (Tab.CHANGED, 4), (Tab.WITHOUT_CODE, 3), (Tab.ALL, len(goods)))
    tag = tag_of(goods[0])
    choosing = LabelsState(
        rows=rows,
        counts=counts,
        tags=14,
        pages=1,
        without_code=3,
        preview=tag_alone(tag, Layout.SHEET_24, ("kk", "ru"), ruler),
    )
    yield "choosing", choosing
    yield "nothing", LabelsState(tab=Tab.CHOSEN, counts=counts)
    for paper in (Paper.SHEET_40, Paper.ROLL_58):
        page = tag_alone(tag, Layout(paper.value), ("kk", "ru"), ruler)
        yield paper.value, replace(choosing, paper=paper, preview=page, without_code=0)
    [page, *_others] = price_list_pages(
        [tag_of(p) for p in goods], ListWords("Бағалар тізімі"), ("kk", "ru"), ruler
    )
    listed = replace(
        choosing, paper=Paper.PRICE_LIST, preview=page, pages=2, without_code=0, tags=len(goods)
    )
    yield "price-list", listed
    yield "pick", replace(choosing, picking=True, listing=tuple(goods))
    yield "places", replace(choosing, stage=Stage.PLACES, places=(STICK, OWN))
    yield "no-stick", replace(choosing, stage=Stage.PLACES, places=(OWN,))
    saved = SavedFile(STICK, "adal-tags-2026-11-21.pdf", 2)
    yield "saved", replace(choosing, stage=Stage.SAVED, saved=saved)
