"""Notes and coins, drawn: the colours and sizes of the real ones, large numerals, no portraits.

Colours of notes and the alloys of the bimetal coins are those of the National Bank's; all other
coins are one of two metals. The numeral says the value, so colour never stands alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from kivy.clock import Clock
from kivy.core.text import Label as CoreLabel
from kivy.graphics import Color, Ellipse, Mesh, Rectangle, RoundedRectangle
from kivy.properties import (
    BooleanProperty,
    ListProperty,
    NumericProperty,
    ObjectProperty,
    StringProperty,
)
from kivy.uix.behaviors import ButtonBehavior
from kivy.uix.floatlayout import FloatLayout
from kivy.uix.widget import Widget
from kivy.utils import get_color_from_hex as rgba

from kiosk.domain.money import TENGE_SIGN, Denomination, Kind, format_amount
from kiosk.screens.kv import load_kv

load_kv("money_widgets")

NOTE_RATIO = 1.86
"""Width to height; real notes run from 1.8 to 2.1."""

WHITE = rgba("#FFFFFF")
DARK = rgba("#2B2413")
BRASS, BRASS_EDGE = rgba("#E3BE5C"), rgba("#A97F22")
SILVER, SILVER_EDGE = rgba("#D9DDE0"), rgba("#848E95")


@dataclass(frozen=True, slots=True)
class NoteLook:
    """Ground, darker band, light ornament; the numeral is white."""

    ground: Any
    band: Any
    ornament: Any


@dataclass(frozen=True, slots=True)
class CoinLook:
    """Edge line, outer and inner metal, and how much of the height the coin fills."""

    edge: Any
    outer: Any
    inner: Any
    share: float


def _note(ground: str, band: str, ornament: str) -> NoteLook:
    return NoteLook(rgba(ground), rgba(band), rgba(ornament))


_NOTES = {
    200: _note("#B4601C", "#3F7A3C", "#F3C98F"),
    500: _note("#2C66B0", "#1B4680", "#A9CBF2"),
    1000: _note("#8A6238", "#5F4222", "#E8CFA6"),
    2000: _note("#26794A", "#155330", "#A8DDBB"),
    5000: _note("#C24A28", "#8C2F15", "#F7BFA6"),
    10000: _note("#5748A6", "#392C78", "#C5BBF2"),
    20000: _note("#5F6973", "#3F474F", "#CBD3DA"),
}
_OTHER_NOTE = _note("#4A5A64", "#1D2B33", "#DDD5C3")
_COINS = {
    1: CoinLook(BRASS_EDGE, BRASS, BRASS, 0.66),
    2: CoinLook(BRASS_EDGE, BRASS, BRASS, 0.70),
    5: CoinLook(BRASS_EDGE, BRASS, BRASS, 0.74),
    10: CoinLook(BRASS_EDGE, BRASS, BRASS, 0.80),
    20: CoinLook(SILVER_EDGE, SILVER, SILVER, 0.84),
    50: CoinLook(SILVER_EDGE, SILVER, SILVER, 0.92),
    100: CoinLook(BRASS_EDGE, BRASS, SILVER, 0.96),
    200: CoinLook(SILVER_EDGE, SILVER, BRASS, 1.0),
}
_OTHER_COIN = CoinLook(SILVER_EDGE, SILVER, SILVER, 0.85)


class MoneyPiece(Widget):
    """One note or coin, as large as fits; ``code`` is a denomination's, like ``n500``."""

    code = StringProperty()
    faded = BooleanProperty(False)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        redraw = Clock.create_trigger(self._draw, -1)
        self.bind(pos=redraw, size=redraw, code=redraw, faded=redraw)

    def _draw(self, *_args: object) -> None:
        self.canvas.clear()
        if not self.code or self.height <= 0 or self.width <= 0:
            return
        piece = Denomination.from_code(self.code)
        alpha = 0.35 if self.faded else 1.0
        with self.canvas:
            if piece.kind is Kind.NOTE:
                self._draw_note(piece.value_tenge, alpha)
            else:
                self._draw_coin(piece.value_tenge, alpha)

    def drawn_size(self) -> tuple[float, float]:
        """Width and height of the drawing in the middle of its place."""
        piece = Denomination.from_code(self.code)
        if piece.kind is Kind.NOTE:
            height = min(self.height, self.width / NOTE_RATIO)
            return height * NOTE_RATIO, height
        across = min(self.width, self.height) * _COINS.get(piece.value_tenge, _OTHER_COIN).share
        return across, across

    def _draw_note(self, value_tenge: int, alpha: float) -> None:
        look = _NOTES.get(value_tenge, _OTHER_NOTE)
        height = min(self.height, self.width / NOTE_RATIO)
        width = height * NOTE_RATIO
        left, bottom = self.center_x - width / 2, self.center_y - height / 2
        corner, rim = height * 0.09, height * 0.045
        _paint(look.band, alpha)
        RoundedRectangle(pos=(left, bottom), size=(width, height), radius=[corner])
        _paint(look.ground, alpha)
        RoundedRectangle(
            pos=(left + rim, bottom + rim),
            size=(width - 2 * rim, height - 2 * rim),
            radius=[corner * 0.7],
        )
        _paint(look.ornament, alpha * 0.85)
        for step in range(5):
            _rhomb(left + width * (0.10 + 0.20 * step), bottom + height * 0.14, height * 0.075)
            _rhomb(left + width * (0.10 + 0.20 * step), bottom + height * 0.86, height * 0.075)
        text = f"{format_amount(value_tenge)}\u00a0{TENGE_SIGN}"
        _write(text, self.center_x, self.center_y, width * 0.88, height * 0.46, WHITE, alpha)

    def _draw_coin(self, value_tenge: int, alpha: float) -> None:
        look = _COINS.get(value_tenge, _OTHER_COIN)
        across = min(self.width, self.height) * look.share
        _disc(self.center, across, look.edge, alpha)
        _disc(self.center, across * 0.94, look.outer, alpha)
        _disc(self.center, across * 0.76, look.edge, alpha * 0.55)
        _disc(self.center, across * 0.73, look.inner, alpha)
        _write(
            str(value_tenge),
            self.center_x,
            self.center_y,
            across * 0.68,
            across * 0.5,
            DARK,
            alpha,
        )


def _paint(colour: Any, alpha: float) -> None:
    red, green, blue = colour[:3]
    Color(red, green, blue, alpha)


def _disc(center: Any, across: float, colour: Any, alpha: float) -> None:
    _paint(colour, alpha)
    Ellipse(pos=(center[0] - across / 2, center[1] - across / 2), size=(across, across))


def _rhomb(x: float, y: float, half: float) -> None:
    corners = ((x - half * 1.6, y), (x, y - half), (x + half * 1.6, y), (x, y + half))
    vertices = [value for cx, cy in corners for value in (cx, cy, 0, 0)]
    Mesh(vertices=vertices, indices=range(4), mode="triangle_fan")


def _write(
    text: str, x: float, y: float, width: float, height: float, colour: Any, alpha: float
) -> None:
    """Draws text around a point, as high as allowed unless that is too wide."""
    texture = _text_texture(text, max(8, round(height)))
    wide, high = texture.size
    scale = min(1.0, width / wide)
    _paint(colour, alpha)
    Rectangle(
        texture=texture,
        pos=(x - wide * scale / 2, y - high * scale / 2),
        size=(wide * scale, high * scale),
    )


_TEXTURES: dict[tuple[str, int], Any] = {}


def _text_texture(text: str, height_px: int) -> Any:
    key = (text, height_px)
    if key not in _TEXTURES:
        label = CoreLabel(text=text, font_size=height_px, font_name="Roboto", bold=True)
        label.refresh()
        _TEXTURES[key] = label.texture
    return _TEXTURES[key]


class MoneyKey(ButtonBehavior, FloatLayout):
    """A note or coin to tap; says how many were tapped."""

    code = StringProperty()
    count = NumericProperty(0)


class CountedPiece(FloatLayout):
    """A note or coin with how many of it, when more than one, at its upper right corner."""

    code = StringProperty()
    count = NumericProperty(1)
    badge_pos = ListProperty([0, 0])

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        for name in ("pos", "size", "code"):
            self.ids.piece.fbind(name, self._place_badge)

    def _place_badge(self, *_args: object) -> None:
        piece, badge = self.ids.piece, self.ids.badge
        if not piece.code:
            return
        wide, high = piece.drawn_size()
        # Not center and top: those may still be the old ones while pos and size change in turn.
        right = piece.x + (piece.width + wide) / 2 + badge.width / 2
        top = piece.y + (piece.height + high) / 2 + badge.height * 0.7
        self.badge_pos = [
            min(right, self.x + self.width) - badge.width,
            min(top, self.y + self.height) - badge.height,
        ]


class TenderChip(ButtonBehavior, FloatLayout):
    """A piece that was tapped; a touch takes one of them away."""

    code = StringProperty()
    count = NumericProperty(1)


class TakeTile(ButtonBehavior, FloatLayout):
    """One kind of piece to take from the box; touched while it is asked what is not there."""

    events = ObjectProperty(None, allownone=True)
    code = StringProperty()
    count = NumericProperty(1)
    asking = BooleanProperty(False)

    def on_release(self) -> None:
        """He looked, and there is none."""
        if self.asking:
            self.events.none_left(Denomination.from_code(self.code))
