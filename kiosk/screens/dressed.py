"""A root that wears a look: large print, low reach, contrast; and what the panel itself asks for.

Another look means other tokens (:mod:`kiosk.screens.look`), so the frame and its screens are built
anew from the last state. It happens when somebody asks for it, and when he has gone.
"""

from __future__ import annotations

from typing import Any

from kivy.clock import Clock
from kivy.core.window import Window
from kivy.properties import ObjectProperty
from kivy.uix.floatlayout import FloatLayout
from kivy.uix.widget import Widget

from kiosk.screens.bars import body_for
from kiosk.screens.face import Face
from kiosk.screens.look import wear, wear_for_back_room
from kiosk.screens.shape import Look, Panel, Shape, shape_for, shape_of_back_room
from kiosk.screens.widgets import View
from kiosk.views import Screen, TillState

LOOK_IDLE_S = 60.0
"""A look that somebody chose on the start screen and then left."""


class Dressed(FloatLayout):
    """Builds its body in the look that is wanted; the root of the screens is one."""

    events = ObjectProperty(None)
    face = ObjectProperty(None)

    def __init__(self, face: Face, panel: Panel | None, **kwargs: Any) -> None:
        super().__init__(face=face, **kwargs)
        self._views: dict[Screen, View] = {}
        self._overlays: dict[str, Widget] = {}
        self._state = TillState()
        self._forget_look = Clock.create_trigger(lambda _dt: self._own_look(), LOOK_IDLE_S)
        self._panel = panel or Panel(int(Window.width), int(Window.height), face.panel_inches)
        self.own_look = self.look = Look(theme=face.theme)
        self._worn: tuple[Shape, str] | None = None
        self._body: Widget | None = None
        self._wear()

    def show(self, state: TillState) -> None:
        """Draws a state."""
        raise NotImplementedError

    @property
    def height_share(self) -> float:
        """The part of the panel, from below, that is used."""
        return self._worn[0].height_share if self._worn else 1.0

    @property
    def is_compact(self) -> bool:
        """Whether the compact layouts are on."""
        return self._worn is not None and self._worn[0].compact

    def change_look(self, look: Look) -> None:
        """The shopper sees better so; what is shown stays the same."""
        self.look = look
        self._wear()
        self.show(self._state)
        self._forget_look()

    @property
    def back_room_share(self) -> float:
        """The part of the panel, from below, that volunteers' pages take."""
        return shape_of_back_room(self._panel).height_share

    def dress_for_volunteer(self) -> None:
        """The back room is about to be built: in its own shape, and the shop's own colours."""
        self._forget_look.cancel()
        self.look = self.own_look
        if self._worn != (shape_of_back_room(self._panel), self.own_look.theme):
            self._worn = None
            self._take_down()
            wear_for_back_room(self._panel, self.own_look.theme)

    def _own_look(self) -> None:
        """As the shop has it: the one who asked for another has gone."""
        self._forget_look.cancel()
        if self._state.screen is Screen.START and self.look != self.own_look:
            self._close("looks")
            self.look = self.own_look
            self._wear()
            self.show(self._state)

    def _wear(self) -> None:
        """Builds the frame in the look; nothing happens where it is worn already."""
        wanted = (shape_for(self._panel, self.look), self.look.theme)
        if wanted == self._worn:
            return
        self._take_down()
        self._worn = (wear(self._panel, self.look), self.look.theme)
        kind = body_for(compact=self.is_compact)
        self._body = kind(events=self.events, frame=self, size_hint=(1, self.height_share))
        self.add_widget(self._body, index=len(self.children))  # below all else
        for name in ("top", "banner", "screens"):
            self.ids[name] = self._body.ids[name].__self__
        self.ids.top.languages = self.face.languages

    def _take_down(self) -> None:
        for overlay in list(self._overlays):
            self._close(overlay)
        self._overlays.clear()
        self._views.clear()
        if self._body is not None:
            self.remove_widget(self._body)
            self._body = None

    def _close(self, name: str) -> None:
        overlay = self._overlays.get(name)
        if overlay is not None and overlay.parent is not None:
            self.remove_widget(overlay)
