"""Goods that come to the shelf: piece by piece, by number, or whole cases by their code."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from msgspec.structs import replace

from kiosk.admin.goods_lines import Ask, GoodsNote, bounded, in_front, line_of, without
from kiosk.admin.goods_step import GoodsStepDesk
from kiosk.admin.pages import Page, Step
from kiosk.admin.ports import Room
from kiosk.admin.restock_state import (
    CameLine,
    CameRow,
    ExpiringRow,
    RestockDraft,
    RestockState,
    Tab,
)
from kiosk.domain.best_before import DayError, day_in_code, typed_day
from kiosk.domain.entries import Restock, RestockLine
from kiosk.domain.errors import BarcodeError, ProductError
from kiosk.domain.ledger import day_of
from kiosk.domain.products import Product, Status
from kiosk.domain.stock_plan import unit_of_case
from kiosk.scan_event import ScanEvent, is_case


class RestockDesk(GoodsStepDesk[RestockState, CameLine]):
    """The goods of this visit, kept on the disk at every touch."""

    step = Step.RESTOCK

    def __init__(self, room: Room) -> None:
        super().__init__(room, RestockState(loading=True))
        self._case: ScanEvent | None = None
        """A case that is asked about: of the product in front, pieces not known yet."""
        self._unknown_event: ScanEvent | None = None
        """What was read when an unknown code is asked about."""
        self._to_become: ScanEvent | None = None
        """A code that the volunteer went to make a product of."""

    # --- the page ---

    def open(self, argument: object = None) -> None:
        """What was typed before goes on; a question about a code does not."""
        self.show(unknown_code="")
        super().open(argument)

    def kept_lines(self) -> tuple[CameLine, ...]:
        """The lines as they were left."""
        draft = self.room.visit.draft(self.step, RestockDraft)
        return draft.lines if draft else ()

    def draft(self) -> RestockDraft:
        """The lines so far."""
        return RestockDraft(self.lines)

    def entry(self, form_id: str) -> Restock:
        """What came, in the order in which it was touched."""
        lines = tuple(_entry_line(line) for line in reversed(self.lines))
        return Restock(lines, self.room.by, form_id)

    def history_read(self) -> None:
        """Now it is known what expires."""
        self._take_new_product()
        self.refresh(expiring=self._expiring())
        if self.state.expiring and not self.lines:
            self.show_tab(Tab.EXPIRING)

    def handed_in(self) -> None:
        """What was sold out and came again is no longer sold out."""
        catalogue = self.room.shelf.catalogue
        came = [p for line in self.lines if (p := catalogue.by_id(line.product_id)) is not None]
        again = [replace(p, status=Status.ON_SALE) for p in came if p.status is Status.SOLD_OUT]
        if again:
            self.room.saved(self.room.shelf.save(again, self.room.by), lambda _entry: None)

    def _take_new_product(self) -> None:
        """The pack whose code was made a product is still in the volunteer's hand: one came."""
        event, self._to_become = self._to_become, None
        if event is not None and (known := self.known(event)) is not None:
            self._come(*known, event)

    def show_tab(self, tab: Tab) -> None:
        """The other list."""
        self.show(tab=tab)

    def write_off(self, product_id: str) -> None:
        """Pieces that are past their day come off the shelf."""
        self.room.go(Page.WRITE_OFF, product_id)

    def back(self) -> None:
        """An unknown code is left alone first."""
        if self.state.unknown_code and not self.state.picking:
            self.leave_unknown()
        else:
            super().back()

    # --- what came ---

    def take_scanned(self, product: Product, pieces: int, event: ScanEvent) -> None:
        """One more of what was scanned, or a whole case of it."""
        self._come(product, pieces, event)

    def take_unknown(self, event: ScanEvent) -> None:
        """A case of something known is asked about; anything else waits for a hand."""
        boxed = self._unit_in(event.candidates[0])
        if boxed is not None:
            self._ask_case(boxed, event)
            return
        self.keep_unknown(event)
        self._unknown_event = event
        self.refresh(unknown_code=event.candidates[0], chosen="", ask=None, picking=False)

    def take(self, product: Product) -> None:
        """Picked from the list: as more pieces, or as what an unknown code belongs to."""
        event = self._unknown_event
        if not self.state.unknown_code or event is None:
            self.choose(product.product_id)
        elif is_case(event.candidates[0]):
            self._ask_case(product, event)
        else:
            self._add_code(product, event)

    def choose(self, product_id: str) -> None:
        """Brings a product in front."""
        self.refresh(chosen=product_id, ask=None, unknown_code="", tab=Tab.CAME)

    def quantity(self) -> int:
        """Pieces of the product in front that came."""
        line = line_of(self.lines, self.state.chosen)
        return line.quantity if line else 0

    def set_quantity(self, quantity: int) -> None:
        """So many came; none at all takes the line away."""
        if self.state.saving:
            return
        line = self._line(self.state.chosen)
        self._put(replace(line, quantity=bounded(quantity)))

    def remove(self) -> None:
        """The product in front did not come."""
        self.set_quantity(0)

    # --- the number pad ---

    def answer(self, digits: str) -> None:
        """What was typed: a quantity, a cost price, a day or the pieces in a case."""
        ask = self.state.ask
        if self.state.saving:
            return
        if ask is Ask.COST:
            self._put_detail(unit_cost_tenge=int(digits) if digits else None)
        elif ask is Ask.BEST_BEFORE:
            self._take_day(digits)
        elif ask is Ask.CASE_PIECES:
            self._learn_case(int(digits or 0))
        else:
            super().answer(digits)

    def _take_day(self, digits: str) -> None:
        today = day_of(self.room.now_ms())
        if not digits:
            self._put_detail(best_before=None)
            return
        try:
            day = typed_day(digits, today)
        except DayError:
            self.say(GoodsNote.NO_SUCH_DAY)
            return
        self._put_detail(best_before=day.isoformat())
        if day < today:
            self.say(GoodsNote.DAY_PAST)

    def _put_detail(self, **detail: object) -> None:
        self._put(replace(self._line(self.state.chosen), **detail))

    # --- cases and other barcodes ---

    def pick_for_unknown(self) -> None:
        """The unknown code is on goods that the shop has: which?"""
        self.open_picker()

    def new_product(self) -> None:
        """The unknown code is on goods that the shop does not have yet."""
        self._to_become = self._unknown_event
        self.room.go(Page.PRODUCT, self.state.unknown_code)

    def leave_unknown(self) -> None:
        """The code stays on the list of unknown ones."""
        self.refresh(unknown_code="")

    def _unit_in(self, code: str) -> Product | None:
        try:
            return self.room.shelf.catalogue.by_code(unit_of_case(code))
        except BarcodeError:
            return None

    def _ask_case(self, product: Product, event: ScanEvent) -> None:
        self._case = event
        self.refresh(chosen=product.product_id, ask=Ask.CASE_PIECES, unknown_code="", tab=Tab.CAME)

    def _learn_case(self, pieces: int) -> None:
        """Asked once: from now on the case's code counts so many pieces."""
        product = self.room.shelf.catalogue.by_id(self.state.chosen)
        case = self._case
        if pieces < 1 or product is None or case is None:
            return
        changed = replace(product, cases={**product.cases, case.candidates[0]: pieces})
        self._save(changed, lambda: self._come(changed, pieces, case))

    def _add_code(self, product: Product, event: ScanEvent) -> None:
        changed = replace(product, codes=(*product.codes, event.candidates[0]))
        self._save(changed, lambda: self._come_by_new_code(changed, event))

    def _come_by_new_code(self, product: Product, event: ScanEvent) -> None:
        self._come(product, 1, event)
        self.say(GoodsNote.CODE_ADDED)

    def _save(self, product: Product, then: Callable[[], None]) -> None:
        """Remembers what was learnt of a product, then goes on."""
        if self.state.saving:
            return
        try:
            future = self.room.shelf.save([product], self.room.by)
        except ProductError:
            self.say(GoodsNote.NOT_SAVED)
            return
        self.refresh(saving=True)
        self.room.saved(future, lambda _entry: self._learnt(then), self.failed)

    def _learnt(self, then: Callable[[], None]) -> None:
        self.refresh(saving=False, ask=None, unknown_code="")
        then()

    # --- the lines ---

    def _come(self, product: Product, pieces: int, event: ScanEvent) -> None:
        line = self._line(product.product_id)
        code = event.candidates[0]
        self._put(
            replace(
                line,
                quantity=bounded(line.quantity + pieces),
                case_code=code if is_case(code) else line.case_code,
                best_before=_earlier(line.best_before, day_in_code(event.text, code)),
            )
        )

    def _line(self, product_id: str) -> CameLine:
        return line_of(self.lines, product_id) or CameLine(product_id, 0)

    def _put(self, line: CameLine) -> None:
        """The line in front; one without pieces is none."""
        if line.quantity:
            self.keep(in_front(self.lines, line))
        else:
            self.keep(without(self.lines, line.product_id))
        self.refresh(chosen=line.product_id, ask=None, picking=False, unknown_code="", tab=Tab.CAME)

    # --- what is shown ---

    def refresh(self, **changes: object) -> None:
        """The state after a change, with everything that is worked out of the lines."""
        chosen = str(changes.get("chosen", self.state.chosen))
        self.show(
            rows=tuple(row for line in self.lines if (row := self._row(line)) is not None),
            card=self._row(self._line(chosen)),
            pieces=sum(line.quantity for line in self.lines),
            cost_tenge=sum(x.quantity * (x.unit_cost_tenge or 0) for x in self.lines),
            **changes,
        )

    def _row(self, line: CameLine) -> CameRow | None:
        product = self.room.shelf.catalogue.by_id(line.product_id)
        if product is None:
            return None
        day = None if line.best_before is None else date.fromisoformat(line.best_before)
        stock = self.room.journal.ledger.stock.get(line.product_id, 0)
        return CameRow(product, line.quantity, stock, line.unit_cost_tenge, day)

    def _expiring(self) -> tuple[ExpiringRow, ...]:
        now_ms = self.room.now_ms()
        today = day_of(now_ms)
        return tuple(
            ExpiringRow(product, risk.best_before, risk.quantity, (risk.best_before - today).days)
            for risk in self.history.risks(self.room.journal.ledger, now_ms)
            if (product := self.room.shelf.catalogue.by_id(risk.product_id)) is not None
        )


def _earlier(typed: str | None, read: date | None) -> str | None:
    """Of pieces with two days on one line the earlier counts: a look too early costs little."""
    days = [day for day in (typed, read and read.isoformat()) if day]
    return min(days, default=None)


def _entry_line(line: CameLine) -> RestockLine:
    return RestockLine(
        line.product_id, line.quantity, line.case_code, line.unit_cost_tenge, line.best_before
    )
