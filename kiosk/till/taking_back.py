"""A shopper takes his last purchase back, by its receipt number."""

from __future__ import annotations

from collections.abc import Sequence

from kiosk.domain.checkout import Screen
from kiosk.domain.money import format_tenge
from kiosk.ports import JournalPort
from kiosk.till.saving import Saving
from kiosk.till.undo_desk import RecentSale, UndoDesk
from kiosk.till.visit_shown import VisitShown
from kiosk.views import Notice, UndoView


class TakingBack:
    """The undo screen's events, at the desk that remembers the last minutes' sales."""

    def __init__(
        self, journal: JournalPort, shown: VisitShown, saving: Saving, undo_desk: UndoDesk
    ) -> None:
        self._journal = journal
        self._shown = shown
        self._saving = saving
        self._desk = undo_desk

    def open(self) -> None:
        """Somebody wants his last purchase undone."""
        self._desk.start_over()
        self._shown.step(lambda visit: visit.go(Screen.UNDO), undo=UndoView())

    def find(self, text: str) -> None:
        """Looks a recent sale up by its receipt number."""
        shown = self._shown
        shown.activity()
        if shown.visit.screen is not Screen.UNDO or shown.state.saving:
            return
        self.forget_old()
        wanted = text.strip().upper()
        found = self._desk.find(wanted, self._journal.ledger.box.available)
        shown.show(undo=found or UndoView(receipt=wanted))
        if found is None:
            shown.say(Notice.RECEIPT_NOT_FOUND)

    def confirm(self) -> None:
        """The money is back where it was: the correction is written."""
        shown, correction = self._shown, self._desk.correction()
        if correction is None or shown.state.saving or shown.visit.screen is not Screen.UNDO:
            return
        shown.activity()
        self._saving.save(correction, lambda _stored: self._undone())

    def remember(self, recent: Sequence[RecentSale]) -> None:
        """Sales of before a restart that can still be taken back, oldest first."""
        for sale in recent:
            self._desk.remember(sale)
        self.forget_old()
        self._shown.show()

    def forget_old(self) -> None:
        """Five minutes after the sale only a volunteer can take it back."""
        if self._desk.forget_old(self._shown.now_s()):
            self._shown.show()

    def _undone(self) -> None:
        sale = self._desk.settle()
        language = self._shown.state.language
        self._shown.begin_anew()
        # He still reads this one; the language falls back when he has gone.
        self._shown.show(language=language)
        self._shown.say(Notice.UNDONE, format_tenge(sale.total_tenge))
