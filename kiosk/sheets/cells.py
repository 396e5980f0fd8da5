"""What one cell means, and how a value is written into one.

Reading and writing stand side by side, because a file that was written and read again must
change nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping

from kiosk.domain.barcode import CodeKind, Symbology, read_code
from kiosk.domain.errors import AdalError, BarcodeError, MoneyError
from kiosk.domain.money import parse_tenge
from kiosk.domain.products import CATEGORIES, Status
from kiosk.sheets.columns import CATEGORY_WORDS, STATUS_WORDS, plain
from kiosk.sheets.faults import Wrong

LIST_SEPARATOR = " | "
"""Between several codes of a cell: no comma or semicolon, which part columns and numbers."""
CASE_EXAMPLE = "14870001157934=12"
PICTURE_EXAMPLE = "chips"
PIECES_IN_CASE_MAX = 10_000

_UNWRITABLE = re.compile("[\x00-\x1f\x7f-\x9f\ufffe\uffff]")
"""What breaks a line, or cannot stand in XML at all."""
_DANGEROUS = re.compile(r"'*[=+\-@\t\r]")
_DEFUSED = re.compile(r"'+[=+\-@\t\r]")
_TENGE_WORD = re.compile(r"(?:тг\.?|тенге|теңге|kzt)$", re.IGNORECASE)
_NO_TIYN = re.compile(r"[.,]0{1,2}$")
_SHORTENED = re.compile(r"[+-]?\d+(?:[.,]\d+)?e[+-]?\d+", re.IGNORECASE)
_ONE_OF_A_LIST = re.compile(r"[|;,\n]+")
_CASE = re.compile(r"([\d\s-]+)[=:×xх*]\s*(\d{1,6})", re.IGNORECASE)
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_PICTURE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,79}")
_GTIN14_LENGTH = 14
_EAN13_LENGTH = 13
_EAN8_LENGTH = 8


class CellError(AdalError):
    """A cell that does not mean what its column holds; says why."""

    def __init__(self, wrong: Wrong, **values: object) -> None:
        super().__init__(wrong.name)
        self.wrong = wrong
        self.values = values


# --- text ---


def tidy(text: str) -> str:
    """Text as a cell can hold it: one line, nothing around it."""
    return _UNWRITABLE.sub(" ", text).strip()


def defused(text: str) -> str:
    """Text that no spreadsheet takes for a formula; :func:`meant` gives it back."""
    return f"'{text}" if _DANGEROUS.match(text) else text


def meant(text: str) -> str:
    """The text behind the apostrophe that :func:`defused` put before it."""
    return text[1:] if _DEFUSED.match(text) else text


# --- price ---


def price_in(text: str) -> int:
    """``350``, ``1 250 ₸``, ``350,00`` and ``350 тг`` → whole tenge.

    Raises:
        CellError: when there is none, or it is no whole amount.
    """
    if not text:
        raise CellError(Wrong.PRICE_MISSING)
    amount = _TENGE_WORD.sub("", text.replace("\u202f", " ").strip()).strip(" ₸\u00a0")
    try:
        return parse_tenge(_NO_TIYN.sub("", amount))
    except MoneyError as error:
        raise CellError(Wrong.PRICE_WRONG, text=text[:40]) from error


# --- codes ---


def codes_in(text: str, known: Callable[[str], object]) -> tuple[str, ...]:
    """The unit barcodes of a cell as GTIN-14s.

    Args:
        text: one or several, parted by ``|``, commas, semicolons or line breaks.
        known: whether the catalogue has a GTIN-14; what it has is right however it was made.

    Raises:
        CellError: for the first that is none.
    """
    if _SHORTENED.fullmatch(text):  # its comma is a decimal one
        raise CellError(Wrong.CODE_SHORTENED, text=text)
    found = (_code_in(part, known, of_case=False) for part in _parts(text))
    return tuple(dict.fromkeys(found))


def cases_in(text: str, known: Callable[[str], object]) -> dict[str, int]:
    """``14870001157934=12 | …`` → pieces by the GTIN-14 of their case.

    Raises:
        CellError: for the first that is no such pair.
    """
    cases: dict[str, int] = {}
    for part in _parts(text):
        pair = _CASE.fullmatch(part)
        pieces = int(pair[2]) if pair else 0
        if pair is None or not 1 <= pieces <= PIECES_IN_CASE_MAX:
            raise CellError(Wrong.CASE_WRONG, text=part[:40], example=CASE_EXAMPLE)
        cases[_code_in(pair[1], known, of_case=True)] = pieces
    return cases


def codes_text(codes: Collection[str]) -> str:
    """Barcodes as they are printed on packs."""
    return LIST_SEPARATOR.join(_printed(code) for code in codes)


def cases_text(cases: Mapping[str, int]) -> str:
    """Cases and what is in them."""
    return LIST_SEPARATOR.join(f"{_printed(code)}={pieces}" for code, pieces in cases.items())


def _parts(text: str) -> Iterator[str]:
    return (part.strip() for part in _ONE_OF_A_LIST.split(text) if part.strip())


def _code_in(text: str, known: Callable[[str], object], *, of_case: bool) -> str:
    padded = re.sub(r"[\s-]", "", text).zfill(_GTIN14_LENGTH)
    if known(padded):
        return padded
    if _SHORTENED.fullmatch(text):
        raise CellError(Wrong.CODE_SHORTENED, text=text[:40])
    try:
        code = read_code(Symbology.TYPED, text)[0]
    except BarcodeError as error:
        raise CellError(Wrong.CODE_WRONG, text=text[:40]) from error
    if (code.kind is CodeKind.CASE) != of_case:
        raise CellError(
            Wrong.CODE_NOT_OF_CASE if of_case else Wrong.CODE_OF_CASE, text=_printed(code.gtin14)
        )
    return code.gtin14


def _printed(gtin14: str) -> str:
    """Without the zeros that are on no pack; :func:`codes_in` puts them back."""
    if len(gtin14) != _GTIN14_LENGTH:
        return gtin14
    for length in (_EAN8_LENGTH, _EAN13_LENGTH):
        if not gtin14[:-length].strip("0"):
            return gtin14[-length:]
    return gtin14


# --- words ---


def status_in(text: str) -> Status:
    """A status in any of the languages.

    Raises:
        CellError: for a word that is none.
    """
    status = _STATUS_BY_WORD.get(plain(text))
    if status is None:
        raise CellError(Wrong.STATUS_WRONG, text=text[:40], words=", ".join(Status))
    return status


def category_in(text: str) -> str:
    """A category in any of the languages.

    Raises:
        CellError: for a word that is none; a slip of the pen must not make a new category.
    """
    category = _CATEGORY_BY_WORD.get(plain(text))
    if category is None:
        raise CellError(Wrong.CATEGORY_WRONG, text=text[:40], words=", ".join(CATEGORIES))
    return category


def status_text(status: Status, language: str) -> str:
    """The status in words."""
    return STATUS_WORDS.get(language, STATUS_WORDS["en"])[status]


def category_text(category: str, language: str) -> str:
    """The category in words; an unknown one as the catalogue has it."""
    return CATEGORY_WORDS.get(language, {}).get(category, category)


def id_in(text: str) -> str:
    """A new product's id.

    Raises:
        CellError: when it has signs that do not belong in one.
    """
    if not _ID.fullmatch(text):
        raise CellError(Wrong.ID_WRONG, text=text[:40])
    return text


def picture_in(text: str) -> str | None:
    """The stem of a picture's file, None for none.

    Raises:
        CellError: for anything that could lead elsewhere on the disk.
    """
    if text and not _PICTURE.fullmatch(text):
        raise CellError(Wrong.PICTURE_WRONG, text=text[:40], example=PICTURE_EXAMPLE)
    return text or None


_STATUS_BY_WORD = {
    plain(word): status for words in STATUS_WORDS.values() for status, word in words.items()
}
_CATEGORY_BY_WORD = {
    plain(word): category
    for words in (*CATEGORY_WORDS.values(), {name: name for name in CATEGORIES})
    for category, word in words.items()
}
