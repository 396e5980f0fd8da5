"""Putting change into the box, and what to bring next time.

The last weeks' sales say which pieces leave the box faster than they come in: those are marked
while the volunteer enters what he puts in, and afterwards the page says how long the rest will
last and what to bring to the next visit (:mod:`kiosk.domain.cash_plan`).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from kiosk.admin.box_history import read_usage, shelf_step
from kiosk.admin.money_form import (
    MoneyDesk,
    MoneyState,
    PiecesDraft,
    all_kinds,
    pieces_of,
)
from kiosk.admin.pages import Step
from kiosk.admin.ports import Room
from kiosk.domain.cash_plan import PLAN_DAYS, RunsOut, Usage, float_to_bring, runs_out
from kiosk.domain.chain import StoredEntry
from kiosk.domain.entries import FloatIn
from kiosk.domain.money import NOTHING, Pieces


class FloatStage(StrEnum):
    """What the page is about."""

    PUTTING = "putting"
    LOOKING = "looking"


@dataclass(frozen=True, slots=True)
class ChangeFloatState(MoneyState):
    """The page where change comes into the box.

    ``holds``: the pieces in the box before, None when it was never counted. ``soon``: what runs
    out within the weeks that are planned for, and ``bring``: what is missing, both of the box as
    it is at this stage; ``bring`` is None while it is worked out, or when nobody knows the box.
    """

    stage: FloatStage = FloatStage.PUTTING
    holds: Pieces | None = None
    soon: tuple[RunsOut, ...] = ()
    bring: Pieces | None = None

    @property
    def after(self) -> Pieces:
        """What the box holds with what is put in."""
        return (self.holds or NOTHING) + self.pieces


class ChangeFloatDesk(MoneyDesk[ChangeFloatState]):
    """Puts change in."""

    step = Step.CHANGE_FLOAT

    def __init__(self, room: Room) -> None:
        super().__init__(room, ChangeFloatState())
        self._used: Usage | None = None

    def open(self, argument: object = None) -> None:
        """As it was left; the last weeks are read in the background."""
        super().open(argument)
        journal, now_ms = self.room.journal, self.room.now_ms()
        self.room.work(lambda: read_usage(journal, now_ms), self._planned)

    def begin(self, draft: PiecesDraft) -> None:
        """Goes on where it was left."""
        holds, pieces = self.room.journal.ledger.box.available, pieces_of(draft)
        looking = draft.stage == FloatStage.LOOKING
        self.show(
            kinds=all_kinds(self.room.kinds, pieces),
            pieces=pieces,
            holds=holds,
            stage=FloatStage.LOOKING if looking else FloatStage.PUTTING,
            typing=None,
        )
        self._plan()

    def draft(self) -> PiecesDraft:
        """The pieces and how far it has come."""
        return PiecesDraft(self.state.pieces.to_codes(), self.state.stage)

    def put_in_suggested(self) -> None:
        """He brought what the box is short of: it is entered at once."""
        if self.state.bring is not None:
            self._set(self.state.bring)

    def put_in(self) -> None:
        """All that was brought is entered; what the box lacks now is worked out."""
        self._show_stage(FloatStage.LOOKING)

    def change(self) -> None:
        """Back to the numbers."""
        self._show_stage(FloatStage.PUTTING)

    def confirm(self) -> None:
        """The pieces are in the box; without any there is nothing to write."""
        if self.state.saving:
            return
        if not self.state.pieces:
            self.room.visit.done(self.step)
            self.go_on()
            return
        form_id = self.form_id
        self.hand_in(FloatIn(self.state.pieces.to_codes(), self.room.by, form_id))

    def handed_in(self, _stored: StoredEntry) -> None:
        """The float is on the disk."""
        self.go_on()

    def _show_stage(self, stage: FloatStage) -> None:
        self.show(stage=stage, typing=None)
        self._plan()
        self.keep()

    def _planned(self, used: Usage) -> None:
        self._used = used
        self._plan()

    def _plan(self) -> None:
        """What runs out and what is missing, of the box as this stage shows it."""
        state, used = self.state, self._used
        if used is None or state.holds is None:
            self.show(soon=(), bring=None)
            return
        box = state.after if state.stage is FloatStage.LOOKING else state.holds
        kinds, step_tenge = self.room.kinds, shelf_step(self.room.shelf)
        self.show(
            soon=tuple(one for one in runs_out(box, used, kinds) if one.days_left < PLAN_DAYS),
            bring=float_to_bring(box, used, kinds, PLAN_DAYS, step_tenge),
        )
