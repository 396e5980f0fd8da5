"""The visit under way, and the state that the screens show of it."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace

from kiosk.domain.checkout import Screen, Visit
from kiosk.domain.errors import CheckoutError
from kiosk.domain.products import Catalogue
from kiosk.domain.tender import CashAdvice, advise, round_down
from kiosk.idle import IdleWatch
from kiosk.ports import JournalPort
from kiosk.till.settings import TillSettings
from kiosk.till.today import Today
from kiosk.till.undo_desk import UndoDesk
from kiosk.views import Notice, Said, TillState

log = logging.getLogger(__name__)


class VisitShown:
    """One visit after another; every part of the till moves it on, and shows it, through here.

    ``visit``, ``settings`` and ``catalogue`` may be set; the next :meth:`show` shows them.
    """

    def __init__(
        self,
        *,
        journal: JournalPort,
        catalogue: Catalogue,
        settings: TillSettings,
        undo_desk: UndoDesk,
        today: Today,
        new_id: Callable[[], str],
        now_s: Callable[[], float],
    ) -> None:
        self._journal = journal
        self._undo_desk = undo_desk
        self._today = today
        self._watchers: list[Callable[[TillState], None]] = []
        self._serial = 0
        self.catalogue = catalogue
        self.new_id = new_id
        self.now_s = now_s
        self.visit = Visit(new_id())
        self.state = TillState()
        self.settings_changed(settings)

    def subscribe(self, watcher: Callable[[TillState], None]) -> None:
        """Calls ``watcher`` after each change."""
        self._watchers.append(watcher)

    def settings_changed(self, settings: TillSettings) -> None:
        """From now on, and for who comes next."""
        self.settings = settings
        self.idle = IdleWatch(settings.idle_after_s, settings.extend_s)
        self.touch()
        self.show(**settings.always)

    # --- somebody is here ---

    def touch(self) -> None:
        """Quiet seconds are counted from now."""
        self.idle.touch(self.now_s())

    def activity(self) -> None:
        """Somebody did something; a warning that he may have gone goes away."""
        self.touch()
        if self.state.idle_left_s is not None:
            self.show()

    # --- the visit goes on ---

    def step(self, move: Callable[[Visit], Visit], **changes: object) -> None:
        """One step of the visit; a step that is not allowed now changes nothing."""
        self.activity()
        if self.state.saving:
            return
        try:
            self.visit = move(self.visit)
        except CheckoutError as error:
            log.info("step refused: %s", error)
            return
        self.show(**changes)

    def begin_anew(self) -> None:
        """The next visit, with nothing of the last one left."""
        self.visit = Visit(self.new_id())
        self._undo_desk.start_over()
        self.show(**self.settings.own, thanks=None, undo=None, said=None)

    # --- what is shown ---

    @property
    def posts_are_old(self) -> bool:
        """Whether another day began since the last picture."""
        return self._today.posts() != self.state.posts

    def say(
        self, notice: Notice, name: str = "", line_key: str | None = None, **changes: object
    ) -> None:
        """Something to say once; ``changes`` as for :meth:`show`."""
        self._serial += 1
        self.show(**changes, said=Said(notice, self._serial, name, line_key))

    def change(self, **changes: object) -> None:
        """Changes fields of the state; whoever does so shows them with what follows."""
        self.state = replace(self.state, **changes)  # type: ignore[arg-type]

    def show(self, **changes: object) -> None:
        """Works the state out anew and hands it to the screens."""
        visit = self.visit
        state: TillState = replace(self.state, **changes)  # type: ignore[arg-type]
        listing, categories = state.listing, state.categories
        if visit.screen is Screen.PICK:
            listing = self.catalogue.listing(
                category=state.category, query=state.query, language=state.language
            )
            categories = self.catalogue.categories()
        advice = self._advice()
        self.state = replace(
            state,
            screen=visit.screen,
            basket=visit.basket,
            can_undo=bool(visit.before),
            pending_code=visit.pending_codes[0] if visit.pending_codes else "",
            listing=listing,
            categories=categories,
            due_tenge=advice.due_tenge if advice else visit.basket.total_tenge,
            exact=visit.exact,
            choice=visit.choice,
            advice=advice,
            undo_open=self._undo_desk.is_open,
            collected_tenge=self._journal.ledger.collected_tenge,
            week_tenge=self._today.week_tenge(),
            posts=self._today.posts(),
            idle_left_s=self._idle_left_s(),
        )
        for watcher in self._watchers:
            watcher(self.state)

    def _advice(self) -> CashAdvice | None:
        """What to tell about the money on the table; None away from the cash screen."""
        visit = self.visit
        if visit.screen is not Screen.CASH:
            return None
        due_tenge = round_down(visit.basket.total_tenge, self.settings.rounding_tenge)
        return advise(
            due_tenge,
            visit.tendered,
            self._journal.ledger.box.available,
            self.settings.tender_kinds,
            visit.choice,
            missing=visit.missing,
        )

    def _idle_left_s(self) -> int | None:
        if self.visit.screen in (Screen.START, Screen.THANKS) or self.state.saving:
            return None
        return self.idle.left_s(self.now_s())
