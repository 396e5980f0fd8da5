"""What can be wrong with a sheet, and the sentences that say what to do about it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum, auto

from kiosk.domain.errors import N_, AdalError


class Wrong(Enum):
    """Everything that a sheet is refused for."""

    # The file as a whole.
    TOO_LARGE = auto()
    NOT_READABLE = auto()
    NOT_WRITABLE = auto()
    NOT_A_SHEET = auto()
    OLD_EXCEL = auto()
    PROTECTED = auto()
    OPEN_DOCUMENT = auto()
    DAMAGED = auto()
    UNPACKS_TOO_LARGE = auto()
    EMPTY = auto()
    TOO_MANY_ROWS = auto()
    NO_PRICE_COLUMN = auto()
    NO_NAMING_COLUMN = auto()
    COLUMN_TWICE = auto()
    TOO_MUCH_AT_ONCE = auto()
    STOPPED = auto()
    # One cell.
    FORMULA = auto()
    CELL_ERROR = auto()
    A_DATE = auto()
    TOO_LONG = auto()
    LETTERS_LOST = auto()
    PRICE_MISSING = auto()
    PRICE_WRONG = auto()
    CODE_SHORTENED = auto()
    CODE_WRONG = auto()
    CODE_OF_CASE = auto()
    CODE_NOT_OF_CASE = auto()
    CASE_WRONG = auto()
    STATUS_WRONG = auto()
    CATEGORY_WRONG = auto()
    ID_WRONG = auto()
    PICTURE_WRONG = auto()
    # A row against other rows and the catalogue.
    NAME_MISSING = auto()
    CODE_IN_TWO_ROWS = auto()
    CODE_TAKEN = auto()
    PRODUCT_IN_TWO_ROWS = auto()
    SEVERAL_PRODUCTS = auto()
    SEVERAL_OF_THAT_NAME = auto()


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong, and where.

    ``row``: as the spreadsheet numbers it, from 1. ``column``: its heading, as written there.
    """

    row: int
    column: str
    wrong: Wrong
    values: Mapping[str, object] = field(default_factory=dict)


class SheetError(AdalError):
    """A file that is refused as a whole; its message is the English sentence."""

    advice = N_("The table cannot be used. Save it once more as XLSX.")

    def __init__(self, wrong: Wrong, **values: object) -> None:
        super().__init__(sentence(wrong, values))
        self.wrong = wrong
        self.values = values


def sentence(
    wrong: Wrong, values: Mapping[str, object], _: Callable[[str], str] = lambda text: text
) -> str:
    """What is wrong and what to do, in the language into which ``_`` translates."""
    sentences = {
        Wrong.TOO_LARGE: _(
            "The file is too large: {size_mb} MB, at most {size_mb_max} MB. "
            "Keep only the table of goods in it, without pictures."
        ),
        Wrong.NOT_READABLE: _("The file cannot be read: {reason}. Put the stick in again."),
        Wrong.NOT_WRITABLE: _(
            "The file cannot be written: {reason}. Free some space or take another stick."
        ),
        Wrong.NOT_A_SHEET: _("This is no table. Save it as XLSX or CSV."),
        Wrong.OLD_EXCEL: _("This is an old Excel file (XLS). Open it and save it as XLSX."),
        Wrong.PROTECTED: _("The file is protected by a password. Save it without one."),
        Wrong.OPEN_DOCUMENT: _("This is an OpenDocument file. Open it and save it as XLSX."),
        Wrong.DAMAGED: _("The file is damaged. Save it once more and copy it to the stick again."),
        Wrong.UNPACKS_TOO_LARGE: _(
            "The file unpacks to {size_mb} MB, at most {size_mb_max} MB. "
            "Copy the table of goods into a new file."
        ),
        Wrong.EMPTY: _("There are no goods in this file: a row of headings, then one row each."),
        Wrong.TOO_MANY_ROWS: _("There are more than {rows_max} rows. Split the sheet in two."),
        Wrong.NO_PRICE_COLUMN: _("There is no column with prices. Call it “{column}”."),
        Wrong.NO_NAMING_COLUMN: _(
            "There is no column that says which goods they are. Call it “{column}”."
        ),
        Wrong.COLUMN_TWICE: _("Two columns mean the same: “{first}” and “{second}”. Remove one."),
        Wrong.TOO_MUCH_AT_ONCE: _("Too much changes at once. Split the sheet in two."),
        Wrong.STOPPED: _("Stopped. Nothing was changed."),
        Wrong.FORMULA: _("A formula. Copy the cell and paste it as a value."),
        Wrong.CELL_ERROR: _("The cell holds an error: {text}. Type the value."),
        Wrong.A_DATE: _("The spreadsheet made a date of it. Format the cell as text, type again."),
        Wrong.TOO_LONG: _("Too long: {length} letters, at most {length_max}."),
        Wrong.LETTERS_LOST: _("“{text}” lost its Kazakh letters. Save the file as XLSX."),
        Wrong.PRICE_MISSING: _("The price is missing."),
        Wrong.PRICE_WRONG: _("“{text}” is no whole price in tenge. Write it like 350."),
        Wrong.CODE_SHORTENED: _(
            "“{text}”: the spreadsheet shortened the barcode. "
            "Format the cell as text and type the code again."
        ),
        Wrong.CODE_WRONG: _("“{text}” is no barcode: a digit is wrong or missing."),
        Wrong.CODE_OF_CASE: _("{text} is the code of a whole case. Write it under cases."),
        Wrong.CODE_NOT_OF_CASE: _("{text} is no case's code. Write it under barcodes."),
        Wrong.CASE_WRONG: _("“{text}”: write the case's code and its pieces, like {example}."),
        Wrong.STATUS_WRONG: _("“{text}” is not known here. Write one of these: {words}."),
        Wrong.CATEGORY_WRONG: _("“{text}” is not known here. Write one of these: {words}."),
        Wrong.ID_WRONG: _("“{text}”: only Latin letters, digits, dots and dashes, at most 64."),
        Wrong.PICTURE_WRONG: _("“{text}” is no picture's name. Write it like {example}."),
        Wrong.NAME_MISSING: _("New goods need a name."),
        Wrong.CODE_IN_TWO_ROWS: _("Barcode {code} stands in row {other} too."),
        Wrong.CODE_TAKEN: _("Barcode {code} belongs to other goods: {name}."),
        Wrong.PRODUCT_IN_TWO_ROWS: _("The same goods stand in row {other} too."),
        Wrong.SEVERAL_PRODUCTS: _("The barcodes belong to different goods: {ids}."),
        Wrong.SEVERAL_OF_THAT_NAME: _("Several goods bear this name. Fill in their id: {ids}."),
    }
    return sentences[wrong].format(**values)
