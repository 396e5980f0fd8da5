"""The cash box: counted, filled, emptied.

``form_id`` is made when a volunteer begins to fill in a form and is unique: one form, one entry,
also after a power cut in between. It begins with the visit's id. Empty where no form was used.
"""

from __future__ import annotations

from typing import ClassVar, Literal

import msgspec

from kiosk.domain.entries.base import Body, Count, PieceCounts, tag
from kiosk.domain.money import Denomination, Pieces


class PieceMissing(Body, frozen=True, tag=tag):
    """A shopper found none of these in the box: no longer available, still expected."""

    denomination: str

    def __post_init__(self) -> None:
        Denomination.from_code(self.denomination)


class CashCount(Body, frozen=True, tag=tag):
    """The box was counted: it holds exactly these pieces.

    ``expected_tenge`` is what the journal said it should hold; None when it was never counted.
    """

    VERSION: ClassVar[int] = 2

    pieces: PieceCounts
    by: str
    expected_tenge: int | None = None
    form_id: str = ""

    def __post_init__(self) -> None:
        Pieces.from_codes(self.pieces)


class FloatIn(Body, frozen=True, tag=tag):
    """Pieces put into the box so that there is change."""

    VERSION: ClassVar[int] = 2

    pieces: PieceCounts
    by: str
    form_id: str = ""

    def __post_init__(self) -> None:
        Pieces.from_codes(self.pieces)


class CashOut(Body, frozen=True, tag=tag):
    """Pieces taken out of the box, to the bank or to the cause."""

    VERSION: ClassVar[int] = 2

    pieces: PieceCounts
    to: Literal["bank", "cause"]
    by: str
    form_id: str = ""

    def __post_init__(self) -> None:
        Pieces.from_codes(self.pieces)


class EntryRef(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Names one entry of the same kiosk."""

    epoch: Count
    seq: Count


class CashReceived(Body, frozen=True, tag=tag):
    """A second person confirms that money taken out has arrived; ``by`` is that person."""

    cash_out: EntryRef
    by: str
