"""What the camera sees, with a frame to aim by that says when a code is read, and how to help."""

from __future__ import annotations

from typing import Any

from kivy.graphics.texture import Texture
from kivy.metrics import dp
from kivy.properties import (
    BooleanProperty,
    ListProperty,
    NumericProperty,
    ObjectProperty,
    StringProperty,
)
from kivy.uix.floatlayout import FloatLayout

from kiosk.aim import Aim, Hint
from kiosk.screens.kv import load_kv
from kiosk.screens.tr import tr

AIM_SHARE = (0.72, 0.84)
"""Of the width, and of the height above the line of words."""
WORDS_DP = 54
WIDE_MAX = 2.1
"""Width over height; more of a strip would leave too little of the picture to aim by."""

load_kv("lens")


class Lens(FloatLayout):
    """The camera's picture, as much of it as fits without stretching it."""

    texture = ObjectProperty(None, allownone=True)
    """All of the picture."""
    shown = ObjectProperty(None, allownone=True)
    """The part of it that is drawn."""
    place = ListProperty([0, 0, 0, 0])
    """x, y, width, height of where it is drawn: on a wide strip not all of the width."""
    aim = ListProperty([0, 0, 0, 0, 0])
    """x, y, width, height, corner of the frame."""
    is_read = BooleanProperty(False)
    hint_text = StringProperty()
    words_height = NumericProperty(0)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._last: Any = None
        self.bind(pos=self._place, size=self._place)

    def show(self, frame: Any | None) -> None:
        """Takes an RGB array of bytes, height × width × 3; None clears."""
        if frame is self._last:
            return
        self._last = frame
        if frame is None:
            self.texture = self.shown = None
            self.show_aim(Aim())
            return
        height_px, width_px = frame.shape[:2]
        texture = self.texture
        if texture is None or texture.size != (width_px, height_px):
            texture = Texture.create(size=(width_px, height_px), colorfmt="rgb")
            self.texture = texture
            self._cut()
        texture.blit_buffer(frame.tobytes(), colorfmt="rgb", bufferfmt="ubyte")
        self.canvas.ask_update()

    def show_aim(self, aim: Aim) -> None:
        """Whether a code was just read, or what would help."""
        self.is_read = aim.is_read
        self.hint_text = tr._("The code is read") if aim.is_read else words_of(aim.hint)

    def _place(self, *_args: object) -> None:
        wide = min(self.width, self.height * WIDE_MAX)
        # Not by center_x and top: Kivy brings those up to date after it has told of a new size.
        middle, top = self.x + self.width / 2, self.y + self.height
        self.place = [middle - wide / 2, self.y, wide, self.height]
        self.words_height = dp(WORDS_DP)
        above = self.height - self.words_height
        width, height = wide * AIM_SHARE[0], above * AIM_SHARE[1]
        left = middle - width / 2
        bottom = top - above + (above - height) / 2
        self.aim = [left, bottom, width, height, dp(12)]
        self._cut()

    def _cut(self) -> None:
        """Takes the middle of the picture, in the shape in which it is drawn."""
        _, _, wide, high = self.place
        if self.texture is None or not (wide and high):
            return
        width_px, height_px = self.texture.size
        scale = min(width_px / wide, height_px / high)
        part = (max(1, round(wide * scale)), max(1, round(high * scale)))
        left, top = (width_px - part[0]) // 2, (height_px - part[1]) // 2
        shown = self.texture.get_region(left, top, *part)
        # An array's first row is its top, a texture's its bottom.
        shown.flip_vertical()
        self.shown = shown


def words_of(hint: Hint | None) -> str:
    """A hint in the current language."""
    if hint is None:
        return ""
    _ = tr._
    return {
        Hint.CLOSER: _("A little closer, please"),
        Hint.FURTHER: _("A little further away, please"),
        Hint.DARK: _("It is dark: turn the item to the light"),
        Hint.GLARE: _("The item shines: tilt it a little"),
        Hint.HOLD_STILL: _("Hold the item still for a moment"),
        Hint.SHOW_STRIPES: _("Turn the stripes to the camera"),
    }[hint]
