"""Text that fits its place on paper: wrapped between words, then made smaller, never cut off."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from kiosk.domain.money import NO_BREAK_SPACE
from kiosk.paper.fonts import ASCENT, DESCENT, LINE, Ruler
from kiosk.paper.marks import Words

_SIZE = re.compile(r"(\d) (\w{1,2}\b)")
_STEP = 0.95
_WHOLE_WORDS = 0.6
"""Down to this share of the largest type words stay whole; below it they may be broken."""


@dataclass(frozen=True, slots=True)
class Fitted:
    """Lines, and the type size in which they fit."""

    lines: tuple[str, ...]
    size_mm: float
    bold: bool

    @property
    def height_mm(self) -> float:
        """From above the highest letter to below the lowest."""
        return height(len(self.lines)) * self.size_mm


def height(lines: int) -> float:
    """Height of so many lines at type size 1."""
    return (lines - 1) * LINE + ASCENT + DESCENT if lines else 0.0


def fit(
    text: str,
    ruler: Ruler,
    *,
    bold: bool,
    width_mm: float,
    height_mm: float,
    size_max_mm: float,
) -> Fitted:
    """The text in the largest type, up to ``size_max_mm``, in which all of it fits.

    A size stays with its unit: ``0,5 л`` is not parted at the end of a line.
    """
    words = _SIZE.sub(f"\\1{NO_BREAK_SPACE}\\2", ruler.printable(text)).split(" ")
    measured = [(word, ruler.width(word, bold=bold)) for word in words if word]
    space = ruler.width(" ", bold=bold)
    size_mm = size_max_mm
    while True:
        width = width_mm / size_mm
        parts = measured
        if size_mm < _WHOLE_WORDS * size_max_mm:
            parts = [part for word in measured for part in _broken(word, width, ruler, bold)]
        lines = _wrapped(parts, space, width)
        if all(size <= width for _, size in lines) and height(len(lines)) * size_mm <= height_mm:
            return Fitted(tuple(line for line, _ in lines), size_mm, bold)
        size_mm *= _STEP


def centred(fitted: Fitted, ruler: Ruler, middle_mm: float, top_mm: float) -> Iterator[Words]:
    """The lines one under the other, each around the same middle."""
    for line, baseline_mm in _baselines(fitted, top_mm):
        width_mm = ruler.width(line, bold=fitted.bold) * fitted.size_mm
        yield Words(line, middle_mm - width_mm / 2, baseline_mm, fitted.size_mm, fitted.bold)


def flush_left(fitted: Fitted, left_mm: float, top_mm: float) -> Iterator[Words]:
    """The lines one under the other, all beginning at the same place."""
    for line, baseline_mm in _baselines(fitted, top_mm):
        yield Words(line, left_mm, baseline_mm, fitted.size_mm, fitted.bold)


def _baselines(fitted: Fitted, top_mm: float) -> Iterator[tuple[str, float]]:
    for number, line in enumerate(fitted.lines):
        yield line, top_mm + (ASCENT + number * LINE) * fitted.size_mm


def _wrapped(words: list[tuple[str, float]], space: float, width: float) -> list[tuple[str, float]]:
    """Lines with their widths; a word wider than the line stands alone on one."""
    lines: list[tuple[str, float]] = []
    for word, size in words:
        if lines and lines[-1][1] + space + size <= width:
            line, used = lines[-1]
            lines[-1] = f"{line} {word}", used + space + size
        else:
            lines.append((word, size))
    return lines


def _broken(
    word: tuple[str, float], width: float, ruler: Ruler, bold: bool
) -> Iterator[tuple[str, float]]:
    """The word in pieces that are no wider than a line; whole when it fits."""
    piece, used = "", 0.0
    for letter in word[0] if word[1] > width else ():
        size = ruler.width(letter, bold=bold)
        if piece and used + size > width:
            yield piece, used
            piece, used = "", 0.0
        piece, used = piece + letter, used + size
    yield (piece, used) if piece else word
