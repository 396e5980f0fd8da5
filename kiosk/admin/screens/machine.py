"""The state of the kiosk, in cards that a volunteer can read at a glance."""

from __future__ import annotations

from typing import Any

from kivy.properties import BooleanProperty, ObjectProperty, StringProperty
from kivy.uix.boxlayout import BoxLayout

from kiosk.admin.desk import Said
from kiosk.admin.machine_state import Check, ClockTrust, MachineNote, MachineState, Reach, Switch
from kiosk.admin.report_lines import day_text, time_text
from kiosk.admin.screens.error_words import shortened
from kiosk.admin.screens.kv import load_kv
from kiosk.admin.screens.machine_question import MachineAskPanel, lay_over
from kiosk.admin.screens.machine_words import (
    card_text,
    is_in_need,
    machine_lines,
    reach_text,
    setup_text,
    state_text,
)
from kiosk.admin.screens.view import AdminView
from kiosk.machine_facts import Facts
from kiosk.screens.overlays import Veil
from kiosk.screens.tr import tr

load_kv("machine")

NEEDS_CARE = frozenset({"clock_wrong", "pending", "refused", "forked"})
"""States of the way to the centre that do not pass by themselves."""


class FactCard(BoxLayout):
    """One matter: its name, the one thing that matters in large, the rest below."""

    icon = StringProperty()
    title = StringProperty()
    large_text = StringProperty()
    text = StringProperty()
    is_warning = BooleanProperty(False)

    def fill(self, large_text: str, *lines: str, is_warning: bool = False) -> None:
        """New words; empty lines are left out."""
        self.large_text = large_text
        self.text = "\n".join(line for line in lines if line)
        self.is_warning = is_warning


class MachineSwitches(Veil):
    """What can be restarted or turned off."""

    desk = ObjectProperty(None, allownone=True)

    def switch(self, name: str) -> Switch:
        """A switch by its name."""
        return Switch(name)


class MachineView(AdminView):
    """Five cards; only words are made here."""

    is_sending = BooleanProperty(False)
    is_enrolled = BooleanProperty(True)
    is_checking = BooleanProperty(False)

    def __init__(self, desk: Any, **kwargs: Any) -> None:
        super().__init__(desk, **kwargs)
        self._switches = MachineSwitches(desk=desk)
        self._question = MachineAskPanel()

    def title(self) -> str:
        """The page's name."""
        return tr._("The kiosk")

    def draw(self, state: MachineState) -> None:
        """Shows every card, and what is asked over them."""
        self.is_sending, self.is_checking = state.is_sending, state.checking is not None
        self.is_enrolled = state.sync is not None
        self._draw_centre(state)
        self._draw_network(state)
        self._draw_journal(state)
        self._draw_clock(state)
        self._draw_machine(state)
        lay_over(self, self._switches, is_on=state.choosing)
        if state.asking is not None:
            self._ask(state.asking)
        lay_over(self, self._question, is_on=state.asking is not None)

    def words(self, said: Said) -> str:
        """What came of something."""
        _ = tr._
        texts = {
            MachineNote.ALL_SENT: _("Everything has reached the centre."),
            MachineNote.STILL_WAITING: _("The centre was not reached. Waiting to be sent: {n}"),
            MachineNote.SOUND: _("Did you hear it? If not, turn the loudspeaker up."),
            MachineNote.JOURNAL_WELL: _("The journal is whole and unchanged."),
            MachineNote.JOURNAL_FAULTY: _("The journal is not in order. Tell the coordinator."),
            MachineNote.FAILED: _("That did not work: {message}"),
        }
        return texts[MachineNote(said.note)].format(**said.values)

    def _draw_centre(self, state: MachineState) -> None:
        _, sync = tr._, state.sync
        self.ids.centre.icon = "online" if sync and sync.state == "in_step" else "offline"
        if sync is None:
            self.ids.centre.fill(
                _("This kiosk belongs to no centre yet."), _("Sales are kept here.")
            )
            return
        contact = (
            _("never")
            if sync.last_contact_ms is None
            else f"{day_text(sync.last_contact_ms)}, {time_text(sync.last_contact_ms)}"
        )
        self.ids.centre.fill(
            state_text(sync, is_sending=state.is_sending),
            _("Waiting to be sent: {n}").format(n=sync.backlog),
            _("Last contact: {time}").format(time=contact),
            _("Check the network. Sales are kept here.") if sync.state == "offline" else "",
            _("Details: {message}").format(message=shortened(sync.last_error))
            if sync.last_error
            else "",
            is_warning=sync.state in NEEDS_CARE,
        )

    def _draw_network(self, state: MachineState) -> None:
        if state.reach is None or state.facts is None:
            self.ids.network.fill("", tr._("Looking…"))
            return
        network = state.facts.network
        self.ids.network.fill(
            reach_text(state.reach),
            *(card_text(card) for card in network.interfaces if card.is_up),
            setup_text(network),
            is_warning=state.reach is not Reach.OPEN,
        )

    def _draw_journal(self, state: MachineState) -> None:
        _, check = tr._, state.check
        last = _("It was never checked through.")
        if state.checking is not None:
            last = _("Checking: {n} %").format(n=int(state.checking * 100))
        elif check is not None:
            text = (
                _("Checked {day}: whole and unchanged")
                if check.ok
                else _("Checked {day}: not in order")
            )
            last = text.format(day=day_text(check.at_ms))
        self.ids.journal.fill(
            _("Last entry: {epoch}/{seq}").format(epoch=state.epoch, seq=state.seq),
            last,
            *_fault_lines(check),
            _("Kiosk: {name}").format(name=state.kiosk_id),
            is_warning=check is not None and not check.ok,
        )

    def _draw_clock(self, state: MachineState) -> None:
        _ = tr._
        texts = {
            ClockTrust.MACHINE: _("From the machine's own clock."),
            ClockTrust.CENTRE: _("Set right by the centre."),
            ClockTrust.COUNTED_ON: _(
                "The machine's clock is wrong. The time goes on from the last entry."
            ),
        }
        self.ids.clock.fill(
            f"{time_text(state.now_ms)}   {day_text(state.now_ms)}" if state.now_ms else "",
            texts[state.clock],
            is_warning=state.clock is ClockTrust.COUNTED_ON,
        )

    def _draw_machine(self, state: MachineState) -> None:
        facts = state.facts or Facts()
        self.ids.disk.fill(
            "",
            *machine_lines(facts),
            f"{state.software}, SQLite {facts.sqlite_version}",
            is_warning=is_in_need(facts),
        )

    def _ask(self, switch: Switch) -> None:
        _ = tr._
        texts = {
            Switch.RESTART_PROGRAM: _("Restart the program?"),
            Switch.REBOOT: _("Restart the machine?"),
            Switch.SHUT_DOWN: _("Switch the machine off?"),
        }
        details = {
            Switch.RESTART_PROGRAM: _("Nobody can buy for a few seconds. Nothing is lost."),
            Switch.REBOOT: _("Nobody can buy for a minute or two. Nothing is lost."),
            Switch.SHUT_DOWN: _("Nobody can buy until somebody switches it on at the machine."),
        }
        self._question.ask(
            texts[switch],
            details[switch],
            yes=(_("Yes, do it"), self.desk.confirm),
            no=(_("No, leave it on"), self.desk.call_off),
        )


def _fault_lines(check: Check | None) -> tuple[str, ...]:
    """What to do about a journal that is not in order, and what was found."""
    if check is None or check.ok:
        return ()
    return (
        tr._("Leave everything as it is and tell the coordinator."),
        tr._("Details: {message}").format(message=shortened(check.fault)),
    )
