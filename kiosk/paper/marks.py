"""What a page is made of: words and filled rectangles, placed in millimetres from its top left."""

from __future__ import annotations

from dataclasses import dataclass

BLACK = 0.0
"""How light a mark is: 0 black, 1 white."""
GREY, PALE = 0.72, 0.9


@dataclass(frozen=True, slots=True)
class Words:
    """One line of text; ``size_mm`` is the type's em, ``baseline_mm`` counts down from the top."""

    text: str
    x_mm: float
    baseline_mm: float
    size_mm: float
    bold: bool = False


@dataclass(frozen=True, slots=True)
class Block:
    """A filled rectangle: a bar of a barcode, a rule, a cutting mark."""

    x_mm: float
    y_mm: float
    width_mm: float
    height_mm: float
    lightness: float = BLACK


Mark = Words | Block


@dataclass(frozen=True, slots=True)
class Box:
    """A place on a page."""

    x_mm: float
    y_mm: float
    width_mm: float
    height_mm: float

    @property
    def right_mm(self) -> float:
        """Its right edge."""
        return self.x_mm + self.width_mm

    @property
    def bottom_mm(self) -> float:
        """Its lower edge."""
        return self.y_mm + self.height_mm


@dataclass(frozen=True, slots=True)
class Page:
    """One page, or one tag of a roll."""

    width_mm: float
    height_mm: float
    marks: tuple[Mark, ...]
