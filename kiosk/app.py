"""The window: joins the till with the screens, the keys, the sounds and the camera's picture.

:func:`kiosk.screens.window.harden` must have run before this module is imported.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING, Any, Protocol

from kivy.app import App
from kivy.clock import Clock, mainthread
from kivy.core.text import LabelBase
from kivy.core.window import Window
from kivy.graphics.context_instructions import BindTexture
from kivy.lang import Builder
from kivy.lang.parser import global_idmap
from kivy.metrics import Metrics
from kivy.resources import resource_add_path

from kiosk.aim import Aim
from kiosk.backlight import Backlight
from kiosk.facts import CODE
from kiosk.heart import Heart
from kiosk.i18n import Texts
from kiosk.memory import give_back
from kiosk.night import Night
from kiosk.scan_event import scan_event_of
from kiosk.scanner.wedge import WedgeReader
from kiosk.screens import pictures
from kiosk.screens.dark import Dark
from kiosk.screens.face import Face
from kiosk.screens.frame import KioskRoot
from kiosk.screens.look import remember_tokens
from kiosk.screens.notices import sentence_of
from kiosk.screens.pace import keep_pace
from kiosk.screens.sounds import Sounds
from kiosk.screens.tr import tr
from kiosk.screens.troubles import Troubles
from kiosk.till import Till
from kiosk.views import Screen, TillState

if TYPE_CHECKING:
    from kiosk.admin.office import Office
    from kiosk.admin.office_state import OfficeState
    from kiosk.admin.pages import Page
    from kiosk.admin.screens.frame import BackRoomFrame
    from kiosk.voice import VoiceGuide

DRAWN_FOR_PX = (1280, 800)
TICK_S = 0.5
WEDGE_POLL_S = 0.05
PREVIEW_S = 0.1
READY_AFTER_S = 0.1
"""From the first picture to the start of all else: the first tap need not wait for imports."""
DRAW_AGAIN_AFTER_S = (0.5, 1.5, 4.0, 10.0)
"""What was drawn before the compositor showed the window is lost, and an unchanged scene is not
drawn by itself: the panel would stay black until somebody touches it (cage 0.1.4)."""
WARM_UP_AFTER_S = 1.0
WARM_UP_EVERY_S = 0.1


class CameraPort(Protocol):
    """What the window needs of the scanner."""

    def set_active(self, active: bool) -> None:
        """A visit runs, or nobody is here."""

    def latest_preview(self) -> Any | None:
        """The newest frame as a small RGB array."""

    def aim(self) -> Aim:
        """How it gets on with what is held up."""


@mainthread
def post(action: Callable[[], None]) -> None:
    """Runs the action in the window's thread; may be called from any."""
    action()


class KioskApp(App):
    """One kiosk's window; everything it shows or drives is handed in."""

    def __init__(
        self,
        till: Till,
        face: Face,
        *,
        kiosk: bool = False,
        camera: CameraPort | None = None,
        wedge: WedgeReader | None = None,
        sound_volume: float = 0.0,
        on_ready: Callable[[], None] | None = None,
        office: Office | None = None,
        start_again: Callable[[], None] | None = None,
        heart: Heart | None = None,
        night: Night | None = None,
        backlight: Backlight | None = None,
        voice: VoiceGuide | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self._till = till
        self._office = office
        self._back_room: BackRoomFrame | None = None
        self._page: Page | None = None
        self._face = face
        self._kiosk = kiosk
        self._camera = camera
        self._wedge = wedge or WedgeReader()
        self.sounds = self._sounds = Sounds(face.assets_dir / "sounds", sound_volume)
        self._on_ready = on_ready
        self._start_again = start_again
        self._heart = heart
        self._night = night
        self._backlight = backlight
        self._voice = voice
        self._dark = Dark(on_touched=self._touched_in_the_dark)
        self._troubles: Troubles | None = None
        self._screen: Screen | None = None
        self._clocks: list[Any] = []
        self._preview_clock: Any = None
        self._wedge_clock: Any = None

    def build(self) -> KioskRoot:
        """Fonts, texts, tokens, frame, and the first state."""
        self.title = "Adal"
        prepare_face(self._face, Window.size)
        return KioskRoot(self._till, self._face, on_corner_held=self._knock)

    def on_start(self) -> None:
        """From here on states are drawn as they come."""
        self._troubles = Troubles(self.root, self._draw_anew, self._start_again)
        self._troubles.watch()
        self._till.subscribe(self._show)
        self._show(self._till.state)
        self._clocks = [Clock.schedule_interval(self._troubles.guarded(self._tick), TICK_S)]
        if self._heart is not None and self._heart.is_watched:
            beat = self._heart.beat
            self._clocks.append(Clock.schedule_interval(lambda _dt: beat(), self._heart.every_s))
        if self._office is not None:
            self._office.subscribe(self._show_office)
            if self._office.state.is_open:
                self._show_office(self._office.state)
        Window.bind(on_key_down=self._key_down, on_request_close=self._close_asked)
        Window.bind(on_flip=self._first_frame)
        self._clocks += [
            Clock.schedule_once(_draw_again, after_s) for after_s in DRAW_AGAIN_AFTER_S
        ]

    def on_stop(self) -> None:
        """Nothing of this app is called any more."""
        Window.unbind(on_key_down=self._key_down, on_request_close=self._close_asked)
        for clock in (*self._clocks, self._preview_clock, self._wedge_clock):
            if clock is not None:
                clock.cancel()
        if self._troubles is not None:
            self._troubles.forget()
        self._dark.show(dark=False)
        if self._voice is not None:
            self._voice.stop()

    def open_settings(self, *_args: object) -> bool:
        """Kivy's own settings panel is not for a lobby."""
        return False

    def change_face(self, face: Face) -> None:
        """The centre set other words; called on the start screen with nobody there."""
        self._face = face
        if self.root is not None:
            self.root.change_face(face)
            self._show(self._till.state)

    def change_voice(self, voice: VoiceGuide | None) -> None:
        """The centre set spoken prompts otherwise; the one before falls silent."""
        before, self._voice = self._voice, voice
        if before is not None:
            before.stop()

    # --- states out to the eyes and ears ---

    def _show(self, state: TillState) -> None:
        # The back room has its own language: the shop's face is drawn when it closes.
        if self._office is None or not self._office.state.is_open:
            self.root.show(state)
            if self._voice is not None:
                self._voice.hear(state, sentence_of)
        self._sounds.hear(state)
        if state.screen is not self._screen:
            self._screen = state.screen
            self._screen_changed(state.screen)

    def _draw_anew(self) -> None:
        """After something failed: whatever was half drawn is drawn again from the states."""
        self._show(self._till.state)
        if self._office is not None:
            self._show_office(self._office.state)

    def _tick(self) -> None:
        if self._troubles is not None:
            in_office = self._office is not None and self._office.is_saving
            self._troubles.look_at(saving=self._till.state.saving or in_office, in_office=in_office)
        self._till.tick()
        if self._office is not None:
            self._office.tick()
        self._darken()

    # --- at night ---

    def _darken(self) -> None:
        if self._night is None:
            return
        in_office = self._office is not None and self._office.state.is_open
        is_quiet = self._till.state.screen is Screen.START and not in_office
        dark = self._night.is_dark(is_quiet=is_quiet)
        self._dark.show(dark=dark)
        if self._backlight is not None:
            self._backlight.show(dark=dark)

    def _touched_in_the_dark(self) -> None:
        if self._night is not None:
            self._night.touched()
        self._darken()

    # --- the back room ---

    def _knock(self) -> None:
        """The hidden corner was held on the start screen."""
        if self._office is not None:
            self._office.knock(self._till.state.language)

    def _show_office(self, state: OfficeState) -> None:
        if state.is_open:
            if state.page is not self._page:
                self.root.guard.wait_for_release()
            self._open_back_room().show(state)
        elif self._back_room is not None and self._back_room.parent is not None:
            self.root.remove_widget(self._back_room)
            self._back_room.forget()
            self.root.guard.wait_for_release()
            self.root.show(self._till.state)
        self._page = state.page if state.is_open else None
        self._watch_with_camera()

    def _open_back_room(self) -> BackRoomFrame:
        """The frame over everything; its module is only read when somebody comes in."""
        if self._back_room is None or self._back_room.parent is None:
            self.root.dress_for_volunteer()
        if self._back_room is None:
            from kiosk.admin.screens.frame import BackRoomFrame

            self._back_room = BackRoomFrame(self._office, height_share=self.root.back_room_share)
        if self._back_room.parent is None:
            self.root.guard.wait_for_release()
            self.root.add_widget(self._back_room)
        return self._back_room

    def _watch_with_camera(self) -> None:
        """The camera looks closely while somebody may hold something before it."""
        if self._camera is None:
            return
        wanted = self._office is not None and self._office.wants_camera
        self._camera.set_active(wanted or self._till.state.screen is not Screen.START)

    def _screen_changed(self, screen: Screen) -> None:
        if self._camera is None:
            return
        self._watch_with_camera()
        if self._preview_clock is not None:
            self._preview_clock.cancel()
            self._preview_clock = None
        if screen is Screen.BASKET:
            self._preview_clock = Clock.schedule_interval(self._guarded(self._preview), PREVIEW_S)

    def _guarded(self, action: Callable[[], None]) -> Callable[[float], None]:
        """A timer that goes on although its action failed once."""
        assert self._troubles is not None, "the window has started"
        return self._troubles.guarded(action)

    def _preview(self) -> None:
        if self._camera is not None:
            self.root.show_preview(self._camera.latest_preview())
            self.root.show_aim(self._camera.aim())

    def _first_frame(self, *_args: object) -> None:
        """The start screen is there: now, and not before, whatever else takes time."""
        Window.unbind(on_flip=self._first_frame)
        if self._on_ready is not None:
            ready = self._on_ready
            self._clocks.append(Clock.schedule_once(lambda _dt: ready(), READY_AFTER_S))
        self._clocks.append(Clock.schedule_once(lambda _dt: self._warm_up(), WARM_UP_AFTER_S))

    def _warm_up(self) -> None:
        if self.root.warm_up():
            self._clocks.append(Clock.schedule_once(lambda _dt: self._warm_up(), WARM_UP_EVERY_S))
        else:
            self._sounds.load()
            give_back()

    # --- keys: a USB scanner types ---

    def _key_down(
        self, _window: Any, _key: int, scancode: int, _text: str, modifiers: list[str]
    ) -> bool:
        scanned = self._wedge.key(
            scancode,
            now_s=time.monotonic(),
            shift="shift" in modifiers,
            ctrl="ctrl" in modifiers,
            slack_s=_unwatched_s(),
        )
        self._typed(scanned)
        if self._wedge.is_reading and self._wedge_clock is None:
            self._wedge_clock = Clock.schedule_interval(
                self._guarded(self._poll_wedge), WEDGE_POLL_S
            )
        return True

    def _poll_wedge(self) -> None:
        self._typed(self._wedge.poll(now_s=time.monotonic(), slack_s=_unwatched_s()))
        if not self._wedge.is_reading and self._wedge_clock is not None:
            self._wedge_clock.cancel()
            self._wedge_clock = None

    def _typed(self, text: str | None) -> None:
        if text is None:
            return
        if self._office is not None and self._office.state.is_open:
            self._office.scanned(scan_event_of(text, "wedge"))
        else:
            self._till.typed_code(text, "wedge")

    def _close_asked(self, *_args: object, **_kwargs: object) -> bool:
        """True keeps the window open: a lobby has nobody to start it again."""
        return self._kiosk


def _draw_again(_dt: float) -> None:
    Window.canvas.ask_update()


def _unwatched_s() -> float:
    """How long ago, at most, the window last looked for keys.

    It does so once a frame, after what the frame's clock calls: so this frame's own work counts
    (a screen that is built takes long), and the frame before.
    """
    return float(Clock.time() - Clock.get_time() + Clock.frametime)


@mainthread
def stop_window() -> None:
    """Ends the window in an orderly way; may be called from any thread."""
    app = App.get_running_app()
    if app is not None:
        app.stop()


def prepare_face(face: Face, size_px: tuple[int, int]) -> None:
    """Fonts, languages, tokens and frame for a window of that size; once per process."""
    Metrics.density = density_for(*size_px)
    resource_add_path(str(face.root_dir))
    resource_add_path(str(CODE))  # another place than the root where it was installed
    fonts = face.assets_dir / "fonts"
    # Under the name of Kivy's default font, which has no tenge sign: nothing can forget it.
    LabelBase.register(
        "Roboto",
        str(fonts / "NotoSans-Regular.ttf"),
        fn_bold=str(fonts / "NotoSans-SemiBold.ttf"),
    )
    tr.load(Texts(face.assets_dir / "locale"))
    if face.own_pictures_dir is not None:
        pictures.look_in(face.own_pictures_dir)
    _load_frame(str(face.root_dir / "kiosk.kv"))
    remember_tokens()
    Window.clearcolor = global_idmap["paper"]
    _sample_plain_colour_cheaply()


def _sample_plain_colour_cheaply() -> None:
    """Shapes of one colour are drawn through a white texture; one sample per pixel is enough.

    Smooth sampling of plain white cost a third of the frame under software GL.
    """
    white = BindTexture().texture
    white.mag_filter = white.min_filter = "nearest"


@cache
def _load_frame(kv_path: str) -> None:
    """Once: a rule read twice doubles its children."""
    Builder.load_file(kv_path)
    keep_pace()


def density_for(width_px: int, height_px: int) -> float:
    """How much larger than drawn everything is, so that the whole frame fits the panel."""
    long_px, short_px = max(width_px, height_px), min(width_px, height_px)
    drawn_long, drawn_short = DRAWN_FOR_PX
    return min(long_px / drawn_long, short_px / drawn_short)
