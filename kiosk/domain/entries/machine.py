"""What the machine itself has to say."""

from __future__ import annotations

from kiosk.domain.entries.base import Body, Millis, tag


class Boot(Body, frozen=True, tag=tag):
    """The kiosk program started."""

    software: str


class ClockSet(Body, frozen=True, tag=tag):
    """The centre's time, heard while authenticated, differed from ours; anchors the stamps."""

    server_ms: Millis
    local_ms: Millis
