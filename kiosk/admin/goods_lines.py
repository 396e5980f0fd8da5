"""What stocktake, restock and write-off share: lines of goods, and the list to pick goods from.

The line that was touched last stands first, so that what was just scanned is always in sight.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar

import msgspec

from kiosk.admin.desk import Desk
from kiosk.admin.ports import Room
from kiosk.domain.entries import UnknownScan
from kiosk.domain.products import Catalogue, Product, Status
from kiosk.scan_event import ScanEvent, is_case

QUANTITY_MAX = 9999
"""Four digits; a larger figure in such a shop is a slip of the finger or a barcode."""
QUANTITY_LENGTH = len(str(QUANTITY_MAX))


class Ask(StrEnum):
    """What the number pad is open for."""

    QUANTITY = "quantity"
    COST = "cost"
    BEST_BEFORE = "best_before"
    CASE_PIECES = "case_pieces"


class GoodsNote(StrEnum):
    """What is said on these pages."""

    NO_PRODUCT_CODE = "no_product_code"
    CASE_CODE = "case_code"
    UNKNOWN_KEPT = "unknown_kept"
    NOT_SAVED = "not_saved"
    MOVED_SINCE = "moved_since"
    HANDED_IN_BEFORE = "handed_in_before"
    NO_SUCH_DAY = "no_such_day"
    DAY_PAST = "day_past"
    ANSWER_FIRST = "answer_first"
    CODE_ADDED = "code_added"
    WRITTEN_OFF = "written_off"


class GoodsLine(msgspec.Struct, frozen=True, omit_defaults=True):
    """So many pieces of one product, as typed so far."""

    product_id: str
    quantity: int


L = TypeVar("L", bound=GoodsLine)
T = TypeVar("T")


def line_of(lines: Sequence[L], product_id: str) -> L | None:
    """The line of that product."""
    return next((line for line in lines if line.product_id == product_id), None)


def in_front(lines: tuple[L, ...], line: L) -> tuple[L, ...]:
    """The lines with this one first, in place of the product's line there was."""
    return (line, *without(lines, line.product_id))


def without(lines: tuple[L, ...], product_id: str) -> tuple[L, ...]:
    """The lines but that product's."""
    return tuple(line for line in lines if line.product_id != product_id)


def bounded(quantity: int) -> int:
    """A quantity that can be: from none to ``QUANTITY_MAX``."""
    return min(max(quantity, 0), QUANTITY_MAX)


def page_of(items: Sequence[T], page: int, size: int) -> tuple[Sequence[T], int, int]:
    """What stands on that page, the page that there is, and how many there are.

    An empty list is one empty page; a page past the end is the last one.
    """
    pages = max(1, -(-len(items) // size))
    there = min(max(page, 0), pages - 1)
    return items[there * size :][:size], there, pages


def product_of_case(catalogue: Catalogue, gtin14: str) -> Product | None:
    """The product that is known to come in a case with that code."""
    return next((p for p in catalogue.products if gtin14 in p.cases), None)


@dataclass(frozen=True, slots=True)
class GoodsState:
    """What the three pages show alike.

    ``chosen`` is the id of the product in front. ``ask`` says what the number pad is open for.
    ``listing`` is what the list to pick from shows while ``picking``. ``loading`` until the
    journal has been read; ``saving`` until the entry is on the disk.
    """

    chosen: str = ""
    ask: Ask | None = None
    picking: bool = False
    query: str = ""
    listing: tuple[Product, ...] = ()
    loading: bool = False
    saving: bool = False


S = TypeVar("S", bound=GoodsState)


class GoodsDesk(Desk[S], Generic[S]):
    """Picking, the number pad and unknown codes; subclasses keep the lines."""

    takes_scans = True

    def __init__(self, room: Room, state: S) -> None:
        super().__init__(room, state)
        self.is_on = False
        self._unknown: set[str] = set()
        self._typed = ""

    # --- for subclasses ---

    def take(self, product: Product) -> None:
        """A product was picked from the list."""
        raise NotImplementedError

    def take_scanned(self, product: Product, pieces: int, event: ScanEvent) -> None:
        """So many pieces of a known product were scanned, one or a whole case."""
        raise NotImplementedError

    def take_unknown(self, event: ScanEvent) -> None:
        """A code that the catalogue does not know; it goes on the list of those."""
        if is_case(event.candidates[0]):
            self.say(GoodsNote.CASE_CODE)
        else:
            self.keep_unknown(event)
            self.say(GoodsNote.UNKNOWN_KEPT, code=event.text)

    def quantity(self) -> int:
        """Pieces of the product in front, as counted so far."""
        raise NotImplementedError

    def set_quantity(self, quantity: int) -> None:
        """So many pieces of the product in front."""
        raise NotImplementedError

    # --- the page ---

    def close(self) -> None:
        """What was typed stays; what is saved meanwhile must not open another page."""
        self.is_on = False

    def scanned(self, event: ScanEvent) -> None:
        """A code, while nothing is being saved and no question is open."""
        if self.state.saving:
            return
        if not event.candidates:
            self.say(GoodsNote.NO_PRODUCT_CODE)
            return
        if not self.finish_asking():
            return
        known = self.known(event)
        if known is None:
            self.take_unknown(event)
        else:
            self.take_scanned(*known, event)

    def back(self) -> None:
        """One step back: out of the list or the number pad first, then to the page before."""
        if self.state.picking:
            self.close_picker()
        elif self.state.ask is not None:
            self.cancel_ask()
        else:
            self.room.back()

    # --- quantity ---

    def plus(self) -> None:
        """One piece more of the product in front."""
        self.set_quantity(bounded(self.quantity() + 1))

    def minus(self) -> None:
        """One piece less; never below none."""
        self.set_quantity(bounded(self.quantity() - 1))

    def ask_for(self, ask: Ask) -> None:
        """Opens the number pad."""
        if ask is not self.state.ask:
            self._typed = ""
            self.show(ask=ask)

    def typed(self, digits: str) -> None:
        """What stands on the number pad so far."""
        self._typed = digits

    def finish_asking(self) -> bool:
        """A scan while the number pad is open: what was typed there counts.

        False while a question is open that only the volunteer can answer.
        """
        if self.state.ask is Ask.CASE_PIECES:
            self.say(GoodsNote.ANSWER_FIRST)
            return False
        if self.state.ask is not None and self._typed:
            self.answer(self._typed)
        return True

    def cancel_ask(self) -> None:
        """Closes the number pad; nothing changes."""
        self.show(ask=None)

    def answer(self, digits: str) -> None:
        """What was typed on the number pad."""
        if self.state.ask is Ask.QUANTITY:
            self.show(ask=None)
            if digits:
                self.set_quantity(bounded(int(digits)))

    # --- the list ---

    def open_picker(self) -> None:
        """All goods with pictures, to pick one from."""
        self.show(picking=True, query="", listing=self._listing(""), ask=None)

    def close_picker(self) -> None:
        """Back to the lines."""
        self.show(picking=False, query="", listing=())

    def search(self, query: str) -> None:
        """Each letter searches at once."""
        if self.state.picking and query != self.state.query:
            self.show(query=query, listing=self._listing(query))

    def pick(self, product_id: str) -> None:
        """One of the goods was touched."""
        product = self.room.shelf.catalogue.by_id(product_id)
        self.close_picker()
        if product is not None:
            self.take(product)

    def _listing(self, query: str) -> tuple[Product, ...]:
        """As shoppers see it, then what they do not: hidden goods lie on the shelf as well."""
        catalogue = self.room.shelf.catalogue
        seen = catalogue.listing(category=None, query=query, language=self.room.language)
        wanted = query.casefold().strip()
        rest = (p for p in catalogue.products if p.status in (Status.HIDDEN, Status.NOT_FOR_SALE))
        return (
            *seen,
            *(p for p in rest if any(wanted in name.casefold() for name in p.names.values())),
        )

    # --- codes ---

    def known(self, event: ScanEvent) -> tuple[Product, int] | None:
        """The product that the code names, and how many pieces of it; None when unknown."""
        catalogue = self.room.shelf.catalogue
        product = catalogue.first_known(event.candidates)
        if product is not None:
            return product, 1
        for code in event.candidates:
            if is_case(code) and (boxed := product_of_case(catalogue, code)) is not None:
                return boxed, boxed.cases[code]
        return None

    def keep_unknown(self, event: ScanEvent) -> None:
        """Puts the code on the list of unknown ones, once for this volunteer."""
        code = event.candidates[0]
        if code in self._unknown:
            return
        self._unknown.add(code)
        entry = UnknownScan(event.text, event.symbology, code)
        self.room.saved(self.room.journal.append(entry), lambda _stored: None)
