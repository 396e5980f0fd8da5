"""The state of the kiosk: what waits to be sent, what the machine says, and its switches."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import msgspec

from kiosk import machine_facts
from kiosk.admin.background import Meter, optional_service
from kiosk.admin.desk import Desk
from kiosk.admin.machine_state import (
    Check,
    ClockTrust,
    ClockView,
    JournalCheck,
    JournalReport,
    MachineNote,
    MachineState,
    PowerSwitch,
    Reach,
    Switch,
    SyncView,
)
from kiosk.admin.pages import Page
from kiosk.admin.ports import Room
from kiosk.admin.setup_progress import SetupStep
from kiosk.clock import system_wall_ms
from kiosk.domain.chain import Head
from kiosk.domain.errors import AdalError, JournalError
from kiosk.machine_facts import Facts, Network
from kiosk.whole_file import write_whole

__all__ = ["ClockView", "MachineDesk", "SyncView"]

log = logging.getLogger(__name__)

CHECK_FILE = "journal-check.json"
"""Beside the journal: when it was last checked, and what came of it."""
CLOCK_OFF_MAX_MS = 60_000
SEND_WAIT_S = 8.0
SEND_LOOK_S = 0.25
ON_THE_WAY = frozenset({"sending", "starting"})


class MachineDesk(Desk[MachineState]):
    """Reads when the page comes on, and again after what was done here."""

    def __init__(self, room: Room) -> None:
        super().__init__(room, MachineState())

    def open(self, argument: object = None) -> None:
        """Reads everything; the slow parts come when they come."""
        self.refresh()

    def refresh(self) -> None:
        """Reads everything again."""
        room = self.room
        head = _head_of(room)
        self.show(
            sync=self._sync(),
            now_ms=room.now_ms(),
            clock=self._clock(),
            epoch=head.epoch if head else 0,
            seq=head.seq if head else 0,
            choosing=False,
            asking=None,
        )
        directory = room.directory
        room.work(lambda: machine_facts.read_facts(directory), self._read)
        room.work(lambda: load_check(directory), lambda check: self.show(check=check))
        room.work(self._own_name, lambda name: self.show(kiosk_id=name))

    def back(self) -> None:
        """The page before."""
        self.room.back()

    def open_camera(self) -> None:
        """What the camera sees."""
        self.room.go(Page.CAMERA)

    # --- the centre ---

    def send_now(self) -> None:
        """Asks for a contact at once, and says what came of it; first of all, to belong to it."""
        send = optional_service(self.room, "send_now")
        if send is None or self._sync() is None:
            self.room.go(Page.SETUP, SetupStep.ENROL)
            return
        if self.state.is_sending:
            return
        self.show(is_sending=True)
        send()
        self.room.work(self._wait_until_sent, self._sent, self._not_sent)

    def _wait_until_sent(self) -> SyncView | None:
        """Looks on while the uploader works; in the background, a few seconds at most."""
        until_s = time.monotonic() + SEND_WAIT_S
        status = self._sync()
        while status is not None and _is_on_the_way(status) and time.monotonic() < until_s:
            time.sleep(SEND_LOOK_S)
            status = self._sync()
        return status

    def _sent(self, status: SyncView | None) -> None:
        self.show(is_sending=False, sync=status)
        backlog = 0 if status is None else status.backlog
        if backlog or (status is not None and status.state != "in_step"):
            self.say(MachineNote.STILL_WAITING, n=backlog)
        else:
            self.say(MachineNote.ALL_SENT)

    def _not_sent(self, error: AdalError) -> None:
        self.show(is_sending=False)
        self.say(MachineNote.FAILED, message=error)

    def _sync(self) -> SyncView | None:
        ask: Callable[[], SyncView | None] | None = optional_service(self.room, "sync_status")
        return None if ask is None else ask()

    # --- the machine ---

    def _clock(self) -> ClockTrust:
        ask: Callable[[], ClockView] | None = optional_service(self.room, "clock")
        if ask is not None and ask().by_centre:
            return ClockTrust.CENTRE
        off_ms = abs(system_wall_ms() - self.room.now_ms())
        return ClockTrust.MACHINE if off_ms <= CLOCK_OFF_MAX_MS else ClockTrust.COUNTED_ON

    def _read(self, facts: Facts) -> None:
        reach = reach_of(facts.network)
        self.show(facts=facts, reach=reach)
        host = urlsplit(self.state.sync.server).hostname if self.state.sync else None
        if reach is Reach.OPEN and host:
            self.room.work(lambda: machine_facts.can_resolve(host), self._asked_for_the_centre)

    def _asked_for_the_centre(self, is_known: bool) -> None:
        self.show(reach=Reach.OPEN if is_known else Reach.NO_NAMES)

    def _own_name(self) -> str:
        """The kiosk's id: every start of the program wrote an entry that carries it."""
        found = self.room.journal.recent(("boot", "admin_opened"), limit=1)
        return found[0].kiosk_id if found else ""

    def play_sound(self) -> None:
        """A sound, so that somebody hears whether there is one."""
        sounds = optional_service(self.room, "sounds")
        if sounds is not None:
            sounds.play("success")
        self.say(MachineNote.SOUND)

    # --- the journal ---

    def check_journal(self) -> None:
        """Walks the whole journal in the background."""
        journal: JournalCheck | None = optional_service(self.room, "backup")
        if journal is None or self.state.checking is not None:
            return
        self.show(checking=0.0)
        directory, at_ms = self.room.directory, self.room.now_ms()
        meter = Meter(self.room, lambda share: self.show(checking=share))
        self.room.work(
            lambda: keep_check(directory, checked(journal.verify_journal(meter.counted), at_ms)),
            self._checked,
            self._not_checked,
        )

    def _checked(self, check: Check) -> None:
        self.show(check=check, checking=None)
        self.say(MachineNote.JOURNAL_WELL if check.ok else MachineNote.JOURNAL_FAULTY)

    def _not_checked(self, error: AdalError) -> None:
        self.show(checking=None)
        self.say(MachineNote.FAILED, message=error)

    # --- switches ---

    def choose(self) -> None:
        """Offers the switches."""
        self.show(choosing=True, asking=None)

    def ask(self, switch: Switch) -> None:
        """Asks before anything is turned off."""
        self.show(choosing=False, asking=switch)

    def call_off(self) -> None:
        """Nothing is turned off."""
        self.show(choosing=False, asking=None)

    def confirm(self) -> None:
        """Does what was asked about."""
        switch = self.state.asking
        if switch is None:
            return
        self.show(asking=None)
        power: PowerSwitch = self.room.service("power")
        if switch is Switch.RESTART_PROGRAM:
            power.restart_program()  # ends the window, whose thread this is
            return
        self.room.work(
            power.reboot if switch is Switch.REBOOT else power.shut_down,
            _nothing,
            lambda error: self.say(MachineNote.FAILED, message=error),
        )


def reach_of(network: Network) -> Reach:
    """How far a network reaches that was only looked at."""
    joined = [card for card in network.interfaces if card.is_up]
    if not joined:
        return Reach.NO_LINK
    if not network.has_route:
        return Reach.NO_ROUTE
    return Reach.OPEN if network.name_servers else Reach.NO_NAMES


def checked(report: JournalReport, at_ms: int) -> Check:
    """A journal's report in short."""
    sentences = [*report.damage, *report.file_faults, *report.fold_faults]
    sentences += [f"{x.epoch}/{x.seq} {x.what}" for x in report.entry_faults[:1]]
    return Check(at_ms, report.ok, report.entry_count, sentences[0] if sentences else "")


def load_check(directory: Path) -> Check | None:
    """The last check; None when there was none, or its note cannot be read."""
    try:
        return msgspec.json.decode((directory / CHECK_FILE).read_bytes(), type=Check)
    except (OSError, msgspec.MsgspecError, ValueError):
        return None


def keep_check(directory: Path, check: Check) -> Check:
    """Notes a check; a disk that refuses costs only the note."""
    try:
        write_whole(directory / CHECK_FILE, msgspec.json.encode(check))
    except OSError as error:
        log.warning("%s cannot be written: %s", directory / CHECK_FILE, error)
    return check


def _is_on_the_way(status: SyncView) -> bool:
    return status.state in ON_THE_WAY or (status.state == "in_step" and status.backlog > 0)


def _nothing(_result: None) -> None:
    """The machine is on its way down; there is nothing left to show."""


def _head_of(room: Room) -> Head | None:
    """None while there is no journal: this page must open all the more then."""
    try:
        return room.journal.head()
    except JournalError as error:
        log.warning("%s", error)
        return None
