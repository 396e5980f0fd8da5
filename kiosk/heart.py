"""Telling systemd that the kiosk can sell, and that it lives (sd_notify(3)).

Without systemd around it nothing is told. The program runs inside a compositor, so the service
takes messages of all its processes (``NotifyAccess=all``) and WATCHDOG_PID, which names the
compositor, is not looked at.
"""

from __future__ import annotations

import logging
import os
import socket
from collections.abc import Mapping

log = logging.getLogger(__name__)

SELLING = "selling"
OUT_OF_ORDER = "out of order"
"""How the service's status begins; ``adal-kiosk update`` believes only the first."""

BEATS_PER_TIMEOUT = 4
"""One that comes late, or is lost, must not end the kiosk."""


class Heart:
    """Tells whoever supervises this process; any thread may call."""

    def __init__(self, environment: Mapping[str, str] = os.environ) -> None:
        # "@" stands for the null byte that begins an abstract socket's name.
        address = environment.get("NOTIFY_SOCKET", "")
        self._address = "\0" + address[1:] if address.startswith("@") else address
        self.every_s = _timeout_s(environment) / BEATS_PER_TIMEOUT

    @property
    def is_watched(self) -> bool:
        """Whether somebody waits for :meth:`beat`."""
        return bool(self._address) and self.every_s > 0

    def selling(self) -> None:
        """The window is there and the journal is open."""
        self._tell(f"READY=1\nSTATUS={SELLING}")

    def out_of_order(self, why: str) -> None:
        """The window is there and says so; starting again would not mend it."""
        first_line = why.splitlines()[0] if why else ""
        self._tell(f"READY=1\nSTATUS={OUT_OF_ORDER}: {first_line}")

    def beat(self) -> None:
        """The window still draws; at least :attr:`every_s` seconds apart."""
        self._tell("WATCHDOG=1")

    def stopping(self) -> None:
        """It ends because it was asked to."""
        self._tell("STOPPING=1")

    def _tell(self, message: str) -> None:
        if not self._address:
            return
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as line:
                line.setblocking(False)  # the window does not wait for a busy supervisor
                line.sendto(message.encode(), self._address)
        except OSError as error:
            log.warning("systemd was not told: %s", error)


def _timeout_s(environment: Mapping[str, str]) -> float:
    try:
        return int(environment.get("WATCHDOG_USEC", "0")) / 1e6
    except ValueError:
        return 0.0
