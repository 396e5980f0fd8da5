"""The cash count: blind first, compared afterwards.

Who sees what is expected counts towards it. So the volunteer counts every note and coin and says
that he has; only then the page says what the books expect, by sum and by piece, and he may count
again or confirm. From then on the books hold what was counted.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from kiosk.admin.money_form import (
    MoneyDesk,
    MoneyNote,
    MoneyState,
    PiecesDraft,
    all_kinds,
    pieces_of,
)
from kiosk.admin.pages import Step
from kiosk.admin.ports import Room
from kiosk.domain.chain import StoredEntry
from kiosk.domain.entries import CashCount
from kiosk.domain.ledger import Box
from kiosk.domain.money import NOTHING, Denomination, Pieces


class CountStage(StrEnum):
    """Where the count is."""

    COUNTING = "counting"
    COMPARED = "compared"


@dataclass(frozen=True, slots=True)
class PieceGap:
    """A kind of which the count found another number than the books have."""

    denomination: Denomination
    counted: int
    by_the_book: int

    @property
    def more(self) -> int:
        """How many more were counted; below 0: fewer."""
        return self.counted - self.by_the_book


@dataclass(frozen=True, slots=True)
class Comparison:
    """What was counted beside what the books say.

    ``expected_tenge`` is None before the first count. ``loose_tenge`` is the part of it that
    is not known by piece: sums paid exactly, pieces that a shopper did not find.
    """

    counted_tenge: int = 0
    expected_tenge: int | None = None
    loose_tenge: int = 0
    gaps: tuple[PieceGap, ...] = ()

    @property
    def difference_tenge(self) -> int:
        """Counted less expected; 0 before the first count."""
        return 0 if self.expected_tenge is None else self.counted_tenge - self.expected_tenge


def compare(counted: Pieces, box: Box) -> Comparison:
    """What a count says about the box."""
    if box.available is None:
        return Comparison(counted.total_tenge)
    book = box.available
    kinds = sorted({*counted, *book}, reverse=True)
    return Comparison(
        counted.total_tenge,
        box.expected_tenge,
        box.expected_tenge - book.total_tenge,
        tuple(PieceGap(k, counted[k], book[k]) for k in kinds if counted[k] != book[k]),
    )


@dataclass(frozen=True, slots=True)
class CountState(MoneyState):
    """The page of the cash count; ``comparison`` counts for nothing while counting."""

    stage: CountStage = CountStage.COUNTING
    comparison: Comparison = Comparison()


class CountDesk(MoneyDesk[CountState]):
    """Counts the box."""

    step = Step.COUNT

    def __init__(self, room: Room) -> None:
        super().__init__(room, CountState())
        self._has_moved = False

    def begin(self, draft: PiecesDraft) -> None:
        """Goes on counting, or with the comparison that was seen already."""
        pieces = pieces_of(draft)
        self.show(
            kinds=all_kinds(self.room.kinds, self._box.available or NOTHING, pieces),
            pieces=pieces,
            stage=CountStage.COUNTING,
            typing=None,
        )
        # The shop was open meanwhile: compared now, a purchase would look like a shortage.
        self._has_moved = bool(draft.pieces) and draft.book_tenge not in (None, self._book_tenge)
        if draft.stage == CountStage.COMPARED and not self._has_moved:
            self.counted()

    def draft(self) -> PiecesDraft:
        """The pieces, and whether they were compared."""
        return PiecesDraft(
            self.state.pieces.to_codes(), self.state.stage, book_tenge=self._book_tenge
        )

    def counted(self) -> None:
        """All is counted: now it is compared."""
        comparison = compare(self.state.pieces, self._box)
        self.show(stage=CountStage.COMPARED, comparison=comparison, typing=None)
        self.keep()

    def count_again(self) -> None:
        """Back to the numbers, as they were entered."""
        self.show(stage=CountStage.COUNTING)
        self.keep()

    def confirm(self) -> None:
        """The box holds this."""
        if self.state.stage is not CountStage.COMPARED:
            return
        self.hand_in(
            CashCount(
                self.state.pieces.to_codes(),
                self.room.by,
                self.state.comparison.expected_tenge,
                self.form_id,
            )
        )

    def handed_in(self, _stored: StoredEntry) -> None:
        """The count is on the disk."""
        self.go_on()

    def _looked(self, found: StoredEntry | None) -> None:
        super()._looked(found)
        if found is None and self._has_moved:
            self.say(MoneyNote.MOVED_SINCE)

    @property
    def _book_tenge(self) -> int | None:
        return self._box.expected_tenge if self._box.known else None

    @property
    def _box(self) -> Box:
        return self.room.journal.ledger.box
