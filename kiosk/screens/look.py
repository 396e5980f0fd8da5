"""Puts a look into effect: density, colours and type sizes for all that is built from now on.

Tokens are values, not properties: a widget costs nothing more to build or to draw for them, and
another look means building the frame again (kiosk/screens/frame.py), which few shoppers ask for.
"""

from __future__ import annotations

from typing import Any

from kivy.core.window import Window
from kivy.lang.parser import global_idmap
from kivy.metrics import Metrics

from kiosk.screens.fit import SHRINK_MOST
from kiosk.screens.shape import Look, Panel, Shape, shape_for, shape_of_back_room
from kiosk.screens.widgets import FitLabel

CONTRAST = "contrast"
_LENGTHS = ("type_", "icon_", "gap", "radius", "key", "top_height", "bar_height")
_COLOURS_OF = f"{CONTRAST}_"

_drawn: dict[str, Any] = {}
"""The tokens as kiosk.kv has them: colours, and lengths in dp."""


def remember_tokens() -> None:
    """Takes the tokens as they were just read; once per process."""
    if _drawn:
        return
    for name, value in global_idmap.items():
        if name.startswith(_LENGTHS) and isinstance(value, int | float):
            _drawn[name] = value / Metrics.density
        elif name.startswith(_COLOURS_OF):
            plain = name.removeprefix(_COLOURS_OF)
            _drawn[name], _drawn[plain] = value, global_idmap[plain]


def wear(panel: Panel, look: Look) -> Shape:
    """From now on everything is built in that look; gives the shape it has on the panel."""
    shape = shape_for(panel, look)
    _put_on(shape, look.theme)
    return shape


def wear_for_back_room(panel: Panel, theme: str) -> Shape:
    """The shop's own colours, and the shape in which volunteers' pages are drawn."""
    shape = shape_of_back_room(panel)
    _put_on(shape, theme)
    return shape


def _put_on(shape: Shape, theme: str) -> None:
    if Metrics.density != shape.density:
        Metrics.density = shape.density
    for name, drawn in _drawn.items():
        if name.startswith(_COLOURS_OF):
            continue
        if name.startswith(_LENGTHS):
            scale = shape.type_scale if name.startswith("type_") else 1.0
            global_idmap[name] = drawn * shape.density * scale
        else:
            global_idmap[name] = _drawn[_COLOURS_OF + name] if theme == CONTRAST else drawn
    global_idmap["compact"] = shape.compact
    FitLabel.shrink_most = SHRINK_MOST / shape.type_scale
    Window.clearcolor = global_idmap["paper"]
