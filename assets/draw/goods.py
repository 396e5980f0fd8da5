"""Household goods, stationery, and the pictures that stand for what has none."""

from __future__ import annotations

from .geometry import Outline, box, circle, mirrored, oval, path, rounded, turned
from .palette import (
    COCOA,
    CREAM,
    CRUST,
    CRUST_LIGHT,
    GREEN,
    GREEN_DARK,
    INK,
    ORANGE,
    PAPER,
    PEACH,
    PINK,
    RED,
    RED_DARK,
    SHADE,
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


def wet_wipes(s: Sheet) -> None:
    pack = path(
        "M 22 112 C 60 104 196 104 234 112 C 228 150 228 190 234 228 C 196 236 60 236 22 228 C 28 190 28 150 22 112"
    )
    s.body(pack, SKY_LIGHT, SKY)
    for x in (44, 212):
        s.stroke([(x, 126), (x, 214)], 5, SKY)
    s.shape(oval(128, 156, 70, 32), WHITE, 6)
    s.fill(oval(128, 156, 46, 15), TEAL_DARK)
    wipe = path(
        "M 88 158 C 100 118 62 92 84 50 C 96 28 112 62 130 40 C 146 18 166 30 172 52 "
        "C 180 86 150 116 168 158 C 150 166 106 166 88 158"
    )
    s.body(wipe, WHITE, SHADE, dx=-12, dy=0)
    for line in ("M 114 148 C 120 116 102 98 110 72", "M 140 150 C 136 120 148 96 142 66"):
        s.stroke(path(line), 5, SHADE)
    for x in (80, 128, 176):
        s.fill(_drop(x, 210, 12), TEAL)


def _drop(x: float, y: float, size: float) -> Outline:
    half = path(f"M {x} {y - size} Q {x + size} {y} {x + size * 0.7} {y + size * 0.45} Q {x + size * 0.4} {y + size} "
                f"{x} {y + size}")  # fmt: skip
    return half + mirrored(half, x)[::-1]


def pen(s: Sheet) -> None:
    s.stroke(
        path("M 18 226 C 40 196 54 214 46 232 C 70 202 86 222 78 238 C 96 222 110 228 128 232"),
        7,
        TEAL,
    )
    with s.placed((24, 214), turn=-45):
        s.fill(rounded([(0, 0), (44, -17), (44, 17)], [2, 0, 0]), STEEL)
        s.shape(rounded([(-2, 0), (44, -18), (44, 18)], [3, 2, 2]), STEEL)
        s.body(box(44, -23, 62, 46, 8), SKY_LIGHT, SKY, dx=0, dy=-10)
        for x in (60, 75, 90):
            s.stroke([(x, -12), (x, 12)], 5, TEAL)
        s.body(box(106, -23, 142, 46, 6), TEAL, TEAL_DARK, dx=0, dy=-14)
        s.body(box(248, -13, 28, 26, 6), SUN, SUN_DARK, dx=0, dy=-8)
        s.shape(box(160, -37, 96, 19, 8), SUN, 6)


def unknown(s: Sheet) -> None:
    front = rounded([(24, 82), (174, 82), (174, 242), (24, 242)], 8)
    side = rounded([(174, 82), (232, 48), (232, 202), (174, 242)], 8)
    top = rounded([(24, 82), (82, 48), (232, 48), (174, 82)], 6)
    s.shape(side, CRUST)
    s.shape(top, CREAM)
    s.shape(front, CRUST_LIGHT)
    s.stroke([*path("M 68 132 C 68 96 130 96 130 134 C 130 160 99 160 99 186")], 30, INK)
    s.dot(99, 220, 15)
    s.stroke([*path("M 68 132 C 68 96 130 96 130 134 C 130 160 99 160 99 186")], 16, WHITE)
    s.dot(99, 220, 8, WHITE)
    for x, width in ((190, 5), (199, 3), (207, 6), (217, 3)):
        slope = (x - 174) * 0.62
        s.fill([(x, 186 - slope + 12), (x + width, 186 - slope + 12 - width * 0.62),
                (x + width, 226 - slope + 4 - width * 0.62), (x, 226 - slope + 4)], INK)  # fmt: skip


def age_restricted(s: Sheet) -> None:
    bottle = path(
        "M 52 20 L 82 20 L 82 74 C 82 96 112 100 112 132 L 112 226 Q 112 242 96 242 L 38 242 "
        "Q 22 242 22 226 L 22 132 C 22 100 52 96 52 74 L 52 20"
    )
    s.body(bottle, GREEN, GREEN_DARK)
    s.shape(box(48, 12, 38, 26, 5), SUN_DARK, 6)
    s.shape(box(25, 150, 84, 56, 2), CREAM, 5)
    for x, top in ((140, 74), (166, 58), (192, 74)):
        s.shape(box(x, top, 24, 80, 4), WHITE, 6)
        s.fill(box(x + 3, top + 3, 18, 22, 2), PEACH)
    s.body(box(124, 116, 108, 126, 8), STEEL, STEEL_DARK)
    s.stroke([(126, 142), (230, 142)], 5)
    s.stroke(circle(176, 182, 52), 12, PAPER, closed=True)
    s.shape(circle(176, 182, 52), RED)
    s.stroke([(150, 182), (202, 182)], 22, WHITE)


def soap(s: Sheet) -> None:
    """A pump bottle with bubbles: household goods of any kind."""
    s.stroke([(122, 62), (122, 30), (64, 30), (56, 44)], 25)
    s.stroke([(122, 62), (122, 30), (64, 30), (56, 44)], 12, TEAL)
    s.body(box(96, 56, 54, 32, 6), TEAL, TEAL_DARK)
    outline = path(
        "M 104 88 L 142 88 C 176 92 190 112 190 140 L 190 222 Q 190 242 170 242 L 76 242 Q 56 242 56 222 L 56 140 C 56 112 70 92 104 88"
    )
    s.body(outline, PINK, (222, 132, 150))
    s.shape(box(78, 142, 86, 66, 12), WHITE, 6)
    s.fill(_drop(121, 176, 24), SKY)
    for x, y, r in ((212, 92, 24), (184, 52, 15), (222, 44, 11)):
        s.shape(circle(x, y, r), SKY_PALE, 6)
        s.dot(x - r * 0.35, y - r * 0.35, r * 0.22, WHITE)


def notebook(s: Sheet) -> None:
    """An exercise book and a pencil: stationery of any kind."""
    s.body(box(36, 24, 150, 216, 12), TEAL, TEAL_DARK)
    s.fill(box(40, 28, 26, 208, 6), TEAL_DARK)
    s.shape(box(84, 56, 82, 58, 8), PAPER, 6)
    for y in (76, 94):
        s.stroke([(98, y), (152, y)], 6, SKY)
    for y in (56, 98, 140, 182, 216):
        s.stroke([(22, y), (52, y)], 15)
        s.stroke([(22, y), (52, y)], 5, STEEL)
    with s.placed((150, 238), turn=-66):
        s.shape(rounded([(0, 0), (42, -18), (42, 18)], [2, 0, 0]), CREAM, 6)
        s.fill([(2, 0), (17, -7), (17, 7)], COCOA)
        s.body(box(42, -20, 114, 40, 2), SUN, SUN_DARK, dx=0, dy=-13)
        s.stroke([(46, -6), (150, -6)], 4, SUN_DARK)
        s.shape(box(156, -20, 16, 40, 2), STEEL, 6)
        s.shape(rounded([(172, -20), (200, -20), (200, 20), (172, 20)], [0, 10, 10, 0]), RED, 6)


def full_basket(s: Sheet) -> None:
    """A basket with a bit of everything: all goods."""
    s.stroke(path("M 44 140 C 52 4 204 4 212 140"), 21)
    s.stroke(path("M 44 140 C 52 4 204 4 212 140"), 8, SUN_DARK)
    s.body(
        path("M 76 60 L 96 60 L 98 78 C 116 88 116 96 116 150 L 56 150 C 56 96 56 88 74 78"),
        SKY_LIGHT,
        SKY,
        6,
    )
    s.shape(box(70, 48, 32, 18, 5), TEAL, 6)
    s.body(turned(box(112, 64, 54, 90, 6), 8, (140, 110)), RED, RED_DARK, 6)
    s.dot(138, 100, 13, SUN)
    s.body(
        path("M 156 150 C 150 104 178 92 190 92 C 204 92 222 104 214 150"), CRUST_LIGHT, CRUST, 6
    )
    s.body(rounded([(20, 130), (236, 130), (214, 240), (42, 240)], [10, 10, 22, 22]), SUN, SUN_DARK)
    for x, lean in ((72, 5), (109, 2), (147, -2), (184, -5)):
        s.stroke([(x, 162), (x + lean, 214)], 13, ORANGE)
    s.stroke([(20, 140), (236, 140)], 26)
    s.stroke([(20, 140), (236, 140)], 12, SUN)
