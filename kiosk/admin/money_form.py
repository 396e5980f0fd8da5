"""What the pages have in common on which notes and coins are counted into a form.

A form is one entry to be: its numbers are kept at every touch, and after a power cut they are
there again. When the entry itself was on the disk already, the form is not filled in twice.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar

import msgspec

from kiosk.admin.box_history import readable_entry
from kiosk.admin.desk import Desk
from kiosk.admin.pages import Step
from kiosk.admin.ports import AdminJournal, Room
from kiosk.domain.chain import StoredEntry
from kiosk.domain.entries import CashCount, CashOut, FloatIn, decode
from kiosk.domain.errors import AdalError
from kiosk.domain.money import NOTHING, Denomination, Pieces

COUNT_MAX = 9999
"""More pieces of one kind than this is a slip of the finger."""
_FORM_AGE_MS_MAX = 30 * 86_400_000
"""A form that was handed in longer ago is not looked for: every look reads the journal."""

MoneyBody = CashCount | CashOut | FloatIn
_FORM_TYPES = ("cash_count", "cash_out", "float_in")


class MoneyNote(StrEnum):
    """What these pages say once."""

    NO_MORE = "no_more"
    """``count``: so many of these there are, and no more can be taken."""
    ALREADY_SAVED = "already_saved"
    """The form had been saved before the power went; ``amount_tenge`` is what it said."""
    MOVED_SINCE = "moved_since"
    """Money moved between the count and its going on: what was counted is not what is there."""
    NOT_SAVED = "not_saved"
    WRONG_PIN = "wrong_pin"
    """``wait_s``: so long no other PIN is taken."""
    SAME_PERSON = "same_person"
    RECEIVED = "received"
    """``name`` is who has the money now."""
    TROUBLE = "trouble"
    """``message`` says what is wrong, for an operator."""


@dataclass(frozen=True, slots=True)
class MoneyState:
    """A form of notes and coins.

    ``limit``: no more than these can be entered; None for no limit. ``typing``: the kind whose
    number is being typed; ``typed``: its digits so far, empty until one was typed. ``cleared``:
    what was just cleared and can be brought back.
    """

    kinds: tuple[Denomination, ...] = ()
    pieces: Pieces = NOTHING
    limit: Pieces | None = None
    typing: Denomination | None = None
    typed: str = ""
    cleared: Pieces = NOTHING
    saving: bool = False


class PiecesDraft(msgspec.Struct):
    """Notes and coins entered so far, and the stage of the page they were seen on."""

    pieces: dict[str, int] = {}
    stage: str = ""
    to: str = ""
    book_tenge: int | None = None
    """What the journal expected in the box meanwhile; None when it could not know."""


M = TypeVar("M", bound=MoneyState)


class MoneyDesk(Desk[M], Generic[M]):
    """Entering pieces, keeping them, handing them in once."""

    step: Step

    def __init__(self, room: Room, state: M) -> None:
        super().__init__(room, state)
        self._is_on = False
        self.form_id = ""
        """Of the form on the page since it came on: what another sitting hands in late is not it."""

    # --- entering ---

    def more(self, kind: Denomination) -> None:
        """One more of these."""
        self._enter(kind, self.state.pieces[kind] + 1)

    def fewer(self, kind: Denomination) -> None:
        """One fewer, down to none."""
        self._enter(kind, max(0, self.state.pieces[kind] - 1))

    def ask_number(self, kind: Denomination) -> None:
        """The number of these is going to be typed."""
        self.show(typing=kind, typed="")

    def type_number(self, digits: str) -> None:
        """The digits typed so far; the number is theirs at once."""
        kind = self.state.typing
        if kind is None or digits == self.state.typed:
            return
        self._enter(kind, int(digits or 0))
        taken = self.state.pieces[kind]
        self.show(typed=digits if int(digits or 0) == taken else str(taken))

    def next_number(self) -> None:
        """On to the number of the next kind; after the last one typing is over."""
        kinds, kind = self.state.kinds, self.state.typing
        place = kinds.index(kind) + 1 if kind in kinds else len(kinds)
        self.show(typing=kinds[place] if place < len(kinds) else None, typed="")

    def stop_typing(self) -> None:
        """Back to all kinds; the number stays as typed."""
        self.show(typing=None, typed="")

    def clear(self) -> None:
        """Nothing is entered; until something is, it can be brought back."""
        before = self.state.pieces
        self._set(NOTHING)
        self.show(cleared=before)

    def bring_back(self) -> None:
        """Clearing was a slip of the finger."""
        self._set(self.state.cleared)

    def _enter(self, kind: Denomination, count: int) -> None:
        if self.state.saving:
            return
        most = COUNT_MAX if self.state.limit is None else self.state.limit[kind]
        if count > most:
            self.say(MoneyNote.NO_MORE, count=most)
        self._set(self.state.pieces.without(kind).add(kind, min(count, most)))

    def _set(self, pieces: Pieces) -> None:
        self.show(pieces=pieces, cleared=NOTHING)
        self.keep()

    # --- keeping ---

    @abstractmethod
    def begin(self, draft: PiecesDraft) -> None:
        """The page as it is with this draft, an empty one included."""

    @abstractmethod
    def handed_in(self, stored: StoredEntry) -> None:
        """The form's entry is on the disk."""

    def keep(self) -> None:
        """Keeps what was entered."""
        self.room.visit.keep(self.step, self.draft())

    def draft(self) -> PiecesDraft:
        """What is to be kept."""
        return PiecesDraft(self.state.pieces.to_codes())

    def open(self, argument: object = None) -> None:
        """As it was left; but what is on the disk already is not offered again."""
        self._is_on = True
        self.room.visit.begin(self.room.by)
        self.form_id = self.room.visit.form_id(self.step)
        draft = self.room.visit.draft(self.step, PiecesDraft)
        self.begin(draft or PiecesDraft())
        if draft is not None:
            self.show(saving=True)
            journal, form_id = self.room.journal, self.form_id
            not_before_ms = self.room.now_ms() - _FORM_AGE_MS_MAX
            self.room.work(
                lambda: _find_form(journal, form_id, not_before_ms),
                self._looked,
                lambda _error: self.show(saving=False),
            )

    def close(self) -> None:
        """Nothing runs here; what is on its way to the disk still arrives."""
        self._is_on = False

    # --- handing in ---

    def hand_in(self, body: MoneyBody) -> None:
        """Writes the form's entry, once."""
        if self.state.saving:
            return
        self.show(saving=True)
        self.room.saved(
            self.room.journal.append(body), lambda stored: self._saved(stored, body), self._refused
        )

    def leave_out(self) -> None:
        """Not this time."""
        if not self.state.saving:
            self.room.visit.skip(self.step)
            self.room.next_step(self.step)

    def go_on(self) -> None:
        """The next step, unless the volunteer has gone elsewhere meanwhile."""
        if self._is_on:
            self.room.next_step(self.step)

    def back(self) -> None:
        """The page before; what was entered stays."""
        self.room.back()

    def _saved(self, stored: StoredEntry, body: MoneyBody) -> None:
        self._done()
        first = decode(stored.payload).body
        if first == body:
            self.show(saving=False)
            self.handed_in(stored)
        else:
            self._begin_anew(first)

    def _looked(self, found: StoredEntry | None) -> None:
        self.show(saving=False)
        if found is not None:
            self._done()
            self._begin_anew(decode(found.payload).body)

    def _done(self) -> None:
        visit = self.room.visit
        if visit.is_open and visit.form_id(self.step) == self.form_id:
            visit.done(self.step)
        self.form_id = visit.form_id(self.step) if visit.is_open else ""

    def _begin_anew(self, first: object) -> None:
        """The form was handed in before the power went: it is said, and a new one begins."""
        assert isinstance(first, MoneyBody), "a form's entry is of its own type"
        self.begin(PiecesDraft())
        self.show(saving=False)
        amount_tenge = Pieces.from_codes(first.pieces).total_tenge
        self.say(MoneyNote.ALREADY_SAVED, amount_tenge=amount_tenge)

    def _refused(self, _error: AdalError) -> None:
        self.show(saving=False)
        self.say(MoneyNote.NOT_SAVED)


def all_kinds(
    kinds: Iterable[Denomination], *held: Iterable[Denomination]
) -> tuple[Denomination, ...]:
    """What circulates and what the box or a draft holds besides, from the largest down."""
    return tuple(sorted({*kinds, *(kind for some in held for kind in some)}, reverse=True))


def pieces_of(draft: PiecesDraft, limit: Pieces | None = None) -> Pieces:
    """What a draft holds, as far as there are so many."""
    pieces = Pieces.from_codes(draft.pieces)
    return pieces if limit is None else Pieces({k: min(n, limit[k]) for k, n in pieces.items()})


def _find_form(journal: AdminJournal, form_id: str, not_before_ms: int) -> StoredEntry | None:
    """The entry of that form, if it reached the disk."""
    for stored in journal.recent(_FORM_TYPES, not_before_ms=max(0, not_before_ms)):
        entry = readable_entry(stored)
        if entry is not None and getattr(entry.body, "form_id", "") == form_id:
            return stored
    return None
