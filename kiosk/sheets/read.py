"""Rows from a file, whichever kind it is; bounded in size, so that no file can stop the kiosk.

A file's first bytes say what it is, not its name: people rename.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from kiosk.sheets.faults import SheetError, Wrong

FILE_SIZE_BYTES_MAX = 10_000_000
ROWS_MAX = 20_000
COLUMNS_MAX = 60
CELL_LENGTH_MAX = 2_000
PROGRESS_EVERY_ROWS = 100

_ZIP = b"PK\x03\x04"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED_STREAM = "EncryptedPackage".encode("utf-16-le")

Progress = Callable[[float], None]
"""Told now and then which share of the work is done, 0 to 1; what it raises ends the work."""


@dataclass(frozen=True, slots=True)
class BadCell:
    """A cell whose content cannot be trusted to be what its writer meant."""

    wrong: Wrong
    text: str


Cell = str | BadCell


@dataclass(frozen=True, slots=True)
class Row:
    """One row that is not empty; ``number`` is the one the spreadsheet shows, from 1."""

    number: int
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """The headings, and the rows under them."""

    header: Row
    rows: tuple[Row, ...]


def read_table(path: Path, progress: Progress = lambda _share: None) -> Table:
    """Reads a CSV or XLSX file.

    Raises:
        SheetError: when it is refused as a whole, saying what to do.
    """
    content = _content(path)
    if content.startswith(_OLE):
        protected = _ENCRYPTED_STREAM in content
        raise SheetError(Wrong.PROTECTED if protected else Wrong.OLD_EXCEL)
    if content.startswith(_ZIP):
        from kiosk.sheets.xlsx_file import xlsx_rows

        rows = xlsx_rows(content, progress)
    else:
        from kiosk.sheets.csv_file import csv_rows

        rows = csv_rows(content, progress)
    return _table(rows)


def _content(path: Path) -> bytes:
    """The whole file; the size is asked for first, so that a huge one is refused at once."""
    try:
        if not path.is_file():
            raise SheetError(Wrong.NOT_READABLE, reason=path.name)
        size_bytes = path.stat().st_size
        if size_bytes > FILE_SIZE_BYTES_MAX:
            raise SheetError(
                Wrong.TOO_LARGE,
                size_mb=whole_mb(size_bytes),
                size_mb_max=whole_mb(FILE_SIZE_BYTES_MAX),
            )
        with path.open("rb") as file:
            return file.read(FILE_SIZE_BYTES_MAX)
    except OSError as error:
        raise SheetError(Wrong.NOT_READABLE, reason=error.strerror or path.name) from error


def _table(rows: Iterator[Row]) -> Table:
    filled = (row for row in rows if any(row.cells))
    header = next(filled, None)
    if header is None:
        raise SheetError(Wrong.EMPTY)
    body: list[Row] = []
    for row in filled:
        if len(body) == ROWS_MAX:
            raise SheetError(Wrong.TOO_MANY_ROWS, rows_max=ROWS_MAX)
        body.append(row)
    if not body:
        raise SheetError(Wrong.EMPTY)
    return Table(header, tuple(body))


def text_cell(text: str) -> Cell:
    """A cell of text as it is meant; a formula in disguise is none.

    Written files put an apostrophe before what a spreadsheet would take for a formula
    (:func:`kiosk.sheets.cells.defused`); whoever reads the values takes it off again.
    """
    if text.lstrip().startswith("="):
        return BadCell(Wrong.FORMULA, text[:40])
    if len(text) > CELL_LENGTH_MAX:
        return BadCell(Wrong.TOO_LONG, text)
    return text.strip()


def whole_mb(size_bytes: int) -> int:
    """Megabytes, rounded up."""
    return -(-size_bytes // 1_000_000)
