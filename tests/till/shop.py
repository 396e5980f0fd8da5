"""A whole shop without a window: the real till on the real journal, and a test that is the hand.

What other threads finish is drained by the test from a queue, so nothing waits for a clock.
"""

from __future__ import annotations

import itertools
import queue
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TypeVar

from kiosk.clock import system_wall_ms
from kiosk.domain.chain import StoredEntry
from kiosk.domain.entries import Body, CashCount, EntryBody, Sale, decode
from kiosk.domain.errors import JournalError
from kiosk.domain.ledger import Ledger
from kiosk.domain.money import Denomination, Pieces, coin, note
from kiosk.domain.products import Catalogue, Product, Status
from kiosk.journal import Journal
from kiosk.scan_event import ScanEvent
from kiosk.till import Till, TillSettings
from kiosk.views import Notice, Post, Screen, TillState

WATER_CODE = "04870001157937"
TEA_CODE = "04870202520103"
UNKNOWN_CODE = "04870028006041"
CASE_OF_WATER = "14870001157934"
TOBACCO_CODE = "04607001771562"
WATER = Product("water", {"kk": "Су", "ru": "Вода"}, 180, "drinks", (WATER_CODE,))
CATALOGUE = Catalogue(
    1,
    [
        WATER,
        Product("tea", {"kk": "Шай", "ru": "Чай"}, 350, "drinks", (TEA_CODE,)),
        Product("samsa", {"kk": "Самса", "ru": "Самса"}, 250, "bakery"),
        Product("cig", {"kk": "Темекі"}, 900, codes=(TOBACCO_CODE,), status=Status.NOT_FOR_SALE),
    ],
)
KINDS = (
    *(note(value) for value in (5000, 2000, 1000, 500)),
    *(coin(value) for value in (200, 100, 50, 20, 10, 5)),
)
SETTINGS = TillSettings(
    languages=("kk", "ru", "en"),
    default_language="kk",
    unknown_names={"kk": "Белгісіз тауар", "ru": "Неизвестный товар", "en": "Unknown product"},
    tender_kinds=KINDS,
    rounding_tenge=1,
    qr_payload="https://pay.example/shop",
    idle_after_s=60.0,
    extend_s=20.0,
    thanks_s=12.0,
    undo_window_s=300.0,
)
ANSWER_TIMEOUT_S = 60.0

B = TypeVar("B", bound=Body)


class FaultyDisk:
    """The real journal on a disk that the test can break.

    ``broken``: nothing is written and the future fails. ``liar``: it is written, and the future
    fails all the same, as when the machine cannot tell whether a COMMIT got through.
    """

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self.broken = False
        self.liar = False

    @property
    def ledger(self) -> Ledger:
        return self._journal.ledger

    def append(self, body: EntryBody) -> Future[StoredEntry]:
        if self.liar:
            self._journal.append(body).result(ANSWER_TIMEOUT_S)
        return self._refused() if self.broken or self.liar else self._journal.append(body)

    def append_suggestion(self, text: str, language: str) -> Future[StoredEntry]:
        return self._refused() if self.broken else self._journal.append_suggestion(text, language)

    def _refused(self) -> Future[StoredEntry]:
        refused: Future[StoredEntry] = Future()
        refused.set_exception(JournalError("It could not be saved: the disk is full."))
        return refused


class Shop:
    """A till with its journal, a clock that the test moves, and a box that was counted."""

    def __init__(self, directory: Path, **settings: object) -> None:
        self.journal = Journal.open(directory)
        self.disk = FaultyDisk(self.journal)
        self.now_s = 1000.0
        self.later_ms = 0
        """How far the day is ahead of the journal's."""
        self.seen: list[TillState] = []
        self.posts: dict[date, tuple[Post, ...]] = {}
        """What hangs on which day."""
        self._posted: queue.Queue[Callable[[], None]] = queue.Queue()
        ids = itertools.count(1)
        self.till = Till(
            journal=self.disk,
            catalogue=CATALOGUE,
            settings=replace(SETTINGS, **settings),
            new_id=lambda: f"visit-{next(ids)}",
            monotonic_s=lambda: self.now_s,
            post=self._posted.put,
            now_ms=self.now_ms,
            posts_on=lambda day: self.posts.get(day, ()),
        )
        self.till.subscribe(self.seen.append)
        self.journal.on_commit(lambda _made, _ledger: self._posted.put(self.till.ledger_changed))

    # --- looking ---

    def now_ms(self) -> int:
        return system_wall_ms() + self.later_ms

    @property
    def state(self) -> TillState:
        return self.till.state

    # Methods, because a type checker takes a property it has seen once for unchanging.

    def screen(self) -> Screen:
        return self.state.screen

    def idle_left_s(self) -> int | None:
        return self.state.idle_left_s

    def undo_open(self) -> bool:
        return self.state.undo_open

    def can_undo(self) -> bool:
        return self.state.can_undo

    @property
    def said(self) -> Notice | None:
        return None if self.state.said is None else self.state.said.notice

    @property
    def basket(self) -> dict[str, int]:
        return {line.key: line.quantity for line in self.state.basket.lines}

    def stored(self) -> list[StoredEntry]:
        """All entries, after what is on its way has been written."""
        self.journal.mark_suggestion_sent("nobody's").result(ANSWER_TIMEOUT_S)
        return list(self.journal.entries())

    def bodies(self, kind: type[B]) -> list[B]:
        """All entries of one type."""
        bodies = [decode(entry.payload).body for entry in self.stored()]
        return [body for body in bodies if isinstance(body, kind)]

    # --- doing ---

    def settle(self) -> None:
        """Lets everything come back that other threads have finished or are finishing."""
        self.journal.mark_suggestion_sent("nobody's").result(ANSWER_TIMEOUT_S)
        while self.state.saving:
            self._posted.get(timeout=ANSWER_TIMEOUT_S)()
        while not self._posted.empty():
            self._posted.get_nowait()()

    def wait(self, seconds: float) -> None:
        """Time passes, with a tick twice a second as in the window."""
        for _ in range(int(seconds * 2)):
            self.now_s += 0.5
            self.till.tick()

    def count_box(self, **pieces: int) -> None:
        self.journal.append(CashCount(dict(pieces), "asel")).result(ANSWER_TIMEOUT_S)
        self.settle()

    def scan(self, *codes: str, text: str = "") -> None:
        self.till.scanned(ScanEvent(codes, text or (codes[0] if codes else "?"), "ean13"))

    def pick(self, product_id: str) -> None:
        self.till.open_pick()
        self.till.pick(product_id)

    def tap(self, *pieces: Denomination) -> None:
        for piece in pieces:
            self.till.tap_piece(piece)

    def buy_water(self, *pieces: Denomination) -> str:
        """One whole purchase in cash; gives the receipt number."""
        self.scan(WATER_CODE)
        self.till.pay_cash()
        self.tap(*(pieces or (note(500),)))
        self.till.confirm_cash()
        self.settle()
        assert self.screen() is Screen.THANKS
        assert self.state.thanks is not None
        return self.state.thanks.receipt

    def the_sale(self) -> Sale:
        (sale,) = self.bodies(Sale)
        return sale

    def expected_tenge(self) -> int:
        return self.journal.ledger.box.expected_tenge

    def available(self) -> Pieces | None:
        return self.journal.ledger.box.available

    def close(self) -> None:
        self.journal.close()
