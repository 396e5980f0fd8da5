"""What the page about the kiosk shows, and what it needs of the kiosk around it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Protocol

import msgspec

from kiosk.facts import SOFTWARE
from kiosk.machine_facts import Facts


@dataclass(frozen=True, slots=True)
class SyncView:
    """How things stand with the centre; the service ``sync_status`` gives it, or None.

    ``state`` is one of ``sync.status.State``'s values; ``server`` the centre's address.
    ``backlog``: entries the centre is not known to have. ``last_error`` in plain words.
    """

    state: str = "starting"
    backlog: int = 0
    last_contact_ms: int | None = None
    last_error: str = ""
    server: str = ""


@dataclass(frozen=True, slots=True)
class ClockView:
    """What the service ``clock`` says: whether the centre had to set the kiosk's time."""

    by_centre: bool = False


class ClockTrust(StrEnum):
    """Where the kiosk's time comes from."""

    MACHINE = "machine"
    CENTRE = "centre"
    COUNTED_ON = "counted_on"
    """The machine's clock is plainly wrong; time goes on from the last entry."""


class Reach(StrEnum):
    """How far the network reaches, as a volunteer would say it."""

    NO_LINK = "no_link"
    """No cable and no Wi-Fi."""
    NO_ROUTE = "no_route"
    """Joined to something that leads nowhere."""
    NO_NAMES = "no_names"
    """A way out, but the centre's name is not known there."""
    OPEN = "open"


class Switch(StrEnum):
    """What can be restarted or turned off."""

    RESTART_PROGRAM = "restart_program"
    REBOOT = "reboot"
    SHUT_DOWN = "shut_down"


class MachineNote(StrEnum):
    """What is told once."""

    ALL_SENT = "all_sent"
    STILL_WAITING = "still_waiting"
    SOUND = "sound"
    JOURNAL_WELL = "journal_well"
    JOURNAL_FAULTY = "journal_faulty"
    FAILED = "failed"


class Check(msgspec.Struct, frozen=True):
    """A walk through the whole journal; ``fault`` is the first thing that was wrong."""

    at_ms: int
    ok: bool
    entries: int
    fault: str = ""


class JournalReport(Protocol):
    """What a walk through the journal found."""

    @property
    def ok(self) -> bool:
        """Whether nothing is wrong."""

    @property
    def entry_count(self) -> int:
        """Entries that were walked."""

    damage: Any
    file_faults: Any
    entry_faults: Any
    fold_faults: Any


class JournalCheck(Protocol):
    """What this page needs of the service ``backup``."""

    def verify_journal(self, progress: Callable[[int, int], None]) -> JournalReport:
        """Walks the whole journal; told entries done and entries in all."""


class PowerSwitch(Protocol):
    """The service ``power``. Each raises AdalError where the system does not allow it."""

    def restart_program(self) -> None:
        """Ends this program; the system starts it again."""

    def reboot(self) -> None:
        """Restarts the machine."""

    def shut_down(self) -> None:
        """Turns the machine off."""


@dataclass(frozen=True, slots=True)
class MachineState:
    """What the page shows; None is not known, or not read yet.

    ``checking``: share of the journal that was walked so far. ``choosing``: the switches are
    offered; ``asking``: one of them wants a second touch.
    """

    software: str = SOFTWARE
    sync: SyncView | None = None
    is_sending: bool = False
    now_ms: int = 0
    clock: ClockTrust = ClockTrust.MACHINE
    facts: Facts | None = None
    reach: Reach | None = None
    kiosk_id: str = ""
    epoch: int = 0
    seq: int = 0
    check: Check | None = None
    checking: float | None = None
    choosing: bool = False
    asking: Switch | None = None
