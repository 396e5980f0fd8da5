"""What the machine says about itself: disk, warmth, memory, uptime, network.

Every reading may be missing (a virtual machine has no thermometer) and is None then. All of it is
read from the kernel's own files; nothing is started, nothing is sent. Reads the disk: not for the
screens' thread.
"""

from __future__ import annotations

import fcntl
import shutil
import socket
import sqlite3
import struct
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

_SIOCGIFADDR = 0x8915
_GATEWAY_FLAGS = 0x1 | 0x2
"""Up, and through a gateway (route(8))."""
_ANYWHERE_4 = "00000000"
_ANYWHERE_6 = "0" * 32
_TEMPERATURES_C = (-40.0, 150.0)
"""What a sensor that is not broken may say."""


@dataclass(frozen=True, slots=True)
class Interface:
    """One network card; ``address`` is its IPv4 address."""

    name: str
    is_wireless: bool
    is_up: bool
    address: str | None


@dataclass(frozen=True, slots=True)
class Network:
    """How far the machine's network reaches, as the kernel knows it."""

    interfaces: tuple[Interface, ...] = ()
    has_route: bool = False
    """Whether there is a way out of the building."""
    name_servers: tuple[str, ...] = ()
    has_text_setup: bool = False
    """Whether NetworkManager's ``nmtui`` is installed."""


@dataclass(frozen=True, slots=True)
class Facts:
    """Readings of one moment."""

    disk_free_bytes: int | None = None
    disk_bytes: int | None = None
    temperature_c: float | None = None
    memory_free_bytes: int | None = None
    memory_bytes: int | None = None
    uptime_s: float | None = None
    network: Network = Network()
    sqlite_version: str = sqlite3.sqlite_version


def address_of(interface: str) -> str | None:
    """The interface's IPv4 address, asked of the kernel."""
    request = struct.pack("256s", interface.encode()[:15])
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            answer = fcntl.ioctl(probe.fileno(), _SIOCGIFADDR, request)
        except OSError:  # it has none
            return None
    return socket.inet_ntoa(answer[20:24])


def read_facts(
    directory: Path,
    root: Path = Path("/"),
    address: Callable[[str], str | None] = address_of,
) -> Facts:
    """Reads everything.

    Args:
        directory: on the disk that matters: the kiosk's data.
        root: where ``proc``, ``sys`` and ``etc`` lie.
        address: asks for an interface's address.
    """
    disk = _disk(directory)
    memory = _memory_bytes(root / "proc/meminfo")
    return Facts(
        None if disk is None else disk[0],
        None if disk is None else disk[1],
        _temperature_c(root / "sys/class/thermal"),
        memory.get("MemAvailable"),
        memory.get("MemTotal"),
        _uptime_s(root / "proc/uptime"),
        _network(root, address),
    )


def can_resolve(host: str) -> bool:
    """Whether the network knows that name. May take many seconds where it does not answer."""
    try:
        socket.getaddrinfo(host, None)
    except (OSError, UnicodeError):
        return False
    return True


def _disk(directory: Path) -> tuple[int, int] | None:
    try:
        usage = shutil.disk_usage(directory)
    except OSError:
        return None
    return usage.free, usage.total


def _temperature_c(thermal: Path) -> float | None:
    """The hottest sensor: which of them is the processor's differs from board to board."""
    low_c, high_c = _TEMPERATURES_C
    readings_c = (_number(zone / "temp") for zone in thermal.glob("thermal_zone*"))
    sane_c = [x / 1000 for x in readings_c if x is not None and low_c <= x / 1000 <= high_c]
    return max(sane_c, default=None)


def _memory_bytes(meminfo: Path) -> dict[str, int]:
    """``MemTotal:  4000000 kB`` and its like."""
    lines = (line.split() for line in text_of(meminfo).splitlines())
    return {
        words[0].rstrip(":"): int(words[1]) * 1024
        for words in lines
        if len(words) >= 2 and words[1].isdecimal()
    }


def _uptime_s(uptime: Path) -> float | None:
    words = text_of(uptime).split()
    try:
        return float(words[0])
    except (IndexError, ValueError):
        return None


def _network(root: Path, address: Callable[[str], str | None]) -> Network:
    cards = sorted((root / "sys/class/net").glob("*"))
    return Network(
        tuple(_interface(card, address) for card in cards if card.name != "lo"),
        _has_route(root / "proc/net"),
        _name_servers(root / "etc/resolv.conf"),
        any((root / path).exists() for path in ("usr/bin/nmtui", "bin/nmtui")),
    )


def _interface(card: Path, address: Callable[[str], str | None]) -> Interface:
    # Some drivers say "unknown" for a card that works; then its carrier tells.
    state = text_of(card / "operstate").strip()
    is_up = state == "up" or (state == "unknown" and _number(card / "carrier") == 1)
    is_wireless = (card / "wireless").exists() or (card / "phy80211").exists()
    return Interface(card.name, is_wireless, is_up, address(card.name))


def _has_route(net: Path) -> bool:
    for line in text_of(net / "route").splitlines()[1:]:
        words = line.split()
        if len(words) > 3 and words[1] == _ANYWHERE_4 and _is_gateway(words[3]):
            return True
    for line in text_of(net / "ipv6_route").splitlines():
        words = line.split()
        if len(words) > 9 and words[0] == _ANYWHERE_6 and words[1] == "00" and words[9] != "lo":
            return True
    return False


def _is_gateway(flags: str) -> bool:
    try:
        return int(flags, 16) & _GATEWAY_FLAGS == _GATEWAY_FLAGS
    except ValueError:
        return False


def _name_servers(resolv_conf: Path) -> tuple[str, ...]:
    lines = (line.split() for line in text_of(resolv_conf).splitlines())
    return tuple(words[1] for words in lines if len(words) >= 2 and words[0] == "nameserver")


def _number(path: Path) -> int | None:
    try:
        return int(text_of(path))
    except ValueError:
        return None


def text_of(path: Path) -> str:
    """A small file of the kernel; empty when there is none, or it may not be read."""
    try:
        return path.read_text("utf-8", "replace")
    except OSError:
        return ""
