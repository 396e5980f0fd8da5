"""Short, soft sounds for what happened; silent where there is no device."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

from kiosk.views import Notice, Screen, TillState

log = logging.getLogger(__name__)

_OF_NOTICE = {
    Notice.ADDED: "scan",
    Notice.UNKNOWN: "unknown",
    Notice.NOT_FOR_SALE: "unknown",
    Notice.NO_PRODUCT_CODE: "unknown",
    Notice.CODE_MISTYPED: "unknown",
    Notice.CASE_CODE: "unknown",
    Notice.TOO_MANY: "unknown",
    Notice.RECEIPT_NOT_FOUND: "unknown",
    Notice.SAVE_FAILED: "error",
    Notice.SUGGESTION_SENT: "success",
    Notice.UNDONE: "success",
}


def sound_of(before: TillState | None, now: TillState) -> str | None:
    """Which sound this change of state makes, if any; at most one."""
    if now.screen is Screen.THANKS and (before is None or before.screen is not Screen.THANKS):
        return "success"
    serial_before = before.said.serial if before and before.said else 0
    if now.said is None or now.said.serial == serial_before:
        return None
    return _OF_NOTICE.get(now.said.notice)


class Sounds:
    """Plays what states call for; volume 0 never opens the device."""

    def __init__(self, folder: Path, volume: float) -> None:
        self._folder = folder
        self._volume = volume
        self._before: TillState | None = None
        self._sounds: dict[str, Any] | None = None

    def load(self) -> None:
        """Opens the device and the files; before the first sound, after the first picture."""
        if self._sounds is not None:
            return
        self._sounds = {}
        if not self._volume:
            return
        from kivy.core.audio import SoundLoader

        for path in sorted(self._folder.glob("*.wav")):
            sound = SoundLoader.load(str(path))
            if sound is None:
                log.info("no sound device; the kiosk stays silent")
                return
            sound.volume = self._volume
            self._sounds[path.stem] = sound

    def set_volume(self, volume: float) -> None:
        """Another volume; the device is opened with the next sound where it was not needed yet."""
        if not self._volume or not volume:
            self._sounds = None
        self._volume = volume
        for sound in (self._sounds or {}).values():
            sound.volume = volume

    def hear(self, state: TillState) -> None:
        """Plays the sound of this state's news."""
        name = sound_of(self._before, state)
        self._before = state
        if name is not None:
            self.play(name)

    def play(self, name: str) -> bool:
        """Plays a sound by name; whether there is a device to play it on."""
        self.load()
        sound = (self._sounds or {}).get(name)
        if sound is None:
            return False
        sound.stop()
        sound.play()
        return True
