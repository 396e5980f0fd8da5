"""When nobody comes: the panel is dark between two hours, and a touch lights it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, time

from kiosk.domain.ledger import KAZAKHSTAN

LIT_S = 120.0
"""So long a touch in the dark hours lights the panel; a visit keeps it lit as long as it lasts."""


@dataclass(frozen=True, slots=True)
class Hours:
    """From the first hour to the second, over midnight or not, at UTC+5; equal hours: never."""

    dark_from: time
    dark_until: time

    def __contains__(self, at_ms: int) -> bool:
        """Args: at_ms: milliseconds since 1970 UTC."""
        at = datetime.fromtimestamp(at_ms / 1e3, UTC).astimezone(KAZAKHSTAN).time()
        if self.dark_from <= self.dark_until:
            return self.dark_from <= at < self.dark_until
        return at >= self.dark_from or at < self.dark_until


class Night:
    """Whether the panel is dark now.

    Args:
        hours: None: never dark.
        now_ms: corrected wall time; a clock that is wrong only darkens at the wrong hour.
        monotonic_s: for how long a touch lights.
    """

    def __init__(
        self, hours: Hours | None, now_ms: Callable[[], int], monotonic_s: Callable[[], float]
    ) -> None:
        self._hours = hours
        self._now_ms = now_ms
        self._monotonic_s = monotonic_s
        self._lit_until_s = monotonic_s() + LIT_S  # whoever switched it on looks at it

    def is_dark(self, *, is_quiet: bool) -> bool:
        """Args: is_quiet: nobody shops and nobody is in the back room."""
        if not is_quiet:
            self.touched()
        if self._hours is None or self._monotonic_s() < self._lit_until_s:
            return False
        return self._now_ms() in self._hours

    def touched(self) -> None:
        """Somebody is here."""
        self._lit_until_s = self._monotonic_s() + LIT_S


def hours_of(dark_from: str, dark_until: str) -> Hours | None:
    """Of two settings such as "22:00" and "07:00"; None when either is empty or both are equal.

    Raises:
        ValueError: when one is no time of day.
    """
    if not dark_from or not dark_until or dark_from == dark_until:
        return None
    return Hours(time.fromisoformat(dark_from), time.fromisoformat(dark_until))
