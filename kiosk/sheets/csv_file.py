"""Rows from CSV as spreadsheets in Kazakhstan write it.

Excel in Russian or Kazakh separates by semicolons, and its plain "CSV" is Windows-1251, which
has no Kazakh letters: those arrive as question marks and are pointed out, never taken over.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Iterator

from kiosk.sheets.columns import columns_in
from kiosk.sheets.faults import SheetError, Wrong
from kiosk.sheets.read import (
    CELL_LENGTH_MAX,
    COLUMNS_MAX,
    PROGRESS_EVERY_ROWS,
    BadCell,
    Cell,
    Progress,
    Row,
    text_cell,
)

DELIMITERS = ";,\t"
_SEP_LINE = re.compile(r"sep=(.)\r?\n", re.IGNORECASE)
_LOST_LETTER = re.compile(r"\w\?\w|\?\w|\w\?\?")
_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_OLD_WINDOWS = "cp1251"


def csv_rows(content: bytes, progress: Progress) -> Iterator[Row]:
    """The rows of a CSV file.

    Raises:
        SheetError: when the bytes are no text.
    """
    text, encoding = _decoded(content)
    delimiter, text = _delimiter(text)
    lines = max(1, text.count("\n"))
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        for number, fields in enumerate(reader, 1):
            if number % PROGRESS_EVERY_ROWS == 0:
                progress(min(1.0, reader.line_num / lines))
            cells = tuple(_cell(field, encoding) for field in fields[:COLUMNS_MAX])
            yield Row(number, cells)
    except csv.Error as error:  # a field longer than the reader bears: a quote that never closes
        raise SheetError(Wrong.DAMAGED) from error
    progress(1.0)


def _cell(text: str, encoding: str) -> Cell:
    if encoding == _OLD_WINDOWS and _LOST_LETTER.search(text[:CELL_LENGTH_MAX]):
        return BadCell(Wrong.LETTERS_LOST, text[:40])
    return text_cell(text)


def _decoded(content: bytes) -> tuple[str, str]:
    for encoding in _encodings(content):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        text = text.removeprefix("\ufeff")
        if "\0" not in text:
            return text, encoding
    raise SheetError(Wrong.NOT_A_SHEET)


def _encodings(content: bytes) -> tuple[str, ...]:
    """What the bytes may be, the likeliest first."""
    for bom, encoding in _BOMS:
        if content.startswith(bom):
            return (encoding,)
    # Half of a UTF-16 heading's bytes are zero when it is Latin; Cyrillic ones stand in quotes or
    # between separators, which are Latin too.
    start = content[:200]
    if 0 in start:
        return ("utf-16-le", "utf-16-be") if 0 in start[1::2] else ("utf-16-be",)
    return ("utf-8", _OLD_WINDOWS)


def _delimiter(text: str) -> tuple[str, str]:
    """The separator, and the text without a line that only names it."""
    named = _SEP_LINE.match(text)
    if named:
        return named[1], text[named.end() :]
    first_line = next((line for line in text.splitlines() if line.strip(f" {DELIMITERS}")), "")
    return max(DELIMITERS, key=lambda each: _known_headings(first_line, each)), text


def _known_headings(line: str, delimiter: str) -> tuple[int, int]:
    """How many headings are understood when the line is parted so, then how many parts."""
    try:
        headings = next(csv.reader([line], delimiter=delimiter), [])
    except csv.Error:
        return 0, 0
    return len(columns_in(headings).places), len(headings)
