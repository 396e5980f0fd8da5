"""How entries become the bytes that are kept for ever, and how those are read again."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from kiosk.domain.entries.base import Body, Stamp
from kiosk.domain.entries.box import (
    CashCount,
    CashOut,
    CashReceived,
    FloatIn,
    PieceMissing,
)
from kiosk.domain.entries.machine import Boot, ClockSet
from kiosk.domain.entries.people import (
    AdminOpened,
    HelpCall,
    PinFailed,
    Suggestion,
    UnknownScan,
    VolunteerChanged,
)
from kiosk.domain.entries.sales import Abandoned, Correction, Sale
from kiosk.domain.entries.shelf import PriceChange, ProductChange, Restock, Stocktake, WriteOff
from kiosk.domain.errors import EntryError, MoneyError, ProductError

EntryBody = (
    Sale
    | Correction
    | Abandoned
    | PieceMissing
    | CashCount
    | FloatIn
    | CashOut
    | CashReceived
    | Restock
    | Stocktake
    | WriteOff
    | ProductChange
    | PriceChange
    | UnknownScan
    | Suggestion
    | HelpCall
    | AdminOpened
    | PinFailed
    | VolunteerChanged
    | Boot
    | ClockSet
)

BODY_TYPES: dict[str, type[Body]] = {
    str(msgspec.inspect.type_info(t).tag): t  # type: ignore[attr-defined]
    for t in EntryBody.__args__
}


class Entry(msgspec.Struct, frozen=True):
    """A body and the stamp it was made with."""

    body: EntryBody
    stamp: Stamp


def _only_more_fields(fields: dict[str, Any]) -> dict[str, Any]:
    """The next version only added fields that may be left out."""
    return fields


_UPGRADES: Mapping[tuple[str, int], Callable[[dict[str, Any]], dict[str, Any]]] = {
    (name, 1): _only_more_fields
    for name in ("cash_count", "float_in", "cash_out", "restock", "stocktake", "write_off")
}
"""(type, old version) → fields of that version made into those of the next."""


_STAMP_FIELDS = ("at_ms", "boot", "mono_ms")


def type_of(body: Body) -> str:
    """The name under which a body stands in the journal, e.g. ``unknown_scan``."""
    return str(body.__struct_config__.tag)


def encode(entry: Entry) -> bytes:
    """The bytes of an entry; called once in its life, when it is written."""
    body = msgspec.to_builtins(entry.body)
    head = {"type": body.pop("type"), "v": entry.body.VERSION}
    return msgspec.json.encode({**head, **msgspec.to_builtins(entry.stamp), **body})


def decode(payload: bytes) -> Entry:
    """Reads an entry's bytes.

    Raises:
        EntryError: for anything that this version cannot read; the bytes stay as they are.
    """
    try:
        fields = msgspec.json.decode(payload, type=dict[str, Any])
        version = fields.pop("v")
        stamp = msgspec.convert({name: fields.pop(name) for name in _STAMP_FIELDS}, Stamp)
        fields = _upgrade(fields, version)
        return Entry(msgspec.convert(fields, EntryBody), stamp)
    except KeyError as error:
        raise EntryError(f"An entry without {error}; it was not written by Adal.") from error
    except (msgspec.MsgspecError, MoneyError, ProductError, ValueError, RecursionError) as error:
        raise EntryError(f"An entry that this version cannot read: {error}") from error


def _upgrade(fields: dict[str, Any], version: object) -> dict[str, Any]:
    """Brings the fields of an older schema version up to today's, one step at a time."""
    name = fields.get("type")
    body_type = BODY_TYPES.get(name) if isinstance(name, str) else None
    if body_type is None or not isinstance(name, str):
        raise EntryError(f"Entries of type {name!r} are unknown to this version; update it.")
    # JSON's true is an int to Python, and no version.
    if type(version) is not int or not 1 <= version <= body_type.VERSION:
        raise EntryError(f"{name!r} of version {version!r} is unknown to this version; update it.")
    for step in range(version, body_type.VERSION):
        fields = _UPGRADES[name, step](fields)
    return fields
