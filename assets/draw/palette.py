"""The colours of the family: sky and sun over paper, and the ink that holds it together."""

from __future__ import annotations

Colour = tuple[int, int, int]


def _hex(text: str) -> Colour:
    return (int(text[1:3], 16), int(text[3:5], 16), int(text[5:7], 16))


INK = _hex("#17363C")
WHITE = _hex("#FFFFFF")
PAPER = _hex("#FBF7EE")
SHADE = _hex("#E4DCCB")

TEAL = _hex("#0E7C86")
TEAL_DARK = _hex("#0A5C64")
SKY = _hex("#5CC0D6")
SKY_LIGHT = _hex("#BFE7EF")
SKY_PALE = _hex("#E2F4F7")

SUN = _hex("#F7C548")
SUN_DARK = _hex("#DFA21F")
PEACH = _hex("#F59A5B")
ORANGE = _hex("#E9772E")
RED = _hex("#CF4A3C")
RED_DARK = _hex("#A83429")
GREEN = _hex("#5BA866")
GREEN_DARK = _hex("#3C8049")
GREEN_LIGHT = _hex("#B9DDBB")
VIOLET = _hex("#7A6BB0")
PINK = _hex("#F0A9B8")

CRUST = _hex("#DC9A4B")
CRUST_DARK = _hex("#B87431")
CRUST_LIGHT = _hex("#F2C27D")
CREAM = _hex("#FBE6BE")
COCOA = _hex("#6B3F2A")
COCOA_DARK = _hex("#4A2A1C")
COLA = _hex("#43241C")
TEA = _hex("#C9752B")

STEEL = _hex("#C7D1D4")
STEEL_DARK = _hex("#93A3A8")
SKIN = _hex("#F2C6A0")
SKIN_DARK = _hex("#DFA77C")
