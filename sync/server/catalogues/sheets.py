"""The catalogue as a table: CSV and XLSX read all or nothing, and written."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterable, Mapping

from kiosk.domain.barcode import check_digit
from kiosk.domain.errors import AdalError, CatalogueError, MoneyError, ProductError
from kiosk.domain.money import parse_tenge
from kiosk.domain.products import CATEGORIES, Catalogue, Product, Status
from sync.server.problems import ProblemError
from sync.wire import ProductMessage

COLUMNS = (
    "product_id",
    "name_kk",
    "name_ru",
    "name_en",
    "price_tenge",
    "category",
    "codes",
    "picture",
    "status",
)
COLUMNS_WRITTEN = (*COLUMNS, "cases")
"""``cases`` may be left out: then a product keeps those it has."""
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
LANGUAGES = ("kk", "ru", "en")
_ZIP = b"PK\x03\x04"
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
_XLSX_UNPACKED_BYTES_MAX = 100 * 1024 * 1024
_XLSX_COLUMNS_MAX = 40
_GTIN_LENGTHS = (8, 12, 13, 14)
_FAULTS_SHOWN_MAX = 20


def read_csv(data: bytes) -> list[Product]:
    """Reads a catalogue sheet: all of it or nothing.

    Args:
        data: UTF-8 text with or without a byte order mark; columns ``COLUMNS``, split by commas
            or semicolons. ``codes`` are printed digits split by spaces.

    Raises:
        CatalogueError: naming each row that is wrong and what is wrong with it.
    """
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise CatalogueError("The sheet is not UTF-8; save it as 'CSV UTF-8'.") from error
    header = text.partition("\n")[0]
    delimiter = ";" if header.count(";") > header.count(",") else ","
    reader = csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    missing = [name for name in COLUMNS if name not in (reader.fieldnames or ())]
    if missing:
        raise CatalogueError(f"The sheet's first row lacks: {', '.join(missing)}.")
    products, faults = [], []
    try:
        for row in reader:
            try:
                products.append(_product(row))
            except AdalError as error:
                faults.append(f"row {reader.line_num}: {error}")
    except csv.Error as error:
        raise CatalogueError(f"The sheet breaks off near row {reader.line_num}: {error}") from error
    if not faults:
        faults = _contradictions(products)
    if faults:
        more = len(faults) - _FAULTS_SHOWN_MAX
        shown = [*faults[:_FAULTS_SHOWN_MAX], *([f"and {more} more"] if more > 0 else [])]
        raise CatalogueError("Nothing was changed. Mend these rows:\n  " + "\n  ".join(shown))
    if not products:
        raise CatalogueError("The sheet has no products; nothing was changed.")
    return products


def gtin14(digits: str) -> str:
    """Printed digits (EAN-8, UPC-A, EAN-13, GTIN-14) as GTIN-14, once the check digit is right.

    Raises:
        ProductError: for anything else.
    """
    if not (digits.isascii() and digits.isdigit() and len(digits) in _GTIN_LENGTHS):
        raise ProductError(f"{digits!r} is no barcode number; 8, 12, 13 or 14 digits are.")
    if digits[-1] != check_digit(digits[:-1]) or not digits.strip("0"):
        raise ProductError(f"{digits} has a wrong last digit; read it off the pack again.")
    return digits.zfill(14)


def read_sheet(data: bytes) -> list[Product]:
    """Reads a CSV or an XLSX, told apart by what it is.

    Raises:
        CatalogueError: see :func:`read_csv`.
    """
    if not data:
        raise CatalogueError("sheet")
    return read_csv(_xlsx_as_csv(data) if data.startswith(_ZIP) else data)


def written(products: Iterable[ProductMessage], kind: str) -> tuple[bytes, str]:
    """The products as a file and its media type; ``kind`` is ``csv`` or ``xlsx``.

    Raises:
        ProblemError: ``not_found`` for another kind.
    """
    rows = [_row(product) for product in products]
    if kind == "csv":
        text = io.StringIO(newline="")
        csv.writer(text).writerows([COLUMNS_WRITTEN, *rows])
        # The mark tells Excel that it is UTF-8.
        return text.getvalue().encode("utf-8-sig"), "text/csv; charset=utf-8"
    if kind != "xlsx":
        raise ProblemError("not_found", "There is no such file.")
    import xlsxwriter  # late: the server starts without it

    made = io.BytesIO()
    with xlsxwriter.Workbook(made, {"in_memory": True, "strings_to_formulas": False}) as book:
        sheet = book.add_worksheet("products")
        for number, row in enumerate([COLUMNS_WRITTEN, *rows]):
            for column, value in enumerate(row):
                if isinstance(value, int):
                    sheet.write_number(number, column, value)
                else:
                    sheet.write_string(number, column, value)
        sheet.freeze_panes(1, 0)
        sheet.set_column(0, 3, 26)
    return made.getvalue(), XLSX_TYPE


def cases_of(text: str) -> dict[str, int]:
    """``14870001157934=24`` and more of them, split by spaces: case code and pieces in it.

    Raises:
        ProductError: for anything else.
    """
    cases = {}
    for part in text.split():
        code, _, pieces = part.partition("=")
        if not (pieces.isascii() and pieces.isdigit() and 0 < len(pieces) < 6 and int(pieces)):
            raise ProductError(f"{part!r} is no case; write its code, = and how many are in it.")
        cases[gtin14(code)] = int(pieces)
    return cases


def printed(gtin: str) -> str:
    """A GTIN-14 as it stands on the pack: without the zeros that fill it up."""
    for length in (8, 12, 13):
        if gtin[:-length] == "0" * (14 - length):
            return gtin[-length:]
    return gtin


def _row(product: ProductMessage) -> list[str | int]:
    names = (product.names.get(language, "") for language in LANGUAGES)
    return [
        _defused(product.product_id),
        *(_defused(name) for name in names),
        product.price_tenge,
        product.category,
        " ".join(printed(code) for code in product.codes),
        product.picture or "",
        product.status.value,
        " ".join(f"{printed(code)}={count}" for code, count in product.cases.items()),
    ]


def _defused(text: str) -> str:
    """No cell begins like a formula."""
    return f"'{text}" if text.startswith(_FORMULA_STARTS) else text


def _meant(text: str) -> str:
    return text[1:] if text.startswith("'") and text[1:].startswith(_FORMULA_STARTS) else text


def _xlsx_as_csv(data: bytes) -> bytes:
    """The first sheet's cells as text, so that both kinds are checked by the same rules."""
    import openpyxl  # late: the server starts without it

    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            if sum(part.file_size for part in archive.infolist()) > _XLSX_UNPACKED_BYTES_MAX:
                raise CatalogueError("sheet_size")
        book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True)
        text = io.StringIO(newline="")
        writer = csv.writer(text)
        for row in book.worksheets[0].iter_rows(max_col=_XLSX_COLUMNS_MAX, values_only=True):
            if any(value is not None for value in row):
                writer.writerow([_cell(value) for value in row])
        book.close()
    except CatalogueError:
        raise
    except Exception as error:  # openpyxl raises nearly anything for a damaged file
        raise CatalogueError("sheet") from error
    return text.getvalue().encode()


def _cell(value: object) -> str:
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return "" if value is None else str(value)


def _product(row: Mapping[str | None, str | None]) -> Product:
    if None in row:
        raise ProductError("more cells than the first row has; quote texts with commas.")
    cells = {name: _meant((row.get(name) or "").strip()) for name in COLUMNS_WRITTEN}
    status = cells["status"] or Status.ON_SALE.value
    if status not in list(Status):
        raise ProductError(f"status {status!r} is none of {', '.join(Status)}.")
    category = cells["category"] or "other"
    if category not in CATEGORIES:
        raise ProductError(f"category {category!r} is none of {', '.join(CATEGORIES)}.")
    try:
        price_tenge = parse_tenge(cells["price_tenge"])
    except MoneyError as error:
        raise ProductError(f"price_tenge: {error}") from error
    return Product(
        product_id=cells["product_id"],
        names={lang: name for lang in LANGUAGES if (name := cells[f"name_{lang}"])},
        price_tenge=price_tenge,
        category=category,
        codes=tuple(gtin14(digits) for digits in cells["codes"].split()),
        picture=cells["picture"] or None,
        status=Status(status),
        cases=cases_of(cells["cases"]),
    )


def _contradictions(products: Iterable[Product]) -> list[str]:
    """What is wrong between rows: an id or a barcode that stands twice."""
    try:
        Catalogue(0, products)
    except ProductError as error:
        return [str(error)]
    return []
