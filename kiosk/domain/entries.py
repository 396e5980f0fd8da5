"""Journal entries: their types, and how they become the bytes that are kept for ever.

A payload is compact JSON that a person can read: ``type``, ``v`` (schema version of that type),
``at_ms``, ``boot`` and ``mono_ms`` (the stamp), then the fields of the body. The bytes are made
once, by :func:`encode`, and never made again: what is stored, hashed, sent and stored at the
centre is the same string of bytes.

To change a body: give it a new ``VERSION``, keep decoding the old one in :data:`_UPGRADES`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Annotated, Any, ClassVar, Literal

import msgspec

from kiosk.domain.errors import EntryError, MoneyError
from kiosk.domain.money import Denomination, Pieces

Tenge = Annotated[int, msgspec.Meta(ge=0, le=10**12)]
Count = Annotated[int, msgspec.Meta(ge=0, le=10**9)]
PieceCounts = dict[str, Count]
"""Notes and coins by code, as in ``{"n500": 1, "c20": 3}``."""
Millis = Annotated[int, msgspec.Meta(ge=0, le=253_402_300_799_999)]
"""Up to the year 9999, the last that a calendar here can name."""


class Stamp(msgspec.Struct, frozen=True):
    """When an entry was made, as far as the machine knows; order is ``seq``, never this.

    ``at_ms``: milliseconds since 1970 UTC by the wall clock. ``boot``: id of the machine's boot.
    ``mono_ms``: milliseconds of the monotonic clock of that boot.
    """

    at_ms: Millis
    boot: str
    mono_ms: Annotated[int, msgspec.Meta(ge=0, le=2**62)]


class Body(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="type"):
    """What an entry says; each subclass is one type of entry."""

    VERSION: ClassVar[int] = 1


def _tag(name: str) -> str:
    """``UnknownScan`` → ``unknown_scan``."""
    return "".join(f"_{c.lower()}" if c.isupper() else c for c in name).lstrip("_")


# --- what is sold ---------------------------------------------------------------------------


class SaleLine(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """One line of a basket, with name and price as they were.

    ``product_id`` is None for an unknown product whose price the shopper read off the shelf tag
    (``price_entered``); ``code`` is the GTIN-14 that was scanned, or whatever the code said.
    """

    name: str
    unit_price_tenge: Tenge
    quantity: Count
    product_id: str | None = None
    code: str | None = None
    price_entered: bool = False

    def __post_init__(self) -> None:
        if self.quantity < 1 or self.unit_price_tenge < 0:
            raise EntryError(
                f"Line {self.name!r} has quantity {self.quantity} and price "
                f"{self.unit_price_tenge} ₸; at least 1 and 0 ₸ are needed."
            )

    @property
    def total_tenge(self) -> int:
        """Price × quantity."""
        return self.unit_price_tenge * self.quantity


class CashTender(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag="cash"):
    """Cash: pieces put in and taken out, by code (``n500``).

    ``pieces_in`` is None when the shopper said "exact amount": the sum is expected in the box,
    but nobody knows in which pieces, so it is never offered as change. ``rounded_off_tenge`` is
    what the shop's rounding step let him off.
    """

    pieces_in: PieceCounts | None
    change: PieceCounts = {}
    left_to_cause_tenge: Tenge = 0
    rounded_off_tenge: Tenge = 0
    box_known: bool = True


class QrTender(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag="qr"):
    """Paid by the shop's static QR, as the shopper says: claimed, unverified."""

    claimed_tenge: Tenge


Tender = CashTender | QrTender


class Sale(Body, frozen=True, tag=_tag):
    """Goods taken and money left. An unbalanced sale cannot exist.

    ``checkout_id`` is made when the visit begins and is unique: one tap, one sale.
    """

    checkout_id: str
    language: str
    lines: tuple[SaleLine, ...]
    total_tenge: Tenge
    tender: Tender

    def __post_init__(self) -> None:
        if not self.lines:
            raise EntryError("A sale needs at least one line.")
        _require_equal(
            "lines of the sale", sum(x.total_tenge for x in self.lines), self.total_tenge
        )
        _require_equal("money of the sale", paid_tenge(self), self.total_tenge)


class SaleRef(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Names one sale of the same kiosk; ``hash`` in hex."""

    epoch: Count
    seq: Count
    hash: str


class Correction(Body, frozen=True, tag=_tag):
    """Takes a sale back: goods return to the shelf, money moves back.

    ``taken_back``: pieces the shopper takes out of the box, None when nobody knows which;
    ``put_back``: the change he returns. It repeats the sale's lines so that it folds by itself.
    """

    sale: SaleRef
    by: Literal["shopper", "volunteer"]
    reason: str
    lines: tuple[SaleLine, ...]
    total_tenge: Tenge
    left_to_cause_tenge: Tenge
    rounded_off_tenge: Tenge
    tender: Literal["cash", "qr"]
    taken_back_tenge: Tenge
    taken_back: PieceCounts | None
    put_back: PieceCounts

    def __post_init__(self) -> None:
        _require_equal(
            "lines of the correction", sum(x.total_tenge for x in self.lines), self.total_tenge
        )
        if self.taken_back is not None:
            _require_equal(
                "pieces taken back",
                Pieces.from_codes(self.taken_back).total_tenge,
                self.taken_back_tenge,
            )
        _require_rounding(self.rounded_off_tenge, self.total_tenge)
        moved_tenge = self.taken_back_tenge - Pieces.from_codes(self.put_back).total_tenge
        owed_tenge = self.total_tenge + self.left_to_cause_tenge - self.rounded_off_tenge
        _require_equal(
            "money of the correction", moved_tenge, owed_tenge if self.tender == "cash" else 0
        )


class Abandoned(Body, frozen=True, tag=_tag):
    """A visit that ended on a payment screen without a sale; a volunteer may want to look."""

    checkout_id: str
    how: Literal["cancelled", "timed_out"]
    screen: Literal["cash", "qr"]
    lines: tuple[SaleLine, ...]
    total_tenge: Tenge
    pieces_tapped: PieceCounts

    def __post_init__(self) -> None:
        Pieces.from_codes(self.pieces_tapped)


# --- the box and the shelf ------------------------------------------------------------------


class PieceMissing(Body, frozen=True, tag=_tag):
    """A shopper found none of these in the box: no longer available, still expected."""

    denomination: str

    def __post_init__(self) -> None:
        Denomination.from_code(self.denomination)


class CashCount(Body, frozen=True, tag=_tag):
    """The box was counted: it holds exactly these pieces."""

    pieces: PieceCounts
    by: str

    def __post_init__(self) -> None:
        Pieces.from_codes(self.pieces)


class FloatIn(Body, frozen=True, tag=_tag):
    """Pieces put into the box so that there is change."""

    pieces: PieceCounts
    by: str

    def __post_init__(self) -> None:
        Pieces.from_codes(self.pieces)


class CashOut(Body, frozen=True, tag=_tag):
    """Pieces taken out of the box, to the bank or to the cause."""

    pieces: PieceCounts
    to: Literal["bank", "cause"]
    by: str

    def __post_init__(self) -> None:
        Pieces.from_codes(self.pieces)


class StockLine(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """So many pieces of one product."""

    product_id: str
    quantity: Count


class Restock(Body, frozen=True, tag=_tag):
    """Goods put on the shelf."""

    lines: tuple[StockLine, ...]
    by: str


class Stocktake(Body, frozen=True, tag=_tag):
    """Goods counted on the shelf: exactly so many of each."""

    lines: tuple[StockLine, ...]
    by: str


class WriteOff(Body, frozen=True, tag=_tag):
    """Goods taken off the shelf unsold."""

    lines: tuple[StockLine, ...]
    reason: str
    by: str


# --- what shoppers say ----------------------------------------------------------------------


class UnknownScan(Body, frozen=True, tag=_tag):
    """A code that the catalogue does not know; ``gtin14`` is None for a code of no product."""

    text: str
    symbology: str
    gtin14: str | None


class Suggestion(Body, frozen=True, tag=_tag):
    """A shopper wrote something. Only its salted SHA-256 is here; the text can be deleted."""

    suggestion_id: str
    text_sha256: str
    language: str


class HelpCall(Body, frozen=True, tag=_tag):
    """A shopper asked for a volunteer; ``screen`` tells what he was doing."""

    screen: str
    language: str


# --- the machine ----------------------------------------------------------------------------


class Boot(Body, frozen=True, tag=_tag):
    """The kiosk program started."""

    software: str


class ClockSet(Body, frozen=True, tag=_tag):
    """The centre's time, heard while authenticated, differed from ours; anchors the stamps."""

    server_ms: Millis
    local_ms: Millis


EntryBody = (
    Sale
    | Correction
    | Abandoned
    | PieceMissing
    | CashCount
    | FloatIn
    | CashOut
    | Restock
    | Stocktake
    | WriteOff
    | UnknownScan
    | Suggestion
    | HelpCall
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


_UPGRADES: Mapping[tuple[str, int], Callable[[dict[str, Any]], dict[str, Any]]] = {}
"""(type, old version) → fields of that version made into those of the next."""

_STAMP_FIELDS = ("at_ms", "boot", "mono_ms")


def type_of(body: Body) -> str:
    """The name under which a body stands in the journal, e.g. ``unknown_scan``."""
    return str(body.__struct_config__.tag)


def paid_tenge(sale: Sale) -> int:
    """What the tender makes of the goods: in − change − left to the cause + rounded off."""
    tender = sale.tender
    if isinstance(tender, QrTender):
        return tender.claimed_tenge
    if tender.left_to_cause_tenge < 0:
        raise EntryError(f"{tender.left_to_cause_tenge} ₸ left to the cause; 0 or more is needed.")
    _require_rounding(tender.rounded_off_tenge, sale.total_tenge)
    change_tenge = Pieces.from_codes(tender.change).total_tenge
    if tender.pieces_in is None:
        if change_tenge or tender.left_to_cause_tenge:
            raise EntryError("A sale paid with the exact amount has no change.")
        return sale.total_tenge
    in_tenge = Pieces.from_codes(tender.pieces_in).total_tenge
    return in_tenge - change_tenge - tender.left_to_cause_tenge + tender.rounded_off_tenge


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
    except (msgspec.MsgspecError, MoneyError, ValueError, RecursionError) as error:
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


def _require_rounding(rounded_off_tenge: int, total_tenge: int) -> None:
    """Rounding lets a shopper off at most the whole sum; more would pay him out of the box."""
    if not 0 <= rounded_off_tenge <= total_tenge:
        raise EntryError(f"{rounded_off_tenge} ₸ rounded off a sum of {total_tenge} ₸ cannot be.")


def _require_equal(what: str, got_tenge: int, expected_tenge: int) -> None:
    if got_tenge != expected_tenge:
        raise EntryError(f"The {what} give {got_tenge} ₸ but must give {expected_tenge} ₸.")
