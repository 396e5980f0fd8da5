"""The largest type at which a text fits its place: words in three languages differ in length."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache
from math import ceil

from kivy.core.text import Label as CoreLabel

from kiosk.domain.money import NO_BREAK_SPACE

_SIZE = re.compile(r"(\d) (\w{1,2}\b)")
SHRINK_STEP = 0.92
SHRINK_MOST = 0.45
LARGEST_PX = 400
BALANCED_LINES_MAX = 4
"""Longer texts are read as a block, where a short last line is no stumbling block."""


def _ladder() -> tuple[int, ...]:
    sizes, size_px = [], float(LARGEST_PX)
    while size_px >= 1:
        sizes.append(round(size_px))
        size_px *= SHRINK_STEP
    return tuple(dict.fromkeys(sizes))


LADDER_PX = _ladder()
"""The sizes that shrunken text may have. All labels share them, because each size of a font takes
0.3 MB for as long as the program runs: sizes of their own were 17 MB on the start screen alone."""

LINE_HEIGHT = 0.88
"""Noto Sans leaves room for accents that stack; labels set this, and it is counted here."""


def tied(name: str) -> str:
    """A size stays with its unit: ``0,5 л`` is not parted at the end of a line."""
    return _SIZE.sub(f"\\1{NO_BREAK_SPACE}\\2", name)


def in_one_piece(text: str) -> str:
    """A telephone number is not parted at the end of a line."""
    return text.replace(" ", NO_BREAK_SPACE)


@dataclass(frozen=True, slots=True)
class Fit:
    """Type size in pixels, and the box that the wrapped text then takes."""

    font_px: float
    width_px: int
    height_px: int


@lru_cache(maxsize=2048)
def fit_text(
    text: str,
    font_name: str,
    bold: bool,
    size_max_px: float,
    width_px: int,
    height_px: int,
    shrink_most: float = SHRINK_MOST,
) -> Fit:
    """The largest type in which the text, wrapped between words, fits into the box.

    Never larger than ``size_max_px`` nor smaller than ``shrink_most`` of it.
    """
    fit = Fit(0.0, 0, 0)
    for font_px in _sizes_px(size_max_px, shrink_most):
        fit = _measure(text, font_name, bold, font_px, width_px)
        if fit.width_px <= width_px and fit.height_px <= height_px:
            break
    return fit


@cache
def _sizes_px(size_max_px: float, shrink_most: float) -> tuple[float, ...]:
    """From the largest to the smallest that is allowed."""
    least_px = ceil(size_max_px * shrink_most)
    return (size_max_px, *(px for px in LADDER_PX if least_px < px < size_max_px), least_px)


def _measure(text: str, font_name: str, bold: bool, font_px: float, width_px: int) -> Fit:
    label = CoreLabel(font_name=font_name, bold=bold, font_size=font_px)
    space_px, line_px = label.get_extents(" ")
    # NBSP holds an amount together, so only plain spaces break a line.
    words_px = [
        [label.get_extents(word)[0] if word else 0 for word in paragraph.split(" ")]
        for paragraph in text.split("\n")
    ]
    lines, widest_px = _wrapped(words_px, space_px, width_px)
    if len(words_px) < lines <= BALANCED_LINES_MAX and widest_px <= width_px:
        widest_px = _balanced_px(words_px, space_px, lines, widest_px)
    return Fit(font_px, widest_px, ceil(line_px * (1 + (lines - 1) * LINE_HEIGHT)))


def _wrapped(words_px: list[list[int]], space_px: int, width_px: int) -> tuple[int, int]:
    """How many lines the paragraphs take in that width, and how wide the widest is."""
    lines, widest_px = 0, 0
    for paragraph in words_px:
        lines += 1
        used_px = 0
        for word_px in paragraph:
            if used_px and used_px + space_px + word_px > width_px:
                lines += 1
                used_px = word_px
            else:
                used_px += (space_px if used_px else 0) + word_px
            widest_px = max(widest_px, used_px)
    return lines, widest_px


def _balanced_px(words_px: list[list[int]], space_px: int, lines: int, wide_px: int) -> int:
    """The least width in as many lines: no last line with a single short word in it."""
    narrow_px = max(max(paragraph) for paragraph in words_px)
    while narrow_px < wide_px:
        middle_px = (narrow_px + wide_px) // 2
        if _wrapped(words_px, space_px, middle_px)[0] > lines:
            narrow_px = middle_px + 1
        else:
            wide_px = middle_px
    return wide_px
