"""Goods that leave the shelf unsold, and why.

More pieces than the journal knows of may be written off: what the volunteer holds in his hands is
true, and the next stocktake says what the journal missed.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from kiosk.admin.goods_lines import (
    GoodsDesk,
    GoodsLine,
    GoodsNote,
    GoodsState,
    bounded,
    in_front,
    line_of,
    without,
)
from kiosk.admin.ports import Room
from kiosk.domain.chain import StoredEntry
from kiosk.domain.entries import StockLine, WriteOff
from kiosk.domain.errors import AdalError
from kiosk.domain.products import Product
from kiosk.scan_event import ScanEvent

WORDS_LENGTH_MAX = 100


class Reason(StrEnum):
    """Why goods are taken off; the value stands in the journal, before a colon for ``OTHER``."""

    EXPIRED = "expired"
    DAMAGED = "damaged"
    USED = "used"
    MISSING = "missing"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class OffRow:
    """One product to write off; ``on_shelf`` is what the journal says."""

    product: Product
    quantity: int = 0
    on_shelf: int = 0

    @property
    def is_more_than_known(self) -> bool:
        """Whether the journal knows of fewer pieces."""
        return self.quantity > max(0, self.on_shelf)

    @property
    def value_tenge(self) -> int:
        """The pieces at today's price."""
        return self.quantity * self.product.price_tenge


@dataclass(frozen=True, slots=True)
class WriteOffState(GoodsState):
    """``writing`` while the keyboard is open for the words of another reason."""

    rows: tuple[OffRow, ...] = ()
    card: OffRow | None = None
    reason: Reason | None = None
    words: str = ""
    writing: bool = False
    pieces: int = 0
    value_tenge: int = 0
    ready: bool = False
    """Goods and a reason are there."""


class WriteOffDesk(GoodsDesk[WriteOffState]):
    """One form; it is no step of the visit and is forgotten when the page is left."""

    def __init__(self, room: Room) -> None:
        super().__init__(room, WriteOffState())
        self._lines: tuple[GoodsLine, ...] = ()
        self._form_id = room.new_id()

    # --- the page ---

    def open(self, argument: object = None) -> None:
        """A new form; ``argument`` is the id of a product that is known to go."""
        self.is_on = True
        if not self.state.saving:
            self._begin()
        if isinstance(argument, str) and self.room.shelf.catalogue.by_id(argument):
            self.choose(argument)

    def back(self) -> None:
        """Out of the keyboard first."""
        if self.state.writing:
            self.show(writing=False)
        else:
            super().back()

    def confirm(self) -> None:
        """The goods leave the journal's shelf; then the page before."""
        if self.state.saving or not self.state.ready or self.state.reason is None:
            return
        self._refresh(saving=True)
        lines = tuple(StockLine(x.product_id, x.quantity) for x in reversed(self._lines))
        reason = reason_text(self.state.reason, self.state.words)
        # The same form until it is saved: a second try after an unclear answer writes nothing new.
        entry = WriteOff(lines, reason, self.room.by, self._form_id)
        self.room.saved(self.room.journal.append(entry), self._saved, self._failed)

    def _begin(self) -> None:
        self._lines = ()
        self._form_id = self.room.new_id()
        self._refresh(
            chosen="", ask=None, picking=False, reason=None, words="", writing=False, saving=False
        )

    def _saved(self, _entry: StoredEntry) -> None:
        self._begin()
        if self.is_on:
            self.room.back()
            self.say(GoodsNote.WRITTEN_OFF)

    def _failed(self, _error: AdalError) -> None:
        self._refresh(saving=False)
        self.say(GoodsNote.NOT_SAVED)

    # --- why ---

    def choose_reason(self, reason: Reason) -> None:
        """Why; another reason wants words."""
        self._refresh(reason=reason, writing=reason is Reason.OTHER)

    def write(self, words: str) -> None:
        """The words of another reason, as they are typed."""
        self._refresh(words=words[:WORDS_LENGTH_MAX])

    def done_writing(self) -> None:
        """The keyboard goes, the words stay."""
        self.show(writing=False)

    # --- what ---

    def take_scanned(self, product: Product, pieces: int, _event: ScanEvent) -> None:
        """One more of what was scanned, or a whole case."""
        self._put(product.product_id, self._quantity_of(product.product_id) + pieces)

    def take(self, product: Product) -> None:
        """Picked from the list: one piece, as if it were scanned."""
        self._put(product.product_id, self._quantity_of(product.product_id) + 1)

    def choose(self, product_id: str) -> None:
        """Brings a product in front."""
        self._refresh(chosen=product_id, ask=None)

    def quantity(self) -> int:
        """Pieces of the product in front that go."""
        return self._quantity_of(self.state.chosen)

    def set_quantity(self, quantity: int) -> None:
        """So many; none at all takes the line away."""
        if not self.state.saving:
            self._put(self.state.chosen, quantity)

    def remove(self) -> None:
        """The product in front stays on the shelf."""
        self.set_quantity(0)

    def _quantity_of(self, product_id: str) -> int:
        line = line_of(self._lines, product_id)
        return line.quantity if line else 0

    def _put(self, product_id: str, quantity: int) -> None:
        if quantity > 0:
            self._lines = in_front(self._lines, GoodsLine(product_id, bounded(quantity)))
        else:
            self._lines = without(self._lines, product_id)
        self._refresh(chosen=product_id, ask=None, picking=False)

    # --- what is shown ---

    def _refresh(self, **changes: object) -> None:
        rows = [row for line in self._lines if (row := self._row(line)) is not None]
        chosen = str(changes.get("chosen", self.state.chosen))
        reason = changes.get("reason", self.state.reason)
        words = str(changes.get("words", self.state.words))
        said = reason is not None and (reason is not Reason.OTHER or bool(words.strip()))
        self.show(
            rows=tuple(rows),
            card=self._row(GoodsLine(chosen, self._quantity_of(chosen))),
            pieces=sum(row.quantity for row in rows),
            value_tenge=sum(row.value_tenge for row in rows),
            ready=bool(rows) and said,
            **changes,
        )

    def _row(self, line: GoodsLine) -> OffRow | None:
        product = self.room.shelf.catalogue.by_id(line.product_id)
        if product is None:
            return None
        stock = self.room.journal.ledger.stock.get(line.product_id, 0)
        return OffRow(product, line.quantity, stock)


def reason_text(reason: Reason, words: str) -> str:
    """As it stands in the journal: ``expired``, or ``other: …`` with the volunteer's words."""
    return f"{reason}: {words.strip()}" if reason is Reason.OTHER else str(reason)
