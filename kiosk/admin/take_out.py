"""Taking cash out, to the bank or to the cause, and having it confirmed by a second person.

Pieces are chosen first, by hand or by the proposal to leave a float that lasts; then they are
taken, and only "taken" writes the entry. The confirmation is an entry of its own: now, by the PIN
of somebody who did not take the money out, or on a later visit, or at the centre.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from math import ceil
from typing import Any, Literal

from kiosk.admin.box_history import read_usage, shelf_step
from kiosk.admin.cash_waiting import WaitingCash, is_own_making, read_waiting, waiting_of
from kiosk.admin.money_form import (
    MoneyDesk,
    MoneyNote,
    MoneyState,
    PiecesDraft,
    pieces_of,
)
from kiosk.admin.pages import Page, Step
from kiosk.admin.ports import Room
from kiosk.domain.cash_plan import PLAN_DAYS, Usage, float_to_leave
from kiosk.domain.chain import StoredEntry
from kiosk.domain.entries import CashOut, CashReceived, PinFailed
from kiosk.domain.errors import AdalError
from kiosk.domain.money import NOTHING, Pieces

Destination = Literal["bank", "cause"]


class TakeOutStage(StrEnum):
    """What the page asks for."""

    UNCOUNTED = "uncounted"
    CHOOSING = "choosing"
    TAKING = "taking"
    RECEIVING = "receiving"
    WAITING = "waiting"


@dataclass(frozen=True, slots=True)
class TakeOutState(MoneyState):
    """The page where cash leaves the box.

    ``available``: pieces known to be there; ``loose_tenge``: what should be there besides, in
    pieces nobody knows. ``proposal``: what to take so that the float stays, None while it is
    worked out. ``receiving`` is the cash-out whose receipt is being confirmed.
    """

    stage: TakeOutStage = TakeOutStage.CHOOSING
    available: Pieces = NOTHING
    loose_tenge: int = 0
    proposal: Pieces | None = None
    to: str = ""
    waiting: tuple[WaitingCash, ...] = ()
    receiving: WaitingCash | None = None

    @property
    def left(self) -> Pieces:
        """What stays in the box."""
        return self.available.minus_at_most(self.pieces)


class TakeOutDesk(MoneyDesk[TakeOutState]):
    """Takes cash out and confirms that it arrived."""

    step = Step.TAKE_OUT

    def __init__(self, room: Room) -> None:
        super().__init__(room, TakeOutState())
        self._used: Usage | None = None
        self._just_taken = False

    # --- coming on ---

    def open(self, argument: object = None) -> None:
        """As it was left; the last weeks and what waits are read in the background."""
        super().open(argument)
        journal, now_ms = self.room.journal, self.room.now_ms()
        self.room.work(lambda: read_usage(journal, now_ms), self._planned)
        self.room.work(lambda: read_waiting(journal, now_ms), self._found_waiting)

    def begin(self, draft: PiecesDraft) -> None:
        """Goes on where it was left."""
        self._just_taken = False
        box = self.room.journal.ledger.box
        available = box.available or NOTHING
        pieces = pieces_of(draft, available)
        taking = draft.stage == TakeOutStage.TAKING and bool(pieces)
        stage = TakeOutStage.TAKING if taking else TakeOutStage.CHOOSING
        self.show(
            kinds=tuple(available),
            pieces=pieces,
            limit=available,
            typing=None,
            available=available,
            loose_tenge=box.expected_tenge - available.total_tenge,
            stage=stage if box.known else TakeOutStage.UNCOUNTED,
            to=draft.to,
            receiving=None,
        )
        self._propose()

    def draft(self) -> PiecesDraft:
        """The pieces and how far it has come."""
        state = self.state
        return PiecesDraft(state.pieces.to_codes(), state.stage, state.to)

    def count_box(self) -> None:
        """To the cash count: without it nobody knows what can be taken."""
        self.room.go(Page.COUNT)

    # --- choosing and taking ---

    def take_proposal(self) -> None:
        """Leaves the float and takes the rest."""
        if self.state.proposal is not None:
            self._set(self.state.proposal)

    def take_to(self, to: Destination) -> None:
        """These pieces, to there: now they are taken out of the box."""
        if self.state.pieces:
            self.show(stage=TakeOutStage.TAKING, to=to, typing=None)
            self.keep()

    def choose_again(self) -> None:
        """Other pieces after all."""
        self.show(stage=TakeOutStage.CHOOSING)
        self.keep()

    def taken(self) -> None:
        """The pieces are out of the box."""
        to: Destination = "bank" if self.state.to == "bank" else "cause"
        form_id = self.form_id
        self.hand_in(CashOut(self.state.pieces.to_codes(), to, self.room.by, form_id))

    def handed_in(self, stored: StoredEntry) -> None:
        """The cash-out is on the disk: a second person may confirm it at once."""
        made = waiting_of(stored)
        self.begin(PiecesDraft())
        if made is None or not self._somebody_else(made.by):
            self.go_on()
            return
        self._just_taken = True
        self.show(stage=TakeOutStage.RECEIVING, receiving=self._named(made))

    # --- a second person ---

    def show_waiting(self) -> None:
        """What was taken out and not confirmed yet."""
        self.show(stage=TakeOutStage.WAITING, typing=None)

    def confirm_waiting(self, waiting: WaitingCash) -> None:
        """Somebody says that this has arrived."""
        self._just_taken = False
        self.show(stage=TakeOutStage.RECEIVING, receiving=waiting)

    def receive(self, pin: str) -> None:
        """The PIN of the person who has the money now. Slow; the page waits."""
        receiving = self.state.receiving
        if receiving is None or self.state.saving:
            return
        self.show(saving=True)
        pins, journal = self.room.service("pins"), self.room.journal

        def check() -> tuple[Any, bool]:
            verdict = pins.try_pin(pin)
            who = verdict.volunteer
            return verdict, who is not None and (
                who.volunteer_id == receiving.by
                or is_own_making(journal, who.volunteer_id, receiving.by)
            )

        self.room.work(check, lambda found: self._tried(receiving, *found), self._pin_trouble)

    def later(self) -> None:
        """Not now; it waits in the list."""
        self._after_receiving()

    def back_to_choosing(self) -> None:
        """From the list to the pieces."""
        self.begin(self.room.visit.draft(self.step, PiecesDraft) or PiecesDraft())

    # --- inside ---

    def _planned(self, used: Usage) -> None:
        self._used = used
        self._propose()

    def _propose(self) -> None:
        if self._used is None:
            return
        available, step_tenge = self.state.available, shelf_step(self.room.shelf)
        left = float_to_leave(available, self._used, self.room.kinds, PLAN_DAYS, step_tenge)
        self.show(proposal=available - left)

    def _found_waiting(self, waiting: tuple[WaitingCash, ...]) -> None:
        self.show(waiting=tuple(self._named(one) for one in waiting))

    def _named(self, waiting: WaitingCash) -> WaitingCash:
        return replace(waiting, by_name=self.room.service("pins").name_of(waiting.by))

    def _somebody_else(self, taker: str) -> bool:
        known = self.room.service("pins").volunteers
        return any(volunteer.volunteer_id != taker for volunteer in known)

    def _tried(self, receiving: WaitingCash, verdict: Any, is_same_person: bool) -> None:
        """``verdict``: :class:`kiosk.admin.pins.Verdict`; ``is_same_person``: as far as is known."""
        who = verdict.volunteer
        if who is None and verdict.checked:
            self.room.journal.append(PinFailed(verdict.failures))
        if who is None or is_same_person:
            self.show(saving=False)
            note = MoneyNote.WRONG_PIN if who is None else MoneyNote.SAME_PERSON
            self.say(note, wait_s=ceil(verdict.wait_s))
            return
        self.room.saved(
            self.room.journal.append(CashReceived(receiving.ref, who.volunteer_id)),
            lambda _stored: self._received(receiving, who.name),
            self._refused,
        )

    def _received(self, receiving: WaitingCash, name: str) -> None:
        rest = tuple(one for one in self.state.waiting if one.ref != receiving.ref)
        self.show(saving=False, waiting=rest)
        self.say(MoneyNote.RECEIVED, name=name)
        self._after_receiving()

    def _after_receiving(self) -> None:
        if self._just_taken:
            self._just_taken = False
            self.go_on()
        elif self.state.waiting:
            self.show_waiting()
        else:
            self.back_to_choosing()

    def _pin_trouble(self, error: AdalError) -> None:
        self.show(saving=False)
        self.say(MoneyNote.TROUBLE, message=error)
