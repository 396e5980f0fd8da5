"""Hand-made states of the page about tables."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import msgspec

from kiosk.admin.ports import Place
from kiosk.admin.sheet_files import SheetFile
from kiosk.admin.sheets import FieldLine, SheetsState, Stage, Tab
from kiosk.domain.products import Catalogue, Product
from kiosk.sheets.columns import Column
from kiosk.sheets.faults import Fault, SheetError, Wrong
from kiosk.sheets.preview import Change, FieldChange, Preview

STICK = Place(Path("/media/stick"), "KINGSTON", is_stick=True, free_bytes=7_800_000_000)
OWN = Place(Path("/data/exports"), "exports", is_stick=False, free_bytes=12_000_000_000)
DAY_MS = 1_795_000_000_000


def examples(products: dict[str, Product], language: str) -> Iterator[tuple[str, SheetsState]]:
    """Every stage of reading a file."""
    first = SheetsState(language=language, places=(STICK, OWN), place=STICK)
    yield "empty", first
    names = ("Прайс-лист ноябрь 2026.xlsx", "adal-products-2026-11-21-1405.xlsx", "тауарлар.csv")
    yield "choose", replace(first, files=tuple(map(_file, names)), pages=2)
    file = replace(first, file_name=names[0])
    yield "working", replace(file, stage=Stage.WORKING, share=0.62)
    shortage = SheetError(Wrong.TOO_LARGE, size_mb=100, size_mb_max=10)
    yield "refused", replace(file, stage=Stage.REFUSED, refusal=shortage)
    yield "applied", replace(file, stage=Stage.APPLIED, applied=34)
    found = _preview(products)
    shown = replace(file, stage=Stage.PREVIEW, preview=found)
    lines = tuple(
        FieldLine(change, field, number == 0)
        for change in found.changed
        for number, field in enumerate(change.fields)
    )
    yield "changed", replace(shown, lines=lines[:6], pages=2)
    yield "new", replace(shown, tab=Tab.NEW, lines=found.new)
    faulty = replace(found, faults=FAULTS)
    yield "faults", replace(shown, preview=faulty, tab=Tab.FAULTS, lines=FAULTS)


FAULTS = (
    Fault(4, "Цена", Wrong.PRICE_WRONG, {"text": "сто двадцать"}),
    Fault(7, "Штрихкод", Wrong.CODE_IN_TWO_ROWS, {"code": "4870066004085", "other": 3}),
    Fault(12, "Штрихкод", Wrong.CODE_SHORTENED, {"text": "4,87E+12"}),
    Fault(15, "Название (казахский)", Wrong.LETTERS_LOST, {"text": "?ант"}),
    Fault(18, "Состояние", Wrong.STATUS_WRONG, {"text": "есть", "words": ""}),
    Fault(318, "Цена", Wrong.FORMULA, {"text": "=A2*1.1"}),
)


def _file(name: str) -> SheetFile:
    return SheetFile(STICK.path / name, STICK, 24_500, DAY_MS)


def _preview(products: dict[str, Product]) -> Preview:
    goods = list(products.values())
    changed = []
    for row, product in enumerate(goods[:5], 2):
        after = msgspec.structs.replace(product, price_tenge=product.price_tenge + 30)
        prices = (str(product.price_tenge), str(after.price_tenge))
        fields = [FieldChange(Column.PRICE, *prices)]
        if row == 3:
            fields.append(FieldChange(Column.CODES, "4870071002816", "4870071002816 | 40099637"))
            fields.append(FieldChange(Column.STATUS, "on_sale", "sold_out"))
        changed.append(Change(row, after, product, tuple(fields)))
    new = tuple(Change(row, product, None, ()) for row, product in enumerate(goods[5:9], 20))
    return Preview(Catalogue(1, goods), new, tuple(changed), 214, (), ("Остаток", "Поставщик"))
