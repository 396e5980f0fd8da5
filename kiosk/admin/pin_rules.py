"""What a PIN may be, and how long the door stays shut after wrong ones. Pure."""

from __future__ import annotations

from itertools import pairwise

LENGTH_MIN, LENGTH_MAX = 6, 10

FREE_FAILURES = 2
"""So many slips of the finger cost nothing."""
DELAYS_S = (5, 15, 30, 60, 120, 300)
"""Seconds after each further wrong PIN; the last one for all that follow. Pranksters must not
lock volunteers out for longer than that."""

_KEYPAD_WALKS = frozenset(
    "147258 258369 369258 159753 753159 159357 357159 147369 963741 147896 789632 321478".split()
)
"""Straight lines and turns on a telephone's keys, which hands choose by themselves."""


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


def is_pin(text: str) -> bool:
    """Whether it has the form of a PIN: 6 to 10 of the digits 0–9."""
    return text.isascii() and text.isdecimal() and LENGTH_MIN <= len(text) <= LENGTH_MAX


def is_weak(pin: str) -> bool:
    """Whether a prankster would try it among the first hundred: 000000, 123456, 121212, 112233."""
    return (
        len(set(pin)) <= 2
        or _is_repeated(pin)
        or _is_run(pin)
        or (_is_doubled(pin) and _is_run(pin[::2]))
        or any(walk in pin for walk in _KEYPAD_WALKS)
    )


def _is_repeated(pin: str) -> bool:
    """``123123``: the same block again and again."""
    return pin in (pin + pin)[1:-1]


def _is_run(digits: str) -> bool:
    """``456789``, ``987654``, ``135791``: equal steps, going round at the end."""
    steps = {(int(b) - int(a)) % 10 for a, b in pairwise(digits)}
    return len(steps) == 1


def _is_doubled(pin: str) -> bool:
    """``112233``: each digit twice."""
    return pin[::2] == pin[1::2]
