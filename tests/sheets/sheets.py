"""Sheets made for tests, and what comes of them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from kiosk.domain.products import Catalogue
from kiosk.sheets.faults import SheetError, Wrong
from kiosk.sheets.preview import Preview, preview
from kiosk.sheets.read import read_table
from tests.till.shop import CATALOGUE

HEADINGS = ("product_id", "name_ru", "price_tenge", "codes")


def new_id(names: Mapping[str, str], taken: Collection[str]) -> str:
    """``new-1``, ``new-2``, …"""
    return next(made for n in range(1, 10**6) if (made := f"new-{n}") not in taken)


def csv_file(folder: Path, *lines: str, encoding: str = "utf-8") -> Path:
    """A CSV file of these lines."""
    path = folder / "goods.csv"
    path.write_bytes("".join(f"{line}\r\n" for line in lines).encode(encoding))
    return path


def xlsx_file(folder: Path, *rows: Sequence[Any]) -> Path:
    """An XLSX file of these rows, as a spreadsheet program writes it."""
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    path = folder / "goods.xlsx"
    book.save(path)
    return path


def previewed(path: Path, catalogue: Catalogue = CATALOGUE) -> Preview:
    """What the file would change."""
    return preview(read_table(path), catalogue, new_id)


def refused(path: Path, catalogue: Catalogue = CATALOGUE) -> Wrong:
    """Why the file is refused as a whole; it says so in words as well."""
    with pytest.raises(SheetError) as refusal:
        previewed(path, catalogue)
    assert str(refusal.value).endswith(".")
    assert "{" not in str(refusal.value)
    return refusal.value.wrong


def faults(path: Path, catalogue: Catalogue = CATALOGUE) -> list[tuple[int, str, Wrong]]:
    """What is wrong with single cells: row, heading, why. Nothing may be applied then."""
    found = previewed(path, catalogue)
    assert found.faults
    assert not found.can_apply
    return [(fault.row, fault.column, fault.wrong) for fault in found.faults]
