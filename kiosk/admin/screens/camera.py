"""The camera's live picture with a frame around each code."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from kivy.graphics import Color, Line, Rectangle
from kivy.graphics.texture import Texture
from kivy.metrics import dp
from kivy.properties import ColorProperty, StringProperty
from kivy.uix.widget import Widget
from kivy.utils import get_color_from_hex as rgba

from kiosk.admin.camera import CameraHow, CameraState, LastCode, Light, Outline
from kiosk.admin.screens.kv import load_kv
from kiosk.admin.screens.view import AdminView
from kiosk.screens.tr import tr

load_kv("camera")

PRODUCT_INK, OTHER_INK = rgba("#35D07F"), rgba("#F5B83D")
"""Green for what can be sold, amber for any other code; the words beside say the same."""
KNOWN, UNKNOWN, NOTHING = rgba("#E2F2E4"), rgba("#FFF0CC"), rgba("#FFFFFF")
DASH = "—"


class CameraPicture(Widget):
    """A picture as large as fits without bending it, and outlines on it."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._texture: Any = None
        self._picture: Any = None
        self.outlines: tuple[Outline, ...] = ()
        self.bind(pos=self._redraw, size=self._redraw)

    def show(self, picture: Any | None, outlines: tuple[Outline, ...]) -> None:
        """Takes RGB bytes, height × width × 3; None clears."""
        if picture is not self._picture and picture is not None:
            self._blit(picture)
        self._picture, self.outlines = picture, outlines
        self._redraw()

    def place(self) -> tuple[float, float, float, float]:
        """Where the picture lies: x, y, width, height; all 0 without one."""
        if self._picture is None:
            return 0.0, 0.0, 0.0, 0.0
        wide, high = self._texture.size
        scale = min(self.width / wide, self.height / high)
        width, height = wide * scale, high * scale
        return (
            self.x + (self.width - width) / 2,
            self.y + (self.height - height) / 2,
            width,
            height,
        )

    def points_of(self, corners: Sequence[tuple[float, float]]) -> list[float]:
        """Corners as shares of the picture from its top left → points of the window."""
        left, bottom, width, height = self.place()
        return [
            number for x, y in corners for number in (left + x * width, bottom + (1 - y) * height)
        ]

    def _blit(self, picture: Any) -> None:
        height_px, width_px = picture.shape[:2]
        if self._texture is None or self._texture.size != (width_px, height_px):
            self._texture = Texture.create(size=(width_px, height_px), colorfmt="rgb")
            self._texture.flip_vertical()
        self._texture.blit_buffer(picture.tobytes(), colorfmt="rgb", bufferfmt="ubyte")

    def _redraw(self, *_args: object) -> None:
        self.canvas.clear()
        if self._picture is None:
            return
        left, bottom, width, height = self.place()
        with self.canvas:
            Color(1, 1, 1, 1)
            Rectangle(texture=self._texture, pos=(left, bottom), size=(width, height))
            for outline in self.outlines:
                Color(*(PRODUCT_INK if outline.is_product else OTHER_INK))
                Line(points=self.points_of(outline.corners), close=True, width=dp(3))


class CameraView(AdminView):
    """Picture, last code, rates."""

    nothing_text = StringProperty()
    last_name = StringProperty(DASH)
    last_code = StringProperty()
    last_ground = ColorProperty("#FFFFFF")
    share_text = StringProperty(DASH)
    speed_text = StringProperty(DASH)
    light_text = StringProperty(DASH)

    def title(self) -> str:
        """The page's name."""
        return tr._("Camera")

    def draw(self, state: CameraState) -> None:
        """Shows the newest frame."""
        self.ids.picture.show(state.picture, state.outlines)
        self.nothing_text = "" if state.picture is not None else how_text(state.how)
        self._draw_last(state.last)
        share = state.read_share
        self.share_text = DASH if share is None else f"{round(share * 100)} %"
        self.speed_text = f"{state.frames_per_s:.0f}" if state.picture is not None else DASH
        self.light_text = DASH if state.light is None else light_text(state.light)

    def _draw_last(self, last: LastCode | None) -> None:
        if last is None:
            self.last_name, self.last_code, self.last_ground = DASH, "", NOTHING
            return
        is_known = last.product_id is not None
        self.last_name = last.name if is_known else tr._("Not in the catalogue")
        self.last_code = f"{last.text}   ({last.engine})"
        self.last_ground = KNOWN if is_known else UNKNOWN


def how_text(how: CameraHow) -> str:
    """Why there is no picture, in the current language."""
    _ = tr._
    texts = {
        CameraHow.STARTING: _("Looking through the camera…"),
        CameraHow.OK: _("Looking through the camera…"),
        CameraHow.LOST: _("The camera does not answer. Check its cable."),
        CameraHow.NONE: _("This kiosk works without a camera."),
    }
    return texts[how]


def light_text(light: Light) -> str:
    """Whether there is light enough, in the current language."""
    _ = tr._
    texts = {
        Light.DARK: _("Too dark: put a lamp there"),
        Light.GOOD: _("Good"),
        Light.BRIGHT: _("Too bright: shade the lamp"),
    }
    return texts[light]
