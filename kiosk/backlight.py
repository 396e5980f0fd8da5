"""The panel's lamp, where the kernel can set it (sysfs, class/backlight)."""

from __future__ import annotations

import logging
from pathlib import Path

log = logging.getLogger(__name__)

FOLDER = Path("/sys/class/backlight")


class Backlight:
    """Every lamp there is; a machine without one has none to set.

    Args:
        percent: by day, of the most it can; 0: left as it is found.
    """

    def __init__(self, percent: int, folder: Path = FOLDER) -> None:
        self._percent = percent
        self._folder = folder
        self._is_dark: bool | None = None
        self._found: dict[Path, int] = {}

    def show(self, *, dark: bool) -> None:
        """Sets the lamps when that is a change."""
        if dark is self._is_dark:
            return
        self._is_dark = dark
        for lamp in sorted(self._folder.glob("*")):
            try:
                self._set(lamp, dark=dark)
            except (OSError, ValueError) as error:
                # The picture is black as well: the lamp is only the better half.
                log.warning("%s cannot be set (%s)", lamp, error)

    def _set(self, lamp: Path, *, dark: bool) -> None:
        level = lamp / "brightness"
        found = self._found.setdefault(lamp, int(level.read_text()))
        by_day = found
        # A lamp that is found dark was left so by a power cut in the night.
        if self._percent or not found:
            most = int((lamp / "max_brightness").read_text())
            by_day = max(1, most * (self._percent or 100) // 100)
        level.write_text(str(0 if dark else by_day))
