"""Rows as files, piece by piece: each format gives bytes as soon as there are some.

A writer begins with ``start``, takes rows, and closes with ``end``; none of them ever looks back,
so a million rows take no more memory than a page of them, and the first byte leaves at once.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from functools import lru_cache
from typing import Any, Protocol

import msgspec

from sync.tables import BOM, Kind, Row, Table, harmless

LAST_MS = 253_402_300_799_999 - 5 * 3_600_000
"""The end of the year 9999 in Kazakhstan, the last moment that can be written."""
SHORT_LENGTH = 120
_AHEAD_S, _DAY_S = 5 * 3600, 86_400
LINE_END = "\r\n"
_NEEDS_QUOTES = re.compile('["\r\n]')
SEPARATORS = {"comma": ",", "semicolon": ";"}


class Writer(Protocol):
    """Makes a file of rows."""

    def start(self) -> bytes:
        """What stands before the first row."""

    def rows(self, rows: Sequence[Row]) -> bytes:
        """Some more rows; may give their bytes later."""

    def end(self) -> bytes:
        """What stands after the last row."""


def moment(at_ms: int) -> str:
    """ISO 8601 at UTC+5, to the second; the last hours of the year 9999 stay in it."""
    day, second = divmod(min(at_ms, LAST_MS) // 1000 + _AHEAD_S, _DAY_S)
    return _day_text(day) + _time_text(second)


@lru_cache(maxsize=8192)
def _day_text(day: int) -> str:
    return (date(1970, 1, 1) + timedelta(days=day)).isoformat()


@lru_cache(maxsize=_DAY_S)
def _time_text(second: int) -> str:
    """Sales of years fall on the same seconds of a day."""
    return f"T{second // 3600:02}:{second // 60 % 60:02}:{second % 60:02}+05:00"


class CsvWriter:
    """For spreadsheets: UTF-8 with a mark so that Excel sees it, and no formulas.

    Excel under a Kazakh or Russian Windows splits at semicolons, elsewhere at commas. Written
    column by column, since most cells need no quotes and are known not to: three times as fast
    as ``csv.writer``.
    """

    def __init__(self, table: Table, separator: str = ",") -> None:
        self._table = table
        self._separator = separator
        self._written: dict[Kind, Callable[[Any], str]] = {
            Kind.KEY: str,
            Kind.NUMBER: str,
            Kind.MOMENT: moment,
            Kind.TEXT: self._text_cell,
        }

    def start(self) -> bytes:
        """The mark and the names of the columns."""
        return (BOM + self._separator.join(self._table.names) + LINE_END).encode("utf-8")

    def rows(self, rows: Sequence[Row]) -> bytes:
        """Lines."""
        if not rows:
            return b""
        cells = _by_kind(rows, self._table, self._written, empty="")
        lines = map(self._separator.join, zip(*cells, strict=True))
        return (LINE_END.join(lines) + LINE_END).encode("utf-8", "replace")

    def end(self) -> bytes:
        """Nothing."""
        return b""

    def _text_cell(self, text: str) -> str:
        """Harmless, and in quotes where it holds what would end it."""
        text = harmless(text)
        if _NEEDS_QUOTES.search(text) or self._separator in text:
            return '"' + text.replace('"', '""') + '"'
        return text


class JsonLinesWriter:
    """For programs: one object a line."""

    def __init__(self, table: Table) -> None:
        self._table = table
        self._encoder = msgspec.json.Encoder()

    def start(self) -> bytes:
        """Nothing."""
        return b""

    def rows(self, rows: Sequence[Row]) -> bytes:
        """Lines."""
        return self._encoder.encode_lines(json_rows(self._table, rows))

    def end(self) -> bytes:
        """Nothing."""
        return b""


def json_rows(table: Table, rows: Sequence[Row]) -> list[dict[str, Any]]:
    """Rows as objects; moments in ISO 8601, empty cells left out where a line would be long."""
    cells = _by_kind(rows, table, {Kind.MOMENT: moment})
    names = table.names
    return [dict(zip(names, row, strict=True)) for row in zip(*cells, strict=True)]


def _by_kind(
    rows: Sequence[Row],
    table: Table,
    written: dict[Kind, Callable[[Any], str]],
    empty: str | None = None,
) -> list[Sequence[Any]]:
    """The cells column by column, those of some kinds as they are written."""
    if not rows:
        return [()] * len(table.columns)
    columns: list[Sequence[Any]] = []
    last: dict[Kind, tuple[Sequence[Any], Sequence[Any]]] = {}
    for cells, (_, kind) in zip(zip(*rows, strict=True), table.columns, strict=True):
        write = written.get(kind)
        if write is None:
            columns.append(cells)
            continue
        same, texts = last.get(kind, (None, ()))
        if same != cells:
            # Most cells of a column stand there again and again: each different one is written
            # once. And mostly no clock was set: then both times are one column.
            made: dict[Any, str | None] = {x: write(x) for x in set(cells) if x is not None}
            made[None] = empty
            texts = [made[x] for x in cells]
            last[kind] = (cells, texts)
        columns.append(texts)
    return columns
