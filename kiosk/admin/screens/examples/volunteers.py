"""The volunteers' page in the states that matter."""

from __future__ import annotations

from collections.abc import Iterator

from kiosk.admin.new_pin import NewPinNote, NewPinState
from kiosk.admin.pins import Known
from kiosk.admin.volunteers import VolunteersMode, VolunteersState
from kiosk.domain.products import Product

_PEOPLE = (
    Known("v1", "Әсел"),
    Known("v2", "Болат Сейтқали"),
    Known("v4", "Нина Петровна"),
    Known("v5", "Константин Константинопольский"),
)


def examples(
    _products: dict[str, Product], _language: str
) -> Iterator[tuple[str, VolunteersState]]:
    """Names and states."""
    pin, about = VolunteersMode.PIN, _PEOPLE[1]
    yield "list", VolunteersState(rows=_PEOPLE, by="v1", pages=2, is_only_one=False)
    yield "only-one", VolunteersState(rows=_PEOPLE[:1], by="v1")
    yield "name", VolunteersState(mode=VolunteersMode.NAME, name="Болат")
    yield "pin", VolunteersState(mode=pin, about=about, pin=NewPinState(6))
    yield (
        "pin-unusable",
        VolunteersState(mode=pin, about=about, pin=NewPinState(note=NewPinNote.UNUSABLE)),
    )
    yield "again", VolunteersState(mode=pin, name="Дана", pin=NewPinState(4, NewPinNote.AGAIN))
    yield "remove", VolunteersState(mode=VolunteersMode.REMOVE, about=about)
