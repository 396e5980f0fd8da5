"""Counting the shelf: each scan of a piece is one more of that product.

What the journal expects is not shown before a product's first piece is counted, because people
write down the figure they see; from then on it is, so that a miscount is noticed while standing
before the shelf. A product that was not touched is not counted: no line says anything of it.
"""

from __future__ import annotations

from collections.abc import Iterable

from kiosk.admin.goods_lines import GoodsNote, bounded, in_front, line_of, without
from kiosk.admin.goods_step import GoodsStepDesk
from kiosk.admin.pages import Step
from kiosk.admin.ports import Room
from kiosk.admin.stocktake_state import CountedLine, CountRow, StocktakeDraft, StocktakeState, Tab
from kiosk.domain.entries import Stocktake, StocktakeLine
from kiosk.domain.products import Product, Status
from kiosk.domain.stock_plan import ToCount, Why, rebased, to_count_first
from kiosk.scan_event import ScanEvent


class StocktakeDesk(GoodsStepDesk[StocktakeState, CountedLine]):
    """The count of this visit, kept on the disk at every touch."""

    step = Step.STOCKTAKE

    def __init__(self, room: Room) -> None:
        super().__init__(room, StocktakeState(loading=True))
        self._first: tuple[ToCount, ...] = ()

    # --- the page ---

    def open(self, argument: object = None) -> None:
        """What was counted before goes on, beginning with the goods that matter."""
        self.show(tab=Tab.FIRST)
        super().open(argument)

    def kept_lines(self) -> tuple[CountedLine, ...]:
        """The count as it was left."""
        draft = self.room.visit.draft(self.step, StocktakeDraft)
        return draft.lines if draft else ()

    def draft(self) -> StocktakeDraft:
        """The count so far."""
        return StocktakeDraft(self.lines)

    def entry(self, form_id: str) -> Stocktake:
        """The count, in the order in which the goods were touched."""
        return Stocktake(tuple(self._entry_lines()), self.room.by, form_id)

    def history_read(self) -> None:
        """Now it is known what to count first, and what is expected."""
        ids = [product.product_id for product in self._countable()]
        plan = self.history.for_plan(self.room.journal.ledger, self.room.now_ms())
        self._first = to_count_first(ids, plan)
        self._follow_the_book()
        self.refresh()
        if not self.state.first_left and self.state.tab is Tab.FIRST:
            self.show_tab(Tab.COUNTED if self.lines else Tab.ALL)

    def show_tab(self, tab: Tab) -> None:
        """Another part of the goods."""
        self.refresh(tab=tab)

    # --- counting ---

    def take_scanned(self, product: Product, pieces: int, _event: ScanEvent) -> None:
        """One more of what was scanned; a whole case counts as what is in it."""
        counted = line_of(self.lines, product.product_id)
        self._count(product, (counted.quantity if counted else 0) + pieces)

    def take(self, product: Product) -> None:
        """Brings it in front; it is counted with the first touch of its keys."""
        self.choose(product.product_id)

    def choose(self, product_id: str) -> None:
        """Brings a product of the list in front."""
        self.refresh(chosen=product_id, ask=None)

    def quantity(self) -> int:
        """Pieces counted of the product in front."""
        line = line_of(self.lines, self.state.chosen)
        return line.quantity if line else 0

    def set_quantity(self, quantity: int) -> None:
        """So many, 0 included: then there is none on the shelf."""
        product = self.room.shelf.catalogue.by_id(self.state.chosen)
        if product is not None and not self.state.saving:
            self._count(product, quantity)

    def none_left(self) -> None:
        """There is none of the product in front."""
        self.set_quantity(0)

    def forget(self) -> None:
        """The product in front was not counted after all."""
        if not self.state.saving:
            self.keep(without(self.lines, self.state.chosen))
            self.refresh(ask=None)

    def _count(self, product: Product, quantity: int) -> None:
        counted = line_of(self.lines, product.product_id)
        book = counted.book if counted else self._book(product.product_id)
        line = CountedLine(product.product_id, bounded(quantity), book)
        self.keep(in_front(self.lines, line))
        self.refresh(chosen=product.product_id, ask=None, picking=False)

    # --- what the journal knows ---

    def _book(self, product_id: str) -> int:
        return self.room.journal.ledger.stock.get(product_id, 0)

    def _expected(self, line: CountedLine) -> int | None:
        """None when the journal cannot know: never counted, or fewer than none."""
        if line.product_id not in self.history.counted_ms or line.book < 0:
            return None
        return line.book

    def _follow_the_book(self) -> None:
        """Goods may have been sold between a count and its going on after a power cut."""
        moved = tuple(self._moved(line) for line in self.lines)
        if moved != self.lines:
            self.keep(moved)
            self.say(GoodsNote.MOVED_SINCE)

    def _moved(self, line: CountedLine) -> CountedLine:
        book = self._book(line.product_id)
        quantity = rebased(line.quantity, line.book, book)
        return CountedLine(line.product_id, quantity, book)

    def _entry_lines(self) -> Iterable[StocktakeLine]:
        for line in reversed(self.lines):
            product = self.room.shelf.catalogue.by_id(line.product_id)
            price_tenge = product.price_tenge if product else 0
            yield StocktakeLine(line.product_id, line.quantity, self._expected(line), price_tenge)

    def _countable(self) -> list[Product]:
        """Goods that may lie on the shelf: all but hidden ones that the journal has none of."""
        return [
            product
            for product in self.room.shelf.catalogue.products
            if product.status in (Status.ON_SALE, Status.SOLD_OUT) or self._book(product.product_id)
        ]

    # --- what is shown ---

    def refresh(self, **changes: object) -> None:
        """The state after a change, with everything that is worked out of the lines."""
        counted = {line.product_id: line for line in self.lines}
        reasons = {each.product_id: each.why for each in self._first}
        rows = {
            product.product_id: self._row(product, counted.get(product.product_id), reasons)
            for product in (*self._countable(), *self._chosen_product(changes))
        }
        left = [rows[i] for i in rows if i not in counted]
        first = [rows[i] for i in reasons if i in rows and i not in counted]
        done = [rows[line.product_id] for line in self.lines if line.product_id in rows]
        chosen = str(changes.get("chosen", self.state.chosen))
        tab = changes.get("tab", self.state.tab)
        self.show(
            rows=tuple({Tab.FIRST: first, Tab.ALL: left}.get(tab, done)),  # type: ignore[call-overload]
            card=rows.get(chosen),
            first_left=len(first),
            all_left=len(left),
            counted=len(self.lines),
            pieces=sum(line.quantity for line in self.lines),
            difference_tenge=sum(row.difference_tenge or 0 for row in done),
            **changes,
        )

    def _chosen_product(self, changes: dict[str, object]) -> list[Product]:
        """Goods in the lines or in front that nobody would expect on the shelf."""
        wanted = {line.product_id for line in self.lines}
        wanted.add(str(changes.get("chosen", self.state.chosen)))
        catalogue = self.room.shelf.catalogue
        return [p for i in sorted(wanted) if (p := catalogue.by_id(i)) is not None]

    def _row(self, product: Product, line: CountedLine | None, reasons: dict[str, Why]) -> CountRow:
        why = reasons.get(product.product_id)
        if line is None:
            return CountRow(product, why=why)
        return CountRow(product, line.quantity, self._expected(line), why)
