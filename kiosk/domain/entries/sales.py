"""What is sold and taken back. An unbalanced sale cannot exist."""

from __future__ import annotations

from typing import Literal

import msgspec

from kiosk.domain.entries.base import Body, Count, PieceCounts, Tenge, require_equal, tag
from kiosk.domain.errors import EntryError
from kiosk.domain.money import Pieces


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


class Sale(Body, frozen=True, tag=tag):
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
        require_equal("lines of the sale", sum(x.total_tenge for x in self.lines), self.total_tenge)
        require_equal("money of the sale", paid_tenge(self), self.total_tenge)


class SaleRef(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Names one sale of the same kiosk; ``hash`` in hex."""

    epoch: Count
    seq: Count
    hash: str


class Correction(Body, frozen=True, tag=tag):
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
        require_equal(
            "lines of the correction", sum(x.total_tenge for x in self.lines), self.total_tenge
        )
        if self.taken_back is not None:
            require_equal(
                "pieces taken back",
                Pieces.from_codes(self.taken_back).total_tenge,
                self.taken_back_tenge,
            )
        _require_rounding(self.rounded_off_tenge, self.total_tenge)
        moved_tenge = self.taken_back_tenge - Pieces.from_codes(self.put_back).total_tenge
        owed_tenge = self.total_tenge + self.left_to_cause_tenge - self.rounded_off_tenge
        require_equal(
            "money of the correction", moved_tenge, owed_tenge if self.tender == "cash" else 0
        )


class Abandoned(Body, frozen=True, tag=tag):
    """A visit that ended on a payment screen without a sale; a volunteer may want to look."""

    checkout_id: str
    how: Literal["cancelled", "timed_out"]
    screen: Literal["cash", "qr"]
    lines: tuple[SaleLine, ...]
    total_tenge: Tenge
    pieces_tapped: PieceCounts

    def __post_init__(self) -> None:
        Pieces.from_codes(self.pieces_tapped)


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


def _require_rounding(rounded_off_tenge: int, total_tenge: int) -> None:
    """Rounding lets a shopper off at most the whole sum; more would pay him out of the box."""
    if not 0 <= rounded_off_tenge <= total_tenge:
        raise EntryError(f"{rounded_off_tenge} ₸ rounded off a sum of {total_tenge} ₸ cannot be.")
