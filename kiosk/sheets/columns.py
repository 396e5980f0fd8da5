"""What stands in which column: headings as people write them, in three languages.

The words live here and not with the screens' texts: a file must be understood in whichever
language it was made, not in the one that is on.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from kiosk.domain.products import Status
from kiosk.sheets.faults import SheetError, Wrong


class Column(StrEnum):
    """A column that is understood; the value is its heading for machines."""

    ID = "product_id"
    NAME_KK = "name_kk"
    NAME_RU = "name_ru"
    NAME_EN = "name_en"
    PRICE = "price_tenge"
    CATEGORY = "category"
    CODES = "codes"
    CASES = "cases"
    PICTURE = "picture"
    STATUS = "status"
    STOCK = "stock"
    """Written for people; never read, for stock changes by counting and restocking."""


NAMES = {Column.NAME_KK: "kk", Column.NAME_RU: "ru", Column.NAME_EN: "en"}
"""Columns of names and their languages."""

TITLES: Mapping[str, Mapping[Column, str]] = {
    "kk": {
        Column.ID: "Тауар ID",
        Column.NAME_KK: "Атауы (қазақша)",
        Column.NAME_RU: "Атауы (орысша)",
        Column.NAME_EN: "Атауы (ағылшынша)",
        Column.PRICE: "Бағасы",
        Column.CATEGORY: "Санаты",
        Column.CODES: "Штрих-код",
        Column.CASES: "Қорап коды = дана",
        Column.PICTURE: "Суреті",
        Column.STATUS: "Күйі",
        Column.STOCK: "Қалдық",
    },
    "ru": {
        Column.ID: "Идентификатор",
        Column.NAME_KK: "Название (казахский)",
        Column.NAME_RU: "Название (русский)",
        Column.NAME_EN: "Название (английский)",
        Column.PRICE: "Цена",
        Column.CATEGORY: "Категория",
        Column.CODES: "Штрихкод",
        Column.CASES: "Код упаковки = штук",
        Column.PICTURE: "Картинка",
        Column.STATUS: "Состояние",
        Column.STOCK: "Остаток",
    },
    "en": {column: column.value for column in Column},
}
"""Headings by language, as they are written."""

_MORE: Mapping[Column, Sequence[str]] = {
    Column.ID: ("id", "product id", "ID товара", "тауар коды"),
    Column.NAME_KK: ("қазақша", "атауы", "тауар", "на казахском", "name in Kazakh", "атауы kk"),
    Column.NAME_RU: ("название", "наименование", "товар", "на русском", "name in Russian"),
    Column.NAME_EN: ("name", "на английском", "ағылшынша", "name in English"),
    Column.PRICE: ("price", "баға", "цена тг", "цена тенге", "бағасы тг", "стоимость"),
    Column.CATEGORY: ("санат", "раздел", "группа"),
    Column.CODES: ("code", "barcode", "barcodes", "штрихкоды", "штрихкодтар", "EAN", "GTIN"),
    Column.CASES: ("case", "қораптар", "упаковки", "коробки", "код упаковки"),
    Column.PICTURE: ("сурет", "фото", "изображение"),
    Column.STATUS: ("күй", "статус", "мәртебе"),
    Column.STOCK: ("қалдығы", "количество", "саны", "quantity"),
}

STATUS_WORDS: Mapping[str, Mapping[Status, str]] = {
    "kk": {
        Status.ON_SALE: "сатылымда",
        Status.SOLD_OUT: "таусылды",
        Status.HIDDEN: "жасырын",
        Status.NOT_FOR_SALE: "сатылмайды",
    },
    "ru": {
        Status.ON_SALE: "в продаже",
        Status.SOLD_OUT: "закончился",
        Status.HIDDEN: "скрыт",
        Status.NOT_FOR_SALE: "не продаётся",
    },
    "en": {status: status.value for status in Status},
}
CATEGORY_WORDS: Mapping[str, Mapping[str, str]] = {
    "kk": {
        "drinks": "Сусындар",
        "snacks": "Тіскебасар",
        "sweets": "Тәттілер",
        "bakery": "Нан-тоқаш",
        "household": "Тұрмыстық",
        "stationery": "Кеңсе тауары",
        "other": "Басқа",
    },
    "ru": {
        "drinks": "Напитки",
        "snacks": "Снеки",
        "sweets": "Сладости",
        "bakery": "Выпечка",
        "household": "Для дома",
        "stationery": "Канцтовары",
        "other": "Другое",
    },
}

_NOT_WORDS = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True)
class Columns:
    """Where each understood column stands (from 0), and headings that say nothing to us."""

    places: Mapping[Column, int]
    not_read: tuple[str, ...]
    twice: tuple[str, str] | None = None


def columns_in(headings: Sequence[str]) -> Columns:
    """Understands a row of headings; the case, spaces and signs in them do not matter."""
    places: dict[Column, int] = {}
    not_read: list[str] = []
    twice: tuple[str, str] | None = None
    for place, heading in enumerate(headings):
        column = _BY_WORD.get(plain(heading))
        if column is None or column is Column.STOCK:
            not_read += [heading.strip()] if heading.strip() else []
        elif column in places:
            twice = twice or (headings[places[column]], heading)
        else:
            places[column] = place
    return Columns(places, tuple(not_read), twice)


def required(columns: Columns, language: str = "en") -> None:
    """Refuses a sheet that cannot say which goods it is about, or what they cost.

    Args:
        columns: what was found.
        language: missing headings are named in it.

    Raises:
        SheetError: naming the column that is missing or doubled.
    """
    titles = TITLES.get(language, TITLES["en"])
    if columns.twice is not None:
        first, second = columns.twice
        raise SheetError(Wrong.COLUMN_TWICE, first=first, second=second)
    if not columns.places.keys() & {Column.ID, Column.CODES, *NAMES}:
        name = {code: column for column, code in NAMES.items()}.get(language, Column.NAME_EN)
        raise SheetError(Wrong.NO_NAMING_COLUMN, column=titles[name])
    if Column.PRICE not in columns.places:
        raise SheetError(Wrong.NO_PRICE_COLUMN, column=titles[Column.PRICE])


def plain(text: str) -> str:
    """A heading or a word as it is compared: small letters and digits alone."""
    return _NOT_WORDS.sub("", text.casefold().replace("ё", "е"))


def _by_word() -> dict[str, Column]:
    words: dict[str, Column] = {}
    for titles in TITLES.values():
        words |= {plain(title): column for column, title in titles.items()}
    for column, more in _MORE.items():
        words |= {plain(word): column for word in (*more, column.value)}
    return words


_BY_WORD = _by_word()
