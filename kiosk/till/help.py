"""Calling a volunteer, and his telephone where nobody would hear of the call."""

from __future__ import annotations

from kiosk.domain.entries import HelpCall
from kiosk.till.saving import Saving
from kiosk.till.visit_shown import VisitShown
from kiosk.views import Notice

HELP_AGAIN_AFTER_S = 30.0
"""Pressing "call a volunteer" again sooner is the same call."""
PHONE_SHOWN_S = 180.0
"""Time to take out a telephone and to type the number."""


class Help:
    """The key that calls somebody."""

    def __init__(self, shown: VisitShown, saving: Saving) -> None:
        self._shown = shown
        self._saving = saving
        self._centre_hears = True
        self._called_s = -HELP_AGAIN_AFTER_S
        self._said_s = -PHONE_SHOWN_S

    def call(self) -> None:
        """A volunteer is wanted; said again within half a minute it is the same call."""
        shown = self._shown
        shown.activity()
        now_s = shown.now_s()
        if now_s - self._called_s >= HELP_AGAIN_AFTER_S:
            self._called_s = now_s
            self._saving.note(HelpCall(shown.visit.screen.value, shown.state.language))
        self._said_s = now_s
        phone = shown.settings.volunteer_phone
        if self._centre_hears:
            shown.say(Notice.HELP_CALLED, phone)
        else:
            shown.say(Notice.HELP_WAITS, phone, phone_to_call=phone)

    def centre_changed(self, *, hears: bool) -> None:
        """Whether what is written here reaches the centre; a call for help does not without it."""
        self._centre_hears = hears
        if hears:
            self._put_number_away()

    def tick(self) -> None:
        """Time passes: whoever needed the number has it by now."""
        if self._shown.now_s() - self._said_s >= PHONE_SHOWN_S:
            self._put_number_away()

    def _put_number_away(self) -> None:
        if self._shown.state.phone_to_call:
            self._shown.show(phone_to_call="")
