"""Drinks: one bottle in five kinds, told apart by outline, liquid and what the label shows."""

from __future__ import annotations

from .geometry import Outline, box, circle, mirrored, path, rounded, turned
from .palette import (
    COCOA_DARK,
    COLA,
    CREAM,
    GREEN,
    GREEN_DARK,
    GREEN_LIGHT,
    INK,
    ORANGE,
    PAPER,
    PEACH,
    RED,
    RED_DARK,
    SHADE,
    SKY,
    SKY_LIGHT,
    SKY_PALE,
    SUN,
    SUN_DARK,
    TEA,
    TEAL,
    TEAL_DARK,
    WHITE,
    Colour,
)
from .sheet import Sheet

_MIDDLE = 128


def _both_sides(right: str) -> Outline:
    half = path(right)
    return half + mirrored(half, _MIDDLE)[::-1]


_PLAIN = _both_sides("M 146 44 L 146 58 C 146 82 176 90 176 122 L 176 224 Q 176 244 156 244")
_WAISTED = _both_sides(
    "M 146 44 L 146 56 C 146 76 178 84 178 112 C 178 132 166 136 166 156 "
    "C 166 176 178 178 178 200 L 178 228 Q 178 244 162 244"
)
_LONG_NECK = _both_sides("M 143 38 L 145 74 C 146 104 178 106 178 142 L 178 226 Q 178 244 160 244")
_ROUND = _both_sides(
    "M 146 44 L 146 54 C 148 72 182 78 182 116 Q 182 126 176 130 Q 182 134 182 142 "
    "L 182 222 Q 182 244 160 244"
)


def _cap(s: Sheet, colour: Colour, dark: Colour, half: float = 22, top: float = 14) -> None:
    s.body(box(_MIDDLE - half, top, half * 2, 30, 7), colour, dark, dx=-8, dy=0)


def _filled(s: Sheet, bottle: Outline, liquid: Colour, deep: Colour, level: float = 66) -> None:
    """The bottle with its liquid, still without label and outline."""
    s.fill(bottle, SKY_PALE)
    with s.where(bottle):
        s.fill(box(40, level, 180, 190), deep)
        with s.where(box(40, level, 180, 190)):
            s.fill([(x - 14, y) for x, y in bottle], liquid)


def _label(
    s: Sheet, bottle: Outline, top: float, bottom: float, colour: Colour, dark: Colour
) -> None:
    with s.where(bottle):
        s.fill(box(40, top, 180, bottom - top), dark)
        s.fill(box(26, top, 138, bottom - top), colour)
        s.stroke([(40, top), (220, top)], 6)
        s.stroke([(40, bottom), (220, bottom)], 6)


def _outlined(s: Sheet, bottle: Outline, shine: Colour = WHITE, top: float = 104) -> None:
    s.stroke(bottle, 7, INK, closed=True)
    s.stroke([(96, top + 12), (101, top)], 7, shine)


def _drop(x: float, y: float, size: float) -> Outline:
    half = path(f"M {x} {y - size} C {x + size * 0.25} {y - size * 0.5} {x + size * 0.7} {y - size * 0.1} "
                f"{x + size * 0.7} {y + size * 0.3} C {x + size * 0.7} {y + size * 1.2} "
                f"{x} {y + size} {x} {y + size}")  # fmt: skip
    return half + mirrored(half, x)[::-1]


def water_blue(s: Sheet) -> None:
    _filled(s, _PLAIN, SKY_LIGHT, SKY, 60)
    _label(s, _PLAIN, 134, 206, TEAL, TEAL_DARK)
    s.fill(_drop(128, 168, 25), WHITE)
    _outlined(s, _PLAIN)
    _cap(s, TEAL, TEAL_DARK)


def water_green(s: Sheet) -> None:
    _filled(s, _WAISTED, SKY_LIGHT, SKY, 60)
    _label(s, _WAISTED, 122, 196, GREEN, GREEN_DARK)
    with s.where(_WAISTED), s.where(box(40, 125, 180, 68)):
        s.fill([(60, 200), (104, 146), (128, 172), (152, 138), (200, 200)], WHITE)
        s.fill([(60, 210), (104, 166), (128, 188), (150, 160), (200, 210)], GREEN_LIGHT)
    _outlined(s, _WAISTED, top=98)
    _cap(s, GREEN, GREEN_DARK)


def tea(s: Sheet) -> None:
    _filled(s, _ROUND, TEA, (166, 88, 28), 58)
    _label(s, _ROUND, 136, 218, CREAM, SHADE)
    s.body(circle(120, 182, 25), PEACH, ORANGE, 5)
    s.stroke(path("M 122 159 C 112 170 112 186 120 200"), 4, ORANGE)
    s.shape(path("M 126 156 C 130 138 156 136 162 146 C 158 162 138 166 126 156"), GREEN, 5)
    _outlined(s, _ROUND, CREAM, 98)
    _cap(s, ORANGE, RED)


def lemonade(s: Sheet) -> None:
    _filled(s, _LONG_NECK, SUN, SUN_DARK, 84)
    for x, y, r in ((112, 120, 4.5), (130, 108, 3.5), (148, 126, 5), (126, 132, 3)):
        s.dot(x, y, r, PAPER)
    _label(s, _LONG_NECK, 146, 226, WHITE, SHADE)
    s.dot(128, 186, 31, SUN_DARK)
    s.dot(128, 186, 26, PAPER)
    for turn in range(0, 360, 60):
        slice_ = rounded([(128, 182), (116, 163), (140, 163)], 4)
        s.fill(turned(slice_, turn + 30, (128, 186)), SUN)
    _outlined(s, _LONG_NECK, PAPER, 122)
    _cap(s, RED, RED_DARK, 20, 12)


def cola(s: Sheet) -> None:
    _filled(s, _PLAIN, COLA, COCOA_DARK, 76)
    with s.where(_PLAIN):
        for x, y, r in ((108, 84, 12), (124, 80, 12), (142, 82, 13), (156, 92, 8)):
            s.dot(x, y, r, CREAM)
    for x, y, r in ((114, 116, 5), (134, 108, 4), (150, 120, 5)):
        s.dot(x, y, r, TEA)
    _label(s, _PLAIN, 136, 206, CREAM, SHADE)
    for x, y, r in ((112, 180, 13), (141, 186, 9), (134, 158, 12), (158, 162, 5), (102, 154, 6)):
        s.dot(x, y, r, COLA)
        s.dot(x - r * 0.3, y - r * 0.3, r * 0.3, CREAM)
    _outlined(s, _PLAIN, CREAM, 112)
    _cap(s, COLA, COCOA_DARK)


def glass(s: Sheet) -> None:
    """A tall glass with a straw and a slice of lemon: drinks of any kind."""
    s.stroke([(146, 150), (170, 22), (206, 22)], 19)
    s.stroke([(146, 150), (170, 22), (206, 22)], 8, RED)
    tumbler = rounded([(62, 74), (186, 74), (172, 244), (76, 244)], [6, 6, 20, 20])
    s.fill(tumbler, SKY_PALE)
    with s.where(tumbler):
        s.fill(box(40, 108, 190, 150), SUN_DARK)
        s.fill(
            [(x - 16, y) for x, y in rounded([(58, 108), (190, 108), (172, 250), (76, 250)], 0)],
            SUN,
        )
        for x, y, r in ((96, 150, 6), (116, 190, 8), (142, 164, 5), (100, 216, 5), (148, 214, 6)):
            s.dot(x, y, r, PAPER)
        s.stroke([(40, 108), (220, 108)], 6)
    s.stroke(tumbler, 7, INK, closed=True)
    s.shape(circle(70, 66, 36), SUN)
    s.dot(70, 66, 25, PAPER)
    for turn in range(0, 360, 60):
        s.fill(turned(rounded([(70, 62), (60, 45), (80, 45)], 3), turn, (70, 66)), SUN)
