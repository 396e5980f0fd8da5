"""Sweets, snacks and bread."""

from __future__ import annotations

from .geometry import Outline, Point, box, circle, mirrored, oval, path, rounded, star, turned
from .palette import (
    COCOA,
    COCOA_DARK,
    CREAM,
    CRUST,
    CRUST_DARK,
    CRUST_LIGHT,
    GREEN,
    GREEN_DARK,
    GREEN_LIGHT,
    INK,
    PAPER,
    PINK,
    RED,
    RED_DARK,
    SHADE,
    SKY_LIGHT,
    STEEL,
    STEEL_DARK,
    SUN,
    SUN_DARK,
    TEAL,
    TEAL_DARK,
    VIOLET,
    WHITE,
    Colour,
)
from .sheet import Sheet


def chocolate(s: Sheet) -> None:
    with s.placed((128, 128), scale=0.94, turn=12, origin=(128, 128)):
        s.body(box(66, 14, 124, 140, 8), COCOA, COCOA_DARK)
        for y in (28, 66):
            for x in (76, 113, 150):
                s.fill(box(x, y, 30, 31, 6), COCOA_DARK)
                s.fill(box(x, y, 26, 26, 5), (130, 82, 58))
        foil = [
            (60, 110),
            (80, 98),
            (98, 112),
            (118, 96),
            (138, 112),
            (158, 98),
            (176, 110),
            (196, 100),
        ]
        s.body([*foil, (196, 150), (60, 150)], STEEL, STEEL_DARK)
        s.body(box(58, 130, 140, 112, 8), TEAL, TEAL_DARK)
        s.fill(star(124, 186, 38, 27, 12), SUN)
        s.dot(124, 186, 20, TEAL)
        s.dot(124, 186, 15, SUN)


def _wafer(s: Sheet, top: Outline, front: Outline, side: Outline) -> None:
    for outline, colours in ((front, (CRUST, CREAM)), (side, (CRUST_DARK, SHADE))):
        (x0, y0), (x1, y1), (x2, y2), (x3, y3) = outline
        s.fill(outline, colours[0])
        for low, high in ((0.2, 0.4), (0.6, 0.8)):
            band: Outline = [
                (x0 + (x3 - x0) * low, y0 + (y3 - y0) * low),
                (x1 + (x2 - x1) * low, y1 + (y2 - y1) * low),
                (x1 + (x2 - x1) * high, y1 + (y2 - y1) * high),
                (x0 + (x3 - x0) * high, y0 + (y3 - y0) * high),
            ]
            s.fill(band, colours[1])
        s.stroke(outline, 7, INK, closed=True)
    s.fill(top, CRUST_LIGHT)
    a, b, c, d = top
    with s.where(top):
        for n in range(1, 8):
            t = n / 8
            s.stroke([_between(a, b, t), _between(d, c, t)], 4, CRUST)
        for n in range(1, 4):
            t = n / 4
            s.stroke([_between(a, d, t), _between(b, c, t)], 4, CRUST)
    s.stroke(top, 7, INK, closed=True)


def _between(p: Point, q: Point, t: float) -> Point:
    return (p[0] + (q[0] - p[0]) * t, p[1] + (q[1] - p[1]) * t)


def wafers(s: Sheet) -> None:
    for x, y in ((0, 0), (-8, -86)):
        with s.placed((x, y)):
            a, b, c, d = (16, 176), (176, 132), (246, 156), (84, 204)
            depth = 46
            _wafer(
                s,
                [a, b, c, d],
                [a, d, (d[0], d[1] + depth), (a[0], a[1] + depth)],
                [d, c, (c[0], c[1] + depth), (d[0], d[1] + depth)],
            )


def _bag(s: Sheet, colour: Colour, dark: Colour) -> Outline:
    """A pillow bag with crimped ends; gives its outline."""
    outline = [*_crimp(24, 20, 1), *path("M 212 20 L 212 38 C 222 90 222 170 212 222 L 212 238"),
               *_crimp(238, 236, -1), *path("M 44 238 L 44 222 C 34 170 34 90 44 38 L 44 20")]  # fmt: skip
    s.body(outline, colour, dark, dx=-15, dy=0)
    for y in (42, 216):
        s.stroke([(46, y), (210, y)], 5, dark)
    return outline


def _crimp(y: float, tip: float, step: int) -> Outline:
    points: Outline = [(44 + 14 * n, tip if n % 2 else y) for n in range(13)]
    edge = [(x, y - 10 * step if n % 2 else y) for n, (x, _) in enumerate(points)]
    return edge if step > 0 else edge[::-1]


def _chip(s: Sheet, x: float, y: float, rx: float, ry: float, turn: float) -> None:
    outline = turned(oval(x, y, rx, ry), turn, (x, y))
    s.body(outline, (250, 219, 125), SUN_DARK, 6, -6, -5)
    s.stroke(turned(path(f"M {x - rx * 0.55} {y} Q {x} {y - ry * 0.75} {x + rx * 0.55} {y}"), turn, (x, y)), 5,
             SUN_DARK)  # fmt: skip


def chips(s: Sheet) -> None:
    _bag(s, RED, RED_DARK)
    s.dot(124, 128, 66, SUN)
    _chip(s, 106, 110, 40, 28, -30)
    _chip(s, 148, 122, 40, 28, 25)
    _chip(s, 118, 158, 42, 28, -8)


def _crouton(s: Sheet, x: float, y: float, length: float, turn: float) -> None:
    """A little stick of toasted bread."""
    with s.placed((x, y), turn=turn):
        s.body(box(-length / 2, -15, length, 30, 8), CRUST, CRUST_DARK, 6, -4, -9)
        for n in range(3):
            s.dot(-length / 3 + n * length / 3.4, -4 + 3 * (n % 2), 3, CRUST_DARK)


def croutons(s: Sheet) -> None:
    _bag(s, GREEN, GREEN_DARK)
    s.body(path("M 78 84 C 70 62 92 56 128 56 C 164 56 186 62 178 84 L 174 118 L 82 118"), CRUST_LIGHT,
           CRUST, 6, -6, 0)  # fmt: skip
    s.stroke(
        path("M 82 118 L 78 84 C 70 62 92 56 128 56 C 164 56 186 62 178 84 L 174 118"),
        11,
        CRUST_DARK,
    )
    s.stroke([(82, 118), (174, 118)], 11, CRUST_DARK)
    for x, y, turn in (
        (92, 152, -24),
        (160, 148, 28),
        (124, 162, 6),
        (84, 190, 14),
        (166, 188, -18),
        (126, 196, -4),
    ):
        _crouton(s, x, y, 62, turn)


def chewing_gum(s: Sheet) -> None:
    with s.placed((122, 118), turn=-28, origin=(128, 128)):
        for x, top in ((86, 30), (128, 16), (170, 34)):
            s.body(box(x - 18, top, 38, 90, 5), STEEL, STEEL_DARK, 6, -7, 0)
            s.stroke([(x - 8, top + 18), (x + 8, top + 18)], 4, WHITE)
        s.body(box(60, 78, 138, 158, 12), SKY_LIGHT, TEAL)
        s.fill(box(63, 84, 120, 22, 4), TEAL)
        for turn in (-38, 38):
            leaf = turned(
                path("M 124 212 C 92 186 98 142 124 122 C 150 142 156 186 124 212"),
                turn,
                (124, 212),
            )
            s.shape(leaf, GREEN, 5)
            s.stroke(turned([(124, 202), (124, 144)], turn, (124, 212)), 4, GREEN_LIGHT)
    for x, y in ((212, 176), (196, 220)):
        s.body(turned(box(x - 24, y - 15, 48, 30, 13), -14, (x, y)), WHITE, SHADE, 6, -4, -7)


def chocolate_bar(s: Sheet) -> None:
    with s.placed((128, 128), turn=-32, origin=(128, 128)):
        bar = path(
            "M 110 86 L 214 86 C 208 94 222 100 214 108 C 228 112 220 124 226 130 "
            "C 216 136 226 148 212 152 C 218 160 206 164 208 170 L 110 170"
        )
        s.body(bar, COCOA, COCOA_DARK, dx=0, dy=-16)
        with s.where(bar):
            s.fill(path("M 250 96 L 196 98 C 190 106 204 112 196 120 C 206 128 196 138 204 144 "
                        "C 196 152 202 156 198 160 L 250 162"), SUN)  # fmt: skip
            for x, y in ((208, 112), (216, 132), (206, 150)):
                s.dot(x, y, 7, CREAM)
        s.stroke(bar, 7, INK, closed=True)
        s.stroke(path("M 140 104 Q 152 96 164 104 Q 176 112 186 104"), 6, (140, 92, 66))
        torn = [(146, 74), (134, 90), (150, 106), (136, 122), (150, 140), (136, 156), (146, 182)]
        crimp: Outline = [(12 + (9 if n % 2 else 0), 186 - 17 * n) for n in range(8)]
        s.body([(40, 74), *torn, (40, 182), *crimp], VIOLET, (92, 78, 142), dx=0, dy=-14)
        s.stroke([(38, 76), (38, 180)], 5)
        for x in (66, 88, 110):
            s.stroke([(x - 8, 154), (x + 8, 104)], 9, SUN)


def samsa(s: Sheet) -> None:
    outline = rounded([(128, 10), (254, 226), (2, 226)], [36, 44, 44])
    s.body(outline, CRUST, CRUST_DARK, dx=-8, dy=-16)
    with s.where(outline):
        s.fill(rounded([(122, 58), (196, 184), (46, 184)], 26), CRUST_LIGHT)
        for start, end in (
            ((122, 130), (122, 40)),
            ((122, 130), (212, 196)),
            ((122, 130), (34, 196)),
        ):
            s.stroke([start, end], 7, CRUST_DARK)
    for x, y, turn in ((96, 110, 20), (146, 104, -30), (92, 160, 60), (122, 172, 10), (154, 158, -50), (68, 178, 30),
                       (176, 184, 40), (142, 132, 80), (104, 134, -60), (124, 198, 85), (108, 82, -20)):  # fmt: skip
        s.fill(turned(oval(x, y, 4, 7.5), turn, (x, y)), COCOA if (x // 2) % 2 else CREAM)
    s.stroke(outline, 7, INK, closed=True)


def bun(s: Sheet) -> None:
    outline = path("M 20 184 C 4 96 66 46 128 46 C 190 46 252 96 236 184 C 232 218 24 218 20 184")
    s.body(outline, CRUST, CRUST_DARK, dx=-6, dy=-18)
    with s.where(outline):
        s.fill(
            path("M 44 150 C 44 96 82 66 126 66 C 170 66 208 96 208 150 C 170 128 82 128 44 150"),
            CRUST_LIGHT,
        )
        s.stroke(path("M 62 120 C 66 100 80 86 98 80"), 9, CREAM)
    for x, y, turn in ((128, 84, 0), (158, 92, 40), (106, 100, -40), (138, 112, 20), (176, 118, 70), (84, 124, -70),
                       (112, 128, 60), (160, 132, -10)):  # fmt: skip
        s.fill(turned(oval(x, y, 4.5, 8.5), turn, (x, y)), PAPER)
    s.stroke(path("M 26 186 C 70 196 186 196 230 186"), 6, CRUST_DARK)
    s.stroke(outline, 7, INK, closed=True)


def candy(s: Sheet) -> None:
    """A wrapped sweet: sweets of any kind."""
    with s.placed((128, 128), turn=-24, origin=(128, 128)):
        wing = rounded([(184, 128), (246, 76), (234, 128), (246, 180)], [4, 10, 4, 10])
        for outline in (wing, mirrored(wing, 128)):
            s.body(outline, RED, RED_DARK)
        for x, tip in ((206, 234), (50, 22)):
            s.stroke([(x, 128), (tip, 128)], 5, RED_DARK)
        ball = circle(128, 128, 66)
        s.fill(ball, PINK)
        with s.where(ball):
            for x in (66, 110, 154):
                s.fill(
                    path(
                        f"M {x} 50 Q {x + 40} 128 {x} 206 L {x + 22} 206 Q {x + 62} 128 {x + 22} 50"
                    ),
                    RED,
                )
        s.stroke(ball, 7, INK, closed=True)
        s.stroke(path("M 84 106 C 88 92 98 84 110 80"), 8, WHITE)


def bowl(s: Sheet) -> None:
    """A bowl of chips: snacks of any kind."""
    for x, y, turn in ((84, 92, -40), (172, 92, 40), (128, 72, 5), (104, 116, -15), (154, 116, 20)):
        _chip(s, x, y, 44, 31, turn)
    outline = path("M 16 124 L 240 124 C 240 200 196 234 128 234 C 60 234 16 200 16 124")
    s.body(outline, TEAL, TEAL_DARK)
    with s.where(outline):
        for x in range(28, 228, 40):
            s.fill(rounded([(x, 152), (x + 20, 132), (x + 40, 152), (x + 20, 172)], 3), SUN)
    s.stroke(outline, 7, INK, closed=True)


def loaf(s: Sheet) -> None:
    """A cut loaf: bread and pastry of any kind."""
    crust = path("M 92 60 L 206 60 C 246 60 258 110 230 122 L 230 196 Q 230 210 216 210 L 92 210")
    s.body(crust, CRUST, CRUST_DARK)
    for x in (166, 206):
        s.stroke(path(f"M {x} 78 C {x + 10} 92 {x + 10} 104 {x} 116"), 7, CRUST_LIGHT)
    slice_ = path(
        "M 44 60 L 128 60 C 170 60 178 110 150 122 L 150 196 Q 150 210 136 210 L 36 210 Q 22 210 22 196 "
        "L 22 122 C -6 110 2 60 44 60"
    )
    s.shape(slice_, CRUST)
    inner = [(86 + (x - 86) * 0.82, 136 + (y - 136) * 0.82) for x, y in slice_]
    s.fill(inner, CREAM)
    for x, y in ((60, 100), (104, 92), (78, 136), (116, 130), (64, 172), (104, 176)):
        s.fill(oval(x, y, 6, 4.5), CRUST_LIGHT)
