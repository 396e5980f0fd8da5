"""The leaves of a list that is too long for one page: how many there are, and which is shown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Leaf:
    """One of ``leaves``, counted from 1; each but the last holds ``rows`` rows."""

    number: int
    leaves: int
    rows: int

    @property
    def skipped(self) -> int:
        """Rows on the leaves before it."""
        return (self.number - 1) * self.rows

    def of(self, everything: Sequence[T]) -> Sequence[T]:
        """Its own part of the list."""
        return everything[self.skipped : self.skipped + self.rows]


def leaf_of(asked: int, found: int, rows: int) -> Leaf:
    """The leaf that was asked for: below the first is the first, beyond the last the last.

    Args:
        asked: its number, which may be nonsense.
        found: how long the list is; an empty one has one leaf, too.
        rows: at most so many on a leaf.
    """
    leaves = max(1, -(-found // rows))
    return Leaf(min(max(1, asked), leaves), leaves, rows)
