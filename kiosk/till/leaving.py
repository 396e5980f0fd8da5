"""How a visit ends without a sale, or after the thanks; and the rest until the next one."""

from __future__ import annotations

from typing import Literal

from kiosk.domain.checkout import Screen, abandoned
from kiosk.till.saving import Saving
from kiosk.till.taking_back import TakingBack
from kiosk.till.visit_shown import VisitShown


class Leaving:
    """Sees that a shopper has gone, and makes the till ready for the next."""

    def __init__(self, shown: VisitShown, saving: Saving, taking_back: TakingBack) -> None:
        self._shown = shown
        self._saving = saving
        self._taking_back = taking_back

    def cancel(self) -> None:
        """The shopper leaves; nothing is sold."""
        if not self._shown.state.saving:
            self._leave("cancelled")

    def finish(self) -> None:
        """From the thanks back to the start."""
        if self._shown.visit.screen is Screen.THANKS:
            self._shown.begin_anew()

    def tick(self) -> None:
        """Time passes; quiet time ends a visit, and never submits anything."""
        shown, now_s = self._shown, self._shown.now_s()
        if shown.visit.screen is Screen.THANKS:
            if shown.idle.quiet_for_s(now_s) >= shown.settings.thanks_s:
                self.finish()
        elif shown.state.saving:
            return
        elif shown.visit.screen is Screen.START:
            self._rest(now_s)
        elif shown.idle.expired(now_s):
            self._leave("timed_out")
        elif shown.idle.left_s(now_s) != shown.state.idle_left_s:
            shown.show()

    def _rest(self, now_s: float) -> None:
        """Nobody is here: the next shopper finds the default language, without a warning."""
        self._taking_back.forget_old()
        shown, own = self._shown, self._shown.settings.own
        quiet = shown.idle.quiet_for_s(now_s) >= shown.settings.idle_after_s
        if quiet and own != {name: getattr(shown.state, name) for name in own}:
            shown.show(**own)
        elif shown.posts_are_old:
            shown.show()  # another day began

    def _leave(self, how: Literal["cancelled", "timed_out"]) -> None:
        shown = self._shown
        if shown.visit.paying_on is not None:
            self._saving.note(abandoned(shown.visit, how, shown.settings.default_language))
        shown.begin_anew()
