"""How it works, in three pictures for the start screen. 480 × 320, in colour."""

from __future__ import annotations

from collections.abc import Callable

from .geometry import Point, box, circle, moved, oval, path, rounded
from .palette import (
    CREAM,
    GREEN,
    GREEN_DARK,
    GREEN_LIGHT,
    INK,
    RED,
    RED_DARK,
    SKIN,
    SKIN_DARK,
    SKY,
    SKY_LIGHT,
    SKY_PALE,
    STEEL,
    STEEL_DARK,
    SUN,
    SUN_DARK,
    TEAL,
    TEAL_DARK,
    WHITE,
)
from .sheet import Sheet

SIZE = (480, 320)

# A right hand seen from its back, reaching left; the tips of its fingers are at about (0, 0).
# Tip, knuckle and thickness of each finger, the little one first: the next one overlaps it.
_FINGERS: tuple[tuple[Point, Point, float], ...] = (
    ((38, 52), (110, 44), 22),
    ((18, 29), (110, 24), 25),
    ((10, 2), (110, 0), 26),
    ((22, -25), (110, -22), 25),
)
_PALM = path(
    "M 92 -36 C 108 -52 138 -52 164 -44 L 216 -38 L 216 52 L 166 58 C 140 66 112 66 100 56 "
    "C 84 52 92 44 88 34 C 82 26 86 18 85 11 C 82 2 85 -6 86 -12 C 84 -22 88 -30 92 -36"
)
_THUMB: tuple[Point, ...] = ((64, -62), (104, -54), (146, -22))
_THUMB_WIDTH = 25
_LINE = 6


def _hand(s: Sheet) -> None:
    s.stroke(_PALM, 2 * _LINE, closed=True)
    for tip, knuckle, width in _FINGERS:
        s.stroke((tip, knuckle), width + 2 * _LINE)
        s.stroke((tip, knuckle), width, SKIN_DARK)
        s.stroke(((tip[0] + 1, tip[1] - 3), (knuckle[0], knuckle[1] - 3)), width - 6, SKIN)
    with s.where(_PALM):
        s.fill(_PALM, SKIN_DARK)
        s.fill(moved(_PALM, 0, -9), SKIN)
        s.fill(box(80, -40, 40, 84, 10), SKIN)
    s.stroke(_THUMB, _THUMB_WIDTH + 2 * _LINE)
    s.stroke(_THUMB, _THUMB_WIDTH, SKIN_DARK)
    s.stroke([(x, y - 3) for x, y in _THUMB], _THUMB_WIDTH - 6, SKIN)
    # the thumb grows out of the hand: no line around its root
    s.fill(oval(152, -18, 30, 22), SKIN)
    _sleeve(s)


def _sleeve(s: Sheet) -> None:
    s.body(
        rounded([(192, -58), (216, -62), (216, 72), (192, 68)], 8), SUN, SUN_DARK, 6, dx=-6, dy=-8
    )
    s.body(
        rounded([(210, -66), (420, -84), (420, 100), (210, 78)], 6),
        TEAL,
        TEAL_DARK,
        6,
        dx=0,
        dy=-18,
    )


def _ground(s: Sheet) -> None:
    """A soft patch of sky behind everything."""
    s.fill(path("M 30 190 C 10 90 90 20 190 30 C 270 -10 400 20 440 100 C 480 190 440 290 340 296 "
                "L 120 300 C 70 296 38 250 30 190"), SKY_PALE)  # fmt: skip


def _bars(s: Sheet, x: float, y: float, height: float) -> None:
    for dx, width in ((0, 4), (8, 2), (13, 6), (23, 3), (30, 2), (35, 5), (44, 3), (50, 4)):
        s.fill(box(x + dx, y, width, height), INK)


def how_scan(s: Sheet) -> None:
    """A hand holds a pack, barcode forward, before the kiosk's camera."""
    _ground(s)
    s.fill(rounded([(104, 108), (180, 78), (180, 236), (104, 148)], 4), SKY_LIGHT)
    s.body(box(26, 60, 96, 218, 18), TEAL, TEAL_DARK, dx=-10)
    s.shape(box(42, 180, 64, 76, 8), WHITE, 6)
    for y, end in ((200, 92), (218, 82), (236, 92)):
        s.stroke([(56, y), (end, y)], 6, SKY)
    s.shape(circle(76, 120, 38), SKY_LIGHT)
    s.shape(circle(76, 120, 23), INK)
    s.dot(76, 120, 14, TEAL)
    s.dot(69, 112, 6, WHITE)
    s.body(box(166, 66, 132, 180, 8), RED, RED_DARK)
    s.fill(box(170, 86, 118, 10), SUN)
    s.fill(box(170, 216, 118, 10), SUN)
    s.shape(box(180, 114, 80, 82, 4), WHITE, 6)
    _bars(s, 193, 126, 58)
    s.stroke([(160, 155), (268, 155)], 6, RED)
    with s.placed((262, 166), scale=0.9):
        _hand(s)


def _note(s: Sheet) -> None:
    """A banknote, 70 wide and 150 long, hanging from (0, 0)."""
    s.body(box(-38, 0, 76, 160, 5), GREEN, GREEN_DARK, 6, dx=-5, dy=0)
    s.stroke(box(-26, 12, 52, 136, 3), 3, GREEN_LIGHT, closed=True)
    s.dot(0, 80, 22, GREEN_LIGHT)
    _tenge(s, 0, 80, 1.0, GREEN_DARK)


def _tenge(s: Sheet, x: float, y: float, size: float, colour: tuple[int, int, int]) -> None:
    for points in ([(-9, -11), (9, -11)], [(-9, -4), (9, -4)], [(0, -4), (0, 12)]):
        s.stroke([(x + px * size, y + py * size) for px, py in points], 4.5 * size, colour)


def _cash_box(s: Sheet, x: float, y: float, width: float, height: float) -> None:
    """The front of the box, its lid seen from above, and a heart for the cause."""
    lid = rounded(
        [(x + 20, y - 42), (x + width - 20, y - 42), (x + width, y), (x, y)], [8, 8, 3, 3]
    )
    s.shape(lid, CREAM)
    s.fill(box(x + width / 2 - 52, y - 28, 104, 14, 7), INK)
    s.body(box(x, y, width, height, 10), SUN, SUN_DARK, dx=-12)
    with s.placed((x + width / 2 - 3, y + height / 2 + 2)):
        _heart(s)


def _heart(s: Sheet) -> None:
    s.shape(
        path(
            "M 0 36 C -26 18 -38 4 -38 -12 C -38 -40 -8 -40 0 -16 C 8 -40 38 -40 38 -12 C 38 4 26 18 0 36"
        ),
        RED,
        6,
    )


def _arrow(s: Sheet, x: float, start: float, end: float) -> None:
    """Which way the money goes: an arrow upright from `start` to `end`."""
    back = 22 if start > end else -22
    lines = ([(x, start), (x, end)], [(x - 22, end + back), (x, end), (x + 22, end + back)])
    for width, colour in ((25, INK), (13, SKY)):
        for points in lines:
            s.stroke(points, width, colour)


def how_pay(s: Sheet) -> None:
    """A hand lets a note into the slot of the box."""
    _ground(s)
    _cash_box(s, 60, 190, 230, 106)
    with s.where(box(0, 0, 480, 169)), s.placed((175, 44)):
        _note(s)
    s.stroke([(130, 169), (220, 169)], 5)
    _arrow(s, 96, 58, 122)
    with s.placed((190, 98), scale=0.9, turn=-12):
        _hand(s)


def _coin(s: Sheet, x: float, y: float, r: float) -> None:
    s.body(circle(x, y, r), STEEL, STEEL_DARK, 6, -4, -4)
    s.dot(x, y, r * 0.66, SUN)
    _tenge(s, x, y, r / 30, INK)


def how_change(s: Sheet) -> None:
    """An open box; a hand takes coins out of it."""
    _ground(s)
    inside = rounded([(40, 128), (300, 128), (320, 186), (20, 186)], [10, 10, 3, 3])
    s.body(
        rounded([(54, 26), (286, 26), (300, 128), (40, 128)], [14, 14, 3, 3]),
        CREAM,
        (228, 205, 158),
        dx=0,
        dy=-12,
    )
    s.shape(inside, TEAL_DARK)
    with s.where(inside):
        for x, y in (
            (62, 178),
            (110, 182),
            (158, 178),
            (270, 182),
            (88, 160),
            (134, 158),
            (180, 160),
            (222, 182),
        ):
            _coin(s, x, y, 26)
    s.stroke(inside, 7, INK, closed=True)
    s.body(box(20, 186, 300, 110, 10), SUN, SUN_DARK, dx=-12)
    with s.placed((167, 242)):
        _heart(s)
    _arrow(s, 96, 112, 52)
    with s.placed((212, 96), scale=0.9, turn=-12):
        _coin(s, -14, 44, 29)
        _coin(s, -25, -6, 29)
        _hand(s)


SCENES: dict[str, Callable[[Sheet], None]] = {
    "how-scan": how_scan,
    "how-pay": how_pay,
    "how-change": how_change,
}


def scene(name: str) -> Sheet:
    """One picture, drawn."""
    sheet = Sheet(*SIZE)
    SCENES[name](sheet)
    return sheet
