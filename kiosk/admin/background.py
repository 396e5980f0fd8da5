"""What desks share that work in the background."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from kiosk.admin.ports import Room

PROGRESS_STEP = 0.01


def optional_service(room: Room, name: str) -> Any:
    """A service that a kiosk may lack, as in a picture or before it is enrolled."""
    try:
        return room.service(name)
    except KeyError:
        return None


class Meter:
    """Brings progress from a working thread to the page, a percent at a time.

    Who looks on is there: without a touch the office would show him out.
    """

    def __init__(self, room: Room, tell: Callable[[float], None]) -> None:
        self._room = room
        self._tell = tell
        self._told = 0.0

    def counted(self, done: int, total: int) -> None:
        """So many of so many."""
        self.shared(done / max(total, 1))

    def shared(self, share: float) -> None:
        """A share, 0 to 1; one that is smaller than the last begins anew."""
        if 0 <= share - self._told < PROGRESS_STEP:
            return
        self._told = share
        self._room.post(lambda: self._arrived(share))

    def _arrived(self, share: float) -> None:
        session = optional_service(self._room, "session")
        if session is not None:
            session.activity()
        self._tell(share)
