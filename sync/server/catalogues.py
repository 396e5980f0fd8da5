"""Catalogue versions: read from a CSV, kept as the very bytes that kiosks get."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping

import msgspec
from sqlalchemy import Connection, func, insert, select

from kiosk.domain.barcode import check_digit
from kiosk.domain.errors import AdalError, CatalogueError, MoneyError, ProductError
from kiosk.domain.money import parse_tenge
from kiosk.domain.products import CATEGORIES, Catalogue, Product, Status
from sync.server.schema import catalogue_version
from sync.wire import CATALOGUE_SIZE_BYTES_MAX, CatalogueDocument, ProductMessage

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
LANGUAGES = ("kk", "ru", "en")
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


def put(connection: Connection, products: Iterable[Product], now_ms: int) -> int:
    """Keeps a catalogue as the next version; kiosks take it at their next contact.

    Raises:
        CatalogueError: when it is too large to travel.
    """
    version = current_version(connection) + 1
    document = msgspec.json.encode(
        CatalogueDocument(version, [ProductMessage.from_product(p) for p in products])
    )
    if len(document) > CATALOGUE_SIZE_BYTES_MAX:
        raise CatalogueError(
            f"The catalogue has {len(document)} bytes; {CATALOGUE_SIZE_BYTES_MAX} can travel."
        )
    connection.execute(
        insert(catalogue_version).values(version=version, document=document, created_ms=now_ms)
    )
    return version


def current_version(connection: Connection) -> int:
    """The newest version; 0 before the first."""
    newest = connection.execute(select(func.max(catalogue_version.c.version))).scalar_one()
    return 0 if newest is None else int(newest)


def current_document(connection: Connection) -> tuple[int, bytes] | None:
    """The newest version and its bytes."""
    row = connection.execute(
        select(catalogue_version.c.version, catalogue_version.c.document)
        .order_by(catalogue_version.c.version.desc())
        .limit(1)
    ).one_or_none()
    return None if row is None else (row.version, bytes(row.document))


def _product(row: Mapping[str | None, str | None]) -> Product:
    if None in row:
        raise ProductError("more cells than the first row has; quote texts with commas.")
    cells = {name: (row[name] or "").strip() for name in COLUMNS}
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
    )


def _contradictions(products: Iterable[Product]) -> list[str]:
    """What is wrong between rows: an id or a barcode that stands twice."""
    try:
        Catalogue(0, products)
    except ProductError as error:
        return [str(error)]
    return []
