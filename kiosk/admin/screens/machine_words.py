"""Words for the state of the kiosk, in the current language."""

from __future__ import annotations

from kiosk.admin.machine_state import Reach, SyncView
from kiosk.machine_facts import Facts, Interface, Network
from kiosk.screens.tr import tr

GIGABYTE = 10**9
DISK_FREE_MIN = 0.05
TEMPERATURE_MAX_C = 80.0
"""From here on small boards slow themselves down."""


def state_text(sync: SyncView, *, is_sending: bool) -> str:
    """How things stand with the centre, in the current language."""
    _ = tr._
    if is_sending:
        return _("Sending now…")
    texts = {
        "starting": _("Looking for the centre"),
        "sending": _("Sending now…"),
        "in_step": _("Everything has reached the centre."),
        "offline": _("No connection to the centre"),
        "clock_wrong": _("Sending waits until the time is right"),
        "pending": _("A coordinator must approve this kiosk first"),
        "refused": _("The centre refuses this kiosk. Tell the coordinator."),
        "forked": _("This kiosk must be enrolled again. Tell the coordinator."),
        "stopped": _("Sending is switched off"),
    }
    return texts.get(sync.state, sync.state)


def reach_text(reach: Reach) -> str:
    """How far the network reaches, in the current language."""
    _ = tr._
    texts = {
        Reach.NO_LINK: _("No cable and no Wi-Fi"),
        Reach.NO_ROUTE: _("Joined, but it leads nowhere"),
        Reach.NO_NAMES: _("Joined, but the centre is not found"),
        Reach.OPEN: _("Connected"),
    }
    return texts[reach]


def card_text(card: Interface) -> str:
    """``Wi-Fi wlan0: 192.168.1.20``."""
    _ = tr._
    text = _("Wi-Fi {name}: {address}") if card.is_wireless else _("Cable {name}: {address}")
    return text.format(name=card.name, address=card.address or _("no address"))


def setup_text(network: Network) -> str:
    """Where another network is chosen: outside this program, which needs no such rights."""
    _ = tr._
    if network.has_text_setup:
        return _(
            "Another Wi-Fi: connect a keyboard, press Ctrl+Alt+F2, log in and type nmtui. "
            "Back: Ctrl+Alt+F1."
        )
    return _("Another network: ask whoever set this machine up.")


def machine_lines(facts: Facts) -> list[str]:
    """What is known of disk, memory, warmth and uptime."""
    _ = tr._
    lines = []
    if facts.disk_free_bytes is not None and facts.disk_bytes:
        lines.append(
            _("Disk, free: {free} of {all} GB").format(
                free=_gigabytes(facts.disk_free_bytes), all=_gigabytes(facts.disk_bytes)
            )
        )
    if facts.memory_free_bytes is not None and facts.memory_bytes:
        lines.append(
            _("Memory, free: {free} of {all} GB").format(
                free=_gigabytes(facts.memory_free_bytes), all=_gigabytes(facts.memory_bytes)
            )
        )
    if facts.temperature_c is not None:
        lines.append(_("Temperature: {n} °C").format(n=round(facts.temperature_c)))
    if facts.uptime_s is not None:
        hours, minutes = divmod(int(facts.uptime_s) // 60, 60)
        days, hours = divmod(hours, 24)
        lines.append(
            _("Running: {days} d {hours} h {minutes} min").format(
                days=days, hours=hours, minutes=minutes
            )
        )
    return lines


def is_in_need(facts: Facts) -> bool:
    """Whether the disk is nearly full, or the machine too hot."""
    is_full = (
        facts.disk_free_bytes is not None
        and facts.disk_bytes is not None
        and facts.disk_free_bytes < DISK_FREE_MIN * facts.disk_bytes
    )
    return is_full or (facts.temperature_c is not None and facts.temperature_c > TEMPERATURE_MAX_C)


def _gigabytes(size_bytes: int) -> str:
    return f"{size_bytes / GIGABYTE:.1f}".replace(".", ",")
