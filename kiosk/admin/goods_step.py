"""A step of the visit about goods: kept on the disk at every touch, one entry at its end."""

from __future__ import annotations

from typing import ClassVar, Generic, TypeVar

import msgspec

from kiosk.admin.goods_lines import GoodsDesk, GoodsLine, GoodsNote, GoodsState
from kiosk.admin.pages import Step
from kiosk.admin.ports import Room
from kiosk.admin.stock_history import StockHistory, read_stock_history
from kiosk.domain.chain import StoredEntry
from kiosk.domain.entries import EntryBody, decode
from kiosk.domain.errors import AdalError

S = TypeVar("S", bound=GoodsState)
L = TypeVar("L", bound=GoodsLine)


class GoodsStepDesk(GoodsDesk[S], Generic[S, L]):
    """Stocktake and restock: what happens to their lines from the first touch to the journal."""

    step: ClassVar[Step]

    def __init__(self, room: Room, state: S) -> None:
        super().__init__(room, state)
        self.lines: tuple[L, ...] = ()
        self.history = StockHistory()
        self._form_id = ""
        """Of the form on the page; what another sitting hands in late is not it."""

    # --- for subclasses ---

    def kept_lines(self) -> tuple[L, ...]:
        """The lines of the draft on the disk."""
        raise NotImplementedError

    def draft(self) -> msgspec.Struct:
        """The lines as they are kept."""
        raise NotImplementedError

    def entry(self, form_id: str) -> EntryBody:
        """What goes into the journal."""
        raise NotImplementedError

    def refresh(self, **changes: object) -> None:
        """The state after a change, with everything that is worked out of the lines."""
        raise NotImplementedError

    def history_read(self) -> None:
        """The journal's past is known; the lines are those that are still to be handed in."""

    def handed_in(self) -> None:
        """The entry is on the disk; the lines are still there."""

    # --- the page ---

    def open(self, _argument: object = None) -> None:
        """What was typed before goes on; the journal is read in the background."""
        self.is_on = True
        visit = self.room.visit
        self._form_id = visit.form_id(self.step) if visit.is_open else ""
        catalogue = self.room.shelf.catalogue
        self.lines = tuple(line for line in self.kept_lines() if catalogue.by_id(line.product_id))
        self.refresh(loading=True, ask=None, picking=False, chosen=self.newest())
        now_ms = self.room.now_ms()
        self.room.work(lambda: read_stock_history(self.room.journal, now_ms), self._read)

    def finish(self) -> None:
        """The big key: hands in what there is, or leaves the step out."""
        if self.lines:
            self.confirm()
        else:
            self.skip()

    def confirm(self) -> None:
        """The lines go into the journal; then the next step."""
        if self.state.saving or self.state.loading or not self.lines:
            return
        self.refresh(saving=True)
        entry = self.entry(self._form_id)
        self.room.saved(
            self.room.journal.append(entry), lambda stored: self._saved(stored, entry), self.failed
        )

    def skip(self) -> None:
        """Not this time; what was typed is forgotten."""
        if self.state.saving:
            return
        self.room.visit.skip(self.step)
        self.lines = ()
        self.room.next_step(self.step)

    def failed(self, _error: AdalError) -> None:
        """The disk refused; everything typed is still there."""
        self.refresh(saving=False)
        self.say(GoodsNote.NOT_SAVED)

    # --- lines ---

    def keep(self, lines: tuple[L, ...]) -> None:
        """The lines are these from now on, also after a power cut."""
        self.lines = lines
        # A visit begins with the first thing typed, not with a look at the page.
        self.room.visit.begin(self.room.by)
        self._form_id = self._form_id or self.room.visit.form_id(self.step)
        self.room.visit.keep(self.step, self.draft())

    def newest(self) -> str:
        """Id of the product that was touched last; empty without lines."""
        return self.lines[0].product_id if self.lines else ""

    def _read(self, history: StockHistory) -> None:
        self.history = history
        if self._form_id and self._form_id in history.form_ids:
            # The power went between the entry and the note of it: nothing is left to hand in.
            self._done()
            self.lines = ()
            self.say(GoodsNote.HANDED_IN_BEFORE)
        self.refresh(loading=False, chosen=self.newest())
        self.history_read()

    def _done(self) -> None:
        visit = self.room.visit
        if visit.is_open and visit.form_id(self.step) == self._form_id:
            visit.done(self.step)
        self._form_id = ""

    def _saved(self, stored: StoredEntry, entry: EntryBody) -> None:
        self._done()
        is_mine = decode(stored.payload).body == entry
        if is_mine:
            self.handed_in()
        self.lines = ()
        self.refresh(saving=False, chosen="")
        if not is_mine:
            # Another sitting's entry reached the disk under this form's id: it stands.
            self.say(GoodsNote.HANDED_IN_BEFORE)
        elif self.is_on:
            self.room.next_step(self.step)
