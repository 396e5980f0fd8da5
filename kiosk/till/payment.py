"""Money on its way: an offer taken, a piece that is not in the box, and the sale itself."""

from __future__ import annotations

import logging
from collections.abc import Callable

from kiosk.domain.chain import StoredEntry
from kiosk.domain.checkout import Screen, cash_sale, qr_sale
from kiosk.domain.entries import CashTender, PieceMissing, Sale, decode
from kiosk.domain.errors import AdalError
from kiosk.domain.money import Denomination, Pieces
from kiosk.ports import JournalPort
from kiosk.till.just_sold import JustSold
from kiosk.till.saving import Saving
from kiosk.till.undo_desk import RecentSale, UndoDesk
from kiosk.till.visit_shown import VisitShown
from kiosk.views import Notice, ThanksView

log = logging.getLogger(__name__)


class Payment:
    """Both ways to pay; thanks come only after COMMIT."""

    def __init__(
        self,
        journal: JournalPort,
        shown: VisitShown,
        saving: Saving,
        just_sold: JustSold,
        undo_desk: UndoDesk,
    ) -> None:
        self._journal = journal
        self._shown = shown
        self._saving = saving
        self._just_sold = just_sold
        self._undo_desk = undo_desk

    def take_offer(self, index: int) -> None:
        """One of the offered ways to put money in."""
        advice = self._shown.state.advice
        if advice is not None and index < len(advice.offers):
            self._shown.step(lambda visit: visit.with_tendered(advice.offers[index]))

    def none_left(self, denomination: Denomination) -> None:
        """He found none of these in the box; the change is worked out again."""
        shown, visit = self._shown, self._shown.visit
        if visit.screen is not Screen.CASH or shown.state.saving or denomination in visit.missing:
            return
        self._saving.note(PieceMissing(denomination.code))
        shown.step(lambda visit: visit.found_none_of(denomination))
        shown.say(Notice.PIECE_NOTED)

    def confirm_cash(self) -> None:
        """ "Money in, change taken": the sale is written, and only then thanked for."""
        shown, advice = self._shown, self._shown.state.advice
        if shown.visit.screen is Screen.CASH and advice is not None:
            self._sell(lambda: cash_sale(shown.visit, advice, shown.settings.default_language))

    def confirm_qr(self) -> None:
        """ "I have paid": recorded as claimed."""
        shown = self._shown
        if shown.visit.screen is Screen.QR:
            self._sell(lambda: qr_sale(shown.visit, shown.settings.default_language))

    def _sell(self, make: Callable[[], Sale]) -> None:
        if self._shown.state.saving:
            return
        self._shown.activity()
        try:
            sale = make()
        except AdalError as error:
            log.info("sale refused: %s", error)
            return
        self._saving.save(sale, self._sold)

    def _sold(self, stored: StoredEntry) -> None:
        # What is on disk, not what was handed over: an earlier try of this visit, told to have
        # failed, may have got there after all, and then it is the sale.
        sale = decode(stored.payload).body
        assert isinstance(sale, Sale), "a sale's future gives a sale"
        shown = self._shown
        self._undo_desk.remember(RecentSale(shown.now_s(), stored, sale))
        self._just_sold.remember(sale)
        cash = sale.tender if isinstance(sale.tender, CashTender) else None
        shown.visit = shown.visit.thanked(shown.new_id())
        shown.show(
            thanks=ThanksView(
                receipt=stored.receipt,
                paid_tenge=sale.total_tenge,
                change=Pieces.from_codes(cash.change) if cash else Pieces(),
                left_tenge=cash.left_to_cause_tenge if cash else 0,
                collected_tenge=self._journal.ledger.collected_tenge,
            )
        )
