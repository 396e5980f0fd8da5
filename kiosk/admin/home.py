"""The first page of the back room: the visit and how far it is, all other pages, what is wrong."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from kiosk.admin.desk import Desk
from kiosk.admin.pages import Page, Step
from kiosk.admin.ports import AdminJournal, Room
from kiosk.admin.stock_history import StockHistory, read_stock_history
from kiosk.admin.visit_book import StepState, VisitFile, visit_file_of
from kiosk.domain.best_before import AtRisk
from kiosk.domain.cash_plan import PLAN_DAYS, Usage, needed, step_of
from kiosk.domain.chain import StoredEntry
from kiosk.domain.entries import UnknownScan, decode
from kiosk.domain.errors import EntryError
from kiosk.domain.ledger import day_of
from kiosk.domain.money import Denomination, Kind, Pieces
from kiosk.domain.products import Catalogue, Status

DAY_MS = 86_400_000
UNKNOWN_DAYS = 28
"""Unknown codes of the last four weeks are counted; older ones nobody asks for any more."""
BACKLOG_MIN = 20
"""Fewer entries on their way to the centre are nothing to mention."""


class Matter(StrEnum):
    """What may be wrong."""

    BOX_UNKNOWN = "box_unknown"
    COINS_OUT = "coins_out"
    EXPIRED = "expired"
    EXPIRING = "expiring"
    TAGS = "tags"
    BACKLOG = "backlog"


@dataclass(frozen=True, slots=True)
class Concern:
    """One thing that is wrong, and the page where something can be done about it."""

    matter: Matter
    page: Page
    count: int = 0
    kinds: tuple[Denomination, ...] = ()


@dataclass(frozen=True, slots=True)
class HomeState:
    """What the first page shows.

    ``next_step`` is where the big key leads. ``asks_anew``: the open visit is old, and the
    volunteer is asked whether it goes on. ``unknown`` is None until it was counted.
    """

    is_open: bool = False
    is_old: bool = False
    begun_ms: int = 0
    steps: tuple[tuple[Step, StepState], ...] = tuple((step, StepState.OPEN) for step in Step)
    next_step: Step = Step.COUNT
    asks_anew: bool = False
    concerns: tuple[Concern, ...] = ()
    tags: int = 0
    unknown: int | None = None


@dataclass(frozen=True, slots=True)
class _Read:
    """What was read from the disk."""

    history: StockHistory
    unknown_codes: frozenset[str]


class HomeDesk(Desk[HomeState]):
    """Sends the volunteer to where he wants to go, the visit's next step first."""

    def __init__(self, room: Room) -> None:
        super().__init__(room, HomeState())
        self._read: _Read | None = None

    def open(self, argument: object = None) -> None:
        """Shows what is known at once; what must be read follows."""
        self.show(asks_anew=False)
        self._show_all()
        journal, now_ms = self.room.journal, self.room.now_ms()
        self.room.work(lambda: _read(journal, now_ms), self._took)

    # --- the visit ---

    def start(self) -> None:
        """The big key: begins a visit, or goes on with the one that is open."""
        if self._visit.is_old:
            self.show(asks_anew=True)
        else:
            self.go_on()

    def go_on(self) -> None:
        """The open visit goes on, or a new one begins."""
        self._visit.begin(self.room.by)
        self._go_to_next()

    def begin_anew(self) -> None:
        """What was left open is left as it is."""
        self._visit.begin_anew(self.room.by)
        self._go_to_next()

    def think_again(self) -> None:
        """Neither: back to the page."""
        self.show(asks_anew=False)

    def open_step(self, step: Step) -> None:
        """Straight to one step, of the visit that is open or begins now."""
        self._visit.begin(self.room.by)
        self.room.go(step.page)

    def open_page(self, page: Page) -> None:
        """Any page; a step's page belongs to a visit."""
        if page in tuple(step.page for step in Step):
            self.open_step(Step(page.value))
        else:
            self.room.go(page)

    # --- inside ---

    @property
    def _visit(self) -> VisitFile:
        return visit_file_of(self.room)

    def _go_to_next(self) -> None:
        self.show(asks_anew=False)
        self.room.go((self._visit.next_after() or Step.SUMMARY).page)

    def _took(self, read: _Read) -> None:
        self._read = read
        self._show_all()

    def _show_all(self) -> None:
        visit, known = self._visit, self._read
        catalogue = self.room.shelf.catalogue
        self.show(
            is_open=visit.is_open,
            is_old=visit.is_old,
            begun_ms=visit.begun_ms,
            steps=visit.steps,
            next_step=visit.next_after() or Step.SUMMARY,
            concerns=self._concerns(),
            tags=len(self.room.shelf.pending_tags),
            unknown=known and sum(catalogue.by_code(c) is None for c in known.unknown_codes),
        )

    def _concerns(self) -> tuple[Concern, ...]:
        ledger, now_ms = self.room.journal.ledger, self.room.now_ms()
        risks = self._read.history.risks(ledger, now_ms) if self._read else ()
        found = (
            *box_concerns(ledger.box.available, self.room.shelf.catalogue, self.room.kinds),
            *day_concerns(risks, now_ms),
            Concern(Matter.TAGS, Page.TAGS, len(self.room.shelf.pending_tags)),
            Concern(Matter.BACKLOG, Page.MACHINE, self._backlog()),
        )
        return tuple(x for x in found if x.count)

    def _backlog(self) -> int:
        """Entries that wait for the centre, where there is one and they are worth a word."""
        try:
            status = self.room.service("sync_status")()
        except KeyError:  # a kiosk that was given no centre
            return 0
        return status.backlog if status is not None and status.backlog >= BACKLOG_MIN else 0


def box_concerns(
    available: Pieces | None, catalogue: Catalogue, kinds: Iterable[Denomination]
) -> tuple[Concern, ...]:
    """A box that nobody counted, or coins that change needs and the box has none of."""
    if available is None:
        return (Concern(Matter.BOX_UNKNOWN, Page.COUNT, 1),)
    out = coins_out(available, catalogue, kinds)
    return (Concern(Matter.COINS_OUT, Page.CHANGE_FLOAT, len(out), out),)


def coins_out(
    available: Pieces, catalogue: Catalogue, kinds: Iterable[Denomination]
) -> tuple[Denomination, ...]:
    """Coins of which the box has none although the prices make change of them, largest first."""
    coins = [kind for kind in kinds if kind.kind is Kind.COIN]
    prices = [p.price_tenge for p in catalogue.products if p.status is Status.ON_SALE]
    wanted = needed(Usage(), coins, PLAN_DAYS, step_of(prices))
    return tuple(c for c in coins if wanted[c.value_tenge] and c not in available)


def day_concerns(risks: Iterable[AtRisk], now_ms: int) -> tuple[Concern, ...]:
    """Pieces whose best-before day has passed, and those whose day is near."""
    today = day_of(now_ms)
    past, near = 0, 0
    for risk in risks:
        past += risk.quantity if risk.best_before < today else 0
        near += 0 if risk.best_before < today else risk.quantity
    return (
        Concern(Matter.EXPIRED, Page.WRITE_OFF, past),
        Concern(Matter.EXPIRING, Page.WRITE_OFF, near),
    )


def _read(journal: AdminJournal, now_ms: int) -> _Read:
    since_ms = max(0, now_ms - UNKNOWN_DAYS * DAY_MS)
    scans = journal.recent({"unknown_scan"}, not_before_ms=since_ms)
    return _Read(read_stock_history(journal, now_ms), unknown_codes(scans))


def unknown_codes(scans: Iterable[StoredEntry]) -> frozenset[str]:
    """Codes of goods that were scanned and not known; each once."""
    codes = set()
    for stored in scans:
        try:
            body = decode(stored.payload).body
        except EntryError:
            continue
        if isinstance(body, UnknownScan) and body.gtin14:
            codes.add(body.gtin14)
    return frozenset(codes)
