"""What the camera makes of the pack in view, in a form that a screen can show: plain data."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Hint(StrEnum):
    """What would help the camera; the screen has the words."""

    CLOSER = "closer"
    FURTHER = "further"
    DARK = "dark"
    GLARE = "glare"
    HOLD_STILL = "hold_still"
    SHOW_STRIPES = "show_stripes"
    """Something is held up, but no stripes are to be seen, or not from this side."""


@dataclass(frozen=True, slots=True)
class Aim:
    """For the frame in the camera's picture.

    ``is_read``: a code was read a moment ago. ``hint``: None while nothing needs to be said.
    """

    is_read: bool = False
    hint: Hint | None = None
