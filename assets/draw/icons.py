"""The icons: pure white on nothing, so that the screen can tint them. 128 × 128."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from .geometry import (
    Outline,
    Point,
    arc,
    box,
    circle,
    mirrored,
    oval,
    oval_arc,
    path,
    rounded,
    turned,
)
from .palette import WHITE
from .sheet import Sheet

SIZE = 128
_PEN = 10.0
_GAP = 7.0  # what separates a shape from the one behind it


class Icon(Sheet):
    """A sheet with a white pen."""

    def __init__(self) -> None:
        super().__init__(SIZE, SIZE)

    def line(self, *points: Point, width: float = _PEN) -> None:
        """A broken line."""
        self.stroke(points, width, WHITE)

    def along(self, outline: Sequence[Point], width: float = _PEN) -> None:
        """A line along an open outline."""
        self.stroke(outline, width, WHITE)

    def ring(self, outline: Outline, width: float = _PEN) -> None:
        """A line around a closed outline."""
        self.stroke(outline, width, WHITE, closed=True)

    def solid(self, outline: Outline) -> None:
        """A filled outline."""
        self.fill(outline, WHITE)

    def hole(self, outline: Outline) -> None:
        """A filled outline cut out."""
        self.fill(outline, None)

    def apart(self, outline: Outline) -> None:
        """A filled outline with a gap around it, standing before what is drawn already."""
        self.stroke(outline, 2 * _GAP, None, closed=True)
        self.solid(outline)


def barcode(i: Icon) -> None:
    for x, width in ((34, 8), (48, 4), (58, 10), (74, 4), (84, 6), (94, 4)):
        i.solid(box(x - 4, 36, width, 56, 1.5))
    for turn in (0, 90, 180, 270):
        i.along(turned(path("M 14 34 L 14 26 Q 14 16 24 16 L 34 16"), turn, (64, 64)), 9)


def camera(i: Icon) -> None:
    i.solid(rounded([(12, 36), (40, 36), (48, 22), (80, 22), (88, 36), (116, 36), (116, 106), (12, 106)],
                    [12, 4, 6, 6, 4, 12, 12, 12]))  # fmt: skip
    i.hole(circle(64, 70, 25))
    i.solid(circle(64, 70, 17))
    i.hole(circle(102, 49, 4.5))


def hand_touch(i: Icon) -> None:
    i.solid(_pointing_hand())
    for start, end in ((200, 250), (290, 340)):
        i.along(arc(54, 40, 29, start, end), 8)
    i.along(arc(54, 40, 29, 262, 278), 8)


def _pointing_hand() -> Outline:
    return path(
        "M 45 80 L 45 40 C 45 28 63 28 63 40 L 63 62 "
        "C 64 54 77 54 78 64 L 78 66 C 80 59 92 60 93 69 L 93 71 C 95 65 106 66 107 75 "
        "L 107 93 C 107 108 100 118 86 118 L 66 118 C 57 118 52 114 48 108 "
        "L 27 82 C 21 74 31 65 38 72 Z".replace(" Z", "")
    )


def basket(i: Icon) -> None:
    i.along(path("M 36 52 C 44 8 84 8 92 52"), 9)
    i.solid(box(8, 44, 112, 16, 8))
    i.solid(rounded([(18, 66), (110, 66), (100, 112), (28, 112)], [2, 2, 14, 14]))
    for x, lean in ((44, 3), (64, 0), (84, -3)):
        i.stroke([(x, 76), (x + lean, 101)], 8, None)


def cash_box(i: Icon) -> None:
    i.solid(box(12, 60, 104, 56, 10))
    i.solid(rounded([(24, 42), (104, 42), (114, 66), (14, 66)], [8, 8, 0, 0]))
    i.hole(box(36, 50, 56, 9, 4.5))
    i.solid(box(44, 12, 40, 42, 3))
    i.hole(circle(64, 30, 9))
    i.hole(box(12, 66, 104, 5, 0))
    i.hole(circle(64, 88, 8))
    i.hole(box(60.5, 88, 7, 17, 3))


def banknote(i: Icon) -> None:
    i.solid(box(8, 32, 112, 64, 10))
    i.stroke(box(18, 42, 92, 44, 5), 4, None, closed=True)
    i.hole(oval(64, 64, 17, 18))
    i.line((54, 58), (74, 58), width=5)
    i.line((54, 66), (74, 66), width=5)
    i.line((64, 66), (64, 76), width=5)
    i.hole(circle(32, 64, 5))
    i.hole(circle(96, 64, 5))


def coins(i: Icon) -> None:
    for y in (108, 90, 72, 54):
        i.apart(_coin_edge(42, y))
    i.hole(oval(42, 45, 20, 6))
    for y in (108, 90):
        i.apart(_coin_edge(94, y, 26))
    i.hole(oval(94, 81, 14, 4))


def _coin_edge(cx: float, y: float, rx: float = 32) -> Outline:
    return oval_arc(cx, y - 9, rx, 11, 180, 360) + oval_arc(cx, y, rx, 11, 0, 180)


def qr(i: Icon) -> None:
    for x, y in ((14, 14), (76, 14), (14, 76)):
        i.solid(box(x, y, 38, 38, 6))
        i.hole(box(x + 8, y + 8, 22, 22, 2))
        i.solid(box(x + 13, y + 13, 12, 12, 2))
    for x, y in ((60, 14), (60, 38), (60, 60), (76, 60), (100, 60), (14, 60), (38, 60), (60, 84),
                 (60, 102), (76, 76), (88, 88), (76, 102), (102, 76), (102, 102), (88, 64)):  # fmt: skip
        i.solid(box(x, y, 12, 12, 2))


def heart(i: Icon) -> None:
    half = path("M 64 112 C 26 86 10 66 10 46 C 10 28 23 16 38 16 C 50 16 59 23 64 34")
    i.solid(half + mirrored(half, 64)[::-1])


def help_person(i: Icon) -> None:
    i.solid(circle(46, 44, 23))
    i.solid(path("M 6 116 C 6 88 22 74 46 74 C 70 74 86 88 86 116"))
    i.apart(circle(96, 38, 24))
    i.stroke([*arc(96, 33, 8.5, 180, 395), (96, 44)], 6, None)
    i.hole(circle(96, 53, 4))


def speech(i: Icon) -> None:
    i.solid(box(10, 18, 108, 74, 22))
    i.solid(rounded([(30, 84), (66, 84), (34, 116)], [0, 0, 4]))
    for x in (38, 64, 90):
        i.hole(circle(x, 55, 8))


def back(i: Icon) -> None:
    i.line((20, 64), (108, 64), width=14)
    i.line((56, 26), (18, 64), (56, 102), width=14)


def cross(i: Icon) -> None:
    i.line((25, 25), (103, 103), width=16)
    i.line((103, 25), (25, 103), width=16)


def check(i: Icon) -> None:
    i.line((18, 68), (50, 100), (110, 32), width=16)


def plus(i: Icon) -> None:
    i.line((64, 20), (64, 108), width=18)
    minus(i)


def minus(i: Icon) -> None:
    i.line((20, 64), (108, 64), width=18)


def undo(i: Icon) -> None:
    i.along([(24, 46), *arc(74, 76, 30, -90, 90), (50, 106)], 13)
    i.line((24, 46), (74, 46), width=13)
    i.line((46, 20), (19, 46), (46, 72), width=13)


def trash(i: Icon) -> None:
    i.solid(box(16, 26, 96, 14, 7))
    i.along(path("M 48 26 L 48 20 Q 48 14 54 14 L 74 14 Q 80 14 80 20 L 80 26"), 8)
    i.solid(rounded([(24, 48), (104, 48), (97, 118), (31, 118)], [2, 2, 12, 12]))
    for x in (48, 64, 80):
        i.stroke([(x, 62), (x, 102)], 7, None)


def keypad(i: Icon) -> None:
    for y in (12, 40, 68):
        for x in (20, 52, 84):
            i.solid(box(x, y, 24, 22, 6))
    i.solid(box(52, 96, 24, 22, 6))


def search(i: Icon) -> None:
    i.ring(circle(54, 54, 36), 12)
    i.line((82, 82), (110, 110), width=17)


def grid(i: Icon) -> None:
    for y in (14, 70):
        for x in (14, 70):
            i.solid(box(x, y, 44, 44, 10))


def rows(i: Icon) -> None:
    for y in (28, 64, 100):
        i.solid(circle(20, y, 9))
        i.line((46, y), (112, y), width=14)


def globe(i: Icon) -> None:
    i.ring(circle(64, 64, 50), 9)
    i.ring(oval(64, 64, 21, 50), 7)
    for y, reach in ((43, 44), (85, 44)):
        i.line((64 - reach, y), (64 + reach, y), width=7)
    i.line((64, 14), (64, 114), width=7)


def clock(i: Icon) -> None:
    i.ring(circle(64, 64, 49), 11)
    i.line((64, 36), (64, 66), (85, 79), width=10)


def warning(i: Icon) -> None:
    i.solid(rounded([(64, 8), (124, 114), (4, 114)], 12))
    i.stroke([(64, 48), (64, 76)], 11, None)
    i.hole(circle(64, 95, 7))


def _cloud() -> Outline:
    return path("M 34 98 C 4 98 4 58 33 57 C 34 24 82 20 88 51 C 122 50 124 98 94 98")


def _struck_out(i: Icon) -> None:
    i.stroke([(16, 16), (112, 112)], 26, None)
    i.line((16, 16), (112, 112))


def offline(i: Icon) -> None:
    i.solid(_cloud())
    _struck_out(i)


def online(i: Icon) -> None:
    i.solid(_cloud())
    i.stroke([(44, 74), (58, 86), (82, 60)], 10, None)


def receipt(i: Icon) -> None:
    zigzag: list[Point] = [(104 - 10 * n, 118 if n % 2 == 0 else 106) for n in range(9)]
    i.solid([*rounded([(24, 10), (104, 10), (104, 60), (24, 60)], [8, 8, 0, 0])[:-2], *zigzag])
    for y, end in ((34, 88), (54, 88), (74, 66)):
        i.stroke([(40, y), (end, y)], 8, None)
    i.stroke([(84, 74), (88, 74)], 8, None)


def backspace(i: Icon) -> None:
    i.solid(rounded([(46, 24), (120, 24), (120, 104), (46, 104), (6, 64)], [12, 12, 12, 12, 6]))
    i.stroke([(64, 46), (98, 82)], 10, None)
    i.stroke([(98, 46), (64, 82)], 10, None)


def shift(i: Icon) -> None:
    i.solid(rounded([(64, 10), (118, 66), (88, 66), (88, 114), (40, 114), (40, 66), (10, 66)],
                    [6, 6, 0, 6, 6, 0, 6]))  # fmt: skip


def space(i: Icon) -> None:
    i.line((16, 56), (16, 86), (112, 86), (112, 56), width=12)


def enter(i: Icon) -> None:
    i.line((106, 26), (106, 76), (28, 76), width=13)
    i.line((52, 48), (24, 76), (52, 104), width=13)


def lock(i: Icon) -> None:
    i.along([(38, 60), *arc(64, 42, 26, 180, 360), (90, 60)], 12)
    i.solid(box(20, 54, 88, 64, 14))
    i.hole(circle(64, 80, 9))
    i.hole(box(60, 82, 8, 22, 4))


def sun(i: Icon) -> None:
    i.solid(circle(64, 64, 25))
    for turn in range(0, 360, 45):
        i.along(turned([(64, 12), (64, 24)], turn, (64, 64)), 11)


def no_camera(i: Icon) -> None:
    camera(i)
    _struck_out(i)


def keyboard(i: Icon) -> None:
    i.solid(box(6, 30, 116, 70, 12))
    for y in (44, 62):
        for x in range(18, 110, 17):
            i.hole(box(x, y, 9, 10, 2))
    i.hole(box(36, 80, 57, 9, 3))


def sound(i: Icon) -> None:
    i.solid(
        rounded([(10, 46), (32, 46), (62, 20), (62, 108), (32, 82), (10, 82)], [6, 2, 6, 6, 2, 6])
    )
    i.along(arc(62, 64, 22, -48, 48), 10)
    i.along(arc(62, 64, 44, -48, 48), 10)


def headphones(i: Icon) -> None:
    """Spoken prompts."""
    i.along(arc(64, 66, 44, -180, 0), 12)
    for x in (10, 88):
        i.solid(box(x, 64, 30, 46, 12))


def tag(i: Icon) -> None:
    i.solid(rounded([(14, 14), (64, 14), (118, 68), (68, 118), (14, 64)], [12, 10, 8, 8, 10]))
    i.hole(circle(38, 38, 10))


def access(i: Icon) -> None:
    """A person with open arms: ways to see and reach better."""
    i.solid(circle(64, 22, 14))
    i.line((20, 46), (108, 46), width=12)
    i.solid(box(48, 42, 32, 40, 8))
    i.line((55, 74), (42, 116), width=13)
    i.line((73, 74), (86, 116), width=13)


def large_print(i: Icon) -> None:
    i.line((8, 106), (25, 62), (42, 106), width=9)
    i.line((15, 91), (35, 91), width=8)
    i.line((60, 106), (89, 22), (118, 106), width=13)
    i.line((72, 79), (106, 79), width=11)


def low_reach(i: Icon) -> None:
    """A panel whose lower half is full, and where all goes."""
    i.ring(box(16, 10, 96, 108, 12), 9)
    i.solid(box(16, 70, 96, 48, 10))
    i.line((64, 22), (64, 54), width=10)
    i.line((48, 42), (64, 58), (80, 42), width=10)


def contrast(i: Icon) -> None:
    i.ring(circle(64, 64, 50), 10)
    i.solid([*arc(64, 64, 48, 90, 270)])


ICONS: dict[str, Callable[[Icon], None]] = {
    "headphones": headphones,
    "barcode": barcode,
    "camera": camera,
    "hand-touch": hand_touch,
    "basket": basket,
    "cash-box": cash_box,
    "banknote": banknote,
    "coins": coins,
    "qr": qr,
    "heart": heart,
    "help-person": help_person,
    "speech": speech,
    "back": back,
    "cross": cross,
    "check": check,
    "plus": plus,
    "minus": minus,
    "undo": undo,
    "trash": trash,
    "keypad": keypad,
    "search": search,
    "grid": grid,
    "list": rows,
    "globe": globe,
    "clock": clock,
    "warning": warning,
    "offline": offline,
    "online": online,
    "receipt": receipt,
    "backspace": backspace,
    "shift": shift,
    "space": space,
    "enter": enter,
    "lock": lock,
    "sun": sun,
    "no-camera": no_camera,
    "keyboard": keyboard,
    "sound": sound,
    "tag": tag,
    "access": access,
    "large-print": large_print,
    "low-reach": low_reach,
    "contrast": contrast,
}


def icon(name: str) -> Icon:
    """One icon, drawn."""
    sheet = Icon()
    ICONS[name](sheet)
    return sheet
