"""The window of a kiosk: closed to everything but one finger. Import before any other Kivy.

Kivy reads its configuration while it is imported, so this module imports none of it until
:func:`harden` has set the environment.
"""

from __future__ import annotations

import logging
import os
from dataclasses import dataclass

from kiosk.memory import spare
from kiosk.screens.panel import panel_size_px

ASKED_OF_KIVY = 11 / 15
"""Of the frames wanted: Kivy's clock ends each sleep early, by four fifteenths of a frame."""


@dataclass(frozen=True, slots=True)
class WindowSettings:
    """Size in pixels; ``kiosk`` fills the screen and cannot be closed or left by a key.

    ``is_filled``: a compositor shows nothing else (cage). A window that asks it for the whole panel
    was drawn shifted, and one of exactly the panel's size stayed black (cage 0.1.4, Xwayland 22.1,
    seen with a panel in memory); so it is a plain one, a line of pixels lower.
    """

    width: int = 1280
    height: int = 800
    kiosk: bool = False
    is_filled: bool = False
    fps_max: int = 60


def harden(settings: WindowSettings) -> None:
    """Sets Kivy up for a lobby: no escape key, no settings panel, no second pointer.

    Must run before ``kivy`` is imported anywhere.
    """
    spare()
    os.environ["KIVY_NO_ARGS"] = "1"
    os.environ["KIVY_NO_ENV_CONFIG"] = "1"
    os.environ.setdefault("KIVY_NO_FILELOG", "1")
    os.environ.setdefault("KIVY_LOG_MODE", "PYTHON")

    kivys_log = logging.getLogger("kivy")
    kivys_log.setLevel(logging.ERROR)  # a first start complains of having no settings yet
    from kivy.config import Config

    kivys_log.setLevel(logging.WARNING)  # in this mode it asks nobody how much to say
    width, height = (settings.kiosk and panel_size_px()) or (settings.width, settings.height)
    if settings.is_filled:
        height -= 1
    for section in ("modules", "input"):
        for option in Config.options(section):
            Config.remove_option(section, option)
    # One provider: SDL hands the window mouse and finger alike; a second source of the same
    # touch (mtdev, hidinput) would make two taps of one.
    Config.set("input", "mouse", "mouse,disable_multitouch")
    Config.set("kivy", "exit_on_escape", "0")
    Config.set("kivy", "pause_on_minimize", "0")
    Config.set("kivy", "keyboard_mode", "system")
    Config.set("kivy", "log_level", "warning")
    # A scan need not wait for the next regular frame.
    Config.set("kivy", "kivy_clock", "interrupt")
    Config.set("postproc", "double_tap_time", "0")
    Config.set("postproc", "triple_tap_time", "0")
    graphics = {
        "width": width,
        "height": height,
        "multisamples": 0,
        "maxfps": round(settings.fps_max * ASKED_OF_KIVY),
        "vsync": 0,
        "resizable": int(settings.is_filled or not settings.kiosk),
        "borderless": int(settings.kiosk),
        "fullscreen": "auto" if settings.kiosk and not settings.is_filled else 0,
        "allow_screensaver": 0,
        "show_cursor": int(not settings.kiosk),
    }
    for option, value in graphics.items():
        Config.set("graphics", option, str(value))
