"""The shop's clock, before and after the journal is open.

Until then it is the system's; from then on it never goes back before the journal's last entry,
and the centre can set it.
"""

from __future__ import annotations

from kiosk.clock import StampClock, system_wall_ms
from kiosk.domain.entries import ClockSet, Stamp


class LateClock:
    """Stands for the journal's clock from the first moment on."""

    def __init__(self) -> None:
        self._clock: StampClock | None = None

    def begin(self) -> StampClock:
        """Makes the clock that a journal is opened with."""
        self._clock = StampClock()
        return self._clock

    def now_ms(self) -> int:
        """Corrected wall time, UTC; the system's until the journal is open."""
        return system_wall_ms() if self._clock is None else self._clock.now_ms()

    @property
    def is_told_by_centre(self) -> bool:
        """Whether the centre had to set this kiosk's time."""
        return self._clock is not None and self._clock.is_told_by_centre

    def stamp(self) -> Stamp:
        """The stamp of an entry made now; only once the journal is open."""
        return self._begun.stamp()

    def server_time_heard(self, server_ms: int) -> ClockSet | None:
        """Takes the centre's time; gives the entry to write when ours was wrong."""
        return self._begun.server_time_heard(server_ms)

    @property
    def _begun(self) -> StampClock:
        assert self._clock is not None, "the journal was opened with it"
        return self._clock
