"""A new PIN, typed twice; shared by the first start and the volunteers' page."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from kiosk.admin.pin_rules import LENGTH_MAX, LENGTH_MIN


class NewPinNote(StrEnum):
    """What to say above the pad."""

    CHOOSE = "choose"
    AGAIN = "again"
    NOT_THE_SAME = "not_the_same"
    UNUSABLE = "unusable"
    CHECKING = "checking"


@dataclass(frozen=True, slots=True)
class NewPinState:
    """How many digits stand there, and what to say; never the digits."""

    typed: int = 0
    note: NewPinNote = NewPinNote.CHOOSE

    @property
    def takes_digits(self) -> bool:
        """Whether a key does anything now."""
        return self.note is not NewPinNote.CHECKING

    @property
    def is_ready(self) -> bool:
        """Whether there are enough digits for a PIN."""
        return self.takes_digits and self.typed >= LENGTH_MIN


class NewPin:
    """The digits of both typings; forgets them as soon as they are of no more use."""

    def __init__(self) -> None:
        self._typed = ""
        self._first = ""
        self._note = NewPinNote.CHOOSE

    @property
    def state(self) -> NewPinState:
        """What the page may show."""
        return NewPinState(len(self._typed), self._note)

    @property
    def is_again(self) -> bool:
        """Whether the PIN is being typed the second time."""
        return bool(self._first)

    def press(self, digit: str) -> None:
        """One more digit."""
        if self.state.takes_digits and len(self._typed) < LENGTH_MAX:
            self._typed += digit

    def erase(self) -> None:
        """The last digit back."""
        if self.state.takes_digits:
            self._typed = self._typed[:-1]

    def checking(self) -> str:
        """What was typed goes to the PIN book; no key does anything until it answers."""
        self._note = NewPinNote.CHECKING
        return self._typed

    def usable(self) -> None:
        """The PIN book would take it: now once more, so that it is known by heart."""
        self._first, self._typed = self._typed, ""
        self._note = NewPinNote.AGAIN

    def unusable(self) -> None:
        """The PIN book would not take it: another one."""
        self._start_over(NewPinNote.UNUSABLE)

    def is_same(self) -> bool:
        """Whether the second typing is the first; if not, both are forgotten."""
        if self._typed == self._first:
            return True
        self._start_over(NewPinNote.NOT_THE_SAME)
        return False

    def forget(self) -> None:
        """As at the beginning."""
        self._start_over(NewPinNote.CHOOSE)

    def _start_over(self, note: NewPinNote) -> None:
        self._typed = self._first = ""
        self._note = note
