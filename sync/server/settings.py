"""What the central server is started with."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from sync.server.alarms.settings import AlarmSettings
from sync.server.rate_caps import Caps


def wall_clock_ms() -> int:
    """The system's time in milliseconds UTC."""
    return time.time_ns() // 1_000_000


@dataclass(frozen=True, slots=True)
class Settings:
    """Settings of one server.

    ``database_url``: ``sqlite:///file`` or ``postgresql://…``. ``now_ms``: the clock.
    ``behind_tls``: a proxy before this server speaks HTTPS, so cookies are for HTTPS alone.
    ``alarms``: how people are told of what needs them. ``works_alone``: looks for alarms and makes
    checkpoints in threads of its own; without it somebody else does. ``metrics_token``: lets a
    Prometheus elsewhere read /metrics; without it only this machine may. ``caps``: how much one
    sender may ask.
    """

    database_url: str
    now_ms: Callable[[], int] = wall_clock_ms
    behind_tls: bool = False
    works_alone: bool = True
    alarms: AlarmSettings = field(default_factory=AlarmSettings)
    metrics_token: str | None = None
    caps: Caps = field(default_factory=Caps)
