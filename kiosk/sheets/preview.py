"""What a sheet would change: compared with the catalogue, row by row, before anything is done.

A row is about the product whose id it names; without an id about the one that has its barcode;
without a barcode either about the one without barcodes that bears its name; else about a new
one. With an id the row says all the codes; found by a barcode it only adds codes, for a
supplier's list knows no others.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

import msgspec

from kiosk.domain.products import Catalogue, Product
from kiosk.sheets import cells
from kiosk.sheets.columns import NAMES, TITLES, Column, Columns, columns_in, required
from kiosk.sheets.conflicts import Placed, conflicts
from kiosk.sheets.faults import Fault, SheetError, Wrong
from kiosk.sheets.read import PROGRESS_EVERY_ROWS, BadCell, Progress, Row, Table
from kiosk.sheets.rows import CellFault, Known, RowReader

ENTRY_BYTES_MAX = 3_000_000
"""All changes are one journal entry; the centre takes batches of 4 MiB."""
FAULTS_MAX = 1_000
"""Whoever has so many looks at the first ones and sees what is wrong with all."""

NewId = Callable[[Mapping[str, str], Collection[str]], str]
"""An id for a product of these names that is none of those taken."""


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field of a product: what it was and what it becomes, as a cell shows it."""

    column: Column
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Change:
    """A product that the sheet makes or changes; ``before`` is None for a new one."""

    row: int
    product: Product
    before: Product | None
    fields: tuple[FieldChange, ...]


@dataclass(frozen=True, slots=True)
class Preview:
    """What would happen, measured against ``catalogue``; nothing has happened yet."""

    catalogue: Catalogue
    new: tuple[Change, ...]
    changed: tuple[Change, ...]
    unchanged: int
    faults: tuple[Fault, ...]
    not_read: tuple[str, ...]
    """Headings of columns that mean nothing here."""

    @property
    def products(self) -> tuple[Product, ...]:
        """What is to be saved, all of it or nothing."""
        return tuple(change.product for change in (*self.new, *self.changed))

    @property
    def can_apply(self) -> bool:
        """Whether there is anything to do and nothing wrong."""
        return not self.faults and bool(self.new or self.changed)


def preview(
    table: Table,
    catalogue: Catalogue,
    new_id: NewId,
    *,
    language: str = "en",
    taken_ids: Collection[str] = (),
    progress: Progress = lambda _share: None,
) -> Preview:
    """Compares a sheet with the catalogue.

    Args:
        table: the rows that were read.
        catalogue: what is in effect.
        new_id: makes ids for new products.
        language: missing columns and other products are named in it.
        taken_ids: ids that no new product may get, on top of the catalogue's.
        progress: told how far it is.

    Raises:
        SheetError: when columns are missing or the changes are too much for one entry.
    """
    headings = _headings(table.header)
    columns = columns_in(headings)
    required(columns, language)
    taken = {*taken_ids, *(product.product_id for product in catalogue.products)}
    placed: list[Placed] = []
    found: list[tuple[int, CellFault]] = []
    known = Known(catalogue)
    for done, row in enumerate(table.rows):
        if done % PROGRESS_EVERY_ROWS == 0:
            progress(done / len(table.rows))
        one, wrong = _placed(row, columns, known, lambda names: new_id(names, taken))
        found += [(row.number, fault) for fault in wrong]
        if one is not None:
            taken.add(one.product.product_id)
            placed.append(one)
    found += conflicts(placed, catalogue, language)
    names = {**TITLES.get(language, TITLES["en"])}
    names |= {column: headings[place] for column, place in columns.places.items()}
    result = _result(placed, found, names, columns.not_read, catalogue)
    if len(msgspec.json.encode(result.products)) > ENTRY_BYTES_MAX:
        raise SheetError(Wrong.TOO_MUCH_AT_ONCE)
    progress(1.0)
    return result


def _placed(
    row: Row, columns: Columns, known: Known, make_id: Callable[[Mapping[str, str]], str]
) -> tuple[Placed | None, list[CellFault]]:
    reader = RowReader(row, columns.places, known)
    before = reader.owner()
    product = reader.product(before, lambda: make_id(reader.names))
    placed = Placed(row.number, product, before, reader.is_nameless) if product else None
    return placed, reader.faults


def _result(
    placed: list[Placed],
    found: list[tuple[int, CellFault]],
    names: Mapping[Column, str],
    not_read: tuple[str, ...],
    catalogue: Catalogue,
) -> Preview:
    """``names``: of the columns as written in the sheet; what it does not have, as it would be."""
    changes = [_change(each) for each in placed]
    faults = [
        Fault(row, names[fault.column], fault.wrong, fault.values)
        for row, fault in sorted(found, key=lambda pair: pair[0])[:FAULTS_MAX]
    ]
    return Preview(
        catalogue,
        new=tuple(change for change in changes if change.before is None),
        changed=tuple(change for change in changes if change.before and change.fields),
        unchanged=sum(change.before is not None and not change.fields for change in changes),
        faults=tuple(faults),
        not_read=not_read,
    )


def _change(placed: Placed) -> Change:
    product, before = placed.product, placed.before
    if before is None or product == before:
        return Change(placed.row, product, before, ())
    pairs = zip(_shown(before).items(), _shown(product).values(), strict=True)
    fields = tuple(FieldChange(column, old, new) for (column, old), new in pairs if old != new)
    return Change(placed.row, product, before, fields)


def _shown(product: Product) -> dict[Column, str]:
    """A product's fields as cells show them."""
    return {
        **{column: product.names.get(language, "") for column, language in NAMES.items()},
        Column.PRICE: str(product.price_tenge),
        Column.CATEGORY: product.category,
        Column.CODES: cells.codes_text(product.codes),
        Column.CASES: cells.cases_text(product.cases),
        Column.PICTURE: product.picture or "",
        Column.STATUS: product.status.value,
    }


def _headings(header: Row) -> list[str]:
    return [cell.text if isinstance(cell, BadCell) else cells.meant(cell) for cell in header.cells]
