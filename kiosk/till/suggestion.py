"""The suggestions box: what a shopper wrote, into the journal."""

from __future__ import annotations

from kiosk.domain.checkout import Screen
from kiosk.till.saving import Saving
from kiosk.till.visit_shown import VisitShown
from kiosk.views import Notice

SUGGESTION_LENGTH_MAX = 500


class Suggestion:
    """The key that sends it."""

    def __init__(self, shown: VisitShown, saving: Saving) -> None:
        self._shown = shown
        self._saving = saving

    def send(self, text: str) -> None:
        """What the shopper wrote; empty text is nothing."""
        shown = self._shown
        text = text.strip()[:SUGGESTION_LENGTH_MAX]
        if not text or shown.state.saving or shown.visit.screen is not Screen.SUGGEST:
            return
        shown.activity()
        self._saving.save_suggestion(text, lambda _stored: self._saved())

    def _saved(self) -> None:
        self._shown.visit = self._shown.visit.back()
        self._shown.say(Notice.SUGGESTION_SENT)
