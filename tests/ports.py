"""Ports on loopback that no other test, process or connection sits down on."""

from __future__ import annotations

import random
import socket
import time


def reserved_port(wanted: int | None = None) -> socket.socket:
    """A socket with a port of its own, bound and not yet listening.

    Not of the range that the system hands out itself: there, while a server is stopped, another
    test's connection or server would sit down on its port.
    """
    chosen = random.SystemRandom()
    for _ in range(100):
        # Named as TCP, or asyncio does not ask for answers to go out at once: 40 ms each.
        reserved = socket.socket(proto=socket.IPPROTO_TCP)
        reserved.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            reserved.bind(("127.0.0.1", wanted or chosen.randrange(10_000, 32_000)))
        except OSError:
            reserved.close()
            time.sleep(0.05)
        else:
            return reserved
    raise OSError(f"there is no free port ({wanted})")


def free_port() -> int:
    """A port for a process that binds it itself."""
    with reserved_port() as reserved:
        return int(reserved.getsockname()[1])


def loopback(port: int, scheme: str = "http") -> str:
    """The address of a server on this machine."""
    return f"{scheme}://127.0.0.1:{port}"
