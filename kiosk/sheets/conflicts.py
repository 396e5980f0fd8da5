"""Rows that contradict one another or the catalogue: each is fine alone, together they are not."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from kiosk.domain.products import Catalogue, Product
from kiosk.sheets.columns import Column
from kiosk.sheets.faults import Wrong
from kiosk.sheets.rows import CellFault, name_key


@dataclass(frozen=True, slots=True)
class Placed:
    """A row that made a product.

    ``by_name``: neither id nor barcode says which goods these are.
    """

    row: int
    product: Product
    before: Product | None
    by_name: bool = False


def conflicts(
    placed: Sequence[Placed], catalogue: Catalogue, language: str
) -> Iterator[tuple[int, CellFault]]:
    """What is wrong between rows: each fault with the number of the later row.

    Judged by how things would stand afterwards, so a barcode may move from one product to another
    within a sheet.
    """
    yield from _same_product(placed)
    yield from _same_name(placed)
    yield from _same_code(placed, catalogue, language)


def _same_product(placed: Sequence[Placed]) -> Iterator[tuple[int, CellFault]]:
    first: dict[str, int] = {}
    for each in placed:
        other = first.setdefault(each.product.product_id, each.row)
        if other != each.row:
            yield each.row, CellFault(Column.ID, Wrong.PRODUCT_IN_TWO_ROWS, {"other": other})


def _same_name(placed: Sequence[Placed]) -> Iterator[tuple[int, CellFault]]:
    """New goods without a barcode: the same name twice is the same goods written twice."""
    first: dict[str, int] = {}
    for each in placed:
        if each.before is not None or not each.by_name:
            continue
        names = {name_key(name) for name in each.product.names.values()}
        others = [other for name in names if (other := first.setdefault(name, each.row)) < each.row]
        if others:
            found = CellFault(Column.ID, Wrong.PRODUCT_IN_TWO_ROWS, {"other": min(others)})
            yield each.row, found


def _same_code(
    placed: Sequence[Placed], catalogue: Catalogue, language: str
) -> Iterator[tuple[int, CellFault]]:
    here = {each.product.product_id for each in placed}
    untouched = (p for p in catalogue.products if p.product_id not in here)
    elsewhere = {code: product for product in untouched for _, code in _codes(product)}
    first: dict[str, int] = {}
    for each in placed:
        for column, code in _codes(each.product):
            other = first.setdefault(code, each.row)
            if other != each.row:
                values = {"code": code.lstrip("0"), "other": other}
                yield each.row, CellFault(column, Wrong.CODE_IN_TWO_ROWS, values)
            elif code in elsewhere:
                values = {"code": code.lstrip("0"), "name": elsewhere[code].name_in(language)}
                yield each.row, CellFault(column, Wrong.CODE_TAKEN, values)


def _codes(product: Product) -> Iterable[tuple[Column, str]]:
    for code in product.codes:
        yield Column.CODES, code
    for code in product.cases:
        yield Column.CASES, code
