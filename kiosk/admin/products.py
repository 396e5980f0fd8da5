"""The list of products: search, filters, a touch or a scan opens one.

It also serves to find the product that an unknown code is another barcode of.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from enum import StrEnum

from kiosk.admin.desk import Desk
from kiosk.admin.pages import Page
from kiosk.admin.ports import Room
from kiosk.admin.product_codes import first_owner
from kiosk.admin.product_form import edited, form_of
from kiosk.domain.chain import StoredEntry
from kiosk.domain.errors import AdalError, ProductError
from kiosk.domain.products import CATEGORIES, Catalogue, Product, Status, sort_key
from kiosk.scan_event import ScanEvent


@dataclass(frozen=True, slots=True)
class FindOwner:
    """An argument of the page: which product has this barcode, too?"""

    gtin14: str


class Filter(StrEnum):
    """Which products are listed."""

    ALL = "all"
    SOLD_OUT = "sold_out"
    HIDDEN = "hidden"
    NO_BARCODE = "no_barcode"


_PASSES: dict[Filter, Callable[[Product], bool]] = {
    Filter.ALL: lambda _product: True,
    Filter.SOLD_OUT: lambda product: product.status is Status.SOLD_OUT,
    Filter.HIDDEN: lambda product: product.status in (Status.HIDDEN, Status.NOT_FOR_SALE),
    Filter.NO_BARCODE: lambda product: not product.codes,
}


class Note(StrEnum):
    """What the list says."""

    NO_PRODUCT_CODE = "no_product_code"
    CODE_ADDED = "code_added"
    NOT_SAVED = "not_saved"


@dataclass(frozen=True, slots=True)
class ProductRow:
    """A product, and pieces on the shelf by the book: None when nobody ever counted."""

    product: Product
    stock: int | None


@dataclass(frozen=True, slots=True)
class ProductsState:
    """The list. ``finding`` is the code whose product is looked for, ``asked`` the product that
    was touched for it and waits for a yes; both empty otherwise."""

    rows: tuple[ProductRow, ...] = ()
    total: int = 0
    query: str = ""
    category: str | None = None
    categories: tuple[str, ...] = ()
    filter: Filter = Filter.ALL
    choosing_category: bool = False
    finding: str = ""
    asked: Product | None = None
    saving: bool = False


class ProductsDesk(Desk[ProductsState]):
    """Opened with nothing, or with a :class:`FindOwner`."""

    takes_scans = True

    def __init__(self, room: Room) -> None:
        super().__init__(room, ProductsState())

    def open(self, argument: object = None) -> None:
        """The list as it was left; a search for a code's product begins from the top."""
        finding = argument.gtin14 if isinstance(argument, FindOwner) else ""
        if finding != self.state.finding:
            self._state = ProductsState(finding=finding)
        self._list(asked=None, saving=False, choosing_category=False)

    # --- what is listed ---

    def search(self, query: str) -> None:
        """Part of a name in any language, or of a barcode."""
        if query != self.state.query:
            self._list(query=query)

    def choose_filter(self, wanted: str) -> None:
        """Only some."""
        self._list(filter=Filter(wanted))

    def open_categories(self) -> None:
        """The categories to choose from."""
        self.show(choosing_category=True)

    def choose_category(self, category: str) -> None:
        """Only one category; all when empty."""
        self._list(category=category or None, choosing_category=False)

    # --- where to ---

    def open_product(self, product_id: str) -> None:
        """Its editor; or, where a code's product is looked for, the question whether it is it."""
        if self.state.finding:
            self.show(asked=self.room.shelf.catalogue.by_id(product_id))
        else:
            self.room.go(Page.PRODUCT, product_id)

    def new_product(self) -> None:
        """An empty editor; with the code, where one is looked for."""
        self.room.go(Page.PRODUCT, self.state.finding or None)

    def scanned(self, event: ScanEvent) -> None:
        """A known code opens its product, an unknown one a new product."""
        if self.state.saving:
            return
        catalogue = self.room.shelf.catalogue
        known = first_owner(catalogue, event.candidates)
        if known is not None:
            self.open_product(known.product_id)
        elif event.candidates:
            self.room.go(Page.PRODUCT, event.candidates[0])
        else:
            self.say(Note.NO_PRODUCT_CODE)

    def back(self) -> None:
        """Out of the categories, or the page before."""
        if self.state.choosing_category:
            self.show(choosing_category=False)
        elif not self.state.saving:
            self.room.back()

    # --- another barcode of a product ---

    def refuse(self) -> None:
        """It is another one."""
        self.show(asked=None)

    def confirm(self) -> None:
        """Yes: this product has that barcode, too."""
        state = self.state
        if state.asked is None or state.saving:
            return
        catalogue = self.room.shelf.catalogue
        product = catalogue.by_id(state.asked.product_id) or state.asked
        try:
            future = self.room.shelf.save([_with_code(product, state.finding)], self.room.by)
        except ProductError as error:
            self._not_saved(error)
            return
        self.show(saving=True)
        self.room.saved(future, lambda entry: self._added(entry, state), self._not_saved)

    def _added(self, _entry: StoredEntry, asked: ProductsState) -> None:
        assert asked.asked is not None, "only what was asked is saved"
        name = asked.asked.name_in(self.room.language)
        if self.state.finding == asked.finding and self.state.saving:
            self.show(saving=False, asked=None)
            self.room.back()
        # Said on the page that is on now: a change of page takes away what was said before.
        self.say(Note.CODE_ADDED, name=name, code=asked.finding)

    def _not_saved(self, error: AdalError) -> None:
        self.show(saving=False, asked=None)
        self.say(Note.NOT_SAVED, reason=error)

    # --- inside ---

    def _list(self, **changes: object) -> None:
        catalogue = self.room.shelf.catalogue
        state: ProductsState = replace(self.state, **changes)  # type: ignore[arg-type]
        stock = self.room.journal.ledger.stock
        rows = tuple(
            ProductRow(product, stock.get(product.product_id))
            for product in listed(catalogue.products, state, self.room.language)
        )
        self.show(
            **changes,
            rows=rows,
            total=len(catalogue.products),
            categories=_categories(catalogue),
        )


def listed(products: Iterable[Product], state: ProductsState, language: str) -> tuple[Product, ...]:
    """The products that pass filter, category and search, by name in that language."""
    wanted = state.query.casefold().strip()
    passes = _PASSES[state.filter]
    found = (
        product
        for product in products
        if passes(product)
        and (state.category is None or product.category == state.category)
        and (not wanted or _matches(product, wanted))
    )
    return tuple(sorted(found, key=lambda product: sort_key(product.name_in(language))))


def _matches(product: Product, wanted: str) -> bool:
    texts = (*product.names.values(), *product.codes, *product.cases)
    return any(wanted in text.casefold() for text in texts)


def _categories(catalogue: Catalogue) -> tuple[str, ...]:
    """With something in them, hidden goods too; unknown ones last."""
    present = {product.category for product in catalogue.products}
    known = [category for category in CATEGORIES if category in present]
    return (*known, *sorted(present.difference(CATEGORIES)))


def _with_code(product: Product, gtin14: str) -> Product:
    before = form_of(product)
    return edited(product, before.with_code(gtin14), before)
