"""Shared widgets: text that fits its place, keys, a tinted icon, rows that are kept and reused."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from kivy.properties import (
    BooleanProperty,
    ColorProperty,
    ListProperty,
    NumericProperty,
    ObjectProperty,
    OptionProperty,
    StringProperty,
)
from kivy.uix.behaviors import ButtonBehavior
from kivy.uix.label import Label
from kivy.uix.screenmanager import Screen
from kivy.uix.widget import Widget

from kiosk.screens import pictures
from kiosk.screens.fit import SHRINK_MOST, fit_text
from kiosk.views import TillState

SLACK_PX = 4
"""Rounding between measuring words and drawing lines must not break a line early."""


class View(Screen):
    """A dumb screen: :meth:`show` takes a state in, ``events`` takes what the shopper does."""

    events = ObjectProperty(None, allownone=True)
    face = ObjectProperty(None, allownone=True)
    frame = ObjectProperty(None, allownone=True)

    portrait = BooleanProperty(False)
    flow = OptionProperty("horizontal", options=("horizontal", "vertical"))
    """How the halves of a screen follow one another."""

    def on_size(self, *_args: object) -> None:
        """A panel that stands upright has its halves one above the other."""
        self.portrait = self.height > self.width
        self.flow = "vertical" if self.portrait else "horizontal"

    def show(self, state: TillState) -> None:
        """Draws the state; properties that did not change cost nothing."""
        raise NotImplementedError


class AnywhereView(View):
    """A screen that answers to a touch anywhere: what no key took is its own."""

    def touched(self) -> None:
        """A touch that began and ended here, on no key."""
        raise NotImplementedError

    def on_touch_down(self, touch: Any) -> bool:
        """A touch that no key took is kept until it is lifted."""
        if not self.collide_point(*touch.pos):
            return False
        if not super().on_touch_down(touch):
            touch.grab(self)
        return True

    def on_touch_up(self, touch: Any) -> bool:
        """Lifted again."""
        if touch.grab_current is self:
            touch.ungrab(self)
            self.touched()
            return True
        return bool(super().on_touch_up(touch))


class FitLabel(Label):
    """Text in the largest type, up to ``size_max``, that fits the widget without being cut."""

    size_max = NumericProperty("26dp")
    pad_x = NumericProperty(0)
    pad_right = NumericProperty(0)
    pad_top = NumericProperty(0)
    pad_bottom = NumericProperty(0)
    text_pos = ListProperty([0, 0])

    shrink_most = SHRINK_MOST
    """The same for all: large print that has no room may go back to the usual size."""
    _drawn: tuple[object, ...] = ()

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.fbind("pos", self._place_text)
        for name in ("size", "size_max", "pad_x", "pad_right", "pad_top", "pad_bottom"):
            self.fbind(name, self._trigger_texture)

    def texture_update(self, *args: object) -> None:
        """Fits the type, then draws the letters, once for each text, place and colour.

        The texture is no larger than the letters: every pixel costs, even an empty one.
        """
        room_px = self._room_px()
        if min(room_px) > 0:
            fit = fit_text(
                self.text, self.font_name, self.bold, self.size_max, *room_px, self.shrink_most
            )
            self.font_size = fit.font_px
            self.text_size = (min(fit.width_px, room_px[0]) + SLACK_PX, None)
        wanted = (self.text, self.font_size, *self.text_size, self.disabled, *self.color)
        if wanted != self._drawn:
            self._drawn = wanted
            super().texture_update(*args)
        self._place_text()

    def _room_px(self) -> tuple[int, int]:
        width_px = int(self.width - self.pad_x - self.pad_right)
        return width_px, int(self.height - self.pad_top - self.pad_bottom)

    def _place_text(self, *_args: object) -> None:
        width_px, height_px = self._room_px()
        free_x, free_y = width_px - self.texture_size[0], height_px - self.texture_size[1]
        share_x = {"left": 0.0, "right": 1.0}.get(self.halign, 0.5)
        share_y = {"top": 1.0, "bottom": 0.0}.get(self.valign, 0.5)
        self.text_pos = [
            round(self.x + self.pad_x + free_x * share_x),
            round(self.y + self.pad_bottom + free_y * share_y),
        ]


class Key(ButtonBehavior, FitLabel):
    """A rounded key with text, an icon, or both.

    The icon stands left of the text, above it when ``stacked``, alone in the middle without text.
    ``picture`` is a texture in its own colours in the icon's place.
    """

    ink = ColorProperty("#000000")
    fill = ColorProperty("#ffffff")
    fill_down = ColorProperty("#e4ded0")
    fill_off = ColorProperty("#e9e5da")
    edge = ColorProperty("#00000000")
    edge_width = NumericProperty("2dp")
    icon = StringProperty()
    icon_size = NumericProperty("44dp")
    icon_texture = ObjectProperty(None, allownone=True)
    picture = ObjectProperty(None, allownone=True)
    stacked = BooleanProperty(False)
    inset = NumericProperty("14dp")
    icon_pos = ListProperty([0, 0])
    inner_pos = ListProperty([0, 0])
    inner_size = ListProperty([0, 0])

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        for name in (
            "icon",
            "icon_size",
            "text",
            "pos",
            "size",
            "inset",
            "edge",
            "picture",
            "stacked",
        ):
            self.fbind(name, self._arrange)
        self.fbind("texture_size", self._place_icon)
        self._arrange()

    def _arrange(self, *_args: object) -> None:
        self.icon_texture = pictures.icon(self.icon)
        self._place_icon()
        edge = self.edge_width if self.edge[3] else 0
        self.inner_pos = [self.x + edge, self.y + edge]
        self.inner_size = [self.width - 2 * edge, self.height - 2 * edge]

    def _place_icon(self, *_args: object) -> None:
        inset = min(self.inset, self.width * 0.08)
        shown = self.icon_texture or self.picture
        beside = bool(shown and self.text and not self.stacked)
        above = bool(shown and self.text and self.stacked)
        self.pad_x = self.icon_size + inset * 2 if beside else inset
        self.pad_right = inset
        self.pad_top = self.icon_size if above else 0
        self.pad_bottom = inset / 2 if above else 0
        # Not center and top: those may still be the old ones while pos and size change in turn.
        middle_x, middle_y = self.x + self.width / 2, self.y + self.height / 2
        left = self.x + inset if beside else middle_x - self.icon_size / 2
        bottom = self._above_text(inset) if above else middle_y - self.icon_size / 2
        self.icon_pos = [left, bottom]

    def _above_text(self, inset: float) -> float:
        """Where an icon stands over its text: the two are one group in the middle of the key."""
        text_height = self.texture_size[1]
        free = max(0, self.height - self.pad_top - self.pad_bottom - text_height) / 2
        gap = min(inset, free / 2)
        return float(self.y + self.pad_bottom + free + text_height + gap)


class Tinted(Widget):
    """An icon in one colour."""

    icon = StringProperty()
    tint = ColorProperty("#000000")
    texture = ObjectProperty(None, allownone=True)

    def on_icon(self, *_args: object) -> None:
        """Looks the drawing up."""
        self.texture = pictures.icon(self.icon)


class Picture(Widget):
    """A product's picture, or any texture, as large as fits without bending it.

    ``side`` is where it stands when its place is wider: 0 left, 0.5 in the middle, 1 right.
    """

    texture = ObjectProperty(None, allownone=True)
    side = NumericProperty(0.5)
    faded = BooleanProperty(False)
    draw_x = NumericProperty(0)
    draw_y = NumericProperty(0)
    draw_width = NumericProperty(0)
    draw_height = NumericProperty(0)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        for name in ("texture", "size", "pos", "side"):
            self.fbind(name, self._place)

    def _place(self, *_args: object) -> None:
        if self.texture is None:
            self.draw_width = self.draw_height = 0
            return
        wide, high = self.texture.size
        scale = min(self.width / wide, self.height / high)
        self.draw_width, self.draw_height = wide * scale, high * scale
        self.draw_x = self.x + (self.width - self.draw_width) * self.side
        self.draw_y = self.y + (self.height - self.draw_height) / 2


def reuse(parent: Widget, count: int, make: Callable[[], Widget], spare: list[Widget]) -> list[Any]:
    """Gives the parent exactly ``count`` children made by ``make``, in order of appearance.

    Children that are not needed wait in ``spare``: a scan must not build a row when it can
    take one.
    """
    children = list(reversed(parent.children))
    for child in children[count:]:
        parent.remove_widget(child)
        spare.append(child)
    for _ in range(count - len(children)):
        parent.add_widget(spare.pop() if spare else make())
    return list(reversed(parent.children))
