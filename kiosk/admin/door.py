"""The door: a PIN, and how long to wait after wrong ones.

The digits stay in the desk; the state, which may be logged or drawn, only says how many there are.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from math import ceil
from random import SystemRandom

from kiosk.admin.desk import Desk
from kiosk.admin.pages import Page
from kiosk.admin.pin_rules import LENGTH_MAX, LENGTH_MIN
from kiosk.admin.pins import PinBook, Verdict
from kiosk.admin.ports import Room
from kiosk.admin.setup_progress import needs_setup
from kiosk.domain.entries import AdminOpened, PinFailed
from kiosk.domain.errors import AdalError

log = logging.getLogger(__name__)

DIGITS = "1234567890"
"""In the order of a telephone's keys."""


class DoorNote(StrEnum):
    """What the page says above its keys; it stays until the next digit."""

    ENTER_PIN = "enter_pin"
    WRONG_PIN = "wrong_pin"
    CHECKING = "checking"
    WAIT = "wait"
    OUT_OF_ORDER = "out_of_order"


@dataclass(frozen=True, slots=True)
class DoorState:
    """``digits`` are what the ten keys say, in their order; ``wait_s`` counts down while shut."""

    digits: str = DIGITS
    typed: int = 0
    wait_s: int = 0
    note: DoorNote = DoorNote.ENTER_PIN

    @property
    def takes_digits(self) -> bool:
        """Whether a key does anything now."""
        return self.note in (DoorNote.ENTER_PIN, DoorNote.WRONG_PIN)

    @property
    def is_ready(self) -> bool:
        """Whether there are enough digits for a PIN."""
        return self.takes_digits and self.typed >= LENGTH_MIN


class DoorDesk(Desk[DoorState]):
    """Takes digits, asks the PIN book, lets in."""

    def __init__(self, room: Room, shuffled: Callable[[str], str] | None = None) -> None:
        super().__init__(room, DoorState())
        self._pins: PinBook = room.service("pins")
        self._shuffled = shuffled or _shuffled
        self._typed = ""
        self._visit = 0

    def open(self, argument: object = None) -> None:
        """An empty pad; its keys change places where the shop wants that."""
        self._visit += 1
        self._typed = ""
        if not self._pins.is_set_up and needs_setup(self.room.directory, self._pins):
            self.room.go(Page.SETUP)
            return
        is_mixed = self.room.service("settings").shuffle_pin
        digits = self._shuffled(DIGITS) if is_mixed else DIGITS
        self.show(digits=digits, typed=0, note=DoorNote.ENTER_PIN, wait_s=0)
        self.tick()
        # An operator's command may have ended the wait, or mended the file.
        visit = self._visit
        self.room.work(
            self._pins.refresh,
            lambda _none: self._refreshed(visit),
            lambda error: self._cannot_look(visit, error),
        )

    def close(self) -> None:
        """What was typed is forgotten; an answer on its way comes too late."""
        self._visit += 1
        self._typed = ""
        self.show(typed=0)

    # --- what the volunteer does ---

    def press(self, digit: str) -> None:
        """One more digit."""
        if self.state.takes_digits and len(self._typed) < LENGTH_MAX:
            self._type(self._typed + digit)

    def erase(self) -> None:
        """The last digit back."""
        if self.state.takes_digits:
            self._type(self._typed[:-1])

    def enter(self) -> None:
        """The PIN is checked, in the background."""
        if not self.state.is_ready:
            return
        pin, self._typed = self._typed, ""
        visit = self._visit
        self.show(note=DoorNote.CHECKING)
        self.room.work(
            lambda: self._pins.try_pin(pin),
            lambda verdict: self._judged(visit, verdict),
            lambda error: self._cannot_look(visit, error),
        )

    def back(self) -> None:
        """To the start screen."""
        self.room.back()

    def tick(self) -> None:
        """Time passes: the countdown, and its end."""
        left_s = ceil(self._pins.wait_s())
        if left_s:
            self._typed = ""
            self.show(note=DoorNote.WAIT, wait_s=left_s, typed=0)
        elif self.state.note is DoorNote.WAIT:
            self.show(note=DoorNote.ENTER_PIN, wait_s=0)

    # --- inside ---

    def _type(self, typed: str) -> None:
        self._typed = typed
        self.show(typed=len(typed), note=DoorNote.ENTER_PIN)

    def _refreshed(self, visit: int) -> None:
        if visit != self._visit:
            return
        self.tick()
        if not self._pins.is_set_up:
            self.show(note=DoorNote.OUT_OF_ORDER)

    def _judged(self, visit: int, verdict: Verdict) -> None:
        if verdict.volunteer is None and verdict.checked:
            self.room.journal.append(PinFailed(verdict.failures))
        if visit != self._visit:
            return  # he went away meanwhile: nobody is let in behind his back
        known = verdict.volunteer
        if known is None:
            self.show(typed=0, note=DoorNote.WRONG_PIN)
            self.tick()
            return
        opened = self.room.journal.append(AdminOpened(known.volunteer_id))
        self.room.saved(
            opened,
            lambda _stored: self._let_in(visit, known.volunteer_id, known.name),
            # A disk that refuses is what he has come to mend.
            lambda error: self._let_in_anyway(visit, known.volunteer_id, known.name, error),
        )

    def _let_in(self, visit: int, volunteer_id: str, name: str) -> None:
        if visit == self._visit:
            self.room.service("session").let_in(volunteer_id, name)

    def _let_in_anyway(self, visit: int, volunteer_id: str, name: str, error: AdalError) -> None:
        log.error("%s Letting %s in without an entry.", error, volunteer_id)
        self._let_in(visit, volunteer_id, name)

    def _cannot_look(self, visit: int, error: AdalError) -> None:
        log.error("%s", error)
        if visit == self._visit:
            self.show(typed=0, note=DoorNote.OUT_OF_ORDER)


def _shuffled(digits: str) -> str:
    return "".join(SystemRandom().sample(digits, len(digits)))
