"""The door in the states that matter."""

from __future__ import annotations

from collections.abc import Iterator

from kiosk.admin.door import DoorNote, DoorState
from kiosk.domain.products import Product


def examples(_products: dict[str, Product], _language: str) -> Iterator[tuple[str, DoorState]]:
    """Names and states."""
    yield "empty", DoorState()
    yield "typed", DoorState(typed=7)
    yield "wrong", DoorState(note=DoorNote.WRONG_PIN)
    yield "wait", DoorState(note=DoorNote.WAIT, wait_s=287)
    yield "shuffled", DoorState(digits="7204916583", typed=3)
    yield "out-of-order", DoorState(note=DoorNote.OUT_OF_ORDER)
