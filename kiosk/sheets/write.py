"""Goods written as a table, for spreadsheets as they are set up in Kazakhstan.

CSV is parted by semicolons and begins with a byte order mark: Excel in Russian or Kazakh opens
only such a file in columns and with its letters. XLSX is the better choice: codes stay text in
it, where Excel makes ``4,87E+12`` of a CSV's.

A cell that a spreadsheet would take for a formula gets an apostrophe before it, which reading
takes off again: a name from a stranger must not run on a coordinator's computer.
"""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import StrEnum
from pathlib import Path
from typing import Any

from kiosk.disk import sync_directory
from kiosk.domain.products import Product, Status
from kiosk.sheets import cells
from kiosk.sheets.cells import defused, tidy
from kiosk.sheets.columns import NAMES, TITLES, Column
from kiosk.sheets.faults import SheetError, Wrong
from kiosk.sheets.read import PROGRESS_EVERY_ROWS, Progress

CSV_DELIMITER = ";"
CSV_ENCODING = "utf-8-sig"
_WIDTHS = {Column.PRICE: 12, Column.STOCK: 12, Column.CODES: 20, Column.CASES: 24}
_WIDTH = 28

EXAMPLE = Product(
    "example-wafers",
    {"kk": "Вафли, 40 г", "ru": "Вафли, 40 г", "en": "Wafers, 40 g"},
    120,
    "sweets",
    ("00012345678905",),
    None,
    Status.ON_SALE,
    {"10012345678902": 24},
)
"""The filled row of an empty template. Its numbers are GS1's own examples, on no real pack."""


class Format(StrEnum):
    """Kinds of file; the value is the ending of its name."""

    XLSX = "xlsx"
    CSV = "csv"


def write_products(
    path: Path,
    products: Sequence[Product],
    stock: Mapping[str, int],
    *,
    language: str = "en",
    progress: Progress = lambda _share: None,
) -> None:
    """Writes products with price and stock; the ending of ``path`` says as what.

    The file is there whole or not at all, also when the stick is pulled out.

    Args:
        path: where to; a file of that name is replaced.
        products: one row each.
        stock: pieces by product id; a product that was never counted has none.
        language: headings and words; all of them are understood again.
        progress: told how far it is.

    Raises:
        SheetError: when it cannot be written.
    """
    columns = tuple(Column)
    titles = TITLES.get(language, TITLES["en"])
    rows = _with_progress(products, progress)
    table = (_row(product, stock.get(product.product_id), language) for product in rows)
    _write(path, [titles[column] for column in columns], table)
    progress(1.0)


def write_template(path: Path, *, language: str = "en") -> None:
    """Writes headings and one filled row as an example.

    Raises:
        SheetError: when it cannot be written.
    """
    titles = TITLES.get(language, TITLES["en"])
    columns = [column for column in Column if column not in (Column.ID, Column.STOCK)]
    row = dict(zip(Column, _row(EXAMPLE, None, language), strict=True))
    _write(path, [titles[c] for c in columns], [[row[c] for c in columns]])


def _with_progress(products: Sequence[Product], progress: Progress) -> Iterator[Product]:
    for done, product in enumerate(products):
        if done % PROGRESS_EVERY_ROWS == 0:
            progress(done / len(products))
        yield product


def _row(product: Product, stock: int | None, language: str) -> list[str | int]:
    """The cells in the order of :class:`Column`."""
    names = {column: product.names.get(code, "") for column, code in NAMES.items()}
    texts: dict[Column, str | int] = {
        Column.ID: product.product_id,
        **names,
        Column.PRICE: product.price_tenge,
        Column.CATEGORY: cells.category_text(product.category, language),
        Column.CODES: cells.codes_text(product.codes),
        Column.CASES: cells.cases_text(product.cases),
        Column.PICTURE: product.picture or "",
        Column.STATUS: cells.status_text(product.status, language),
        Column.STOCK: "" if stock is None else stock,
    }
    return [_safe(texts[column]) for column in Column]


def _safe(value: str | int) -> str | int:
    return defused(tidy(value)) if isinstance(value, str) else value


def _write(path: Path, headings: list[str], rows: Iterable[list[str | int]]) -> None:
    unfinished = path.with_name(f".{path.name}.part")
    try:
        with unfinished.open("wb") as file:
            if path.suffix.lower() == f".{Format.XLSX}":
                _write_xlsx(file, headings, rows)
            else:
                _write_csv(file, headings, rows)
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(path)
        sync_directory(path.parent)
    except OSError as error:
        raise SheetError(Wrong.NOT_WRITABLE, reason=error.strerror or path.name) from error
    finally:
        _forget(unfinished)


def _forget(path: Path) -> None:
    try:
        path.unlink(missing_ok=True)
    except OSError:
        pass  # the stick is gone, and the file with it


def _write_csv(file: Any, headings: list[str], rows: Iterable[list[str | int]]) -> None:
    text = io.TextIOWrapper(file, encoding=CSV_ENCODING, newline="", write_through=True)
    writer = csv.writer(text, delimiter=CSV_DELIMITER)
    writer.writerow(headings)
    writer.writerows(rows)
    text.flush()
    text.detach()


def _write_xlsx(file: Any, headings: list[str], rows: Iterable[list[str | int]]) -> None:
    import xlsxwriter
    import xlsxwriter.exceptions

    # One row in memory at a time; strings are written as strings, whatever they look like.
    book = xlsxwriter.Workbook(file, {"constant_memory": True})
    try:
        sheet = book.add_worksheet()
        bold, text = book.add_format({"bold": True}), book.add_format({"num_format": "@"})
        sheet.freeze_panes(1, 0)
        for place, heading in enumerate(headings):
            sheet.set_column(place, place, _width(heading), text)
        _write_xlsx_row(sheet, 0, headings, bold)
        for number, row in enumerate(rows, 1):
            _write_xlsx_row(sheet, number, row, None)
        book.close()
    except xlsxwriter.exceptions.XlsxWriterException as error:  # a full disk, in its own words
        raise SheetError(Wrong.NOT_WRITABLE, reason=str(error)) from error


def _write_xlsx_row(sheet: Any, number: int, row: Sequence[str | int], style: Any) -> None:
    for place, value in enumerate(row):
        if isinstance(value, int):
            sheet.write_number(number, place, value)
        elif value:
            sheet.write_string(number, place, value, *([style] if style else []))


def _width(heading: str) -> int:
    column = next((c for titles in TITLES.values() for c in Column if titles[c] == heading), None)
    return _WIDTHS.get(column, _WIDTH) if column else _WIDTH
