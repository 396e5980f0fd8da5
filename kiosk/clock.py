"""The stamps of entries: wall time that is never plainly absurd, and the boot it was told in.

A kiosk without a battery for its clock may wake in 1970, or in 2038. Order is ``seq``, so a wrong
stamp breaks nothing; this clock only keeps stamps from going back before what is known, and takes
the centre's time when it hears it.
"""

from __future__ import annotations

import threading
import time
import uuid
from collections.abc import Callable
from pathlib import Path

from kiosk.domain.entries import ClockSet, Stamp

BUILT_MS = 1_793_491_200_000
"""2026-11-01 UTC: no entry of this program can be older. Raise it with each release."""

DIFFERENCE_MAX_MS = 60_000
"""The centre's time corrects ours only when they differ by more."""

WALL_MAX_MS = 253_402_300_799_999
"""The last millisecond of the year 9999, the latest that an entry can carry."""

_BOOT_ID_FILE = Path("/proc/sys/kernel/random/boot_id")


def system_wall_ms() -> int:
    """Milliseconds since 1970 UTC by the system's clock, right or wrong."""
    return time.time_ns() // 1_000_000


def system_mono_ms() -> int:
    """Milliseconds since the machine booted, sleep included, which no clock setting moves."""
    return time.clock_gettime_ns(time.CLOCK_BOOTTIME) // 1_000_000


def system_boot_id() -> str:
    """The kernel's id of this boot; a random one where there is none, true for this process."""
    try:
        return _BOOT_ID_FILE.read_text(encoding="ascii").strip()
    except OSError:
        return str(uuid.uuid4())


class StampClock:
    """Stamps entries; safe to use from several threads.

    Wall time is the system's while that is at or above a floor, which is the later of
    :data:`BUILT_MS` and the journal's last entry. Below it, time goes on from the floor by the
    monotonic clock. Stamps of one run never go back, unless the centre says so.
    """

    def __init__(
        self,
        *,
        floor_ms: int = BUILT_MS,
        wall_ms: Callable[[], int] = system_wall_ms,
        mono_ms: Callable[[], int] = system_mono_ms,
        boot: str | None = None,
    ) -> None:
        self._wall_ms = wall_ms
        self._mono_ms = mono_ms
        self._boot = system_boot_id() if boot is None else boot
        self._lock = threading.Lock()
        self._built_ms = floor_ms
        self._floor_ms = floor_ms
        self._floor_mono_ms = mono_ms()
        self._told_by_centre = False
        self._last_ms = 0

    @property
    def is_told_by_centre(self) -> bool:
        """Whether the centre had to set the time."""
        return self._told_by_centre

    @property
    def boot(self) -> str:
        """Id of the machine's boot."""
        return self._boot

    def start_from(self, last: Stamp) -> None:
        """Never below the journal's last entry.

        When that entry was made in this same boot, the monotonic clock tells how long ago.
        """
        with self._lock:
            now_mono_ms = self._mono_ms()
            same_boot = last.boot == self._boot
            elapsed_ms = max(0, now_mono_ms - last.mono_ms) if same_boot else 0
            last_ms = last.at_ms + elapsed_ms
            if last_ms > self._floor_at(now_mono_ms):
                self._floor_ms, self._floor_mono_ms = last_ms, now_mono_ms

    def stamp(self) -> Stamp:
        """The stamp of an entry made now."""
        with self._lock:
            mono_ms = self._mono_ms()
            self._last_ms = max(self._now_at(mono_ms), self._last_ms)
            return Stamp(min(self._last_ms, WALL_MAX_MS), self._boot, mono_ms)

    def now_ms(self) -> int:
        """Corrected wall time in milliseconds UTC, without making a stamp."""
        with self._lock:
            return self._now_at(self._mono_ms())

    def server_time_heard(self, server_ms: int) -> ClockSet | None:
        """Takes the centre's time, heard while authenticated, when it differs by over a minute.

        Returns the entry to append, or None when our time is good enough or the centre's is
        before the program was built. Following stamps are corrected at once; a floor that is too
        high (one boot in 2038) comes down.
        """
        with self._lock:
            mono_ms = self._mono_ms()
            # The last stamp counts as well: a clock that jumped ahead and back again leaves it
            # in the future, and every stamp after it.
            local_ms = max(self._now_at(mono_ms), self._last_ms)
            believable = self._built_ms <= server_ms <= WALL_MAX_MS
            if not believable or abs(server_ms - local_ms) <= DIFFERENCE_MAX_MS:
                return None
            self._floor_ms, self._floor_mono_ms = server_ms, mono_ms
            self._told_by_centre = True
            self._last_ms = server_ms
            return ClockSet(server_ms=server_ms, local_ms=min(local_ms, WALL_MAX_MS))

    def _floor_at(self, mono_ms: int) -> int:
        return self._floor_ms + max(0, mono_ms - self._floor_mono_ms)

    def _now_at(self, mono_ms: int) -> int:
        # Once the centre has spoken the system's clock is out of it: it was wrong, and when
        # somebody sets it right the two agree anyway.
        floor_ms = self._floor_at(mono_ms)
        return floor_ms if self._told_by_centre else max(self._wall_ms(), floor_ms)
