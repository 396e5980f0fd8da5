"""The sizes of paper that a visit's report is made for."""

from __future__ import annotations

from enum import StrEnum


class Paper(StrEnum):
    """What the report is printed on."""

    A4 = "a4"
    A5 = "a5"
    ROLL = "roll"
