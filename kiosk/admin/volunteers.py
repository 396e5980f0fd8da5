"""The volunteers' page: who may come in; add one, change a PIN, take one out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal

from kiosk.admin.desk import Desk
from kiosk.admin.new_pin import NewPin, NewPinState
from kiosk.admin.pin_file import PinError
from kiosk.admin.pins import Known, PinBook, PinRefused
from kiosk.admin.ports import Room
from kiosk.domain.entries import VolunteerChanged
from kiosk.domain.errors import AdalError

ROWS_A_PAGE = 4


class VolunteersMode(StrEnum):
    """What the page is about now."""

    LIST = "list"
    NAME = "name"
    PIN = "pin"
    REMOVE = "remove"


class VolunteersNote(StrEnum):
    """What the page says once."""

    ADDED = "added"
    PIN_CHANGED = "pin_changed"
    REMOVED = "removed"
    NAME_REFUSED = "name_refused"
    NOT_SAVED = "not_saved"


@dataclass(frozen=True, slots=True)
class VolunteersState:
    """``rows`` are one page of the list; ``about`` is whom a PIN or a removal is for."""

    mode: VolunteersMode = VolunteersMode.LIST
    rows: tuple[Known, ...] = ()
    by: str = ""
    page: int = 0
    pages: int = 1
    is_only_one: bool = True
    about: Known | None = None
    name: str = ""
    pin: NewPinState = field(default_factory=NewPinState)
    is_saving: bool = False


class VolunteersDesk(Desk[VolunteersState]):
    """The PIN book's front."""

    def __init__(self, room: Room) -> None:
        super().__init__(room, VolunteersState())
        self._pins: PinBook = room.service("pins")
        self._new_pin = NewPin()

    def open(self, argument: object = None) -> None:
        """The list, from the top."""
        self._new_pin.forget()
        self.show(page=0)
        self._list()

    def close(self) -> None:
        """What was typed is forgotten."""
        self._new_pin.forget()
        self.show(name="", pin=self._new_pin.state, about=None, mode=VolunteersMode.LIST)

    # --- the list ---

    def turn(self, pages: int) -> None:
        """So many pages on, or back."""
        self.show(page=self.state.page + pages)
        self._list()

    def ask_name(self) -> None:
        """Somebody new."""
        self._new_pin.forget()
        self.show(mode=VolunteersMode.NAME, about=None, name="", pin=self._new_pin.state)

    def ask_pin(self, volunteer_id: str) -> None:
        """Another PIN for this one."""
        about = self._known(volunteer_id)
        if about is not None:
            self._new_pin.forget()
            self.show(mode=VolunteersMode.PIN, about=about, pin=self._new_pin.state)

    def ask_remove(self, volunteer_id: str) -> None:
        """Take this one out; asked once more before it is done."""
        about = self._known(volunteer_id)
        if about is not None and not self.state.is_only_one:
            self.show(mode=VolunteersMode.REMOVE, about=about)

    def back(self) -> None:
        """One step back; from the list, to the page before."""
        if self.state.is_saving:
            return
        if self.state.mode is VolunteersMode.LIST:
            self.room.back()
        elif self.state.mode is VolunteersMode.PIN and self.state.about is None:
            self._new_pin.forget()
            self.show(mode=VolunteersMode.NAME, pin=self._new_pin.state)
        else:
            self._list()

    # --- a new one, or a new PIN ---

    def type_name(self, name: str) -> None:
        """The name so far."""
        self.show(name=name)

    def name_done(self) -> None:
        """The name stands: now the PIN."""
        if self.state.name.strip():
            self.show(mode=VolunteersMode.PIN, pin=self._new_pin.state)

    def press(self, digit: str) -> None:
        """One more digit."""
        self._new_pin.press(digit)
        self.show(pin=self._new_pin.state)

    def erase(self) -> None:
        """The last digit back."""
        self._new_pin.erase()
        self.show(pin=self._new_pin.state)

    def enter(self) -> None:
        """The PIN is there, for the first or the second time."""
        if not self.state.pin.is_ready:
            return
        if not self._new_pin.is_again:
            pin, about = self._new_pin.checking(), self.state.about
            for_id = about.volunteer_id if about else ""
            self.show(pin=self._new_pin.state)
            self._work(lambda: self._pins.refuse_unusable(pin, for_id=for_id), self._usable)
        elif self._new_pin.is_same():
            self._save_pin()
        else:
            self.show(pin=self._new_pin.state)

    def remove(self) -> None:
        """Yes, take this one out."""
        about = self.state.about
        if self.state.mode is VolunteersMode.REMOVE and about is not None:
            self._work(
                lambda: self._removed(about.volunteer_id),
                lambda: self._saved(VolunteersNote.REMOVED, about.name),
            )

    # --- inside ---

    def _known(self, volunteer_id: str) -> Known | None:
        return next((k for k in self._pins.volunteers if k.volunteer_id == volunteer_id), None)

    def _list(self) -> None:
        everybody = self._pins.volunteers
        pages = max(1, -(-len(everybody) // ROWS_A_PAGE))
        page = min(max(self.state.page, 0), pages - 1)
        self.show(
            mode=VolunteersMode.LIST,
            rows=everybody[page * ROWS_A_PAGE :][:ROWS_A_PAGE],
            by=self.room.by,
            page=page,
            pages=pages,
            is_only_one=len(everybody) <= 1,
            about=None,
            name="",
            is_saving=False,
        )

    def _usable(self) -> None:
        self._new_pin.usable()
        self.show(pin=self._new_pin.state, is_saving=False)

    def _save_pin(self) -> None:
        pin, about, name = self._new_pin.checking(), self.state.about, self.state.name
        self.show(pin=self._new_pin.state)
        if about is None:
            self._work(
                lambda: self._noted("added", self._pins.add(name, pin).volunteer_id),
                lambda: self._saved(VolunteersNote.ADDED, name),
            )
        else:
            self._work(
                lambda: self._changed_pin(about.volunteer_id, pin),
                lambda: self._saved(VolunteersNote.PIN_CHANGED, about.name),
            )

    def _removed(self, volunteer_id: str) -> None:
        self._pins.remove(volunteer_id)
        self._noted("removed", volunteer_id)

    def _changed_pin(self, volunteer_id: str, pin: str) -> None:
        self._pins.set_pin(volunteer_id, pin)
        self._noted("pin", volunteer_id)

    def _noted(self, what: Literal["added", "pin", "removed"], volunteer_id: str) -> None:
        """Who may come in is evidence like money: a second person must be one."""
        self.room.journal.append(VolunteerChanged(volunteer_id, what, self.room.by)).result()

    def _work(self, job: Callable[[], object], done: Callable[[], None]) -> None:
        self.show(is_saving=True)
        self.room.work(job, lambda _result: done(), self._failed)

    def _saved(self, note: VolunteersNote, name: str) -> None:
        self._new_pin.forget()
        self._list()
        self.say(note, name=" ".join(name.split()))

    def _failed(self, error: AdalError) -> None:
        if isinstance(error, PinRefused):
            self._new_pin.unusable()
            self.show(pin=self._new_pin.state, is_saving=False)
            return
        self._new_pin.forget()
        is_name = type(error) is PinError and self.state.mode is VolunteersMode.PIN
        if is_name and self.state.about is None:
            self.show(mode=VolunteersMode.NAME, pin=self._new_pin.state, is_saving=False)
            self.say(VolunteersNote.NAME_REFUSED)
            return
        self._list()
        self.say(VolunteersNote.NOT_SAVED, error=error)
