"""What the day brings to the start screen: the week's sum, and what hangs there."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from kiosk.domain.ledger import day_of
from kiosk.ports import JournalPort
from kiosk.views import Post

WEEK_DAYS = 7


class Today:
    """Asks the calendar; without a wall clock there is nothing to say."""

    def __init__(
        self,
        journal: JournalPort,
        now_ms: Callable[[], int] | None,
        posts_on: Callable[[date], tuple[Post, ...]],
    ) -> None:
        self._journal = journal
        self._now_ms = now_ms
        self._posts_on = posts_on

    def week_tenge(self) -> int:
        """Only a figure on the start screen: a clock that is wrong shows another week's, or 0."""
        if self._now_ms is None:
            return 0
        return self._journal.ledger.collected_until(day_of(self._now_ms()), WEEK_DAYS)

    def posts(self) -> tuple[Post, ...]:
        """Campaigns and replies of this day."""
        return () if self._now_ms is None else self._posts_on(day_of(self._now_ms()))
