"""A sale found again by its receipt number, however old, and taken back by a volunteer.

Taking back is a correction with a reason; the sale stays as it is, and can be taken back once.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from kiosk.admin.desk import Desk
from kiosk.admin.ports import AdminJournal, Room
from kiosk.domain.chain import RECEIPT_LENGTH, StoredEntry
from kiosk.domain.checkout import Refund, correction_of, refund_of
from kiosk.domain.entries import Sale, SaleRef, decode
from kiosk.domain.errors import AdalError, EntryError

REASON_LENGTH_MAX = 200


class Reason(StrEnum):
    """Why a sale is taken back, as it stands in the journal; or words of the volunteer's own."""

    MISTAKE = "mistake"
    TWICE = "registered twice"
    WRONG_PRICE = "wrong price"
    FAULTY = "faulty goods"


class Stage(StrEnum):
    """What the page is about."""

    TYPING = "typing"
    FOUND = "found"
    REASON = "reason"
    REFUND = "refund"


class ReceiptNote(StrEnum):
    """What is said on this page."""

    TAKEN_BACK = "taken_back"
    NOT_SAVED = "not_saved"
    NOT_READ = "not_read"


@dataclass(frozen=True, slots=True)
class FoundSale:
    """A sale of the journal."""

    stored: StoredEntry
    sale: Sale
    at_ms: int
    is_corrected: bool


@dataclass(frozen=True, slots=True)
class ReceiptState:
    """What the page shows.

    ``nothing_for`` is the number under which there is no sale. ``found``: all sales with that
    number, newest first, nearly always one; ``shown`` is the place of the one on the page.
    ``refund`` says how its money goes back, once a reason was given.
    """

    stage: Stage = Stage.TYPING
    busy: bool = False
    nothing_for: str = ""
    found: tuple[FoundSale, ...] = ()
    shown: int = 0
    reason: str = ""
    refund: Refund | None = None

    @property
    def sale(self) -> FoundSale | None:
        """The sale on the page."""
        return self.found[self.shown] if self.found else None


class ReceiptDesk(Desk[ReceiptState]):
    """Finds, shows, takes back."""

    def __init__(self, room: Room) -> None:
        super().__init__(room, ReceiptState())
        self._search = 0

    def open(self, argument: object = None) -> None:
        """Each time from the beginning."""
        self.start_over()

    def start_over(self) -> None:
        """Another number."""
        self._search += 1
        self._state = ReceiptState()
        self.show()

    def back(self) -> None:
        """One question back; from the first one, the page before."""
        if self._state.busy and self._state.stage is Stage.REFUND:
            return
        match self._state.stage:
            case Stage.TYPING:
                self.room.back()
            case Stage.FOUND:
                self.start_over()
            case Stage.REASON:
                self.show(stage=Stage.FOUND)
            case Stage.REFUND:
                self.show(stage=Stage.REASON, refund=None)

    # --- finding ---

    def find(self, receipt: str) -> None:
        """Looks for a whole number in the whole journal."""
        if len(receipt) != RECEIPT_LENGTH or self._state.busy:
            return
        self._search += 1
        search, journal = self._search, self.room.journal
        self.show(busy=True, nothing_for="")
        self.room.work(
            lambda: find_sales(journal, receipt),
            lambda found: self._took(search, receipt, found),
            lambda error: self._not_read(search, error),
        )

    def turn(self, places: int) -> None:
        """To another sale with the same number."""
        last = len(self._state.found) - 1
        self.show(shown=min(max(self._state.shown + places, 0), last))

    # --- taking back ---

    def ask_reason(self) -> None:
        """The sale on the page shall be taken back."""
        found = self._state.sale
        if found is not None and not found.is_corrected:
            self.show(stage=Stage.REASON, reason="")

    def give_reason(self, reason: str) -> None:
        """Why; then how the money goes back, out of what the box holds now."""
        found, reason = self._state.sale, reason.strip()[:REASON_LENGTH_MAX]
        if found is None or not reason:
            return
        refund = refund_of(found.sale, self.room.journal.ledger.box.available)
        self.show(stage=Stage.REFUND, reason=reason, refund=refund)

    def confirm(self) -> None:
        """Goods and money are back where they were: writes the correction."""
        found, refund = self._state.sale, self._state.refund
        if found is None or refund is None or self._state.busy:
            return
        stored = found.stored
        ref = SaleRef(stored.epoch, stored.seq, stored.hash.hex())
        body = correction_of(found.sale, ref, refund, by="volunteer", reason=self._state.reason)
        self.show(busy=True)
        self.room.saved(
            self.room.journal.append(body), lambda _stored: self._taken_back(), self._not_saved
        )

    # --- inside ---

    def _took(self, search: int, receipt: str, found: tuple[FoundSale, ...]) -> None:
        if search != self._search:
            return  # he has begun anew meanwhile
        if found:
            self.show(busy=False, stage=Stage.FOUND, found=found, shown=0)
        else:
            self.show(busy=False, nothing_for=receipt)

    def _not_read(self, search: int, error: AdalError) -> None:
        if search == self._search:
            self.show(busy=False)
            self.say(ReceiptNote.NOT_READ, message=error)

    def _taken_back(self) -> None:
        self.start_over()
        self.say(ReceiptNote.TAKEN_BACK)

    def _not_saved(self, error: AdalError) -> None:
        self.show(busy=False)
        self.say(ReceiptNote.NOT_SAVED, message=error)


def find_sales(journal: AdminJournal, receipt: str) -> tuple[FoundSale, ...]:
    """Sales with that receipt number, newest first; for ``room.work``."""
    found = []
    for stored in journal.find_receipt(receipt):
        try:
            entry = decode(stored.payload)
        except EntryError:
            continue
        if isinstance(entry.body, Sale):
            corrected = journal.is_corrected(stored.epoch, stored.seq)
            found.append(FoundSale(stored, entry.body, entry.stamp.at_ms, corrected))
    return tuple(found)
