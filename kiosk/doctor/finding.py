"""What a check found."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Verdict(StrEnum):
    """How bad it is."""

    GOOD = "good"
    LOOK = "look"
    """The kiosk sells; somebody should look when there is time."""
    WRONG = "wrong"
    """The kiosk does not sell, or may lose what it sold."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at; ``do`` is empty when there is nothing to do."""

    name: str
    verdict: Verdict
    says: str
    do: str = ""


def good(name: str, says: str) -> Finding:
    """All is well."""
    return Finding(name, Verdict.GOOD, says)


def look(name: str, says: str, do: str) -> Finding:
    """Not now, but soon."""
    return Finding(name, Verdict.LOOK, says, do)


def wrong(name: str, says: str, do: str) -> Finding:
    """Now."""
    return Finding(name, Verdict.WRONG, says, do)
