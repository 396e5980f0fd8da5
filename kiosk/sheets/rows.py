"""One row of a sheet: which product it is about, and what becomes of that."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from kiosk.domain.products import CATEGORIES, Catalogue, Product, Status
from kiosk.sheets import cells
from kiosk.sheets.cells import CellError, tidy
from kiosk.sheets.columns import NAMES, Column
from kiosk.sheets.faults import Wrong
from kiosk.sheets.read import CELL_LENGTH_MAX, Cell, Row

T = TypeVar("T")
OTHER = "other"
NAME_LENGTH_MAX = 200
"""More fits no tag and no screen; names that the catalogue has already may be longer."""


class Known:
    """What the catalogue holds, found as cells write it."""

    def __init__(self, catalogue: Catalogue) -> None:
        self.catalogue = catalogue
        self.by_id = {tidy(product.product_id): product for product in catalogue.products}
        self.categories = {tidy(name): name for name in CATEGORIES}
        self.without_codes: dict[str, list[Product]] = {}
        for product in catalogue.products:
            self.categories.setdefault(tidy(product.category), product.category)
            for name in () if product.codes else {name_key(n) for n in product.names.values()}:
                self.without_codes.setdefault(name, []).append(product)


@dataclass(frozen=True, slots=True)
class CellFault:
    """What is wrong with one cell of a row."""

    column: Column
    wrong: Wrong
    values: Mapping[str, object]


class RowReader:
    """Reads one row; everything wrong with it is in ``faults`` afterwards, not only the first."""

    def __init__(self, row: Row, places: Mapping[Column, int], known: Known) -> None:
        self.number = row.number
        self.faults: list[CellFault] = []
        self._row = row
        self._places = places
        self._known = known
        self._bad: set[Column] = set()
        self.wanted_id = self._text(Column.ID)
        catalogue = known.catalogue
        no_codes: tuple[str, ...] = ()
        no_cases: dict[str, int] = {}
        self._codes = self._take(
            Column.CODES, lambda text: cells.codes_in(text, catalogue.by_code), no_codes
        )
        self._cases = self._take(
            Column.CASES, lambda text: cells.cases_in(text, catalogue.by_case), no_cases
        )
        self._names = {NAMES[column]: self._text(column) for column in NAMES if self._has(column)}

    @property
    def names(self) -> dict[str, str]:
        """The names in the row, by language; none that are empty."""
        return {language: name for language, name in self._names.items() if name}

    @property
    def is_nameless(self) -> bool:
        """Whether neither an id nor a barcode says which goods these are."""
        return not (self.wanted_id or self._codes or self._cases)

    def owner(self) -> Product | None:
        """The product that the row is about; None for a new one, or after a fault."""
        if self.wanted_id:
            return self._known.by_id.get(self.wanted_id)
        if self.is_nameless:
            return self._only_one_of(self._of_that_name(), Column.ID, Wrong.SEVERAL_OF_THAT_NAME)
        catalogue = self._known.catalogue
        owners = [catalogue.by_code(code) for code in self._codes]
        owners += [catalogue.by_case(code) for code in self._cases]
        found = {owner.product_id: owner for owner in owners if owner is not None}
        return self._only_one_of(found, Column.CODES, Wrong.SEVERAL_PRODUCTS)

    def _is_new_gift(self, before: Product | None) -> bool:
        """Nothing becomes free by a slip in a table; what is free already may stay so."""
        is_said = Column.PRICE not in self._bad and not self.faults
        return is_said and (before is None or before.price_tenge > 0)

    def product(self, before: Product | None, make_id: Callable[[], str]) -> Product | None:
        """The product as the row wants it; None after a fault."""
        names = self._all_names(before)
        price_tenge = self._take(Column.PRICE, cells.price_in, 0)
        if price_tenge == 0 and self._is_new_gift(before):
            self._note(Column.PRICE, Wrong.PRICE_WRONG, text="0")
        category = self._category(before)
        picture = self._picture(before)
        status = self._status(before)
        if before is None and self.wanted_id:
            self._take(Column.ID, cells.id_in, "")
        if not names:
            first = next((column for column in NAMES if self._has(column)), Column.ID)
            self._note(first, Wrong.NAME_MISSING)
        if self.faults:
            return None
        return Product(
            before.product_id if before else self.wanted_id or make_id(),
            names,
            price_tenge,
            category,
            self._all_codes(before),
            picture,
            status,
            self._all_cases(before),
        )

    # --- fields ---

    def _all_names(self, before: Product | None) -> dict[str, str]:
        old = dict(before.names) if before else {}
        for language, name in self._names.items():
            if name == tidy(old.get(language, "")):
                continue
            if len(name) > NAME_LENGTH_MAX:
                column = next(column for column in NAMES if NAMES[column] == language)
                self._note(column, Wrong.TOO_LONG, length=len(name), length_max=NAME_LENGTH_MAX)
            elif name:
                old[language] = name
            else:
                old.pop(language)
        return old

    def _category(self, before: Product | None) -> str:
        text = self._text(Column.CATEGORY)
        kept = before.category if before else OTHER
        if not text or text in {cells.category_text(kept, each) for each in ("kk", "ru", "en")}:
            return kept
        if text in self._known.categories:
            return self._known.categories[text]
        return self._take(Column.CATEGORY, cells.category_in, kept)

    def _all_codes(self, before: Product | None) -> tuple[str, ...]:
        if before is None:
            return self._codes
        if not self._has(Column.CODES) or set(self._codes) == set(before.codes):
            return before.codes
        if self.wanted_id:
            return self._codes
        return tuple(dict.fromkeys((*before.codes, *self._codes)))

    def _all_cases(self, before: Product | None) -> dict[str, int]:
        if before is None or (self._has(Column.CASES) and self.wanted_id):
            return self._cases
        return {**before.cases, **self._cases}

    def _picture(self, before: Product | None) -> str | None:
        old = before.picture if before else None
        if not self._has(Column.PICTURE) or self._text(Column.PICTURE) == tidy(old or ""):
            return old
        return self._take(Column.PICTURE, cells.picture_in, None)

    def _status(self, before: Product | None) -> Status:
        old = before.status if before else Status.ON_SALE
        return self._take(Column.STATUS, cells.status_in, old) if self._text(Column.STATUS) else old

    # --- which product ---

    def _of_that_name(self) -> dict[str, Product]:
        keys = {name_key(name) for name in self.names.values()}
        products = (p for key in keys for p in self._known.without_codes.get(key, ()))
        return {product.product_id: product for product in products}

    def _only_one_of(
        self, found: Mapping[str, Product], column: Column, several: Wrong
    ) -> Product | None:
        if len(found) > 1:
            self._note(column, several, ids=", ".join(found))
        return next(iter(found.values()), None)

    # --- cells ---

    def _has(self, column: Column) -> bool:
        return column in self._places

    def _cell(self, column: Column) -> Cell:
        place = self._places.get(column)
        if place is None or place >= len(self._row.cells):
            return ""
        return self._row.cells[place]

    def _text(self, column: Column) -> str:
        """The cell's text; a cell that cannot be trusted is noted once, and empty."""
        cell = self._cell(column)
        if isinstance(cell, str):
            return tidy(cells.meant(cell))
        if column not in self._bad:
            self._bad.add(column)
            length = len(cell.text)
            self._note(
                column,
                cell.wrong,
                text=cell.text[:40],
                length=length,
                length_max=CELL_LENGTH_MAX,
            )
        return ""

    def _take(self, column: Column, parse: Callable[[str], T], otherwise: T) -> T:
        """The cell's meaning; after a fault, which is noted, what stands for none."""
        text = self._text(column)
        if column in self._bad:
            return otherwise
        try:
            return parse(text)
        except CellError as error:
            self._note(column, error.wrong, **error.values)
            return otherwise

    def _note(self, column: Column, wrong: Wrong, **values: object) -> None:
        self.faults.append(CellFault(column, wrong, values))


def name_key(name: str) -> str:
    """Names that differ only in capitals are one name."""
    return tidy(name).casefold()
