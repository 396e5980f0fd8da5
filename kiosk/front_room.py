"""Joins the window to the kiosk's parts: what it is told of the shop, how it looks and sounds."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from kiosk.admin.setup_progress import needs_setup
from kiosk.backlight import Backlight
from kiosk.config import Config
from kiosk.facts import PICTURES_FOLDER, ROOT
from kiosk.i18n import Texts
from kiosk.night import Night, hours_of
from kiosk.parts import Kiosk
from kiosk.power import start_again
from kiosk.screens.face import Face
from kiosk.screens.window import WindowSettings, harden

if TYPE_CHECKING:
    from kiosk.app import KioskApp
    from kiosk.scanner.sources import FrameSource
    from kiosk.voice import VoiceGuide


def run_window(config: Config, directory: Path) -> int:
    """Runs the kiosk until its window is closed; starts it again when that was asked for."""
    directory.mkdir(parents=True, exist_ok=True)
    app, kiosk = make_app(config, directory)
    # A window that nobody can close still ends in good order when the system asks it to; set
    # before SDL looks, or it would take the signal for a click on the closing key.
    signal.signal(signal.SIGTERM, lambda *_: kiosk.stop_window())
    try:
        app.run()
    finally:
        kiosk.stop()
    if kiosk.power.starts_again:
        start_again()
    return 0


def make_app(
    config: Config,
    directory: Path,
    *,
    make_source: Callable[[list[tuple[str, str]]], FrameSource] | None = None,
) -> tuple[KioskApp, Kiosk]:
    """The window and all that stands behind it; the other parts start after the first picture.

    ``make_source`` replaces the camera of the configuration; it is given the catalogue's packs.
    """
    window = config.window
    is_filled = os.environ.get("ADAL_WINDOW") == "filled"  # set by the service that runs cage
    harden(
        WindowSettings(
            window.width_px, window.height_px, kiosk=window.fullscreen, is_filled=is_filled
        )
    )
    from kiosk.app import KioskApp, post, stop_window
    from kiosk.scanner.wedge import WedgeReader

    kiosk = Kiosk(config, directory, post, make_source, stop_window)
    config = kiosk.config
    app = KioskApp(
        kiosk.till,
        face_of(config, directory),
        kiosk=window.fullscreen,
        camera=kiosk.scanner,
        wedge=WedgeReader(max_gap_s=config.scanner.usb_gap_ms_max / 1000),
        sound_volume=volume_of(config),
        on_ready=kiosk.start,
        office=kiosk.office,
        heart=kiosk.heart,
        night=Night(
            hours_of(config.night.dark_from, config.night.dark_until),
            kiosk.now_ms,
            time.monotonic,
        ),
        backlight=Backlight(config.night.brightness_percent),
        start_again=kiosk.power.restart_program,
        voice=voice_of(config),
    )

    voice = config.voice

    def dress(now: Config) -> None:
        nonlocal voice
        app.change_face(face_of(now, directory))
        app.sounds.set_volume(volume_of(now))
        if now.voice != voice:
            voice = now.voice
            app.change_voice(voice_of(now))

    kiosk.dress = dress
    kiosk.sounds = app.sounds
    if needs_setup(directory, kiosk.office.service("pins")):
        kiosk.office.set_up()
    return app, kiosk


def face_of(config: Config, directory: Path) -> Face:
    """What the screens are told of this shop."""
    return Face(
        ROOT,
        dict(config.shop.name.items()),
        dict(config.shop.cause.items()),
        tuple(config.language.offered),
        directory / PICTURES_FOLDER,
        config.window.panel_inches,
        config.window.theme,
    )


def voice_of(config: Config) -> VoiceGuide | None:
    """Spoken prompts, where they are wanted."""
    if not config.voice.enabled:
        return None
    from kiosk.voice import Speaker, VoiceGuide

    speaker = Speaker(config.voice.output, config.voice.words_per_minute)
    return VoiceGuide(speaker, Texts(ROOT / "assets" / "locale"))


def volume_of(config: Config) -> float:
    """How loud, from 0.0 to 1.0."""
    return config.sound.volume if config.sound.enabled else 0.0
