"""Whole tenge, and the notes and coins they are made of.

Tiyn have had no legal force since 2012, so an amount is an ``int`` and a fraction is an error.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import total_ordering
from typing import Self

from kiosk.domain.errors import MoneyError

TENGE_SIGN = "\u20b8"
NO_BREAK_SPACE = "\u00a0"
AMOUNT_TENGE_MAX = 10_000_000
"""More than any honesty shop sells at once; a larger figure is a slip of the finger."""

_DIGITS_MAX = 30
"""Longer is no amount, and Python refuses to read thousands of digits at all."""

_CODE = re.compile("([cn])([1-9][0-9]{0,7})")


def format_amount(amount_tenge: int) -> str:
    """``1234567`` → ``1 234 567`` with no-break spaces, the same in all languages."""
    return f"{amount_tenge:,}".replace(",", NO_BREAK_SPACE)


def format_tenge(amount_tenge: int) -> str:
    """``1234567`` → ``1 234 567 ₸``; the sign follows the amount and never wraps."""
    return f"{format_amount(amount_tenge)}{NO_BREAK_SPACE}{TENGE_SIGN}"


def parse_tenge(text: str) -> int:
    """Reads what a person typed or pasted: ``1 234 ₸``, ``1234`` → ``1234``.

    Raises:
        MoneyError: for anything but a whole, non-negative amount up to ``AMOUNT_TENGE_MAX``.
    """
    digits = text.replace(TENGE_SIGN, "").replace(NO_BREAK_SPACE, "").replace(" ", "")
    if not (digits.isascii() and digits.isdigit() and len(digits) <= _DIGITS_MAX):
        raise MoneyError(f"{text[:40]!r} is not a whole amount in tenge; write it like 1250.")
    amount_tenge = int(digits)
    if amount_tenge > AMOUNT_TENGE_MAX:
        raise MoneyError(f"{text!r} is more than {format_tenge(AMOUNT_TENGE_MAX)}; check it.")
    return amount_tenge


class Kind(StrEnum):
    """Whether a piece of money is a coin or a note; 200 ₸ exists as both."""

    COIN = "coin"
    NOTE = "note"


@total_ordering
@dataclass(frozen=True, slots=True)
class Denomination:
    """One kind of note or coin.

    Sorted by value, a coin before a note of the same value.
    """

    value_tenge: int
    kind: Kind

    def __post_init__(self) -> None:
        if not 1 <= self.value_tenge <= AMOUNT_TENGE_MAX:
            raise MoneyError(
                f"A {self.kind} of {self.value_tenge} ₸ cannot be; use 1 to {AMOUNT_TENGE_MAX}."
            )

    @property
    def code(self) -> str:
        """Short name used in the journal and on the wire: ``c200``, ``n500``."""
        return f"{self.kind[0]}{self.value_tenge}"

    @classmethod
    def from_code(cls, code: str) -> Self:
        """``c200`` → the coin of 200 ₸.

        Raises:
            MoneyError: when the text names no denomination.
        """
        match = _CODE.fullmatch(code)
        if match is None:
            raise MoneyError(f"{code[:40]!r} names no note or coin; write c200 or n500.")
        return cls(int(match[2]), Kind.COIN if match[1] == "c" else Kind.NOTE)

    def __lt__(self, other: Denomination) -> bool:
        return (self.value_tenge, self.kind) < (other.value_tenge, other.kind)


def coin(value_tenge: int) -> Denomination:
    """The coin of that value."""
    return Denomination(value_tenge, Kind.COIN)


def note(value_tenge: int) -> Denomination:
    """The note of that value."""
    return Denomination(value_tenge, Kind.NOTE)


class Pieces(Mapping[Denomination, int]):
    """How many of each note and coin: frozen, never negative, never storing a zero.

    Iterates from the largest to the smallest; a missing denomination counts 0.
    """

    __slots__ = ("_counts",)

    def __init__(self, counts: Mapping[Denomination, int] | None = None) -> None:
        held = {} if counts is None else counts
        for denomination, count in held.items():
            if count < 0:
                raise MoneyError(
                    f"{count} pieces of {denomination.code} cannot be; count the box again."
                )
        self._counts = {d: held[d] for d in sorted(held, reverse=True) if held[d]}

    @classmethod
    def of(cls, pieces: Iterable[Denomination]) -> Self:
        """Counts single pieces, as they are tapped one after the other."""
        counts: dict[Denomination, int] = {}
        for piece in pieces:
            counts[piece] = counts.get(piece, 0) + 1
        return cls(counts)

    @classmethod
    def from_codes(cls, counts: Mapping[str, int]) -> Self:
        """``{"n500": 1, "c20": 3}`` → pieces; the form used in the journal.

        Raises:
            MoneyError: for an unknown code or a negative count.
        """
        return cls({Denomination.from_code(code): count for code, count in counts.items()})

    def to_codes(self) -> dict[str, int]:
        """The form used in the journal: ``{"n500": 1, "c20": 3}``, largest first."""
        return {denomination.code: count for denomination, count in self._counts.items()}

    @property
    def total_tenge(self) -> int:
        """What all pieces are worth."""
        return sum(d.value_tenge * count for d, count in self._counts.items())

    @property
    def count(self) -> int:
        """How many pieces there are."""
        return sum(self._counts.values())

    def add(self, denomination: Denomination, count: int = 1) -> Self:
        """One or more pieces more; a negative count takes away.

        Raises:
            MoneyError: when more is taken than there is.
        """
        return type(self)({**self._counts, denomination: self[denomination] + count})

    def __add__(self, other: Pieces) -> Self:
        return type(self)({d: self[d] + other[d] for d in {*self, *other}})

    def __sub__(self, other: Pieces) -> Self:
        return type(self)({d: self[d] - other[d] for d in {*self, *other}})

    def without(self, denomination: Denomination) -> Self:
        """The same with none of that denomination."""
        return type(self)({d: n for d, n in self._counts.items() if d != denomination})

    def minus_at_most(self, other: Pieces) -> Self:
        """Takes away what is there and forgets the rest: a book figure below zero is 0."""
        return type(self)({d: max(0, n - other[d]) for d, n in self._counts.items()})

    def __getitem__(self, denomination: Denomination) -> int:
        return self._counts.get(denomination, 0)

    def __contains__(self, denomination: object) -> bool:
        return denomination in self._counts

    def __iter__(self) -> Iterator[Denomination]:
        return iter(self._counts)

    def __len__(self) -> int:
        return len(self._counts)

    def __hash__(self) -> int:
        return hash(tuple(self._counts.items()))

    def __repr__(self) -> str:
        return f"Pieces({self.to_codes()})"


NOTHING = Pieces()
