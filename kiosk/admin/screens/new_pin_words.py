"""What is said while a new PIN is typed twice."""

from __future__ import annotations

from kiosk.admin.new_pin import NewPinNote, NewPinState
from kiosk.screens.tr import tr


def heading_of(pin: NewPinState, name: str) -> str:
    """What to do, and for whom."""
    if pin.note is NewPinNote.AGAIN:
        return tr._("The same PIN once more: {name}").format(name=name)
    return tr._("Choose a new PIN: {name}").format(name=name)


def message_of(pin: NewPinState) -> str:
    """What a PIN should be, or why it was not taken."""
    return {
        NewPinNote.CHOOSE: tr._(
            "6 to 10 digits, not in a row and not all alike. Nobody else should know them."
        ),
        NewPinNote.AGAIN: tr._("So that it is known by heart."),
        NewPinNote.NOT_THE_SAME: tr._("The two PINs were not the same. Please begin again."),
        NewPinNote.UNUSABLE: tr._("This PIN cannot be used. Please choose another one."),
        NewPinNote.CHECKING: "",
    }[pin.note]


def is_bad(pin: NewPinState) -> bool:
    """Whether the message wants to be noticed."""
    return pin.note in (NewPinNote.NOT_THE_SAME, NewPinNote.UNUSABLE)
