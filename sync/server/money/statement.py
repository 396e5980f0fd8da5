"""Rows of text out of a bank's statement, CSV or XLSX; bounded, so that no file stops the server.

The first bytes say what a file is, not its name. The file itself is never stored.
"""

from __future__ import annotations

import csv
import io
import warnings
import zipfile
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import datetime
from enum import StrEnum
from typing import Any

from kiosk.domain.errors import AdalError

FILE_SIZE_BYTES_MAX = 5_000_000
UNPACKED_BYTES_MAX = 80_000_000
"""A statement's sheet unpacks to about ten times its size; a bomb to a thousand times."""
ROWS_MAX = 20_000
COLUMNS_MAX = 60
CELL_LENGTH_MAX = 1_000

_ZIP = b"PK\x03\x04"
_OLE = b"\xd0\xcf\x11\xe0"
_DELIMITERS = ";,\t|"

Rows = list[tuple[str, ...]]


class Wrong(StrEnum):
    """Why a file is refused as a whole."""

    EMPTY = "empty"
    TOO_LARGE = "too_large"
    TOO_MANY_ROWS = "too_many_rows"
    OLD_EXCEL = "old_excel"
    NOT_READABLE = "not_readable"
    NO_COLUMNS = "no_columns"
    NO_LINES = "no_lines"
    NO_SHOP = "no_shop"
    NO_BANK = "no_bank"
    NO_FILE = "no_file"
    OTHER_COLUMNS = "other_columns"


class StatementError(AdalError):
    """A statement that cannot be used; nothing of it was taken."""

    def __init__(self, wrong: Wrong) -> None:
        super().__init__(f"This statement cannot be used: {wrong}.")
        self.wrong = wrong


def read_rows(content: bytes) -> Rows:
    """All rows that are not empty, as text.

    Raises:
        StatementError: for a file that is too large, of another kind, or has no rows.
    """
    if len(content) > FILE_SIZE_BYTES_MAX:
        raise StatementError(Wrong.TOO_LARGE)
    if content.startswith(_OLE):
        raise StatementError(Wrong.OLD_EXCEL)
    found = _xlsx_rows(content) if content.startswith(_ZIP) else _csv_rows(content)
    rows: Rows = []
    for cells in found:
        if not any(cells):
            continue
        if len(rows) == ROWS_MAX:
            raise StatementError(Wrong.TOO_MANY_ROWS)
        rows.append(cells)
    if not rows:
        raise StatementError(Wrong.EMPTY)
    return rows


def _csv_rows(content: bytes) -> Iterator[tuple[str, ...]]:
    text = _decoded(content)
    if "\x00" in text:
        raise StatementError(Wrong.NOT_READABLE)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text))
    try:
        for cells in reader:
            yield _tidy(cells)
    except csv.Error as error:
        raise StatementError(Wrong.NOT_READABLE) from error


def _decoded(content: bytes) -> str:
    """UTF-8 or UTF-16 by their marks, else UTF-8 if it is, else Windows' Cyrillic.

    Banks' programs in this country write one of these; Windows-1251 has no Kazakh letters of its
    own, but every byte means something in it or is replaced, and amounts and days are ASCII.
    """
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", "replace")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1251", "replace")


def _delimiter(text: str) -> str:
    """The one that most lines have equally often."""
    lines = [line for line in text.splitlines()[:200] if line.strip()]

    def agreement(delimiter: str) -> tuple[int, int]:
        counts = Counter(line.count(delimiter) for line in lines)
        counts.pop(0, None)
        if not counts:
            return (0, 0)
        columns, times = max(counts.items(), key=lambda pair: (pair[1], pair[0]))
        return (times, columns)

    return max(_DELIMITERS, key=agreement)


def _xlsx_rows(content: bytes) -> Iterator[tuple[str, ...]]:
    from openpyxl import load_workbook

    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            if sum(part.file_size for part in archive.infolist()) > UNPACKED_BYTES_MAX:
                raise StatementError(Wrong.TOO_LARGE)
        with warnings.catch_warnings():
            # About styles that are missing, which banks' programs leave out.
            warnings.simplefilter("ignore")
            book = load_workbook(
                io.BytesIO(content), read_only=True, data_only=True, keep_links=False
            )
            sheet = book.worksheets[0]
            # What the file says of its own size may be wrong.
            sheet.reset_dimensions()
            for cells in sheet.iter_rows(values_only=True, max_col=COLUMNS_MAX):
                yield _tidy(map(_text, cells))
    except StatementError:
        raise
    except Exception as error:
        # openpyxl raises whatever a broken file leads it into: KeyError, ValueError, XML's own.
        raise StatementError(Wrong.NOT_READABLE) from error


def _text(value: Any) -> str:
    """A cell as a person reads it; days and moments as ISO."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.isoformat(" ", "seconds")
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else f"{value:.2f}"
    return str(value)


def _tidy(cells: Iterable[str]) -> tuple[str, ...]:
    some = [cell for cell, _ in zip(cells, range(COLUMNS_MAX), strict=False)]
    return tuple(" ".join(cell[:CELL_LENGTH_MAX].split()) for cell in some)
