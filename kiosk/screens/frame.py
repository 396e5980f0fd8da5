"""The frame around every screen: what is always there, what lies over, and which screen is on."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any

from kivy.clock import Clock
from kivy.metrics import dp

from kiosk.aim import Aim
from kiosk.screens.dressed import Dressed
from kiosk.screens.events import ShopperEvents
from kiosk.screens.face import Face
from kiosk.screens.notices import REFUSALS, sentence_of
from kiosk.screens.shape import Panel, low_is_offered
from kiosk.screens.touch import TouchGuard
from kiosk.screens.tr import tr
from kiosk.screens.widgets import View
from kiosk.views import Notice, Said, Screen, TillState

TOAST_S = 5.0
CORNER_DP = (260, 88)
CORNER_HELD_S = 2.0
"""How long the shop's name is held until the volunteers' door opens; nobody does so by chance."""
_TYPING = frozenset({Screen.KEYPAD, Screen.PRICE, Screen.SUGGEST, Screen.UNDO})
"""Another look builds the screen anew, and what was typed would be gone."""
_SCREENS_ABOUT_GOODS = frozenset({Screen.BASKET, Screen.PICK, Screen.KEYPAD, Screen.PRICE})
_VIEWS = {
    Screen.START: "start.StartScreen",
    Screen.BASKET: "basket.BasketScreen",
    Screen.CASH: "cash.CashScreen",
    Screen.THANKS: "thanks.ThanksScreen",
    Screen.PICK: "pick.PickScreen",
    Screen.KEYPAD: "keypad.KeypadScreen",
    Screen.PRICE: "price.PriceScreen",
    Screen.QR: "qr.QrScreen",
    Screen.UNDO: "undo.UndoScreen",
    Screen.SUGGEST: "suggest.SuggestScreen",
}
SELDOM = frozenset({Screen.UNDO, Screen.SUGGEST})
"""Not built ahead: few shoppers come there, and they take 5 MB each."""


class KioskRoot(Dressed):
    """Shows till states; every touch passes its guard, and is told as activity."""

    def __init__(
        self,
        events: ShopperEvents,
        face: Face,
        on_corner_held: Callable[[], None] = lambda: None,
        panel: Panel | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(face, panel, events=events, **kwargs)
        self._corner_held = Clock.create_trigger(lambda _dt: self._knock(), CORNER_HELD_S)
        self._on_corner_held = on_corner_held
        self._knocked = False
        self.guard = TouchGuard()
        self._said_serial = 0
        self._hide_toast = Clock.create_trigger(lambda _dt: self._close("toast"), TOAST_S)

    def change_face(self, face: Face) -> None:
        """Other words of the shop, on every screen from its next state on."""
        self.face = face
        self.ids.top.languages = face.languages
        for view in self._views.values():
            view.face = face

    # --- states in ---

    def show(self, state: TillState) -> None:
        """Draws a state: the language first, then the screen, then what lies over it."""
        changed_screen = state.screen is not self._state.screen
        self._state = state
        tr.use(state.language)
        if changed_screen and state.screen is Screen.START:
            # Who comes next finds the shop's own look.
            self.look = self.own_look
        self._wear()
        self.ids.top.may_change_look = state.screen not in _TYPING
        self.ids.top.shop_name = self.face.shop_name(state.language)
        self.ids.banner.text = _banner_text(state)
        view = self.view(state.screen)
        view.show(state)
        self.ids.screens.current = state.screen.value
        if changed_screen:
            self.guard.wait_for_release()
            self._close("confirm")
            self._close("looks")
        self._show_said(state.said, state.screen)
        self._show_idle(state.idle_left_s)
        self._show_out_of_order(state.out_of_order)

    def view(self, screen: Screen) -> View:
        """The view of a screen, built when it is first needed."""
        if screen not in self._views:
            module_name, class_name = _VIEWS[screen].split(".")
            if self.is_compact:
                module_name, class_name = f"{module_name}_compact", f"Compact{class_name}"
            view = _load(module_name, class_name)(
                name=screen.value, events=self.events, face=self.face, frame=self
            )
            self._views[screen] = view
            self.ids.screens.add_widget(view)
        return self._views[screen]

    def warm_up(self) -> bool:
        """Builds one more screen ahead of need; False when all are built."""
        if self._body is None:
            return False
        ahead = (screen for screen in _VIEWS if screen not in SELDOM)
        missing = next((screen for screen in ahead if screen not in self._views), None)
        if missing is None:
            return False
        self.view(missing)
        return True

    def show_preview(self, frame: Any | None) -> None:
        """What the camera sees, an RGB array, on the screen that has a place for it."""
        view = self._views.get(self._state.screen)
        if view is not None and hasattr(view, "show_preview"):
            view.show_preview(frame)

    def show_aim(self, aim: Aim) -> None:
        """How the camera gets on with what is held up, on the same screen."""
        view = self._views.get(self._state.screen)
        if view is not None and hasattr(view, "show_aim"):
            view.show_aim(aim)

    # --- what lies over ---

    def ask_to_leave(self) -> None:
        """Cancel: asked first when there is something in the basket."""
        if not self._state.basket.lines:
            self.events.cancel()
            return
        self._open("confirm", "ConfirmLeave")

    def open_looks(self) -> None:
        """Large print, keys within reach, contrast."""
        panel = self._open("looks", "Looks")
        panel.low_is_offered = low_is_offered(self._panel)
        panel.look = self.look

    def close_looks(self) -> None:
        """Well so."""
        self._close("looks")

    def stay(self) -> None:
        """No, go on shopping."""
        self._close("confirm")

    def _show_said(self, said: Said | None, screen: Screen) -> None:
        serial = said.serial if said else 0
        if serial == self._said_serial:
            return
        self._said_serial = serial
        if said is None or _said_by_screen(said.notice, screen):
            self._close("toast")
            return
        toast = self._open("toast", "Toast")
        toast.text = sentence_of(said)
        self._hide_toast.cancel()
        self._hide_toast()

    def _show_idle(self, left_s: int | None) -> None:
        if left_s is None:
            self._close("idle")
            return
        self._open("idle", "IdleWarning").seconds_text = str(left_s)

    def _show_out_of_order(self, message: str) -> None:
        if not message:
            self._close("out_of_order")
            return
        self._open("out_of_order", "OutOfOrder").message = message

    def _open(self, name: str, class_name: str) -> Any:
        if name not in self._overlays:
            overlay = _load("overlays", class_name)(
                events=self.events, frame=self, share=self.height_share
            )
            self._overlays[name] = overlay
        overlay = self._overlays[name]
        if overlay.parent is None:
            self.add_widget(overlay)
        return overlay

    # --- touches ---

    def on_touch_down(self, touch: Any) -> bool:
        """One finger, one touch."""
        if not self.guard.down(touch):
            return True
        if self._state.screen is Screen.START and self._is_in_corner(touch):
            self._corner_held()
        if self._forget_look.is_triggered:
            self._forget_look()
        self._close("toast")
        # Children first: activity takes the idle warning away, and the touch was for that.
        handled = bool(super().on_touch_down(touch))
        self.events.activity()
        return handled

    def on_touch_move(self, touch: Any) -> bool:
        """Only the finger that was let in."""
        return bool(super().on_touch_move(touch)) if self.guard.is_in(touch) else True

    def on_touch_up(self, touch: Any) -> bool:
        """Only the finger that was let in."""
        if not self.guard.up(touch):
            return True
        self._corner_held.cancel()
        if self._knocked:
            # The hand that opened the volunteers' door begins no visit when it is lifted.
            self._knocked = False
            touch.grab_list.clear()
            return True
        return bool(super().on_touch_up(touch))

    def _knock(self) -> None:
        self._knocked = True
        self._on_corner_held()

    def _is_in_corner(self, touch: Any) -> bool:
        wide, high = map(dp, CORNER_DP)
        return bool(touch.x < wide and 0 <= self.height * self.height_share - touch.y < high)


def _load(module_name: str, class_name: str) -> Callable[..., Any]:
    """A class of this package; its module reads its kv when it is first asked for."""
    made: Callable[..., Any] = getattr(import_module(f"kiosk.screens.{module_name}"), class_name)
    return made


def _said_by_screen(notice: Notice, screen: Screen) -> bool:
    """Whether the screen has a place of its own for it, beside what it is about."""
    about_goods = (
        notice in REFUSALS | {Notice.ADDED, Notice.UNKNOWN} and screen in _SCREENS_ABOUT_GOODS
    )
    return about_goods or notice is Notice.RECEIPT_NOT_FOUND


def _banner_text(state: TillState) -> str:
    if state.phone_to_call:
        return sentence_of(Said(Notice.HELP_WAITS, 0, state.phone_to_call))
    if state.camera_lost and state.screen in (Screen.START, Screen.BASKET, Screen.PRICE):
        return tr._("The camera is not working. Type the code or pick the item from the list.")
    return ""
