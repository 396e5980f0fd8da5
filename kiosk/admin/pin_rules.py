"""How long the door stays shut after wrong PINs; what a PIN may be is :mod:`kiosk.domain.pins`. Pure."""

from __future__ import annotations

from kiosk.domain.pins import LENGTH_MAX, LENGTH_MIN, is_pin, is_weak

__all__ = [
    "DELAYS_S",
    "FREE_FAILURES",
    "LENGTH_MAX",
    "LENGTH_MIN",
    "delay_s",
    "failures_kept",
    "is_pin",
    "is_weak",
]

FREE_FAILURES = 2
"""So many slips of the finger cost nothing."""
DELAYS_S = (5, 15, 30, 60, 120, 300)
"""Seconds after each further wrong PIN; the last one for all that follow. Pranksters must not
lock volunteers out for longer than that."""


def delay_s(failures: int) -> int:
    """Seconds to wait after that many wrong PINs in a row."""
    if failures <= FREE_FAILURES:
        return 0
    return DELAYS_S[min(failures - FREE_FAILURES, len(DELAYS_S)) - 1]


def failures_kept(failures: int) -> int:
    """What a right PIN leaves of the wrong ones before it.

    One slip is forgiven and pranksters' tries nearly so; but somebody who knows one PIN must not
    guess at the others without waiting, by typing his own in between.
    """
    return max(0, min(failures - 1, FREE_FAILURES + 1))
