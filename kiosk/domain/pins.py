"""What a volunteer's PIN may be, and how dear its hash is; the same on the kiosk and at the centre. Pure."""

from __future__ import annotations

from itertools import pairwise

LENGTH_MIN, LENGTH_MAX = 6, 10
DRAWN_LENGTH = 6
"""Digits of a PIN that the centre draws."""

HASH_MEMORY_KIB, HASH_PASSES, HASH_LANES = 19_456, 2, 1
"""OWASP's argon2id where memory is short; see :class:`kiosk.admin.pin_hash.HashCost`."""

VOLUNTEER_NAME_LENGTH_MAX = 40

_KEYPAD_WALKS = frozenset(
    "147258 258369 369258 159753 753159 159357 357159 147369 963741 147896 789632 321478".split()
)
"""Straight lines and turns on a telephone's keys, which hands choose by themselves."""


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
