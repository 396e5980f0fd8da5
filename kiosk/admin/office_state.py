"""What the frame around the pages shows, and what differs from shop to shop."""

from __future__ import annotations

from dataclasses import dataclass

from kiosk.admin.pages import Page
from kiosk.domain.errors import AdalError
from kiosk.domain.money import Denomination

SCAN_IGNORED = "scan_ignored"


@dataclass(frozen=True, slots=True)
class OfficeSettings:
    """What differs from shop to shop."""

    languages: tuple[str, ...]
    default_language: str
    kinds: tuple[Denomination, ...]
    idle_after_s: float = 40.0
    extend_s: float = 20.0


@dataclass(frozen=True, slots=True)
class OfficeState:
    """What the frame around the pages shows.

    ``told`` is an error for the volunteer to know of, or :data:`SCAN_IGNORED`; ``told_serial``
    grows with each, so that the same one twice is told twice.
    """

    is_open: bool = False
    page: Page = Page.DOOR
    language: str = "kk"
    volunteer_name: str = ""
    told: str | AdalError = ""
    told_serial: int = 0
    idle_left_s: int | None = None
