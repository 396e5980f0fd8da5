"""Rows as an Excel workbook, sheet after sheet, while they come.

XlsxWriter puts a workbook together when it is closed: nothing of a million rows could leave for
more than a minute, and a proxy would have hung up. A sheet is plain XML in a ZIP, so it is
written as such; tests open it again with openpyxl. Texts stand as inline strings, which no
spreadsheet takes for formulas.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Sequence
from functools import lru_cache
from typing import Any
from xml.sax.saxutils import escape

from sync.server.export.formats import LAST_MS, SHORT_LENGTH
from sync.tables import Kind, Row, Table

SHEET_ROWS_MAX = 1_048_576
"""What a sheet of Excel holds, the line with the names in it."""
CELL_LENGTH_MAX = 32_767
_LEVEL = 1
"""Of compression: the next ones take twice as long for a tenth less."""
_EXCEL_DAY_0 = 25_569
"""1970-01-01 as Excel counts days."""
_DAY_MS = 86_400_000
_KAZAKHSTAN_AHEAD_MS = 5 * 3_600_000
_NO_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_WIDTHS = {Kind.NUMBER: 12, Kind.MOMENT: 19, Kind.TEXT: 30, Kind.KEY: 18}


class XlsxWriter:
    """For people: real numbers and dates, the names held at the top, filters ready."""

    def __init__(self, table: Table) -> None:
        self._table = table
        self._out = _Stream()
        self._zip = zipfile.ZipFile(
            self._out, "w", zipfile.ZIP_DEFLATED, compresslevel=_LEVEL, allowZip64=True
        )
        self._sheets = 0
        self._rows = 0
        self._sheet: Any = None

    def start(self) -> bytes:
        """What every workbook has, and the first sheet's head."""
        self._zip.writestr("[Content_Types].xml", _CONTENT_TYPES)
        self._zip.writestr("_rels/.rels", _package_relations())
        self._zip.writestr("xl/styles.xml", _STYLES)
        self._begin_sheet()
        return self._out.taken()

    def rows(self, rows: Sequence[Row]) -> bytes:
        """Lines of the sheet; a new sheet when this one is full."""
        while rows:
            room = SHEET_ROWS_MAX - self._rows
            if not room:
                self._end_sheet()
                self._begin_sheet()
                continue
            self._write(rows[:room])
            rows = rows[room:]
        return self._out.taken()

    def end(self) -> bytes:
        """The last sheet's end, and the list of sheets."""
        self._end_sheet()
        names = [f"{self._table.name} {n}" if n > 1 else self._table.name for n in self._numbers()]
        sheets = "".join(
            f'<sheet name="{name}" sheetId="{n}" r:id="rId{n}"/>' for n, name in enumerate(names, 1)
        )
        self._zip.writestr(
            "xl/workbook.xml",
            f'{_XML}<workbook xmlns="{_MAIN}" xmlns:r="{_RELATIONS}">'
            f"<sheets>{sheets}</sheets></workbook>",
        )
        relations = "".join(
            f'<Relationship Id="rId{n}" Type="{_RELATIONS}/worksheet" Target="worksheets/{n}.xml"/>'
            for n in self._numbers()
        )
        relations += (
            f'<Relationship Id="rId{self._sheets + 1}" Type="{_RELATIONS}/styles" '
            'Target="styles.xml"/>'
        )
        self._zip.writestr("xl/_rels/workbook.xml.rels", _relations(relations))
        self._zip.close()
        return self._out.taken()

    def _numbers(self) -> range:
        return range(1, self._sheets + 1)

    def _begin_sheet(self) -> None:
        self._sheets += 1
        self._sheet = self._zip.open(f"xl/worksheets/{self._sheets}.xml", "w", force_zip64=True)
        columns = "".join(
            f'<col min="{n}" max="{n}" width="{_WIDTHS[kind]}" customWidth="1"/>'
            for n, (_, kind) in enumerate(self._table.columns, 1)
        )
        head = "".join(f'<c s="2" {_text(name)}' for name in self._table.names)
        self._sheet.write(
            f'{_XML}<worksheet xmlns="{_MAIN}"><sheetViews><sheetView workbookViewId="0">'
            '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>'
            f"</sheetView></sheetViews><cols>{columns}</cols>"
            f"<sheetData><row>{head}</row>".encode()
        )
        self._rows = 1

    def _end_sheet(self) -> None:
        last = f"{_letters(len(self._table.columns))}{self._rows}"
        self._sheet.write(f'</sheetData><autoFilter ref="A1:{last}"/></worksheet>'.encode())
        self._sheet.close()

    def _write(self, rows: Sequence[Row]) -> None:
        columns = [
            _cells(cells, kind)
            for cells, (_, kind) in zip(zip(*rows, strict=True), self._table.columns, strict=True)
        ]
        lines = map("".join, zip(*columns, strict=True))
        self._sheet.write(f"<row>{'</row><row>'.join(lines)}</row>".encode())
        self._rows += len(rows)


def _cells(cells: Sequence[Any], kind: Kind) -> list[str]:
    if kind is Kind.NUMBER:
        return ["<c/>" if x is None else f"<c><v>{x}</v></c>" for x in cells]
    if kind is Kind.MOMENT:
        return ["<c/>" if x is None else f'<c s="1"><v>{_day_number(x)}</v></c>' for x in cells]
    return ["<c/>" if x is None else f"<c {_text(x)}" for x in cells]


@lru_cache(maxsize=8192)
def _day_number(at_ms: int) -> str:
    """A moment as Excel has it: days and their parts, by the clocks of Kazakhstan."""
    days = (min(at_ms, LAST_MS) // 1000 * 1000 + _KAZAKHSTAN_AHEAD_MS) / _DAY_MS + _EXCEL_DAY_0
    return f"{days:.9f}"


def _text(text: str) -> str:
    """The rest of a cell after ``<c ``; what comes again and again is not made again."""
    return _short_text(text) if len(text) <= SHORT_LENGTH else _any_text(text)


def _any_text(text: str) -> str:
    """What XML cannot hold is left out, what Excel cannot hold is cut."""
    if len(text) > CELL_LENGTH_MAX:
        note = f"… ({len(text)})"
        text = text[: CELL_LENGTH_MAX - len(note)] + note
    if not text.isprintable():
        text = _NO_XML.sub("", text)
    return f't="inlineStr"><is><t xml:space="preserve">{escape(text)}</t></is></c>'


_short_text = lru_cache(maxsize=8192)(_any_text)


def _letters(column: int) -> str:
    """The name of a column: 1 → A, 27 → AA."""
    letters = ""
    while column:
        column, place = divmod(column - 1, 26)
        letters = chr(ord("A") + place) + letters
    return letters


def _relations(inner: str) -> str:
    return f'{_XML}<Relationships xmlns="{_PACKAGE}/relationships">{inner}</Relationships>'


def _package_relations() -> str:
    return _relations(
        f'<Relationship Id="rId1" Type="{_RELATIONS}/officeDocument" Target="xl/workbook.xml"/>'
    )


# Every other .xml of the package is a sheet, so their number need not be known at the beginning.
_CONTENT_TYPES = (
    f'{_XML}<Types xmlns="{_PACKAGE}/content-types">'
    '<Default Extension="rels" '
    'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    f'<Default Extension="xml" ContentType="{_TYPE}.worksheet+xml"/>'
    f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPE}.sheet.main+xml"/>'
    f'<Override PartName="/xl/styles.xml" ContentType="{_TYPE}.styles+xml"/>'
    "</Types>"
)
_STYLES = (
    f'{_XML}<styleSheet xmlns="{_MAIN}">'
    '<numFmts count="1"><numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd hh:mm:ss"/></numFmts>'
    '<fonts count="2"><font><sz val="11"/><name val="Calibri"/></font>'
    '<font><b/><sz val="11"/><name val="Calibri"/></font></fonts>'
    '<fills count="2"><fill><patternFill patternType="none"/></fill>'
    '<fill><patternFill patternType="gray125"/></fill></fills>'
    '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
    '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
    '<cellXfs count="3"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>'
    '<xf numFmtId="164" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>'
    '<xf numFmtId="0" fontId="1" fillId="0" borderId="0" xfId="0" applyFont="1"/></cellXfs>'
    '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles>'
    "</styleSheet>"
)


class _Stream(io.RawIOBase):
    """What a ZIP is written to: bytes go out and never come back."""

    def __init__(self) -> None:
        super().__init__()
        self._parts: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        part = bytes(data)
        self._parts.append(part)
        return len(part)

    def taken(self) -> bytes:
        """What has come since the last time."""
        data = b"".join(self._parts)
        self._parts.clear()
        return data
